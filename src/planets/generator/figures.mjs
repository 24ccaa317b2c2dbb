// Packs the bright stars and the figures of the constellations for the page: node figures.mjs PACKAGE OUT, PACKAGE being d3-celestial.
//
// Stars are those that the eye finds easily and all that a line of a figure ends at, the brightest first. Of each are written, in an
// alphabet of 90 letters: right ascension (two letters, 360 degrees are 8100 steps), declination (two, 180 degrees from the south pole
// are 8100 steps), magnitude (one, in tenths from -1.5 on). A figure is the constellation's three letters, the place of its name in
// the same way, its rank, and its lines as numbers of stars, two letters each; a blank ends a line.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , root, out] = process.argv;
const read = (name) => JSON.parse(readFileSync(`${root}/data/${name}.json`, 'utf8'));
const faintest = 3.8;
const faintestNamed = 1.7;
const alsoNamed = ['11767']; // Polaris
const alphabet = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter((c) => c !== "'" && c !== '\\');
const base = alphabet.length;

const pair = (value) => alphabet[Math.floor(value / base)] + alphabet[value % base];
const steps = base * base;
const turned = ([lon, lat]) => pair(Math.round(((lon + 360) % 360) * steps / 360) % steps) + pair(Math.min(steps - 1, Math.round((lat + 90) * steps / 180)));

const stars = read('stars.6').features.map(({ id, properties: { mag }, geometry: { coordinates } }) => ({ id: String(id), mag, coordinates }));
const names = read('starnames');
const lines = read('constellations.lines').features;
const labels = read('constellations').features;

function starAt([lon, lat]) {
  const apart = (star) => Math.hypot((((star.coordinates[0] - lon + 540) % 360) - 180) * Math.cos((lat * Math.PI) / 180), star.coordinates[1] - lat);
  const near = stars.filter((star) => Math.abs(star.coordinates[1] - lat) < 0.5 && apart(star) < 0.3);
  return near.sort((a, b) => apart(a) - apart(b))[0];
}

// A line that ends at no star of the table loses that end.
const figures = lines.map(({ id, geometry }) => ({ id, paths: geometry.coordinates.map((path) => path.map(starAt).filter(Boolean)) }));
const used = new Set(figures.flatMap(({ paths }) => paths.flat()));
const kept = stars.filter((star) => star.mag <= faintest || used.has(star)).sort((a, b) => a.mag - b.mag || a.id - b.id);
const number = new Map(kept.map((star, i) => [star, i]));

const tenths = (mag) => alphabet[Math.round((mag + 1.5) * 10)];
const starText = kept.map(({ coordinates, mag }) => turned(coordinates) + tenths(mag)).join('');
const named = kept.map((star, i) => [i, star]).filter(([, { mag, id }]) => mag <= faintestNamed || alsoNamed.includes(id))
  .map(([i, { id }]) => `${i} ${names[id].name}`).join(', ');
const figureText = labels.map(({ id, properties: { rank }, geometry: { coordinates } }) => {
  const paths = figures.filter((figure) => figure.id === id).flatMap((figure) => figure.paths);
  return id + turned(coordinates) + rank + paths.map((path) => path.map((star) => pair(number.get(star))).join('')).join(' ');
}).join('\n');

const quoted = (text, width = 100) => text.match(new RegExp(`.{1,${width}}`, 'gs')).map((part) => `  '${part}',`).join('\n');
writeFileSync(out, `// Figures: the bright stars and the lines of the constellations, packed by scripts/make_figures from d3-celestial 0.7.35,
// © 2015 Olaf Frohn, BSD 3-Clause (src/planets/generator/LICENSE.d3-celestial): the Hipparcos catalogue's positions and magnitudes.
// What the letters mean is said in src/planets/generator/figures.mjs and read by stars.js.

export const starText = [
${quoted(starText)}
].join('');

export const starNames = '${named.replaceAll("'", '’')}';

export const figureText = [
${figureText.split('\n').map((line) => quoted(line, 110).replace(/,$/, '')).map((text) => text.split("',\n  '").join("' +\n    '")).join(',\n')},
];
`);
console.log(`${kept.length} stars, ${labels.length} names, ${used.size} stars in figures`);
