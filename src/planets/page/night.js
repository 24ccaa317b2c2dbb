// Night: what one night over a place has to show, computed from what the API gives. Pure.
//
// A night goes from one mean noon of the longitude to the next. Two skies, at its two ends, carry right ascension and declination of
// each body; between them these go almost straight, so that a position is found for any moment, within a few hundredths of a degree.
// The Moon is near: its way is the API's own track. What is found is checked against the API by a test.
import { degree, horizontal, separation } from './geometry.js';
import { faintest, glare, instruments, sunrise } from './sight.js';

const day = 86_400_000;
const minute = 60_000;
const step = 10 * minute;
/** How fast the sky turns, in degrees a millisecond. */
const turn = 360.98564736629 / day;

/** The fields of the two skies that a night is computed from. */
export const firstFields = 'az,airless_alt,ra,dec,magnitude,phase,rise,transit,set';
export const lastFields = 'ra,dec,phase';

/** {from, to}: the night around an instant, or the next one when its Sun has risen. */
export function nightAround(instant, lon, sunIsUp) {
  const noon = Math.round(day / 2000 - (lon / 360000) * day) * 1000;
  const from = Math.floor((instant - noon) / day) * day + noon;
  const isOver = sunIsUp && instant - from > day / 2;
  return isOver ? { from: from + day, to: from + 2 * day } : { from, to: from + day };
}

export class Night {
  #bodies = new Map();
  #moon;
  #grid; // moments of the night, with where the Sun and the Moon are

  /** place: {lat}; first, last: the API's skies at the ends; moonTrack: its track between them. */
  constructor({ place, first, last, moonTrack }) {
    this.from = Date.parse(first.time);
    this.to = Date.parse(last.time);
    this.lat = place.lat;
    this.#moon = moonTrack.map(({ time, az, alt }) => ({ instant: Date.parse(time), az, alt }));
    const later = new Map(last.planets.map((body) => [body.name, body]));
    for (const body of first.planets) this.#bodies.set(body.name, { ...body, later: later.get(body.name) });
    const sun = this.#bodies.get('sun');
    this.sidereal = sun.ra + hourAngle(sun, this.lat);
  }

  get names() {
    return [...this.#bodies.keys()];
  }

  body(name) {
    return this.#bodies.get(name);
  }

  /** {az, alt} of a body: through the air for the Moon, without it for the others. */
  place(name, instant) {
    if (name === 'moon') return this.#moonPlace(instant);
    const { ra, dec, later } = this.#bodies.get(name);
    const share = (instant - this.from) / (this.to - this.from);
    const swing = ((later.ra - ra + 540) % 360) - 180;
    return overhead(this.sidereal + (instant - this.from) * turn - (ra + swing * share), dec + (later.dec - dec) * share, this.lat);
  }

  #moonPlace(instant) {
    const at = this.#moon.findLastIndex((point) => point.instant <= instant);
    const [a, b] = [this.#moon[Math.max(0, at)], this.#moon[Math.min(at + 1, this.#moon.length - 1)]];
    const share = b.instant > a.instant ? (instant - a.instant) / (b.instant - a.instant) : 0;
    return { az: (a.az + share * (((b.az - a.az + 540) % 360) - 180) + 360) % 360, alt: a.alt + share * (b.alt - a.alt) };
  }

  /** When the Sun goes below an altitude and comes above it: {down, up}; nothing of what does not happen in this night. */
  twilight(altitude) {
    const found = {};
    for (let instant = this.from; instant + step <= this.to; instant += step) {
      const [one, other] = [instant, instant + step].map((time) => this.place('sun', time).alt - altitude);
      if (one >= 0 && other < 0) found.down ??= this.#crossing(altitude, instant, instant + step);
      if (one < 0 && other >= 0) found.up = this.#crossing(altitude, instant, instant + step);
    }
    return found;
  }

  #crossing(altitude, from, to) {
    const isAbove = (instant) => this.place('sun', instant).alt >= altitude;
    const startsAbove = isAbove(from);
    while (to - from > 1000) {
      const middle = (from + to) / 2;
      if (isAbove(middle) === startsAbove) from = middle;
      else to = middle;
    }
    return to;
  }

