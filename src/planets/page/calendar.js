// Calendar: instants and the days and clocks of a time zone. An instant is a number of milliseconds since 1970 UTC, a date is
// 'YYYY-MM-DD'. A day of a zone may have 23, 24 or 25 hours.

const minute = 60_000;
/** The instants that the server knows the sky of: from the first up to the second. */
export const known = { from: Date.UTC(1850, 0, 1), to: Date.UTC(2150, 0, 1) };
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
// A format costs milliseconds, on a phone tens of them: a zone has one, and all that is told is made of its numbers.
const formats = new Map();

function formatOf(zone) {
  const digits = '2-digit';
  if (!formats.has(zone))
    formats.set(zone, new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: digits, day: digits,
      hour: digits, minute: digits, second: digits }));
  return formats.get(zone);
}

/** Whether there is a zone of this name. */
export function isZone(zone) {
  try {
    return typeof zone === 'string' && formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offset(instant, zone) {
  const at = Object.fromEntries(formatOf(zone).formatToParts(instant).map(({ type, value }) => [type, value]));
  const shown = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second);
  return shown - Math.floor(instant / 1000) * 1000;
}

/** A Date whose UTC is what the zone's calendar and clock show at an instant. */
function civil(instant, zone) {
  return new Date(instant + offset(instant, zone));
}

export function dateOf(instant, zone) {
  return civil(instant, zone).toISOString().slice(0, 10);
}

/** The instant at which a zone's date begins. */
export function dayStart(date, zone) {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const first = utc - offset(utc, zone);
  return utc - offset(first, zone);
}

export function addDays(date, days) {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 24 * 60 * minute).toISOString().slice(0, 10);
}

/** The instant at which a zone's clock shows so much on a date; an hour that the clocks leave out is taken as the one after. */
export function atClock(date, sinceMidnight, zone) {
  const utc = Date.parse(`${date}T00:00:00Z`) + sinceMidnight;
  const first = utc - offset(utc, zone);
  const instant = utc - offset(first, zone);
  return instant + offset(instant, zone) === utc ? instant : Math.max(first, instant);
}

/** How much the zone's clock shows at an instant, in milliseconds since 0:00. */
export function sinceMidnight(instant, zone) {
  const day = 24 * 60 * minute;
  return (((instant + offset(instant, zone)) % day) + day) % day;
}

/** {from, to, minutes}: the zone's day that an instant falls in. */
export function dayAround(instant, zone) {
  const date = dateOf(instant, zone);
  const from = dayStart(date, zone);
  const to = dayStart(addDays(date, 1), zone);
  return { date, from, to, minutes: Math.round((to - from) / minute) };
}

/** '14:05' */
export function clock(instant, zone) {
  return civil(instant, zone).toISOString().slice(11, 16);
}

/** 'Monday 23 November 2026' */
export function longDate(instant, zone) {
  const date = civil(instant, zone);
  return `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** The day of an instant as it is called on another instant's day: '', 'tomorrow', 'yesterday', else such as 'Tue 24 Nov'. */
export function dayWord(instant, reference, zone) {
  const [date, today] = [civil(instant, zone), dateOf(reference, zone)];
  const day = date.toISOString().slice(0, 10);
  if (day === today) return '';
  if (day === addDays(today, 1)) return 'tomorrow';
  if (day === addDays(today, -1)) return 'yesterday';
  return `${weekdays[date.getUTCDay()].slice(0, 3)} ${date.getUTCDate()} ${months[date.getUTCMonth()].slice(0, 3)}`;
}

/** 'UTC+11' */
export function offsetName(instant, zone) {
  const minutes = Math.round(offset(instant, zone) / minute);
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, '0')}` : '';
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`;
}

/** RFC 3339 in UTC, without a fraction of a second. */
export function timestamp(instant) {
  return `${new Date(Math.round(instant / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
