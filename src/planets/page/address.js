// Address: the place and time in the page's own address, so that a sky can be shared: ?lon=&lat=&elevation=&time=&zone=.
// `time` is absent for now; `zone` is there only when neither the place's name nor its longitude tells it.
import { timestamp } from './calendar.js';
import { greenwich, isZone, limits, placeAt, readNumber, zoneByLongitude } from './places.js';

/** {place, instant, problems}: instant is undefined for now; problems are sentences. */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  const problems = [];
  const coordinates = {};
  for (const name of ['lon', 'lat', 'elevation']) {
    const text = query.get(name);
    coordinates[name] = readNumber(name, text ?? '');
    if (text !== null && coordinates[name] === undefined) problems.push(limits[name].words);
  }
  const { lon, lat, elevation = 0 } = coordinates;
  const zone = query.get('zone') ?? undefined;
  const known = lon !== undefined && lat !== undefined;
  const place = known ? placeAt({ lon, lat, elevation, zone: zone && isZone(zone) ? zone : undefined }) : greenwich;
  return { place, instant: readTime(query.get('time'), problems), problems };
}

function readTime(text, problems) {
  if (text === null || text === '') return undefined;
  const instant = Date.parse(text);
  if (instant >= Date.UTC(1850, 0, 1) && instant < Date.UTC(2150, 0, 1)) return instant;
  problems.push('The time in the address is not one from 1850 to 2149, such as 2026-11-22T10:00:00Z.');
  return undefined;
}

export function writeAddress(place, instant) {
  const query = new URLSearchParams();
  for (const name of ['lon', 'lat', 'elevation']) query.set(name, place[name]);
  if (instant !== undefined) query.set('time', timestamp(instant));
  const plain = placeAt({ ...place, zone: undefined });
  if (plain.zone !== place.zone && place.zone !== zoneByLongitude(place.lon)) query.set('zone', place.zone);
  // Slashes and colons may stand in a query, and an address is read by people.
  return `?${query}`.replaceAll('%3A', ':').replaceAll('%2F', '/');
}
