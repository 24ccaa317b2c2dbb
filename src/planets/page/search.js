// Search: places by name, as suggestions: those that the page knows.
import { coordinates, places } from './places.js';

const most = 8;

/** 'São Paulo' and 'sao paulo' are the same to a person who types. */
export function folded(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** [{place, detail}], the best first; with no text all that the page knows. */
export function findPlaces(text) {
  const wanted = folded(text);
  const known = places.filter(({ name }) => ` ${folded(name)}`.includes(` ${wanted}`));
  return known.slice(0, wanted === '' ? known.length : most).map((place) => ({ place, detail: coordinates(place.lon, place.lat) }));
}
