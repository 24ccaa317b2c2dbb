// Curtain: draws the parts of the page: all at once, or, when the first sky comes, behind which nothing was to be seen, each in a task of
// its own, between which a finger is answered.

export class Curtain {
  #state = 'down'; // then 'rising', or 'again' while it rises and there is more to draw, and 'up'

  /** drawings: functions that draw a part each of what is shown, in their order. */
  constructor(drawings) {
    this.drawings = drawings;
  }

  get isDown() {
    return this.#state === 'down';
  }

  draw() {
    for (const draw of this.drawings) draw();
  }

  /** What came by itself can wait until the curtain is up. */
  drawSoon() {
    if (this.#state === 'up') this.draw();
    else this.#state = 'again';
  }

  /** `steps` come before the drawings, once, each in a task of its own too. */
  async rise(steps = []) {
    this.#state = 'rising';
    await inTasks(steps);
    do {
      this.#state = 'rising';
      await inTasks(this.drawings);
    } while (this.#state === 'again');
    this.#state = 'up';
  }
}

async function inTasks(steps) {
  for (const step of steps) {
    await painted();
    step();
  }
}

/** After the next picture of the screen; a page that is hidden has none. */
function painted() {
  return new Promise((done) => (document.hidden ? setTimeout(done) : requestAnimationFrame(() => setTimeout(done))));
}
