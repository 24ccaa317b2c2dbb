// Finder: the field that a place is typed or pasted into, with suggestions below it: a combobox as ARIA describes it. The arrow
// keys move among the suggestions, Enter takes one, Escape puts things back. What was typed goes to onText(text) when no suggestion
// is taken.
import { element } from './almanac.js';

const typing = 120; // milliseconds between two keys of one word

export class Finder {
  #options = [];
  #active = -1;
  #turn = 0;
  #shown = '';

  /** handlers: suggest(text) gives [{place, detail}], or a promise of it; onPick(place), onText(text) */
  constructor({ form, input, list }, handlers) {
    Object.assign(this, { input, list, handlers });
    input.addEventListener('input', () => this.#suggest());
    input.addEventListener('focus', () => input.select());
    input.addEventListener('click', () => this.#isOpen || this.#suggest());
    input.addEventListener('keydown', (event) => this.#key(event));
    input.addEventListener('blur', () => this.#close());
    // A list that took the focus would close before the choice.
    list.addEventListener('pointerdown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => this.#clicked(event));
    form.addEventListener('submit', (event) => this.#submit(event));
  }

  /** What the field says of the place that is chosen. */
  show(text) {
    this.#shown = text;
    this.input.value = text;
    this.#close();
  }

  get #isOpen() {
    return !this.list.hidden;
  }

  async #suggest() {
    const turn = (this.#turn += 1);
    const text = this.input.value === this.#shown ? '' : this.input.value.trim();
    if (text !== '') await new Promise((resolve) => setTimeout(resolve, typing));
    const options = turn === this.#turn ? await this.handlers.suggest(text) : [];
    if (turn === this.#turn && document.activeElement === this.input) this.#open(options);
  }

  #open(options) {
    this.#options = options;
    this.list.replaceChildren(...options.map(({ place, detail }, i) =>
      element('li', { role: 'option', id: `place-${i}`, 'aria-selected': 'false' }, element('span', {}, place.name), ' ',
        element('small', {}, detail))));
    this.list.hidden = options.length === 0;
    this.input.setAttribute('aria-expanded', String(this.#isOpen));
    this.#activate(-1);
  }

  #close() {
    this.#turn += 1;
    this.#open([]);
  }

  #activate(index) {
    this.#active = index;
    [...this.list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === index)));
    const option = this.list.children[index];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.#isOpen) return this.#suggest();
      const { length } = this.#options;
      // Beyond either end is the text itself.
      return this.#activate(((this.#active + 1 + step + length + 1) % (length + 1)) - 1);
    }
    if (event.key !== 'Escape') return undefined;
    event.preventDefault();
    if (this.#isOpen) return this.#close();
    return this.show(this.#shown);
  }

  #clicked(event) {
    const option = event.target.closest('[role=option]');
    if (option) this.#pick([...this.list.children].indexOf(option));
  }

  #submit(event) {
    event.preventDefault();
    if (this.#active >= 0) return this.#pick(this.#active);
    const text = this.input.value.trim();
    this.#close();
    return this.handlers.onText(text);
  }

  #pick(index) {
    const { place } = this.#options[index];
    this.#close();
    this.handlers.onPick(place);
  }
}
