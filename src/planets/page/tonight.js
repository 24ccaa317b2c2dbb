// Tonight: the night around the moment that is shown, as a list: the Moon with its picture, the twilights, eclipses, and one line a body:
// with what, when and where it is seen best. A line leads to its moment. The server says it all (/tonight); this asks and shows.
import { element } from './almanac.js';
import { ask, Away, tonightUrl } from './api.js';
import { clock, dateOf, timestamp } from './calendar.js';
import { litPart, svg } from './glyphs.js';
import { eventHere, wordsOf } from './next.js';
import { sightOrder, sightWords } from './sight.js';
import { capital, direction, phaseName, titles } from './words.js';

const order = ['moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'];
const reasons = {
  not_above_horizon: 'not above the horizon', too_near_sun: 'too near the Sun', up_only_by_day: 'up only by day',
  too_low_in_the_dark: 'too low in the dark', too_faint: 'too faint',
};
const minute = 60_000;

export class Tonight {
  #night; // the answer that is shown, with the spot that it is for
  #asked = { spot: '', instant: NaN };
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
  async show(place, instant) {
    const spot = [place.lon, place.lat, place.elevation, place.zone].join();
    if (this.#night?.spot === spot && isWithin(this.#night.night, instant)) {
      this.title.textContent = titleOf(this.#night.night, place.zone);
      return;
    }
    const asked = { spot, instant };
    if (this.#asked.spot === spot && Math.abs(this.#asked.instant - instant) < minute) return;
    this.#asked = asked;
    this.lines.classList.add('waiting');
    try {
      const answer = await ask(tonightUrl(place, timestamp(instant)));
      if (asked === this.#asked) this.#fill({ ...answer, spot }, place.zone);
    } catch (error) {
      if (!(error instanceof Away)) throw error;
    } finally {
      // It is asked again with the next sky.
      if (asked === this.#asked) this.#asked = { spot: '', instant: NaN };
    }
  }

  #fill(night, zone) {
    this.#night = night;
    this.lines.classList.remove('unknown', 'waiting');
    this.title.textContent = titleOf(night.night, zone);
    const eclipses = night.eclipses.flatMap((eclipse) => [element('strong', {}, eclipseWords(eclipse, zone)), ' ']);
    const times = twilightWords(night, zone).flatMap((words) => [element('span', {}, words), ' ']);
    this.sun.replaceChildren(...eclipses, ...times.slice(0, -1));
    this.#showMoon(night.moon, zone);
    for (const show of night.bodies) this.#fillLine(show, zone);
    this.lines.append(...night.bodies.map(({ name }) => this.#lines.get(name).line));
  }

  #fillLine({ name, sight, best, from, to, by_day: byDay, why }, zone) {
    const { line, button, text } = this.#lines.get(name);
    line.classList.toggle('unseen-tonight', sight === null);
    button.disabled = sight === null;
    if (sight === null) {
      text.textContent = reasons[why];
      return;
    }
    button.dataset.instant = Date.parse(best.time);
    button.title = 'Show this moment';
    const time = element('time', { datetime: best.time }, clock(Date.parse(best.time), zone));
    const where = `${Math.round(best.alt)}° up in the ${direction(best.az)}`;
    const how = element('span', { class: `how how-${sightOrder.indexOf(sight)}` }, byDay ? 'by day' : sightWords(sight));
    text.replaceChildren(how, ' best ', time, `, ${where} `, element('small', {}, spanWords(from, to, zone)));
  }

  #showMoon({ phase: lit, waxing, tilt, rise, set }, zone) {
    const picture = svg('svg', { viewBox: '-10 -10 20 20', 'aria-hidden': 'true', class: 'moon-picture' },
      svg('circle', { r: 9, class: 'moon-dark' }), svg('path', { class: 'moon-lit', d: litPart(9, lit), transform: `rotate(${tilt.toFixed(0)})` }));
    const times = [[rise, 'rises'], [set, 'sets']].filter(([time]) => time)
      .sort(([one], [other]) => Date.parse(one) - Date.parse(other)).map(([time, word]) => `${word} ${clock(Date.parse(time), zone)}`);
    const phase = `${capital(phaseName(lit, waxing))} Moon, ${Math.round(lit * 100)} % lit`;
    this.moon.replaceChildren(picture, element('span', {}, [phase, ...times].join(', ')));
  }
}

/** Whether the same night is that of an instant. */
function isWithin({ since, until }, instant) {
  return Date.parse(since) <= instant && instant < Date.parse(until);
}

/** 'Tonight', or the dates of another night. */
function titleOf(night, zone) {
  if (isWithin(night, Date.now())) return 'Tonight';
  const [one, other] = [night.from, night.to].map((time) => dateOf(Date.parse(time), zone));
  const words = (date, options) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(Date.parse(`${date}T12:00Z`));
  const whole = { day: 'numeric', month: 'long', year: 'numeric' };
  return `The night of ${words(one, one.slice(0, 7) === other.slice(0, 7) ? { day: 'numeric' } : whole)} to ${words(other, whole)}`;
}

/** 'Partial eclipse of the Sun, 91 % covered, at 18:12.' */
function eclipseWords({ eclipse, here }, zone) {
  const seen = eventHere({ event: eclipse, here });
  return `${wordsOf(seen)}, at ${clock(Date.parse(seen.time), zone)}.`;
}

/** The Sun's own line in pieces: set, twilights and rise, or why there are none. */
function twilightWords({ sun: { visibility, lowest }, twilight }, zone) {
  if (visibility === 'always_up') return ['The Sun does not set.'];
  const time = (event) => {
    const found = twilight.find((other) => other.event === event);
    return found && clock(Date.parse(found.time), zone);
  };
  const words = visibility === 'always_down' ? ['The Sun does not rise'] : [];
  if (time('sunset')) words.push(`Sunset ${time('sunset')}`);
  if (time('sunrise')) words.push(`sunrise ${time('sunrise')}`);
  if (lowest >= -18) words.push(lowest >= -6 ? 'it stays bright' : 'it does not get quite dark');
  const kinds = [[-18, 'astronomical', 'dark'], [-12, 'nautical', 'nautical twilight'], [-6, 'civil', 'civil twilight']];
  for (const [altitude, kind, word] of kinds)
    if (lowest < altitude) words.push(spell(time(`${kind}_dusk`), time(`${kind}_dawn`), word));
  return words.map((text, i) => `${i === 0 ? capital(text) : text}${i === words.length - 1 ? '.' : ';'}`);
}

function spell(dusk, dawn, word) {
  if (dusk === undefined || dawn === undefined) return `${word} all day`;
  return word === 'dark' ? `dark from ${dusk} to ${dawn}` : `${word} until ${dusk} and from ${dawn}`;
}

/** '03:20 to 06:50', or nothing when the best moment is the only one. */
function spanWords(from, to, zone) {
  return to > from ? `${clock(Date.parse(from), zone)} to ${clock(Date.parse(to), zone)}` : '';
}
