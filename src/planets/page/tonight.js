// Tonight: the night around the moment that is shown, as a list: the Moon with its picture, the twilights, and one line a body: with
// what, when and where it is seen best. A line leads to its moment. night.js computes; this asks and shows.
import { element } from './almanac.js';
import { ask, Away, skyUrl, trackUrl } from './api.js';
import { clock, dateOf, known, timestamp } from './calendar.js';
import { litPart, svg } from './glyphs.js';
import { tilt } from './geometry.js';
import { firstFields, lastFields, Night, nightAround } from './night.js';
import { instruments } from './sight.js';
import { capital, direction, phaseName, titles } from './words.js';

const step = 600;
const order = ['moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'];

export class Tonight {
  #key = '';
  #lines = new Map();

  /** handlers: onPick(name, instant) */
  constructor({ title, sun, moon, lines }, handlers) {
    Object.assign(this, { title, sun, moon, lines, handlers });
    for (const name of order) this.#addLine(name);
  }

  #addLine(name) {
    const button = element('button', { type: 'button', 'data-name': name, disabled: '' },
      element('span', { class: `dot ${name}` }), ' ', element('strong', {}, titles[name]));
    const text = element('span', { class: 'sight' }, '…');
    const line = element('li', {}, button, ' ', text);
    button.addEventListener('click', () => this.handlers.onPick(name, Number(button.dataset.instant)));
    this.#lines.set(name, { line, button, text });
    this.lines.append(line);
  }

  /** Shows the night of a place and an instant; asks only for another one than it shows. */
  async show(place, instant, sunIsUp) {
    const { from, to } = bounds(nightAround(instant, place.lon, sunIsUp));
    const key = [place.lon, place.lat, place.elevation, place.zone, from].join();
    this.title.textContent = titleOf(from, to, place, sunIsUp);
    if (key === this.#key) return;
    this.#key = key;
    this.lines.classList.add('waiting');
    try {
      const night = await askNight(place, from, to);
      if (key === this.#key) this.#fill(night, place.zone);
    } catch (error) {
      // It is asked again with the next sky.
      if (key === this.#key) this.#key = '';
      if (!(error instanceof Away)) throw error;
    }
  }

  #fill(night, zone) {
    this.lines.classList.remove('waiting');
    this.sun.textContent = twilightWords(night, zone);
    this.#showMoon(night, zone);
    const shows = order.map((name) => night.show(name));
    // What needs no glass comes first, then by the hour; what is not to be seen stands last.
    const rank = ({ how = 9, best }) => how * 1e14 + (best?.instant ?? 0);
    shows.sort((a, b) => rank(a) - rank(b));
    for (const show of shows) this.#fillLine(show, zone);
    this.lines.append(...shows.map(({ name }) => this.#lines.get(name).line));
  }

  #fillLine({ name, how, best, from, to, byDay, why }, zone) {
    const { line, button, text } = this.#lines.get(name);
    line.classList.toggle('unseen-tonight', how === undefined);
    button.disabled = how === undefined;
    if (how === undefined) {
      text.textContent = why;
      return;
    }
    button.dataset.instant = best.instant;
    button.title = 'Show this moment';
    const time = element('time', { datetime: timestamp(best.instant) }, clock(best.instant, zone));
    const where = `${Math.round(best.alt)}° up in the ${direction(best.az)}`;
    const span = spanWords(from, to, zone);
    text.replaceChildren(element('span', { class: `how how-${how}` }, byDay ? 'by day' : instruments[how].words), ' best ', time, `, ${where} `,
      element('small', {}, span));
  }

  #showMoon(night, zone) {
    const { lit, waxing } = night.moonPhase;
    const moon = night.body('moon');
    const { best } = night.show('moon');
    const instant = best?.instant ?? (night.from + night.to) / 2;
    const angle = tilt(night.place('moon', instant), night.place('sun', instant));
    const picture = svg('svg', { viewBox: '-10 -10 20 20', 'aria-hidden': 'true', class: 'moon-picture' },
      svg('circle', { r: 9, class: 'moon-dark' }), svg('path', { class: 'moon-lit', d: litPart(9, lit), transform: `rotate(${angle.toFixed(0)})` }));
    const times = [['rise', 'rises'], ['set', 'sets']].filter(([event]) => moon[event])
      .map(([event, word]) => ({ instant: Date.parse(moon[event]), word })).sort((a, b) => a.instant - b.instant)
      .map(({ instant: time, word }) => `${word} ${clock(time, zone)}`);
    const phase = `${capital(phaseName(lit, waxing))} Moon, ${Math.round(lit * 100)} % lit`;
    this.moon.replaceChildren(picture, element('span', {}, [phase, ...times].join(', ')));
  }
}

/** The night within what is known, to the second. */
function bounds({ from, to }) {
  return { from: Math.max(from, known.from), to: Math.min(to, known.to - 1000) };
}

async function askNight(place, from, to) {
  const [start, end] = [timestamp(from), timestamp(to)];
  const [first, last, { track }] = await Promise.all([
    ask(skyUrl(place, firstFields, start)), ask(skyUrl(place, lastFields, end)), ask(trackUrl('moon', place, start, end, step))]);
  return new Night({ place, first, last, moonTrack: track });
}

/** 'Tonight', or the dates of another night. */
function titleOf(from, to, place, sunIsUp) {
  const now = nightAround(Date.now(), place.lon, sunIsUp);
  // Whether the Sun is up now is known only of the moment that is shown; of the next night it makes no difference by day.
  const later = nightAround(Date.now(), place.lon, true);
  if (from === now.from || from === later.from) return 'Tonight';
  const [one, other] = [from, to].map((instant) => dateOf(instant, place.zone));
  const words = (date, options) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(Date.parse(`${date}T12:00Z`));
  const whole = { day: 'numeric', month: 'long', year: 'numeric' };
  return `The night of ${words(one, one.slice(0, 7) === other.slice(0, 7) ? { day: 'numeric' } : whole)} to ${words(other, whole)}`;
}

/** The Sun's own line: set, twilights and rise, or why there are none. */
function twilightWords(night, zone) {
  const { set, rise, visibility } = night.body('sun');
  const { darkest } = night;
  if (visibility === 'always_up') return 'The Sun does not set.';
  const time = (instant) => clock(instant, zone);
  const sun = visibility === 'always_down' ? ['The Sun does not rise'] : [];
  if (set) sun.push(`Sunset ${time(Date.parse(set))}`);
  if (rise) sun.push(`sunrise ${time(Date.parse(rise))}`);
  const kinds = [[-18, 'dark'], [-12, 'nautical twilight'], [-6, 'civil twilight']];
  const light = kinds.filter(([altitude]) => darkest < altitude).map(([altitude, word]) => spell(night.twilight(altitude), word, time));
  if (darkest >= -18) light.unshift(darkest >= -6 ? 'it stays bright' : 'it does not get quite dark');
  return `${capital([...sun, ...light].join('; '))}.`;
}

function spell({ down, up }, word, time) {
  if (down === undefined || up === undefined) return `${word} all day`;
  return word === 'dark' ? `dark from ${time(down)} to ${time(up)}` : `${word} until ${time(down)} and from ${time(up)}`;
}

/** '03:20 to 06:50', or nothing when the best moment is the only one. */
function spanWords(from, to, zone) {
  return to > from ? `${clock(from, zone)} to ${clock(to, zone)}` : '';
}
