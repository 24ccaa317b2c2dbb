// Outlook: what the sky is like, and what in it the eye can find, in two sentences. Nobody is sent to look near the Sun.
import { separation } from './geometry.js';
import { faintest, glare, sunrise } from './sight.js';
import { list, spoken, whereabouts } from './words.js';

// The Moon by day is as pale as a cloud: only well away from the Sun.
const moonAway = { day: 30, twilight: glare };

/** What the Sun's altitude makes of the sky: one of the six states that the page tells apart. */
export function skyState(altitude) {
  if (altitude >= 6) return 'Daylight';
  if (altitude >= sunrise) return 'Low sunlight';
  if (altitude >= -6) return 'Civil twilight';
  if (altitude >= -12) return 'Nautical twilight';
  if (altitude >= -18) return 'Astronomical twilight';
  return 'Night';
}

function isSeen(body, sun) {
  if (body.name === 'sun' || body.alt <= 0) return false;
  const fromSun = separation(body, sun);
  if (body.name === 'moon') return fromSun >= (sun.alt >= sunrise ? moonAway.day : moonAway.twilight);
  const limits = faintest({ sun, fromSun, place: body });
  return limits !== undefined && (body.magnitude ?? 9) < limits[0];
}

function nothing(sunAltitude) {
  if (sunAltitude >= sunrise) return 'Nothing else stands out by day.';
  return sunAltitude > -6 ? 'No planet is up that shines through the twilight.' : 'No planet the eye can see is up.';
}

/** Two sentences: the state of the sky, and what can be seen in it. */
export function summary(bodies) {
  const sun = bodies.find((body) => body.name === 'sun');
  const state = `${skyState(sun.alt)}, the Sun ${whereabouts(sun)}.`;
  // How bright they are comes after where they are.
  if (bodies.every(({ magnitude }) => magnitude === undefined)) return state;
  const seen = bodies.filter((body) => isSeen(body, sun));
  if (seen.length === 0) return `${state} ${nothing(sun.alt)}`;
  return `${state} Look for ${list(seen.map(({ name }) => spoken(name)))}.`;
}
