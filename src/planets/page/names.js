// Names: the names beside the bodies of a drawing, none on another or on a body, with a line to the body where a name had to go
// further away. It measures the letters on the screen; labels.js finds the places.
import { svg } from './glyphs.js';
import { placeLabels } from './labels.js';

const letters = 13; // pixels
const gap = 4.5;

export class Names {
  #texts = new Map();
  #widths = new Map(); // of a name in a kind of letters, as a share of their size
  #places = new Map();

  constructor() {
    this.leaders = svg('path', { class: 'leaders' });
    this.group = svg('g', { class: 'labels', 'aria-hidden': 'true' }, this.leaders);
  }

  add(name, words) {
    const text = svg('text', { 'text-anchor': 'middle', 'dominant-baseline': 'central', class: 'label' }, words);
    this.#texts.set(name, text);
    this.group.append(text);
  }

  /** The boxes of those that stand. */
  get boxes() {
    return [...this.#places.values()];
  }

  resize(scale) {
    this.group.setAttribute('font-size', (letters / scale).toFixed(2));
  }

  mark(kind, isMarked) {
    for (const [name, text] of this.#texts) text.classList.toggle(kind, isMarked(name));
  }

  /** Measured once: to measure makes the browser lay out all that has changed. */
  #width(name) {
    const text = this.#texts.get(name);
    const kind = `${name} ${text.getAttribute('class')}`;
    if (this.#widths.has(kind)) return this.#widths.get(kind);
    const width = text.getComputedTextLength() / Number(this.group.getAttribute('font-size'));
    // What is not on the screen has no width yet.
    if (width > 0) this.#widths.set(kind, width);
    return width;
  }

  /**
   * items: [{name, x, y, size, home}], the most important first; names that are not among them are hidden. `scale` is how many pixels
   * a unit has, `room` how far from the middle a name may reach, `obstacles` what is kept clear beside the bodies.
   */
  place(items, { scale, room, obstacles = [] }) {
    const height = (letters + 2) / scale;
    const sized = items.map((item) => ({ ...item, height, width: (this.#width(item.name) * letters + 2) / scale }));
    const bounds = { left: -room, right: room, top: -room, bottom: room };
    this.#places = placeLabels(sized, bounds, gap / scale, obstacles, this.#places);
    for (const [name, text] of this.#texts) {
      const place = this.#places.get(name);
      text.setAttribute('visibility', place ? 'visible' : 'hidden');
      if (!place) continue;
      text.setAttribute('x', place.x.toFixed(2));
      text.setAttribute('y', place.y.toFixed(2));
    }
    this.leaders.setAttribute('d', items.map((item) => leader(item, this.#places.get(item.name), gap / scale)).join(''));
  }
}

/** From the edge of a body to the nearest point of its name's box; nothing where they stand close together. */
function leader({ x, y, size }, box, close) {
  const near = { x: Math.min(Math.max(x, box.left), box.right), y: Math.min(Math.max(y, box.top), box.bottom) };
  const far = Math.hypot(near.x - x, near.y - y);
  if (far < size + 2 * close) return '';
  const share = (size + close / 3) / far;
  const point = (at) => `${(x + (near.x - x) * at).toFixed(2)} ${(y + (near.y - y) * at).toFixed(2)}`;
  return `M${point(share)}L${point(1 - close / 4 / far)}`;
}
