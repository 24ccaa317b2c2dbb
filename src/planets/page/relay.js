// Relay: the sky of now in every tab of this browser, with few streams however many tabs are open: a browser opens six
// connections to a server that speaks HTTP/1.1, and a stream holds one for good.
//
// Of the visible tabs that watch one place one has the lead, by a Web Lock; its feed asks the server, and a BroadcastChannel
// passes on what it hears. When it is closed, hidden or goes elsewhere, the lock gives the lead to the next. At most
// `mostStreams` leads, whatever their places, have a stream; the others ask every few seconds until one is free. A tab that is
// hidden takes no part. Without Web Locks (a page that is not served by https or from this machine) each tab asks for itself.
import { Feed, serverStream, streamOf } from './feed.js';

const mostStreams = 2;
const streamLocks = Array.from({ length: mostStreams }, (_, i) => `planets: stream ${i + 1}`);

export class Relay {
  #place;
  #part; // an AbortController, while this tab takes part
  #led; // the channel to those who follow, while this tab has the lead

  /** As Feed's: onSky(answer, mode), onAway(), onRefusal(message) */
  constructor(handlers) {
    this.handlers = handlers;
    this.feed = new Feed({
      onSky: (answer, mode) => this.#heard(answer, mode),
      onAway: () => this.#away(),
      onRefusal: handlers.onRefusal,
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#leave();
      else if (this.#place) this.#join();
    });
  }

  /** Goes on until stop(). A tab that is hidden gets the sky once, and the next when it is shown. */
  start(place) {
    this.#place = place;
    this.#join();
  }

  stop() {
    this.#place = undefined;
    this.#leave();
  }

  #leave() {
    this.#part?.abort();
    this.#led = undefined;
    this.feed.stop();
  }

  #join() {
    this.#leave();
    const place = this.#place;
    if (!navigator.locks) return this.feed.start(place);
    const { signal } = (this.#part = new AbortController());
    // The same page may stand under several paths of one origin.
    const name = new URL(streamOf(place), document.baseURI).href;
    const channel = new BroadcastChannel(name);
    signal.addEventListener('abort', () => channel.close());
    const lead = () => {
      this.#led = channel;
      hold(streamLocks, signal, () => this.feed.start(place, serverStream), () => this.feed.start(place));
    };
    // A browser may refuse its locks, as some do where it keeps nothing.
    hold([name], signal, lead, () => this.feed.start(place, otherTab(channel)))
      .catch(() => signal.aborted || this.feed.start(place));
  }

  #heard(answer, mode) {
    this.#led?.postMessage({ event: 'sky', details: [answer, mode] });
    if (document.hidden) this.#leave();
    this.handlers.onSky(answer, mode);
  }

  #away() {
    this.#led?.postMessage({ event: 'away', details: [] });
    this.handlers.onAway();
  }
}

/** A feed's source: what the tab that has the lead passes on. */
function otherTab(channel) {
  return {
    prompt: false,
    open(place, heard) {
      channel.onmessage = ({ data: { event, details } }) => heard[event]?.(...details);
      return { close: () => (channel.onmessage = null) };
    },
  };
}

/** Holds one of the locks until the signal: `held` is called when it has one, `waiting` before that when none is free. */
async function hold(names, signal, held, waiting) {
  const ended = new Promise((resolve) => signal.addEventListener('abort', () => resolve(true)));
  const use = () => {
    held();
    return ended;
  };
  for (const name of names) {
    if (signal.aborted) return;
    const had = await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && !signal.aborted && use());
    if (had) return;
  }
  if (signal.aborted) return;
  waiting();
  const queue = new AbortController();
  signal.addEventListener('abort', () => queue.abort());
  for (const name of names) {
    navigator.locks.request(name, { signal: queue.signal }, () => {
      // Two may be granted before the others are given up.
      if (queue.signal.aborted) return undefined;
      queue.abort();
      return use();
    }).catch(() => {});
  }
}
