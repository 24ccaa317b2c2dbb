// Almanac: the table, the accessible twin of the dome. One row a body; those above the horizon stand first. It shows numbers as the API gave them, rounded to two decimals.
import { clock, dayWord } from './calendar.js';
import { compassPoint, decimal, degrees, titles } from './words.js';

const columns = ['Azimuth', 'Altitude', 'Rise', 'Transit', 'Set', 'Magnitude'];

export class Almanac {
  #rows = new Map();
  #place;
  #chosen;

  /** handlers: onSelect(name), onPoint(name or undefined) */
  constructor(rows, handlers) {
    Object.assign(this, { rows, handlers });
  }

  /** positions: the API's `planets`, with what the almanac knows mixed in; `instant` is theirs. */
  show(positions, instant, place) {
    // The events of another place are none of this one's.
    if (place !== this.#place) for (const { cells } of this.#rows.values()) for (const cell of cells) cell.textContent = '';
    this.#place = place;
    for (const position of positions) this.#fill(position, instant, place.zone);
    this.#sort(positions);
  }

  row(name) {
    return this.#rows.get(name)?.row;
  }

  select(name) {
    this.#chosen = name;
    for (const [other, { row, button }] of this.#rows) {
      row.classList.toggle('chosen', other === name);
      button.setAttribute('aria-pressed', String(other === name));
    }
  }

  #fill(position, instant, zone) {
    const { name, alt } = position;
    const { row, cells } = this.#rows.get(name) ?? this.#add(name);
    row.classList.toggle('below', alt < 0);
    cells[0].replaceChildren(`${degrees(position.az)} `, element('span', { class: 'point' }, compassPoint(position.az)));
    const brightness = position.magnitude === undefined ? '–' : decimal(position.magnitude, 1);
    [cells[1].textContent, cells[5].textContent] = [degrees(alt), brightness];
    // Until the events of another time have come, those that stand there fade.
    const waits = position.visibility === undefined;
    row.classList.toggle('waiting', waits);
    const known = waits && cells[2].textContent !== '';
    if (!known) events(position, instant, zone).forEach((parts, i) => cells[i + 2].replaceChildren(...parts));
  }

  #add(name) {
    const attributes = { type: 'button', 'aria-pressed': 'false', 'data-name': name, title: 'Show its way over the sky' };
    const button = element('button', attributes, titles[name]);
    const head = element('th', { role: 'rowheader', scope: 'row' }, element('span', { class: `dot ${name}` }), button);
    const cells = columns.map((label) => element('td', { role: 'cell', 'data-label': label, class: label.toLowerCase() }));
    const row = element('tr', { role: 'row', 'data-name': name }, head, ...cells);
    button.addEventListener('click', () => this.handlers.onSelect(name));
    button.addEventListener('focus', () => button.matches(':focus-visible') && this.handlers.onPoint(name));
    button.addEventListener('blur', () => this.handlers.onPoint());
    row.addEventListener('pointerenter', (event) => event.pointerType !== 'touch' && this.handlers.onPoint(name));
    row.addEventListener('pointerleave', () => this.handlers.onPoint());
    this.rows.append(row);
    const added = { row, cells, button };
    this.#rows.set(name, added);
    if (name === this.#chosen) this.select(name);
    return added;
  }

  /** Those that are up first; moves rows only when the order changes, so that focus stays where it is. */
  #sort(positions) {
    const order = [...positions.filter(({ alt }) => alt >= 0), ...positions.filter(({ alt }) => alt < 0)].map(({ name }) => name);
    if (order.join() === [...this.rows.querySelectorAll('tr[data-name]')].map((row) => row.dataset.name).join()) return;
    const focused = document.activeElement;
    this.rows.append(...order.map((name) => this.#rows.get(name).row));
    if (this.rows.contains(focused)) focused.focus({ preventScroll: true });
  }
}

export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** What stands in the cells of rise, transit and set: of what is up, the rise that brought it there. */
function events({ alt, rose, rise, transit, set, visibility }, instant, zone) {
  const time = (text) => (text ? moment(Date.parse(text), instant, zone) : ['–']);
  if (visibility === 'always_up') return [['always up'], time(transit), ['–']];
  if (visibility === 'always_down') return [['never up'], time(transit), ['–']];
  const isPast = alt > 0 && rose && Date.parse(rose) <= instant;
  return [isPast ? [element('small', {}, 'rose '), ...time(rose)] : time(rise), time(transit), time(set)];
}

/** '18:40', and on another day than that of `reference` which one: '18:40 tomorrow'. */
function moment(instant, reference, zone) {
  const day = dayWord(instant, reference, zone);
  return [clock(instant, zone), ...(day ? [' ', element('small', {}, day)] : [])];
}
