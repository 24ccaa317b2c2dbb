// Roving: the bodies of a drawing as the buttons of a toolbar. One of them takes the Tab key, the arrow keys move among them, Enter
// and Space choose one. Each is an empty group that its drawing fills and moves.
import { svg } from './glyphs.js';
import { titles } from './words.js';

const order = Object.keys(titles);
const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class Roving {
  #parts = new Map();
  #focused = 'sun';

  /** handlers: onSelect(name), onPoint(name or undefined) */
  constructor(handlers) {
    this.handlers = handlers;
    this.group = svg('g', { class: 'bodies', role: 'toolbar', 'aria-label': 'Bodies; the arrow keys move among them' });
    this.group.addEventListener('keydown', (event) => this.#key(event));
  }

  /** The button of a body, in front of those that were added before. */
  add(name) {
    const part = svg('g', { class: `body ${name}`, 'data-name': name, role: 'button', tabindex: name === this.#focused ? 0 : -1,
      'aria-pressed': 'false' });
    const { onSelect, onPoint } = this.handlers;
    part.addEventListener('click', () => onSelect(name));
    part.addEventListener('pointerenter', (event) => event.pointerType !== 'touch' && onPoint(name));
    part.addEventListener('pointerleave', () => onPoint());
    part.addEventListener('focus', () => this.#gotFocus(name));
    part.addEventListener('blur', () => onPoint());
    this.#parts.set(name, part);
    this.group.append(part);
    return part;
  }

  /** Marks the chosen body; nothing for none. */
  select(name) {
    for (const [other, part] of this.#parts) {
      part.classList.toggle('chosen', other === name);
      part.setAttribute('aria-pressed', String(other === name));
    }
  }

  isChosen(name) {
    return this.#parts.get(name).classList.contains('chosen');
  }

  #gotFocus(name) {
    this.#focused = name;
    for (const [other, part] of this.#parts) part.setAttribute('tabindex', other === name ? 0 : -1);
    if (this.#parts.get(name).matches(':focus-visible')) this.handlers.onPoint(name);
  }

  #key(event) {
    // The order of the table, whatever stands in front of what.
    const names = [...this.#parts.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const step = steps[event.key];
    const at = names.indexOf(this.#focused);
    if (step) this.#parts.get(names.at((at + step) % names.length)).focus();
    else if (event.key === 'Home') this.#parts.get(names[0]).focus();
    else if (event.key === 'End') this.#parts.get(names.at(-1)).focus();
    else if (event.key === 'Enter' || event.key === ' ') this.handlers.onSelect(this.#focused);
    else return;
    event.preventDefault();
  }
}