  /** The Sun's lowest altitude. */
  get darkest() {
    return Math.min(...this.#times().map(({ sun }) => sun.alt));
  }

  #times() {
    this.#grid ??= Array.from({ length: Math.floor((this.to - this.from) / step) + 1 }, (_, i) => {
      const instant = this.from + i * step;
      return { instant, sun: this.place('sun', instant), moon: this.place('moon', instant) };
    });
    return this.#grid;
  }

  /** {lit, waxing} of the Moon in the middle of the night. */
  get moonPhase() {
    const [moon, sun] = ['moon', 'sun'].map((name) => this.#bodies.get(name));
    const ahead = (moon.later.ra - sun.later.ra + 720) % 360;
    return { lit: (moon.phase + moon.later.phase) / 2, waxing: ahead < 180 };
  }

  /**
   * How a body is best seen: {name, how, best: {instant, az, alt}, from, to, why}. `how` is an index of `instruments`, undefined when
   * it is not to be seen, and `why` says then why not. From and to bound the time in which it is seen so around the best moment.
   */
  show(name) {
    const { magnitude } = this.#bodies.get(name);
    const times = this.#times().map((moment) => this.#look(name, moment, magnitude));
    const seen = times.filter(({ how }) => how !== undefined);
    if (seen.length === 0) return { name, magnitude, why: whyNot(times) };
    const least = Math.min(...seen.map(({ how }) => how));
    const chosen = seen.filter(({ how }) => how === least);
    const best = chosen.reduce((one, other) => (other.worth > one.worth ? other : one));
    const [from, to] = [-1, 1].map((way) => this.#edge(times, best, way));
    return { name, magnitude, how: least, best, from, to, byDay: best.sun.alt >= sunrise };
  }

  /** How far a sight that is as good goes on, before and after the best moment; a night's ends with it. */
  #edge(times, best, way) {
    let at = times.indexOf(best);
    const isNight = ({ sun }) => sun.alt < sunrise;
    const goesOn = (time) => time?.how !== undefined && time.how <= best.how && isNight(time) === isNight(best);
    while (goesOn(times[at + way])) at += way;
    return times[at].instant;
  }

  #look(name, { instant, sun, moon }, magnitude) {
    const place = name === 'moon' ? moon : this.place(name, instant);
    const fromSun = separation(place, sun);
    const light = name === 'moon' ? undefined : { ...moon, lit: this.#bodies.get('moon').phase };
    const limits = faintest({ sun, fromSun, place, moon: light });
    const how = name === 'moon' ? moonSight(place, sun, fromSun) : limits && instruments.findIndex((_, i) => magnitude < limits[i]);
    const margin = limits && how >= 0 ? Math.min(2, limits[how] - magnitude) : 0;
    // High and easy; a dark sky is worth more than a few degrees.
    const worth = place.alt + 12 * margin - (sun.alt >= sunrise ? 100 : 0);
    return { instant, ...place, sun, fromSun, how: how === -1 ? undefined : how, worth };
  }
}

function moonSight(place, sun, fromSun) {
  return place.alt > 0 && fromSun >= (sun.alt >= sunrise ? 2 * glare : glare) ? 0 : undefined;
}

/** Why nothing is seen in any of the moments. */
function whyNot(times) {
  const up = times.filter(({ alt }) => alt > 0);
  if (up.length === 0) return 'not above the horizon';
  const dark = up.filter(({ sun }) => sun.alt < -6);
  if (dark.length === 0 || Math.max(...dark.map(({ alt }) => alt)) < 3)
    return Math.min(...up.map(({ fromSun }) => fromSun)) < 18 ? 'too near the Sun' : 'up only by day';
  return Math.max(...dark.map(({ alt }) => alt)) < 10 ? 'too low in the dark' : 'too faint';
}

// --- the sphere ---

function hourAngle({ az, airless_alt: alt }, lat) {
  const [sinAlt, cosAlt, sinLat, cosLat] = [Math.sin(alt * degree), Math.cos(alt * degree), Math.sin(lat * degree), Math.cos(lat * degree)];
  return Math.atan2(-Math.sin(az * degree) * cosAlt, sinAlt * cosLat - cosAlt * Math.cos(az * degree) * sinLat) / degree;
}

function overhead(hour, dec, lat) {
  const [sinH, cosH, sinD, cosD] = [Math.sin(hour * degree), Math.cos(hour * degree), Math.sin(dec * degree), Math.cos(dec * degree)];
  return horizontal([cosD * cosH, -cosD * sinH, sinD], lat);
}
