// Player: lets time run, from real time up to a day a second. It gives onTime(instant) again and again, each time the moment that
// the chosen speed has reached by now, however late the call: a slow connection shows fewer skies, not a slower time. It stops by
// itself where the known years end and when its tab is hidden.
const realTime = 1;
// Real time moves no body within a second; what runs faster is shown as often as an answer comes within this.
const pauses = { slow: 1000, fast: 150 };

export class Player {
  #timer;
  #from;

  /** handlers: at() gives the instant to begin with; onTime(instant) returns false where time ends; onStop() */
  constructor(page, handlers) {
    this.page = page;
    this.handlers = handlers;
    page.play.addEventListener('click', () => (this.runs ? this.stop() : this.#start()));
    page.speed.addEventListener('change', () => this.runs && this.#start());
    document.addEventListener('visibilitychange', () => document.hidden && this.stop());
  }

  get runs() {
    return this.#timer !== undefined;
  }

  stop() {
    if (!this.runs) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#show();
    this.handlers.onStop();
  }

  #start() {
    clearTimeout(this.#timer);
    this.#from = { instant: this.handlers.at(), time: performance.now() };
    this.#next();
    this.#show();
  }

  get #rate() {
    return Number(this.page.speed.value);
  }

  #next() {
    this.#timer = setTimeout(() => this.#tick(), this.#rate === realTime ? pauses.slow : pauses.fast);
  }

  #tick() {
    this.#next();
    const passed = performance.now() - this.#from.time;
    if (!this.handlers.onTime(this.#from.instant + passed * this.#rate)) this.stop();
  }

  #show() {
    document.body.classList.toggle('playing', this.runs);
    this.page.play.setAttribute('aria-pressed', String(this.runs));
  }
}
