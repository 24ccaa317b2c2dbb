// Next: what is ahead in the sky, as a short list: phases of the Moon, eclipses, meetings, oppositions, greatest elongations,
// equinoxes and solstices. Of eclipses it tells what the place sees. Each line leads to its moment and its body. The server finds
// them; this asks for them once for a place and a day that is shown.
import { element } from './almanac.js';
import { ask, eventsUrl } from './api.js';
import { clock, dayWord, known, timestamp } from './calendar.js';
import { capital, decimal, spoken, titles } from './words.js';

const day = 86_400_000;
const ahead = 60;
const most = 5;
// What the eye can see meet, and how near.
const bright = ['moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn'];
const close = 5;

const plain = {
  new_moon: 'New Moon', first_quarter: 'First quarter of the Moon', full_moon: 'Full Moon', last_quarter: 'Last quarter of the Moon',
  march_equinox: 'March equinox', june_solstice: 'June solstice', september_equinox: 'September equinox', december_solstice: 'December solstice',
};

/** An event of the API in words: 'Mars at opposition, up all night'. */
export function wordsOf({ event, bodies, separation, elongation, covered }) {
  const [one, other] = bodies;
  if (event in plain) return plain[event];
  if (event.endsWith('_eclipse')) return eclipseWords(event, covered);
  if (event === 'opposition') return `${titles[one]} at opposition, up all night`;
  if (event === 'inferior_conjunction') return `${titles[other]} passes between Earth and Sun`;
  if (event === 'superior_conjunction' || one === 'sun') return `${titles[other]} behind the Sun`;
  if (event === 'conjunction') return `${one === 'moon' ? 'Moon' : titles[one]} and ${titles[other]}, ${decimal(separation, 1)}° apart`;
  return `${titles[one]} furthest from the Sun, ${Math.round(elongation)}° in the ${event.endsWith('east') ? 'evening' : 'morning'}`;
}

/** 'partial_solar_eclipse' -> 'Partial eclipse of the Sun, 91 % covered' */
function eclipseWords(event, covered) {
  const [how, whose] = event.split('_');
  const share = how === 'partial' && covered ? `, ${Math.round(covered * 100)} % covered` : '';
  return `${capital(how)} eclipse of the ${whose === 'solar' ? 'Sun' : 'Moon'}${share}`;
}

/** An eclipse of the API as its place has it: of the kind and at the moment that are seen there; nothing where none is. */
export function eventHere({ event, here }) {
  if (!here.visible) return undefined;
  const isUp = ({ alt }) => alt > 0;
  const greatest = here.phases.find(({ phase }) => phase === 'greatest');
  const { time } = isUp(greatest) ? greatest : here.phases.find(isUp) ?? greatest;
  if (!event.endsWith('_solar_eclipse')) return { event, time, bodies: ['moon'] };
  const how = ['total', 'annular'].find((kind) => here.phases.some(({ phase }) => phase === `${kind}_begins`)) ?? 'partial';
  return { event: `${how}_solar_eclipse`, time, bodies: ['sun', 'moon'], covered: here.obscuration };
}

/** Whom one looks at. */
function bodyOf({ event, bodies }) {
  if (event.endsWith('_solar_eclipse')) return 'sun';
  return bodies.length === 2 && ['sun', 'moon'].includes(bodies[0]) ? bodies[1] : bodies[0];
}

/** Whether people without a telescope care. What is seen of an eclipse, its place decides. */
export function isForEyes({ event, bodies, separation }) {
  if (event.endsWith('_eclipse')) return false;
  if (event !== 'conjunction' || bodies[0] === 'sun') return true;
  return separation < close && bodies.every((name) => bright.includes(name));
}

async function eventsFrom(place, from) {
  const days = Math.min(ahead, Math.floor((known.to - from) / day));
  const { events } = await ask(eventsUrl(place, timestamp(from), days));
  return events.map((event) => (event.here ? eventHere(event) : isForEyes(event) && event)).filter(Boolean)
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

export class Next {
  #key = '';
  #events = [];

  /** handlers: onPick(name, instant) */
  constructor(lines, handlers) {
    Object.assign(this, { lines, handlers });
  }

  /** Shows what comes after an instant, seen from a place and by its clock. */
  async show(instant, place) {
    const from = Math.floor(instant / day) * day;
    const key = `${place.lon} ${place.lat} ${from}`;
    if (key !== this.#key) {
      this.#key = key;
      try {
        const events = await eventsFrom(place, from);
        if (key !== this.#key) return;
        this.#events = events;
      } catch {
        // It is asked for again with the next sky; until then the list stays.
        if (key === this.#key) this.#key = '';
        return;
      }
    }
    this.#fill(instant, place.zone);
  }

  #fill(instant, zone) {
    const coming = this.#events.filter(({ time }) => Date.parse(time) >= instant).slice(0, most);
    this.lines.replaceChildren(...coming.map((event) => this.#line(event, instant, zone)));
  }

  #line(event, instant, zone) {
    const at = Date.parse(event.time);
    const when = `${dayWord(at, instant, zone) || 'today'} ${clock(at, zone)}`;
    const name = bodyOf(event);
    const button = element('button', { type: 'button', 'data-name': name, title: `Show this moment, with ${spoken(name)}` },
      element('time', { datetime: event.time }, when), ' ', element('span', {}, wordsOf(event)));
    button.addEventListener('click', () => this.handlers.onPick(name, at));
    return element('li', {}, button);
  }
}
