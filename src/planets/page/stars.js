// Stars: the brightest, as a backdrop of the night sky. Only for the eye: drawn to a twentieth of a degree, without refraction,
// which is finer than a dot on the dome. The planets' positions are the server's; only these are turned here.
import { degree, horizontal } from './geometry.js';

// Right ascension and declination (J2000, degrees) and magnitude.
const catalogue = `
88.80 7.40 0.5, 78.62 -8.20 0.13, 81.27 6.35 1.64, 86.95 -9.67 2.06, 85.20 -1.95 1.77, 84.05 -1.20 1.69,
83.00 -0.30 2.23, 101.28 -16.72 -1.46, 104.65 -28.97 1.5, 107.10 -26.40 1.84, 95.67 -17.95 1.98, 111.02 -29.30 2.45,
114.83 5.23 0.34, 111.80 8.28 2.89, 96.00 -52.70 -0.74, 138.30 -69.72 1.68, 125.62 -59.52 1.86, 139.28 -59.28 2.25,
122.38 -47.33 1.78, 131.17 -54.72 1.96, 137.00 -43.43 2.21, 140.53 -55.02 2.5, 120.90 -40.00 2.25,
219.90 -60.83 -0.27, 210.95 -60.37 0.61, 211.67 -36.37 2.06, 190.38 -48.97 2.17, 186.65 -63.10 0.76,
191.93 -59.68 1.25, 187.80 -57.12 1.64, 183.78 -58.75 2.8, 24.43 -57.23 0.46, 344.43 -29.62 1.16, 332.05 -46.97 1.74,
340.68 -46.88 2.1, 306.40 -56.73 1.94, 252.18 -69.03 1.92, 238.78 -63.43 2.83, 229.72 -68.68 2.87, 6.58 -42.30 2.38,
247.35 -26.43 0.96, 263.40 -37.10 1.63, 264.32 -43.00 1.87, 240.07 -22.62 2.32, 241.35 -19.80 2.62,
252.55 -34.30 2.29, 265.62 -39.03 2.41, 239.73 -26.12 2.89, 245.30 -25.60 2.89, 248.97 -28.22 2.82, 252.97 -38.05 3,
258.05 -43.23 3.3, 276.05 -34.38 1.85, 283.82 -26.30 2.05, 285.65 -29.88 2.6, 275.25 -29.83 2.7, 277.00 -25.42 2.8,
271.45 -30.42 2.98, 281.43 -26.98 3.17, 286.72 -27.67 3.32, 68.98 16.52 0.86, 81.58 28.60 1.65, 56.88 24.10 2.87,
84.40 21.15 3, 79.17 46.00 0.08, 89.88 44.95 1.9, 89.92 37.22 2.62, 74.25 33.17 2.69, 116.33 28.03 1.14,
113.65 31.88 1.58, 99.43 16.40 1.93, 95.75 22.52 2.87, 100.97 25.13 3, 152.10 11.97 1.36, 177.28 14.57 2.14,
155.00 19.83 2, 168.52 20.52 2.56, 168.55 15.43 3.3, 146.48 23.77 2.98, 154.17 23.42 3.4, 151.82 16.77 3.5,
201.30 -11.17 0.98, 190.43 -1.45 2.74, 195.55 10.97 2.85, 213.93 19.18 -0.05, 221.25 27.07 2.37, 208.68 18.40 2.68,
233.68 26.72 2.22, 165.93 61.75 1.81, 165.45 56.38 2.34, 178.45 53.70 2.41, 183.85 57.03 3.32, 193.50 55.97 1.76,
200.97 54.93 2.23, 206.88 49.32 1.85, 37.95 89.27 1.97, 222.68 74.15 2.07, 230.18 71.83 3, 10.12 56.53 2.24,
2.30 59.15 2.28, 14.18 60.72 2.15, 21.45 60.23 2.66, 28.60 63.67 3.35, 2.10 29.08 2.07, 17.43 35.62 2.07,
30.97 42.33 2.1, 346.20 15.20 2.49, 345.95 28.08 2.44, 3.30 15.18 2.83, 326.05 9.88 2.38, 51.08 49.87 1.79,
47.05 40.95 2.1, 31.80 23.47 2, 28.65 20.80 2.64, 10.90 -17.98 2.04, 45.57 4.08 2.54, 310.35 45.28 1.25,
305.55 40.25 2.23, 311.55 33.97 2.48, 296.25 45.13 2.87, 292.68 27.97 3.05, 279.22 38.78 0.03, 297.70 8.87 0.76,
296.58 10.62 2.72, 263.73 12.57 2.08, 257.60 -15.72 2.43, 247.55 21.48 2.78, 250.32 31.60 2.81, 269.15 51.48 2.23,
262.60 52.30 2.79, 141.90 -8.67 1.99, 183.95 -17.55 2.58, 187.47 -16.52 2.94, 188.60 -23.40 2.65, 182.53 -22.62 3,
229.25 -9.38 2.61, 222.72 -16.05 2.75, 326.75 -16.13 2.85, 322.90 -5.57 2.9, 331.45 -0.32 2.95, 83.17 -17.82 2.58,
82.05 -20.77 2.84, 84.90 -34.07 2.65, 220.48 -47.38 2.3, 224.62 -43.13 2.68, 261.32 -55.53 2.84, 262.95 -49.88 2.93,
6.45 -77.25 2.8, 29.70 -61.57 2.86, 334.62 -60.27 2.86, 189.30 -69.13 2.69, 319.65 62.58 2.45, 194.00 38.32 2.89`;

const obliquity = 23.4393 * degree;
const j2000 = Date.UTC(2000, 0, 1, 12);
const century = 36_525 * 86_400_000;

const stars = catalogue.trim().split(/,\s*/).map((star) => {
  const [ra, dec, magnitude] = star.split(' ').map(Number);
  return { ra, dec, magnitude };
});

/** The equator turns against the stars by 1.4 degrees in a century: along the ecliptic, to the equinox of the instant. */
function ofDate({ ra, dec }, instant) {
  const [sinE, cosE] = [Math.sin(obliquity), Math.cos(obliquity)];
  const [x, y, z] = vector(ra, dec);
  const [yEcliptic, zEcliptic] = [y * cosE + z * sinE, z * cosE - y * sinE];
  const turned = Math.atan2(yEcliptic, x) + (1.39697 * degree * (instant - j2000)) / century;
  const flat = Math.hypot(x, yEcliptic);
  const yTurned = flat * Math.sin(turned);
  return [flat * Math.cos(turned), yTurned * cosE - zEcliptic * sinE, yTurned * sinE + zEcliptic * cosE];
}

function vector(ra, dec) {
  const flat = Math.cos(dec * degree);
  return [flat * Math.cos(ra * degree), flat * Math.sin(ra * degree), Math.sin(dec * degree)];
}

/** Azimuth and altitude of an equatorial direction over a place. */
export function overhead([x, y, z], { lon, lat }, instant) {
  const days = (instant - j2000) / 86_400_000;
  const sidereal = (280.46062 + 360.98564736629 * days + lon) * degree;
  const [sinS, cosS] = [Math.sin(sidereal), Math.cos(sidereal)];
  return horizontal([x * cosS + y * sinS, y * cosS - x * sinS, z], lat);
}

/** [{az, alt, magnitude}]: those that are up. */
export function starsUp(place, instant) {
  return stars
    .map((star) => ({ ...overhead(ofDate(star, instant), place, instant), magnitude: star.magnitude }))
    .filter(({ alt }) => alt > 0);
}
