// Eclipse: how much of the Sun the Moon covers, as two discs on the sky. Pure; where they stand and how far away they are is the API's.
import { degree, separation } from './geometry.js';

const sizes = { sun: 959.63 / 3600, moon: Math.asin(1737.4 / 149_597_870.7) / degree }; // degrees a disc's radius has at 1 au

/** The share of the Sun's disc, 0 to 1; nothing where it is not known how far away the two are. */
export function covered(sun, moon) {
  if (!sun.distance || !moon?.distance) return undefined;
  const [one, other] = [sizes.sun / sun.distance, sizes.moon / moon.distance];
  const apart = separation(sun, moon);
  if (apart >= one + other) return 0;
  if (apart <= Math.abs(one - other)) return Math.min(1, (other / one) ** 2);
  // Each disc's part beyond the line through both of the points where their edges cross.
  const part = (radius, rest) => {
    const line = (apart * apart + radius * radius - rest * rest) / (2 * apart);
    return radius * radius * Math.acos(line / radius) - line * Math.sqrt(radius * radius - line * line);
  };
  return (part(one, other) + part(other, one)) / (Math.PI * one * one);
}
