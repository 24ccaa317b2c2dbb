// Numbers: what changes slowly of the bodies and costs the server much more than positions: rise, transit, set, and what they look like.
// They are asked for when a choice has come to rest, and anew when they grow old; those of now stand beside every sky of the feed.
import { ask, Away, skyUrl } from './api.js';
import { known, timestamp } from './calendar.js';

const freshFor = 120_000;
const fitFor = 3_600_000;
// Of two rises in a day and its night only the last is one that a body is up by; two rises are a sidereal day apart.
const pastRises = 23 * 3_600_000;

export class Numbers {
  #have = { place: undefined, instant: NaN, fields: '', waits: false, bodies: new Map() }; // where and when they are for

  /** handlers: sameSpot(place, place), onCome(), onRefusal(message), onAway() for what is no sky of now. */
  constructor(handlers) {
    this.handlers = handlers;
  }

  /** The bodies of `shown` with their slow numbers, where these may stand beside them. */
  merged(shown) {
    const slow = this.#fits(shown) ? this.#have.bodies : new Map();
    return shown.bodies.map((body) => ({ ...slow.get(body.name), ...body }));
  }

  /** Those of now do until newer ones have come. */
  #fits({ place, instant, live }) {
    return this.handlers.sameSpot(this.#have.place, place) && Math.abs(instant - this.#have.instant) <= (live ? fitFor : freshFor);
  }

  #isOld(shown, fields) {
    const age = shown.instant - this.#have.instant;
    if (!this.#fits(shown) || age < 0 || age > freshFor || this.#lacks(fields)) return true;
    const passed = (text) => text && Date.parse(text) < shown.instant;
    return [...this.#have.bodies.values()].some(({ rise, transit, set }) => [rise, transit, set].some(passed));
  }

  /** Whether one of the fields was not asked for. */
  #lacks(fields) {
    const have = this.#have.fields.split(',');
    return fields.split(',').some((field) => !have.includes(field));
  }

  async freshen(shown, fields) {
    const fits = this.#fits(shown);
    if (!this.#isOld(shown, fields) || (this.#have.waits && fits && !this.#lacks(fields))) return;
    const { place, live, instant } = shown;
    const mine = { place, instant, fields, waits: true, bodies: fits ? this.#have.bodies : new Map() };
    this.#have = mine;
    try {
      const bodies = await askNumbers(place, fields, live ? undefined : timestamp(instant), instant - pastRises);
      if (mine !== this.#have) return;
      Object.assign(mine, { bodies, waits: false });
      this.handlers.onCome();
    } catch (error) {
      // They are asked for again: now with the next sky of the feed, then after a while.
      if (mine !== this.#have) return;
      Object.assign(mine, { instant: NaN, waits: false });
      if (!(error instanceof Away)) this.handlers.onRefusal(error.message);
      else if (!live) this.handlers.onAway();
    }
  }
}

/** What is next of each body, and when it rose if that was since `before`. */
async function askNumbers(place, fields, time, before) {
  const past = before < known.from ? { planets: [] } : ask(skyUrl(place, 'rise', timestamp(before)));
  const [next, { planets }] = await Promise.all([ask(skyUrl(place, fields, time)), past]);
  const rises = new Map(planets.map(({ name, rise }) => [name, rise]));
  return new Map(next.planets.map((body) => [body.name, { ...body, rose: rises.get(body.name) }]));
}
