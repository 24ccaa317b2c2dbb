// Curtain: draws the parts of the page: all at once, or, when the first sky comes, behind which nothing was to be seen, each in a task of
// its own, between which a finger is answered.

export class Curtain {
  #state = 'up'; // or 'rising', or 'again' while it rises and there is more to draw

  /** drawings: functions that draw a part each of what is shown, in their order. */
  constructor(drawings) {
    this.drawings = drawings;
  }

  draw() {
    for (const draw of this.drawings) draw();
  }

  /** What came by itself can wait until the curtain is up. */
  drawSoon() {
    if (this.#state === 'up') this.draw();
    else this.#state = 'again';
  }

  async rise() {
    do {
      this.#state = 'rising';
      for (const draw of this.drawings) {
        await painted();
        draw();
      }
    } while (this.#state === 'again');
    this.#state = 'up';
  }
}

/** After the next picture of the screen; a page that is hidden has none. */
function painted() {
  return new Promise((done) => (document.hidden ? setTimeout(done) : requestAnimationFrame(() => setTimeout(done))));
}
