// Address: what is shown in the page's own address, so that it can be shared: ?lon=&lat=&elevation=&time=&zone=&name= of the place and
// time, and view=, reach=, scale= and body= of what is looked at, where that is not the usual. It is read as the API reads the same names: what the API would refuse is said in words, and so is the sky that is shown instead.
// `time` is absent for now; `zone` and `name` are there only when the coordinates do not tell them.
import { isZone, known, timestamp } from './calendar.js';
import { greenwich, limits, placeAt, readNumber } from './places.js';
import { reaches, scales } from './space.js';
import { usualView, viewNames } from './views.js';
import { list, titles } from './words.js';

const choices = {
  view: viewNames, reach: Object.keys(reaches), scale: scales, body: Object.keys(titles),
};
const names = ['lon', 'lat', 'elevation', 'time', 'zone', 'name', ...Object.keys(choices)];
const longestName = 60;
const otherWords = {
  longitude: 'lon', lng: 'lon', long: 'lon', latitude: 'lat', altitude: 'elevation', alt: 'elevation', height: 'elevation',
  date: 'time', datetime: 'time', timezone: 'zone', tz: 'zone',
};
// A `+` in a query means a space.
const number = /^[-+ ]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([-+ ])(\d\d):(\d\d))$/;

/** {place, instant, view, body, problems}: instant is undefined for now, body for none; problems are sentences. A link without a place is about `home`. */
export function readAddress(search, home = greenwich) {
  const query = new URLSearchParams(search);
  const problems = strangers(query);
  const place = readPlace(query, home, problems);
  const instant = readTime(query.get('time'), problems);
  const chosen = (name) => readChoice(query, name, problems);
  const view = { name: chosen('view') ?? usualView.name, reach: chosen('reach') ?? usualView.reach, scale: chosen('scale') ?? usualView.scale };
  return { place, instant, view, body: chosen('body'), problems };
}

/** A sentence for each name that nothing reads. */
function strangers(query) {
  return [...new Set(query.keys())].filter((name) => name !== '' && !names.includes(name)).map((name) => {
    const lower = name.toLowerCase();
    const meant = names.includes(lower) ? lower : otherWords[lower];
    return `The link has “${name.slice(0, 40)}”, which this page does not read${meant ? `; it is called ${meant}` : ''}.`;
  });
}

function readPlace(query, home, problems) {
  const given = ['lon', 'lat', 'elevation', 'zone', 'name'].filter((name) => query.has(name));
  const numbers = given.filter((name) => name in limits);
  const found = Object.fromEntries(numbers.map((name) => [name, numberIn(name, query.get(name))]));
  const bad = numbers.filter((name) => found[name] === undefined);
  for (const name of bad) problems.push(limits[name].words);
  const missing = ['lon', 'lat'].filter((name) => !query.has(name));
  if (given.length > 0 && missing.length > 0)
    problems.push(`The link has ${list(given)} without ${list(missing)}; a place needs both lon and lat.`);
  const { lon, lat, elevation = 0 } = found;
  if (lon === undefined || lat === undefined) {
    if (problems.length > 0) problems.push(`This is the sky over ${home.name} instead.`);
    return home;
  }
  if (bad.length > 0) problems.push('It is taken as 0.');
  const name = query.get('name')?.replace(/\p{C}/gu, '').trim().slice(0, longestName) || undefined;
  return placeAt({ lon, lat, elevation, name, zone: readZone(query.get('zone'), problems) });
}

function numberIn(name, text) {
  return number.test(text) ? readNumber(name, text) : undefined;
}

function readZone(text, problems) {
  if (text === null || isZone(text)) return text ?? undefined;
  problems.push('The zone in the link is no time zone, such as Europe/Berlin; times are by the longitude.');
  return undefined;
}

function readTime(text, problems) {
  if (text === null) return undefined;
  const instant = instantIn(text);
  if (instant >= known.from && instant < known.to) return instant;
  problems.push('The time in the link is not one from 1850 to 2149, such as 2026-11-22T10:00:00Z; this is the sky of now.');
  return undefined;
}

/** The instant of an RFC 3339 timestamp; NaN for any other text. */
function instantIn(text) {
  const [, year, month, day, hour, minute, second, fraction = 0, sign, ...offset] = rfc3339.exec(text) ?? [];
  const [aheadHours, aheadMinutes] = sign ? offset : [0, 0];
  const midnight = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  // There is no 30 February, though Date has one.
  const isDay = new Date(midnight).getUTCDate() === Number(day);
  if (!isDay || hour > 23 || minute > 59 || second > 60 || aheadHours > 23 || aheadMinutes > 59) return NaN;
  const ahead = (sign === '-' ? -1 : 1) * (aheadHours * 60 + Number(aheadMinutes));
  return midnight + (hour * 60 + Number(minute) - ahead) * 60_000 + (Number(second) + Number(fraction)) * 1000;
}

/** One of a few words; another is a problem. */
function readChoice(query, name, problems) {
  const value = query.get(name);
  if (value === null || choices[name].includes(value)) return value ?? undefined;
  problems.push(`The link’s ${name} is none of ${list(choices[name])}.`);
  return undefined;
}

export function writeAddress(place, instant, view = usualView, body) {
  const query = new URLSearchParams();
  for (const name of ['lon', 'lat', 'elevation']) query.set(name, place[name]);
  if (instant !== undefined) query.set('time', timestamp(instant));
  const plain = placeAt({ ...place, zone: undefined, name: undefined });
  for (const name of ['zone', 'name']) if (plain[name] !== place[name]) query.set(name, place[name]);
  for (const [name, key] of [['view', 'name'], ['reach', 'reach'], ['scale', 'scale']])
    if (view[key] !== usualView[key]) query.set(name, view[key]);
  if (body) query.set('body', body);
  // Slashes and colons may stand in a query, and an address is read by people.
  return `?${query}`.replaceAll('%3A', ':').replaceAll('%2F', '/');
}
