// Outlook: what the sky is like, and what in it the eye can find, in two sentences. Nobody is sent to look near the Sun.
import { separation } from './geometry.js';
import { list, spoken, whereabouts } from './words.js';

/** Altitude of the Sun at which its upper edge comes up. */
const sunrise = -0.3;
// Degrees from the Sun: nothing is seen in its glare; by day only what stands well away from it.
const glare = 12;
const wellAway = 30;

/** What the Sun's altitude makes of the sky: one of the six states that the page tells apart. */
export function skyState(altitude) {
  if (altitude >= 6) return 'Daylight';
  if (altitude >= sunrise) return 'Low sunlight';
  if (altitude >= -6) return 'Civil twilight';
  if (altitude >= -12) return 'Nautical twilight';
  if (altitude >= -18) return 'Astronomical twilight';
  return 'Night';
}

/** The faintest magnitude a good eye sees once the Sun is this low; by day only Venus, near its brightest, is as bright. */
function faintestSeen(sunAltitude) {
  if (sunAltitude >= sunrise) return -4;
  if (sunAltitude > -6) return -1.5;
  return sunAltitude > -12 ? 2.5 : 5.5;
}

function isSeen(body, sun) {
  if (body.name === 'sun' || body.alt <= 0) return false;
  if (separation(body, sun) < (sun.alt >= sunrise ? wellAway : glare)) return false;
  return body.name === 'moon' || (body.magnitude ?? 9) < faintestSeen(sun.alt);
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
