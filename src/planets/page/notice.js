// Notice: the line above the page that says why there is no newer sky, and what becomes of that.

export class Notice {
  constructor(line) {
    this.line = line;
  }

  show(text) {
    if (this.line.textContent !== text) this.line.textContent = text;
    document.body.classList.toggle('away', text !== '');
  }

  /** The server is not reached: `last` is the name of the place that is shown, if any, `next` of another one that is wanted. */
  away(last, next) {
    this.show(`The server is away. ${last === undefined ? nothingYet : next === undefined ? sameSky : otherSky(last, next)}`);
  }
}

const nothingYet = 'This page is kept on your device, but the sky, the night, what is next and most places are computed by the server. All of it comes by itself as soon as the server is back.';
const sameSky = 'This is the last sky it gave; the page goes on by itself as soon as it is back.';
const otherSky = (last, next) => `This is still the sky of ${last}; that of ${next} comes by itself as soon as it is back.`;
