// Feed: the sky of now, again and again, for one place. It listens to a source (the server's event stream, or another tab's
// feed) and asks the server itself where the source is silent; without a source it asks every few seconds.
//
//   start -> listen -> (breaks or stays silent) -> ask once -> answered: listen again, or ask on if the stream never spoke
//                                                           -> not answered: onAway, ask again soon
//
// It never gives up: a server that comes back is noticed by the next question.
import { ask, Away, positionFields, skyUrl, streamUrl } from './api.js';

const interval = 5_000;
const firstPause = 500;
const longestPause = 5_000;

/** The sky of now at a place, as a stream that gives it again and again. */
export function streamOf(place) {
  return streamUrl(place, positionFields, interval / 1000);
}

// A source is opened for a place and tells `heard`: sky(answer, mode), away() and lost(how long to wait before asking). One that
// is `prompt` speaks as soon as it is opened, so that there is nothing to ask first.

export const serverStream = {
  prompt: true,
  open(place, heard) {
    const source = new EventSource(streamOf(place));
    let leaving = false;
    source.addEventListener('sky', (event) => heard.sky(JSON.parse(event.data), 'stream'));
    // Everybody is told at once; not everybody should come back at once.
    source.addEventListener('draining', () => (leaving = true));
    source.onerror = () => heard.lost(leaving ? Math.random() * 1000 : 0);
    return source;
  },
};

export class Feed {
  #place;
  #from;
  #source;
  #timer;
  #generation = 0;
  #spoke = false;
  #streamRefused = false;
  #pause = firstPause;

  /** onSky(answer, 'stream', 'poll' or nothing: how the next ones come), onAway(), onRefusal(message) */
  constructor(handlers) {
    this.handlers = handlers;
    // A laptop back on the network should not show an old sky for a moment.
    addEventListener('online', () => this.#place && this.#check());
  }

  /** Goes on until stop(). Without `source` it only asks. */
  start(place, source) {
    this.stop();
    this.#place = place;
    this.#from = source;
    return source?.prompt ? this.#listen() : this.#check();
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

  get #hasSource() {
    return this.#from !== undefined && !(this.#from === serverStream && this.#streamRefused);
  }

  #listen() {
    if (!this.#hasSource) return this.#check();
    this.#close();
    this.#spoke = false;
    this.#source = this.#from.open(this.#place, {
      sky: (answer, mode) => {
        this.#expectMore();
        this.#spoke = true;
        this.handlers.onSky(answer, mode);
      },
      away: () => {
        this.#expectMore();
        this.handlers.onAway();
      },
      lost: (pause) => this.#lost(pause),
    });
    this.#expectMore();
  }

  /** A source that falls silent is as good as broken. */
  #expectMore() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(0), 3 * interval);
  }

  #lost(pause) {
    if (this.#from === serverStream) this.#streamRefused = !this.#spoke;
    this.#close();
    this.#timer = setTimeout(() => this.#check(), pause);
  }

  async #check() {
    this.#close();
    const generation = (this.#generation += 1);
    try {
      const answer = await ask(skyUrl(this.#place, positionFields));
      if (generation !== this.#generation) return;
      this.#answered(answer, generation);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#unanswered(error);
    }
  }

  #answered(answer, generation) {
    this.#pause = firstPause;
    this.handlers.onSky(answer, this.#hasSource ? undefined : 'poll');
    // Who was told may have stopped the feed.
    if (generation !== this.#generation) return;
    if (this.#hasSource) return this.#listen();
    this.#timer = setTimeout(() => this.#check(), interval);
  }

  #unanswered(error) {
    if (!(error instanceof Away)) return this.handlers.onRefusal(error.message);
    // A server that comes back may be another one, with a stream.
    this.#streamRefused = false;
    this.#timer = setTimeout(() => this.#check(), this.#pause);
    this.#pause = Math.min(longestPause, this.#pause * 1.6);
    this.handlers.onAway();
  }
}
