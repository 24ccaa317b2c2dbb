// Sight: how faint a body the eye and its helpers make out, by twilight, height, the Sun's nearness and the Moon. One model for what
// the page sends people to look at. Pure.
import { separation } from './geometry.js';

/** Altitude of the Sun at which its upper edge comes up. */
export const sunrise = -0.3;
/** Degrees from the Sun: nothing is seen in its glare; by day only what stands well away from it, and only by the eye. */
export const glare = 12;
const wellAway = 30;
const glassAllowed = -6;

/** What one looks with, and how many magnitudes more it shows under a dark sky than the eye, and how low
 *  it is of use. */
export const instruments = [
  { words: 'with the eye', gain: 0, lowest: 0 }, { words: 'in binoculars', gain: 3.7, lowest: 2 },
  { words: 'in a telescope', gain: 6.7, lowest: 10 }, { words: 'in a large telescope', gain: 9.2, lowest: 15 },
];
// The faintest that a good eye sees high up, by the Sun's altitude.
const eyeLimits = [[sunrise, -4], [-3, -2.6], [-6, -0.8], [-9, 1.8], [-12, 3.8], [-15, 5], [-18, 5.5]];

/** The faintest magnitude for the eye of what stands high and away from everything. */
export function eyeLimit(sunAltitude) {
  if (sunAltitude >= sunrise) return -4;
  const at = eyeLimits.findIndex(([altitude]) => altitude <= sunAltitude);
  if (at === -1) return eyeLimits.at(-1)[1];
  const [[high, one], [low, other]] = [eyeLimits[at - 1], eyeLimits[at]];
  return one + ((high - sunAltitude) / (high - low)) * (other - one);
}

/** What the air takes from a light, in magnitudes more than overhead. */
export function extinction(altitude) {
  const airMass = 1 / (Math.sin((altitude * Math.PI) / 180) + 0.025 * Math.exp(-11 * Math.sin((altitude * Math.PI) / 180)));
  return 0.25 * (airMass - 1);
}

/** What the Moon's light in the sky takes from the faintest: nothing below the horizon or of a thin crescent. */
function moonlight(place, moon) {
  if (!moon || moon.alt <= 0) return 0;
  const near = Math.max(0, 1 - separation(place, moon) / 60);
  return (moon.lit ** 2) * (1.2 + 1.2 * near) * Math.min(1, moon.alt / 20 + 0.2);
}

/**
 * The faintest magnitudes, one for each of `instruments`, at a place of the sky: {sun, fromSun, place, moon} are where the Sun is, how
 * far the place is from it, the place, and the Moon with its lit part. Nothing where nobody should look or can.
 */
export function faintest({ sun, fromSun, place, moon }) {
  if (place.alt <= 1) return undefined;
  const byDay = sun.alt >= sunrise;
  if (fromSun < (byDay ? wellAway : glare)) return undefined;
  const eye = eyeLimit(sun.alt) - extinction(place.alt);
  // Glass that is pointed at a sky into which the Sun rises is a danger to the eye.
  if (sun.alt > glassAllowed) return instruments.map(({ gain }) => (gain === 0 ? eye : -Infinity));
  // The bright sky of the twilight stays bright in glass: its gain grows with the dark.
  const dark = Math.min(1, Math.max(0.4, (-sun.alt - 4) / 12));
  return instruments.map(({ gain, lowest }) =>
    place.alt < lowest ? -Infinity : eye + gain * dark - moonlight(place, moon) * (gain === 0 ? 1 : 0.6));
}

/** How far a body is seen, for a drawing of it: {words, clear}, clear from 0 to 1. bodies: the sky's, with magnitudes. */
export function sightOf(body, bodies) {
  const [sun, moon] = ['sun', 'moon'].map((name) => bodies.find((other) => other.name === name));
  if (body.alt < 0 || body.magnitude === undefined || body === sun || body === moon) return { clear: 1, words: '' };
  const limits = faintest({ sun, fromSun: separation(body, sun), place: body, moon: moon.phase === undefined ? undefined : { ...moon, lit: moon.phase } });
  const how = limits ? instruments.findIndex((_, i) => body.magnitude < limits[i]) : -1;
  if (how === -1) return { clear: 0.4, words: 'not to be seen now' };
  return { clear: [1, 0.75, 0.6, 0.5][how], words: instruments[how].words };
}
