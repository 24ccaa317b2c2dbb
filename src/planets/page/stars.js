// Stars: the brightest, and the figures of the constellations, as a backdrop of the night sky. Only for the eye: drawn to a twentieth of
// a degree, without refraction, which is finer than a dot on the dome. The planets' positions are the server's; only these are turned
// here. What is drawn comes from figures.js.
import { constellations } from './constellations.js';
import { figureText, starNames, starText } from './figures.js';
import { degree, horizontal } from './geometry.js';

const obliquity = 23.4393 * degree;
const j2000 = Date.UTC(2000, 0, 1, 12);
const century = 36_525 * 86_400_000;

// --- the packed table: generator/figures.mjs says what its letters mean ---

const alphabet = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter((c) => c !== "'" && c !== '\\').join('');
const base = alphabet.length;
const number = (text, at) => alphabet.indexOf(text[at]) * base + alphabet.indexOf(text[at + 1]);
const angle = (text, at, circle) => (number(text, at) * circle) / base ** 2;
const place = (text, at) => ({ ra: angle(text, at, 360), dec: angle(text, at + 2, 180) - 90 });

/** What `make` gives, made when it is asked for first. */
function once(make) {
  let made;
  return () => (made ??= make());
}

/** [{ra, dec, magnitude, name}], the name only of the brightest. */
export const stars = once(() => {
  const all = Array.from({ length: starText.length / 5 }, (_, i) =>
    ({ ...place(starText, 5 * i), magnitude: alphabet.indexOf(starText[5 * i + 4]) / 10 - 1.5 }));
  for (const entry of starNames.split(', ')) all[Number.parseInt(entry, 10)].name = entry.replace(/^\d+ /, '');
  return all;
});

/** [{name, rank, ra, dec, paths}]: paths are lists of numbers of stars; the lower the rank, the better a figure is known. */
export const figures = once(() => figureText.map((text) => ({
  name: constellations.get(text.slice(0, 3)), rank: Number(text[7]), ...place(text, 3),
  paths: text.slice(8).split(' ').filter(Boolean).map((path) => path.match(/../g).map((pair) => number(pair, 0))),
})));

// --- the sphere ---

/** The equator turns against the stars by 1.4 degrees in a century: along the ecliptic, to the equinox of the instant. */
function ofDate({ ra, dec }, instant) {
  const [sinE, cosE] = [Math.sin(obliquity), Math.cos(obliquity)];
  const [x, y, z] = vector(ra, dec);
  const [yEcliptic, zEcliptic] = [y * cosE + z * sinE, z * cosE - y * sinE];
  const turn = (1.39697 * degree * (instant - j2000)) / century;
  const [sinT, cosT] = [Math.sin(turn), Math.cos(turn)];
  const yTurned = x * sinT + yEcliptic * cosT;
  return [x * cosT - yEcliptic * sinT, yTurned * cosE - zEcliptic * sinE, yTurned * sinE + zEcliptic * cosE];
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

/** North of Saturn's ring, J2000. */
export const ringPole = { ra: 40.589, dec: 83.537 };

/** {az, alt} over a place of what has a right ascension and declination of J2000, such as the pole of Saturn's ring. */
export function placeOf(direction, where, instant) {
  return overhead(ofDate(direction, instant), where, instant);
}

/** What is behind the sky of the day. */
export const nothingBehind = { stars: [], lines: [], names: [] };

/**
 * What is up over a place: {stars, lines, names}. stars: [{az, alt, magnitude, name}]; lines: [[{az, alt}, {az, alt}]], one end of which
 * may be below; names: [{az, alt, name, rank}] of the better known
 * constellations.
 */
export function skyBehind(where, instant) {
  const all = stars().map((star) => ({ ...star, ...placeOf(star, where, instant) }));
  const lines = figures().flatMap(({ paths }) => paths.flatMap((path) => path.slice(1).map((end, i) => [all[path[i]], all[end]])));
  const names = figures().map(({ name, rank, ...direction }) => ({ name, rank, ...placeOf(direction, where, instant) }));
  return {
    stars: all.filter(({ alt }) => alt > 0),
    lines: lines.filter(([one, other]) => one.alt > 0 || other.alt > 0),
    names: names.filter(({ alt, rank }) => alt > 8 && rank < 3).sort((a, b) => a.rank - b.rank),
  };
}
