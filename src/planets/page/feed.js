// Feed: the sky of now, again and again, for one place. It listens to the server's event stream; where there is none (worker
// classes other than `async`, proxies that swallow it) it asks every few seconds instead.
//
//   start -> stream -> (breaks or stays silent) -> ask once -> answered: stream again, or ask on if it never spoke
//                                                           -> not answered: onAway, ask again soon
//
// It never gives up: a server that comes back is noticed by the next question.
import { ask, Away, positionFields, skyUrl, streamUrl } from './api.js';

const interval = 5_000;
const firstPause = 500;
const longestPause = 5_000;

export class Feed {
  #place;
  #source;
  #timer;
  #generation = 0;
  #streamSpoke = false;
  #streamRefused = false;
  #pause = firstPause;

  /** onSky(answer), onAway(), onRefusal(message), onMode('stream' | 'poll') */
  constructor(handlers) {
    this.handlers = handlers;
    // A phone that slept, or a laptop back on the network, should not show an old sky for a moment.
    addEventListener('online', () => this.#place && this.#check());
    document.addEventListener('visibilitychange', () => this.#place && !document.hidden && this.#check());
  }

  start(place) {
    this.stop();
    this.#place = place;
    this.#listen();
  }

  stop() {
    this.#generation += 1;
    this.#place = undefined;
    this.#close();
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #listen() {
    if (this.#streamRefused) return this.#check();
    this.#close();
    this.#streamSpoke = false;
    const source = new EventSource(streamUrl(this.#place, positionFields, interval / 1000));
    this.#source = source;
    let leaving = false;
    source.addEventListener('sky', (event) => {
      this.#streamSpoke = true;
      this.#expectMore();
      this.handlers.onMode('stream');
      this.handlers.onSky(JSON.parse(event.data));
    });
    // Everybody is told at once; not everybody should come back at once.
    source.addEventListener('draining', () => (leaving = true));
    source.onerror = () => this.#lost(leaving ? Math.random() * 1000 : 0);
    this.#expectMore();
  }

  /** A stream that falls silent is as good as broken. */
  #expectMore() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(0), 3 * interval);
  }

  #lost(pause) {
    this.#streamRefused = !this.#streamSpoke;
    this.#close();
    this.#timer = setTimeout(() => this.#check(), pause);
  }

  async #check() {
    this.#close();
    const generation = (this.#generation += 1);
    try {
      const answer = await ask(skyUrl(this.#place, positionFields));
      if (generation !== this.#generation) return;
      this.#answered(answer);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#unanswered(error);
    }
  }

  #answered(answer) {
    this.#pause = firstPause;
    this.handlers.onSky(answer);
    if (!this.#streamRefused) return this.#listen();
    this.handlers.onMode('poll');
    this.#timer = setTimeout(() => this.#check(), interval);
  }

  #unanswered(error) {
    if (!(error instanceof Away)) return this.handlers.onRefusal(error.message);
    // A server that comes back may be another one, with a stream.
    this.#streamRefused = false;
    this.handlers.onAway();
    this.#timer = setTimeout(() => this.#check(), this.#pause);
    this.#pause = Math.min(longestPause, this.#pause * 1.6);
  }
}
