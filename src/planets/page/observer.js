// Observer: the controls that say where you stand: a list of places, the browser's own location, and typed coordinates.
// What was chosen goes to onPlace(place); what is wrong is said beside the fields.
import { browserZone, limits, placeAt, places, readNumber } from './places.js';

const names = ['lat', 'lon', 'elevation'];

const refusals = {
  insecure:
    'Browsers tell their location only to pages served by https or from this machine. Pick a place, or type coordinates.',
  1: 'The browser was not allowed to give your location. Allow it in the browser, pick a place, or type coordinates.',
  2: 'The browser could not find out where you are. Pick a place, or type coordinates.',
  3: 'The browser took too long to find out where you are. Try again, pick a place, or type coordinates.',
};

export class Observer {
  #place;

  constructor(page, onPlace) {
    this.page = page;
    this.onPlace = onPlace;
    page.places.append(...places.map(({ name }) => new Option(name)));
    page.places.addEventListener('change', () => this.#picked());
    page.locate.addEventListener('click', () => this.#locate());
    page.edit.addEventListener('click', () => this.#open(page.coordinates.hidden));
    page.coordinates.addEventListener('submit', (event) => this.#typed(event));
  }

  /** Shows a place that came from elsewhere (the address, the history). */
  show(place) {
    this.#place = place;
    const { places: list } = this.page;
    list.querySelector('option.here')?.remove();
    if (!places.some(({ name }) => name === place.name)) {
      const here = new Option(place.name);
      here.className = 'here';
      list.prepend(here);
    }
    list.value = place.name;
    for (const name of names) {
      this.page[name].value = Number(place[name].toFixed(4));
      this.page[name].removeAttribute('aria-invalid');
    }
  }

  complain(text = '') {
    this.page.problem.textContent = text;
  }

  #open(open) {
    this.page.coordinates.hidden = !open;
    this.page.edit.setAttribute('aria-expanded', String(open));
    if (open) this.page.lat.focus();
  }

  #picked() {
    this.complain();
    const place = places.find(({ name }) => name === this.page.places.value);
    if (place) this.onPlace(place);
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
        this.onPlace(placeAt({ lon: round(lon), lat: round(lat), elevation, zone: browserZone() }));
      },
      ({ code }) => {
        done();
        this.complain(refusals[code] ?? refusals[2]);
      },
      { timeout: 15_000, maximumAge: 600_000 });
  }

  #typed(event) {
    event.preventDefault();
    const problems = [];
    const typed = { zone: this.#place?.zone };
    for (const name of names) {
      const field = this.page[name];
      typed[name] = readNumber(name, field.value);
      field.setAttribute('aria-invalid', String(typed[name] === undefined));
      if (typed[name] === undefined) problems.push({ field, text: limits[name].words });
    }
    this.complain(problems.map(({ text }) => text).join(' '));
    if (problems.length > 0) return problems[0].field.focus();
    // Another place has another time; a small step keeps it.
    if (Math.abs(typed.lon - this.#place.lon) > 1 || Math.abs(typed.lat - this.#place.lat) > 1) delete typed.zone;
    this.onPlace(placeAt(typed));
  }
}

/** A hundred metres are near enough for a sky, and say less about where you live. */
function round(degrees) {
  return Number(degrees.toFixed(3));
}
