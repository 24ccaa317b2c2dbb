// Views: the buttons that say what the drawing shows: the sky over the place, or the solar system from above; of that all or the inner
// planets, with distances in even steps or true. A view is {name, reach, scale}; what was chosen goes to onView(view).
import { reaches, scales } from './space.js';

export const viewNames = ['sky', 'orrery'];
export const usualView = { name: 'sky', reach: Object.keys(reaches)[0], scale: scales[0] };

export class Views {
  #view = usualView;

  constructor({ names, options, parts }, onView) {
    Object.assign(this, { names, options, parts });
    for (const button of names.querySelectorAll('button'))
      button.addEventListener('click', () => onView({ ...this.#view, name: button.dataset.view }));
    const { inner, scaled } = options;
    inner.addEventListener('click', () => onView({ ...this.#view, reach: this.#view.reach === 'inner' ? 'all' : 'inner' }));
    scaled.addEventListener('click', () => onView({ ...this.#view, scale: this.#view.scale === 'true' ? 'even' : 'true' }));
  }

  show(view) {
    this.#view = view;
    for (const button of this.names.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(button.dataset.view === view.name));
    this.options.inner.setAttribute('aria-pressed', String(view.reach === 'inner'));
    this.options.scaled.setAttribute('aria-pressed', String(view.scale === 'true'));
    for (const part of this.parts) part.toggleAttribute('hidden', part.dataset.of !== view.name);
  }
}
