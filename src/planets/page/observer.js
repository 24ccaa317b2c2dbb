// Observer: the controls that say where you stand: one field for a name, coordinates or the link of a map, the browser's own
// location, and the time zone and elevation. What was chosen goes to onPlace(place); what is wrong is said beside the fields.
import { readCoordinates } from './coordinates.js';
import { Finder } from './finder.js';
import { allZones, browserZone, limits, placeAt, readNumber, zoneTitle } from './places.js';
import { findPlaces } from './search.js';

const refusals = {
  insecure:
    'Browsers tell their location only to pages served by https or from this machine. Type a place, or coordinates.',
  1: 'The browser was not allowed to give your location. Allow it in the browser, or type a place, or coordinates.',
  2: 'The browser could not find out where you are. Type a place, or coordinates.',
  3: 'The browser took too long to find out where you are. Try again, or type a place, or coordinates.',
};
const howto = 'Try another spelling, coordinates such as 48.8566, 2.3522, or the link of a map.';

export class Observer {
  #place;

  constructor(page, onPlace) {
    this.page = page;
    this.onPlace = onPlace;
    this.finder = new Finder({ form: page.form, input: page.input, list: page.list }, {
      suggest: (text) => this.#suggest(text),
      onPick: (place) => this.#go(place),
      onText: (text) => this.#typed(text),
    });
    page.locate.addEventListener('click', () => this.#locate());
    page.edit.addEventListener('click', () => this.#open(page.details.hidden));
    page.zone.addEventListener('change', () => this.#go({ ...this.#place, zone: page.zone.value }));
    page.elevation.addEventListener('change', () => this.#raise());
    page.details.addEventListener('submit', (event) => event.preventDefault());
  }

  /** Shows a place that came from elsewhere (the address, the history). */
  show(place) {
    this.#place = place;
    const { zone, elevation } = this.page;
    this.finder.show(place.name);
    if (zone.value !== place.zone) this.#listZones();
    elevation.value = place.elevation === 0 ? '' : Number(place.elevation.toFixed(1));
    for (const field of [this.page.input, elevation]) field.removeAttribute('aria-invalid');
  }

  complain(text = '') {
    this.page.problem.textContent = text;
  }

  #go(place) {
    this.complain();
    this.onPlace(place);
  }

  /** The zones are some hundred: they are listed when they are to be seen; until then there is the place's. */
  #listZones() {
    const { zone, details } = this.page;
    const zones = details.hidden ? [this.#place.zone] : allZones(this.#place.zone);
    zone.replaceChildren(...zones.map((name) => new Option(zoneTitle(name), name)));
    zone.value = this.#place.zone;
  }

  #open(open) {
    this.page.details.hidden = !open;
    this.page.edit.setAttribute('aria-expanded', String(open));
    this.#listZones();
    if (open) this.page.zone.focus();
  }

  async #suggest(text) {
    return readCoordinates(text) ? [] : findPlaces(text);
  }

  async #typed(text) {
    if (text === this.#place.name || text === '') return this.finder.show(this.#place.name);
    const found = readCoordinates(text);
    if (found?.problem) return this.#refuse(found.problem);
    if (found) return this.#go(this.#near(found));
    const [best] = await findPlaces(text);
    return best ? this.#go(best.place) : this.#refuse(`There is no place called “${text.slice(0, 40)}” here. ${howto}`);
  }

  #refuse(text) {
    this.page.input.setAttribute('aria-invalid', 'true');
    this.page.input.focus();
    this.complain(text);
  }

  /** The place at coordinates; one near the last has its zone and elevation. */
  #near({ lat, lon, elevation }) {
    const last = this.#place;
    const isNear = Math.abs(lon - last.lon) < 1 && Math.abs(lat - last.lat) < 1;
    const kept = isNear ? { zone: last.zone, elevation: last.elevation } : { elevation: 0 };
    return placeAt({ lat: round(lat, 5), lon: round(lon, 5), ...kept, ...(elevation === undefined ? {} : { elevation }) });
  }

  #raise() {
    const { elevation } = this.page;
    const metres = elevation.value.trim() === '' ? 0 : readNumber('elevation', elevation.value);
    elevation.setAttribute('aria-invalid', String(metres === undefined));
    if (metres === undefined) return this.complain(limits.elevation.words);
    return this.#go({ ...this.#place, elevation: metres });
  }

  #locate() {
    if (!window.isSecureContext || !navigator.geolocation) {
      return this.complain(refusals.insecure);
    }
    this.complain();
    this.page.locate.setAttribute('aria-busy', 'true');
    const done = () => this.page.locate.removeAttribute('aria-busy');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done();
        const { longitude: lon, latitude: lat, altitude } = coords;
        const elevation = Math.round(altitude ?? 0);
        // A hundred metres are near enough for a sky, and say less about where you live.
        this.#go(placeAt({ lon: round(lon, 3), lat: round(lat, 3), elevation, zone: browserZone() }));
      },
      ({ code }) => {
        done();
        this.complain(refusals[code] ?? refusals[2]);
      },
      { timeout: 15_000, maximumAge: 600_000 });
  }
}

function round(degrees, digits) {
  return Number(degrees.toFixed(digits));
}
