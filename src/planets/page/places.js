// Places: the named ones, and what the page knows of any other. A place is {name, lon, lat, elevation, zone}: degrees east
// and north, metres, an IANA time zone. Times are shown in the place's zone, so that noon is noon there.

const named = [
  ['Cairo', 31.2357, 30.0444, 23, 'Africa/Cairo'],
  ['Cape Town', 18.4241, -33.9249, 10, 'Africa/Johannesburg'],
  ['Delhi', 77.209, 28.6139, 216, 'Asia/Kolkata'],
  ['Greenwich', -0.0005, 51.4769, 0, 'Europe/London'],
  ['Honolulu', -157.8583, 21.3069, 6, 'Pacific/Honolulu'],
  ['Longyearbyen', 15.6356, 78.2232, 10, 'Arctic/Longyearbyen'],
  ['Los Angeles', -118.2437, 34.0522, 89, 'America/Los_Angeles'],
  ['Melbourne', 144.9631, -37.8136, 31, 'Australia/Melbourne'],
  ['Nairobi', 36.8219, -1.2921, 1795, 'Africa/Nairobi'],
  ['New York', -74.006, 40.7128, 10, 'America/New_York'],
  ['Paranal', -70.4042, -24.6272, 2635, 'America/Santiago'],
  ['Quito', -78.4678, -0.1807, 2850, 'America/Guayaquil'],
  ['Reykjavík', -21.9426, 64.1466, 0, 'Atlantic/Reykjavik'],
  ['São Paulo', -46.6333, -23.5505, 760, 'America/Sao_Paulo'],
  ['Singapore', 103.8198, 1.3521, 15, 'Asia/Singapore'],
  ['South Pole', 0, -90, 2835, 'Antarctica/McMurdo'],
  ['Tokyo', 139.6917, 35.6895, 40, 'Asia/Tokyo'],
];

export const places = named.map(([name, lon, lat, elevation, zone]) => ({ name, lon, lat, elevation, zone }));
export const greenwich = places.find((place) => place.name === 'Greenwich');

/** The limits of the API, and the words for them. */
export const limits = {
  lon: { least: -180, most: 180, words: 'Longitude is a number of degrees from −180 to 180, east positive.' },
  lat: { least: -90, most: 90, words: 'Latitude is a number of degrees from −90 to 90, north positive.' },
  elevation: { least: -12000, most: 100000, words: 'Elevation is a number of metres from −12000 to 100000.' },
};

/** Reads what a person typed; a comma may be the decimal sign. Returns the number, or nothing. */
export function readNumber(name, text) {
  const plain = String(text).trim().replace('−', '-').replace(',', '.');
  const value = Number(plain);
  const { least, most } = limits[name];
  return plain !== '' && value >= least && value <= most ? value : undefined;
}

/** The time by longitude, as ships keep it: the zone of a place of which nothing else is known. */
export function zoneByLongitude(lon) {
  const hours = Math.round(lon / 15);
  // POSIX counts these names westward.
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

export function browserZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The place at these coordinates: with what is given of its name and zone, else those of a named one, else by its coordinates. */
export function placeAt({ lon, lat, elevation, zone, name }) {
  const known = places.find((place) => Math.abs(place.lon - lon) < 1e-4 && Math.abs(place.lat - lat) < 1e-4);
  const usual = known ?? { name: coordinates(lon, lat), lon, lat, zone: zoneByLongitude(lon) };
  return { ...usual, elevation, name: name ?? usual.name, zone: zone ?? usual.zone };
}

/** All zones that this browser knows, and a place's own. */
export function allZones(own) {
  const zones = new Set(Intl.supportedValuesOf?.('timeZone') ?? places.map(({ zone }) => zone));
  for (const zone of ['UTC', own]) zones.add(zone);
  return [...zones].sort();
}

/** 'Europe/Paris'; of a zone by longitude its distance from UTC. */
export function zoneTitle(zone) {
  const hours = /^Etc\/GMT([-+])(\d+)$/.exec(zone);
  return hours ? `UTC${hours[1] === '-' ? '+' : '−'}${hours[2]}, by the longitude` : zone.replaceAll('_', ' ');
}

export function coordinates(lon, lat, digits = 2) {
  const degrees = (value, positive, negative) => `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;
  return `${degrees(lat, 'N', 'S')}, ${degrees(lon, 'E', 'W')}`;
}
