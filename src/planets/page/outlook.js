// Outlook: what the sky is like, and what in it the eye can find, in two sentences. What the eye can find the server says.
import { covered } from './eclipse.js';
import { list, spoken, whereabouts } from './words.js';

/** Altitude of the Sun at which its upper edge comes up. */
const sunrise = -0.3;

/** What the Sun's altitude makes of the sky: one of the six states that the page tells apart. */
export function skyState(altitude) {
  if (altitude >= 6) return 'Daylight';
  if (altitude >= sunrise) return 'Low sunlight';
  if (altitude >= -6) return 'Civil twilight';
  if (altitude >= -12) return 'Nautical twilight';
  if (altitude >= -18) return 'Astronomical twilight';
  return 'Night';
}

function nothing(sunAltitude) {
  if (sunAltitude >= sunrise) return 'Nothing else stands out by day.';
  return sunAltitude > -6 ? 'No planet is up that shines through the twilight.' : 'No planet the eye can see is up.';
}

/** What an eclipse makes of the first sentence: 'Total eclipse', or how much of the Sun is covered behind it. */
function eclipsed(sun, moon) {
  const share = sun.alt >= sunrise ? (covered(sun, moon) ?? 0) : 0;
  if (share === 1) return { state: 'Total eclipse', rest: '' };
  return share >= 0.005 ? { rest: `, ${Math.min(99, Math.round(share * 100))} % covered by the Moon` } : { rest: '' };
}

/** Two sentences: the state of the sky, and what can be seen in it. */
export function summary(bodies) {
  const sun = bodies.find((body) => body.name === 'sun');
  const eclipse = eclipsed(sun, bodies.find((body) => body.name === 'moon'));
  const state = `${eclipse.state ?? skyState(sun.alt)}, the Sun ${whereabouts(sun)}${eclipse.rest}.`;
  // What is seen comes after where it stands.
  if (bodies.every(({ sight }) => sight === undefined)) return state;
  const seen = bodies.filter(({ alt, sight }) => alt > 0 && sight === 'eye');
  if (seen.length === 0) return `${state} ${nothing(sun.alt)}`;
  return `${state} Look for ${list(seen.map(({ name }) => spoken(name)))}.`;
}
