// Search: places by name, as suggestions: those that the page knows, then the cities that the server knows. 'Paris, France' and
// 'Springfield, IL' say after the comma which of them is meant.
import { ask, placesUrl } from './api.js';
import { coordinates, places } from './places.js';

const most = 8;
const kept = 200;
const asked = new Map(); // address -> promise of places
let regions;

/** 'São Paulo' and 'sao paulo' are the same to a person who types. */
export function folded(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** [{place, detail}], the best first; with no text all that the page knows. */
export async function findPlaces(text) {
  const [name, ...rest] = text.split(',');
  const wanted = folded(name);
  const known = places.filter((place) => ` ${folded(place.name)}`.includes(` ${wanted}`))
    .map((place) => ({ place, detail: coordinates(place.lon, place.lat) }));
  if (wanted === '') return known;
  const cities = (await askCities(name.trim())).filter(({ place }) => !known.some((other) => isSame(other.place, place)));
  const all = [...known, ...cities];
  const which = folded(rest.join(' '));
  const meant = all.filter(({ place, detail }) => isMeant(which, place, detail));
  return (which !== '' && meant.length > 0 ? meant : all).slice(0, most);
}

function isSame(one, other) {
  return folded(one.name) === folded(other.name) && Math.abs(one.lat - other.lat) < 0.5 && Math.abs(one.lon - other.lon) < 0.5;
}

/** A country's name or code, or a state. */
function isMeant(which, place, detail) {
  return folded(detail).startsWith(which) || place.country?.toLowerCase() === which || folded(place.name).endsWith(`, ${which}`);
}

/** What a server that is away or does not know the word cannot add is left out. */
async function askCities(name) {
  const url = placesUrl(name);
  if (!asked.has(url)) {
    if (asked.size > kept) asked.clear();
    asked.set(url, ask(url).then((answer) => answer.places.map(suggestion), () => void asked.delete(url)));
  }
  return (await asked.get(url)) ?? [];
}

function suggestion({ name, country, lon, lat, zone }) {
  regions ??= new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
  return { place: { name, country, lon, lat, elevation: 0, zone }, detail: `${regions.of(country)} · ${coordinates(lon, lat, 1)}` };
}
