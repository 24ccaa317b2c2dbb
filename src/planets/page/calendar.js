// Calendar: instants and the days and clocks of a time zone. An instant is a number of milliseconds since 1970 UTC, a date is
// 'YYYY-MM-DD'. A day of a zone may have 23, 24 or 25 hours.

const minute = 60_000;
/** The instants that the server knows the sky of: from the first up to the second. */
export const known = { from: Date.UTC(1850, 0, 1), to: Date.UTC(2150, 0, 1) };
const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }));
  return formats.get(key);
}

function parts(instant, zone) {
  const options = { hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
    second: '2-digit' };
  return Object.fromEntries(format(zone, options).formatToParts(instant).map(({ type, value }) => [type, value]));
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offset(instant, zone) {
  const at = parts(instant, zone);
  const clock = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second);
  return clock - Math.floor(instant / 1000) * 1000;
}

export function dateOf(instant, zone) {
  const { year, month, day } = parts(instant, zone);
  return `${year.padStart(4, '0')}-${month}-${day}`;
}

/** The instant at which a zone's date begins. */
export function dayStart(date, zone) {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const first = utc - offset(utc, zone);
  return utc - offset(first, zone);
}

export function nextDate(date) {
  return new Date(Date.parse(`${date}T12:00:00Z`) + 24 * 60 * minute).toISOString().slice(0, 10);
}

/** {from, to, minutes}: the zone's day that an instant falls in. */
export function dayAround(instant, zone) {
  const date = dateOf(instant, zone);
  const from = dayStart(date, zone);
  const to = dayStart(nextDate(date), zone);
  return { date, from, to, minutes: Math.round((to - from) / minute) };
}

/** '14:05' */
export function clock(instant, zone) {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(instant);
}

/** 'Mon 23 November 2026' */
export function longDate(instant, zone) {
  return format(zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(instant);
}

/** '14:05', or 'Tue 14:05' when the clock shows that sooner after `reference` too. */
export function clockAfter(instant, reference, zone) {
  const time = clock(instant, zone);
  if (instant - reference < 24 * 60 * minute) return time;
  return `${format(zone, { weekday: 'short' }).format(instant)} ${time}`;
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
