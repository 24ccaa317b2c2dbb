// What the page makes of a link: the place, the time, and what it says about mistakes. No browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress, writeAddress } from '../../src/planets/page/address.js';

const greenwich = 'Greenwich';
const links = [
  ['nothing at all', '', greenwich, []],
  ['both coordinates', '?lon=10&lat=50', '50.00° N, 10.00° E', []],
  ['a sign that became a space', '?lon=+10.5&lat=-5e1', '50.00° S, 10.50° E', []],
  ['half a place: no latitude', '?lon=10', greenwich, ['lon without lat', greenwich]],
  ['half a place: no longitude', '?lat=50&elevation=3', greenwich, ['lat and elevation without lon', greenwich]],
  ['an elevation of nowhere', '?elevation=3', greenwich, ['elevation without lon and lat', greenwich]],
  ['a zone of nowhere', '?zone=Asia/Tokyo', greenwich, ['zone without lon and lat', greenwich]],
  ['other names for the coordinates', '?latitude=50&longitude=10', greenwich,
    ['“latitude”', 'called lat', '“longitude”', 'called lon', greenwich]],
  ['a name in capitals', '?Lat=50&lon=10', greenwich, ['“Lat”', 'called lat', 'lon without lat', greenwich]],
  ['a name', '?lon=2.35&lat=48.86&name=Paris', 'Paris', []],
  ['a name of nowhere', '?name=Paris', greenwich, ['name without lon and lat', greenwich]],
  ['a name that nobody reads', '?lon=10&lat=50&from=mail', '50.00° N, 10.00° E', ['“from”']],
  ['a decimal comma', '?lon=10,5&lat=50', greenwich, ['Longitude', greenwich]],
  ['a number in sixteens', '?lon=0x10&lat=50', greenwich, ['Longitude', greenwich]],
  ['an empty coordinate', '?lon=&lat=50', greenwich, ['Longitude', greenwich]],
  ['a latitude beyond the pole', '?lon=10&lat=91', greenwich, ['Latitude', greenwich]],
  ['an elevation in words', '?lon=10&lat=50&elevation=high', '50.00° N, 10.00° E', ['Elevation', 'taken as 0']],
  ['an unknown zone', '?lon=10&lat=50&zone=Mars/Olympus', '50.00° N, 10.00° E', ['zone']],
];
for (const [name, search, place, words] of links) {
  test(`a link with ${name}`, () => {
    const read = readAddress(search);
    assert.equal(read.place.name, place);
    const said = read.problems.join(' ');
    assert.equal(said === '', words.length === 0, said);
    for (const word of words) assert.ok(said.includes(word), `${word} is in: ${said}`);
  });
}

const times = [
  ['2026-11-22T10:00:00Z', Date.UTC(2026, 10, 22, 10)],
  ['2026-11-22t10:00:00.5z', Date.UTC(2026, 10, 22, 10, 0, 0, 500)],
  ['2026-11-22T10:00:00 02:00', Date.UTC(2026, 10, 22, 8)],
  ['2026-11-22T10:00:00-02:30', Date.UTC(2026, 10, 22, 12, 30)],
  ['1850-01-01T00:00:00Z', Date.UTC(1850, 0, 1)],
  ['2150-01-01T00:00:00Z', undefined], ['1849-12-31T23:59:59Z', undefined], ['', undefined], ['2026', undefined],
  ['2026-11-22T10:00', undefined], ['2026-02-30T10:00:00Z', undefined], ['2026-13-01T10:00:00Z', undefined],
  ['2026-11-22T24:00:00Z', undefined], ['yesterday', undefined],
];
for (const [text, instant] of times) {
  test(`the time of a link: ${text}`, () => {
    const read = readAddress(`?time=${encodeURIComponent(text)}`);
    assert.equal(read.instant, instant);
    assert.equal(read.problems.length, instant === undefined ? 1 : 0);
  });
}

test('what is written is read again: the place, its name and its zone', () => {
  for (const search of ['?lon=2.35&lat=48.86&elevation=35&name=Paris&zone=Europe/Paris', '?lon=31.2357&lat=30.0444&elevation=23',
    '?lon=31.2357&lat=30.0444&elevation=23&zone=UTC', '?lon=1&lat=2&elevation=0', '?lon=0&lat=2&elevation=0&zone=Europe/London']) {
    const { place } = readAddress(search);
    assert.deepEqual(readAddress(writeAddress(place)).place, place, search);
  }
  assert.equal(writeAddress(readAddress('?lon=31.2357&lat=30.0444&elevation=23').place), '?lon=31.2357&lat=30.0444&elevation=23');
});

test('a link without a place is about the home that is remembered', () => {
  const home = { name: 'Home', lon: 1, lat: 2, elevation: 3, zone: 'UTC' };
  assert.equal(readAddress('?time=2026-11-22T10:00:00Z', home).place, home);
  assert.equal(readAddress('?lon=31.2357&lat=30.0444', home).place.name, 'Cairo');
});
