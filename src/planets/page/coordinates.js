// Coordinates: what a person pastes to say where: numbers, degrees with minutes and seconds, or a link of a map. It gives degrees
// north and east, or nothing when the text is no coordinates. Only latitude comes first where neither is named, as people write it.
import { limits } from './places.js';

const degreeSigns = '°º˚';
const minuteSigns = "'′’ʹ‵´";
const longest = 2000;
const secondSigns = '"″”“ʺ';

/**
 * {lat, lon, elevation} of a text: elevation only where a link tells it. Undefined for a text that is no coordinates, and
 * {problem} for one that is and goes beyond the Earth.
 */
export function readCoordinates(text) {
  if (text.length > longest) return undefined;
  const plain = text.trim().normalize('NFKC').replace(/[−–]/g, '-');
  const found = inLink(plain) ?? inNumbers(text.trim().replace(/[−–]/g, '-'));
  if (!found || !Number.isFinite(found.lat + found.lon)) return undefined;
  const { lat, lon } = found;
  for (const [name, degrees] of [['lat', lat], ['lon', lon]])
    if (Math.abs(degrees) > limits[name].most) return { problem: limits[name].words };
  return found;
}

// --- links ---

const number = '([-+]?\\d+(?:\\.\\d+)?)';
const pair = `${number}\\s*[,~]\\s*${number}`;
// Of each: where in a link it stands, and which of its two numbers is the latitude. The place that is marked comes before the view.
const forms = [
  [`!3d${number}!4d${number}`, 0], // the marked place of Google Maps
  [`^geo:${pair}(?:,${number})?`, 0],
  [`[?&#]mlat=${number}&mlon=${number}`, 0],
  [`[?&#](?:q|query|ll|sll|daddr|destination|center|coordinate|cp|near|c)=(?:loc:)?${pair}`, 0],
  [`[?&#]lat=${number}.*?&(?:lon|lng|long)=${number}`, 0],
  [`[?&#](?:lon|lng|long)=${number}.*?&lat=${number}`, 1],
  [`[?&#]x=${number}.*?&y=${number}`, 1], // Mapy
  [`[?&#]map=(?:\\d+(?:\\.\\d+)?/)?${number}[/,]${number}`, 0], // OpenStreetMap, HERE
  [`/@${pair}`, 0],
  [`/(?:place|search|dir)/${pair}`, 0],
  [`#\\d+(?:\\.\\d+)?/${number}/${number}`, 0],
];

function inLink(text) {
  if (!/^(https?:\/\/|geo:|[\w-]+(\.[\w-]+)+\/)/i.test(text)) return undefined;
  const link = decoded(text).replace(/\+/g, ' ').replace(/= +/g, '=');
  const wiki = /params=([\d.]+)(?:_([\d.]+))?(?:_([\d.]+))?_([NS])_([\d.]+)(?:_([\d.]+))?(?:_([\d.]+))?_([EW])/.exec(link);
  if (wiki) {
    const value = (from) => sexagesimal(wiki.slice(from, from + 3)) * (/[SW]/.test(wiki[from + 3]) ? -1 : 1);
    return { lat: value(1), lon: value(5) };
  }
  for (const [form, latitude] of forms) {
    const match = new RegExp(form, 'i').exec(link);
    if (!match) continue;
    // Yandex writes a longitude first where the others write a latitude.
    const first = /\byandex\./i.test(link) && /=/.test(match[0]) ? 1 : latitude;
    const numbers = [Number(match[1]), Number(match[2])];
    const elevation = match[3] === undefined ? undefined : Number(match[3]);
    return { lat: numbers[first], lon: numbers[1 - first], ...(elevation === undefined ? {} : { elevation }) };
  }
  return undefined;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// --- numbers ---

const degreeOf = `[${degreeSigns}d]`;
const minuteOf = `[${minuteSigns}m]`;
const secondOf = `(?:[${secondSigns}s]|[${minuteSigns}]{2})`;
const value = '\\d+(?:[.,]\\d+)?';
const angle = `([-+]?)\\s*(${value})\\s*(?:${degreeOf}\\s*(?:(${value})\\s*(?:${minuteOf}\\s*(?:(${value})\\s*${secondOf}?)?)?)?)?`;
const spaced = `([-+]?)\\s*(\\d+)\\s+(${value})(?:\\s+(${value}))?`;
const names = '(?:lat(?:itude)?|lon(?:g(?:itude)?)?|lng)\\s*[:=]?\\s*';

function inNumbers(text) {
  const { bare, isSwapped } = withoutNames(text);
  for (const one of [angle, spaced]) {
    const before = new RegExp(`^([NSEW])\\s*${one}\\s*[,;/]?\\s*([NSEW])\\s*${one}$`, 'i').exec(bare);
    if (before) return named([before[1], before.slice(2, 6)], [before[6], before.slice(7, 11)]);
    const after = new RegExp(`^${one}\\s*([NSEW])\\s*[,;/]?\\s*${one}\\s*([NSEW])$`, 'i').exec(bare);
    if (after) return named([after[5], after.slice(1, 5)], [after[10], after.slice(6, 10)]);
  }
  const first = plainPair(bare);
  return first && (isSwapped ? { lat: first.lon, lon: first.lat } : first);
}

/** 'lat: 48.9, lon: 2.4' and '(48.9, 2.4)' are their numbers; a longitude may be named first. */
function withoutNames(text) {
  const bare = text.replace(/^[([{]+|[)\]}]+$/g, '').replace(new RegExp(names, 'gi'), '').trim();
  return { bare, isSwapped: /^[([{\s]*(lon|lng)/i.test(text) };
}

/** Numbers without a letter: apart by a comma, a semicolon, a slash or a space; a comma may be the decimal sign. */
function plainPair(text) {
  const decimalPoint = new RegExp(`^${angle.replaceAll('[.,]', '\\.')}\\s*[,;/\\s]\\s*${angle.replaceAll('[.,]', '\\.')}$`, 'i').exec(text);
  const match = decimalPoint ?? new RegExp(`^${angle}\\s*(?:[;/\\s]|,\\s)\\s*${angle}$`, 'i').exec(text);
  return match ? { lat: signed(match.slice(1, 5)), lon: signed(match.slice(5, 9)) } : undefined;
}

/** Two angles with their letters; one is of latitude, the other of longitude. */
function named(...parts) {
  const found = {};
  for (const [letter, angleParts] of parts) {
    const upper = letter.toUpperCase();
    const size = signed(angleParts) * (upper === 'S' || upper === 'W' ? -1 : 1);
    found[upper === 'N' || upper === 'S' ? 'lat' : 'lon'] = size;
  }
  return found.lat === undefined || found.lon === undefined ? undefined : found;
}

function signed([sign, ...parts]) {
  return (sign === '-' ? -1 : 1) * sexagesimal(parts);
}

/** Degrees, minutes and seconds as degrees; minutes and seconds of sixty and more are none. */
function sexagesimal(parts) {
  const [degrees, minutes, seconds] = parts.map((part) => Number((part ?? '0').replace(',', '.')));
  return minutes < 60 && seconds < 60 ? degrees + minutes / 60 + seconds / 3600 : NaN;
}
