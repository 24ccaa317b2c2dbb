// Ways: how bodies go over the sky through a day of a place: the Sun's, which also colours the hours, and that of the body in
// question. What is drawn belongs to the place, the day and the body that are shown, or nothing is.
import { ask, trackUrl } from './api.js';
import { clock, dayAround, known, timestamp } from './calendar.js';

const step = 600;
const kept = 60;

export class Ways {
  #tracks = new Map();
  #drawn = { sun: '', chosen: '' };

  constructor(dome) {
    this.dome = dome;
  }

  /** A body's track over the day that an instant falls in, asked for once; nothing when it could not be had. */
  track(name, place, instant) {
    const url = urlOf(name, place, instant);
    if (!this.#tracks.has(url)) {
      this.#tracks.set(url, ask(url).then((answer) => answer.track, () => void this.#tracks.delete(url)));
      if (this.#tracks.size > kept) this.#tracks.delete(this.#tracks.keys().next().value);
    }
    return this.#tracks.get(url);
  }

  /** Draws the Sun's way faintly, and the one of the body `name`, if any. */
  draw(name, place, instant) {
    this.#put('sun', name === 'sun' ? undefined : 'sun', place, instant);
    this.#put('chosen', name, place, instant);
  }

  async #put(kind, name, place, instant) {
    const wanted = name ? urlOf(name, place, instant) : '';
    if (wanted !== this.#drawn[kind]) this.dome.showPath(kind, name, []);
    this.#drawn[kind] = wanted;
    const points = name && (await this.track(name, place, instant));
    if (!points || wanted !== this.#drawn[kind]) return;
    this.dome.showPath(kind, name, points, kind === 'chosen' ? hourMarks(points, place.zone) : []);
  }
}

function urlOf(name, place, instant) {
  const { from, to } = dayAround(instant, place.zone);
  return trackUrl(name, place, timestamp(Math.max(from, known.from)), timestamp(Math.min(to, known.to - 1000)), step);
}

/** Every third full hour of the place's clock. */
function hourMarks(points, zone) {
  // The day's last point is midnight again.
  return points.slice(0, -1)
    .map((place) => ({ ...place, text: clock(Date.parse(place.time), zone) }))
    .filter(({ text }) => /^(0[0369]|1[258]|21):00$/.test(text))
    .map(({ az, alt, text }) => ({ az, alt, text: `${Number(text.slice(0, 2))}h` }));
}
