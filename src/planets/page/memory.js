// Memory: the place that was chosen last on this device, so that the page opens there the next time. It stays in the browser; where
// that keeps nothing, the page forgets.
import { isZone } from './calendar.js';
import { placeAt, readNumber } from './places.js';

const key = 'place';

export function rememberPlace({ name, lon, lat, elevation, zone }) {
  try {
    localStorage.setItem(key, JSON.stringify({ name, lon, lat, elevation, zone }));
  } catch {
    // Storage that is full or forbidden.
  }
}

/** The place, or nothing; what is kept may come from another version of the page, or from a curious person. */
export function recallPlace() {
  try {
    const { name, zone, ...rest } = JSON.parse(localStorage.getItem(key));
    const [lon, lat, elevation] = ['lon', 'lat', 'elevation'].map((part) => readNumber(part, rest[part]));
    const isWhole = [lon, lat, elevation].every(Number.isFinite) && isZone(zone) && typeof name === 'string';
    return isWhole ? placeAt({ name, lon, lat, elevation, zone }) : undefined;
  } catch {
    return undefined;
  }
}
