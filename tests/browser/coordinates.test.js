// What is read from a text that says where: numbers as people write them, and links of maps. No browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCoordinates } from '../../src/planets/page/coordinates.js';

const paris = [48.8566, 2.3522];
const exact = [48 + 51 / 60 + 24 / 3600, 2 + 21 / 60 + 8 / 3600];
const rio = [-22.9068, -43.1729];
const texts = [
  ['48.8566, 2.3522', paris], ['48.8566,2.3522', paris], ['48.8566 2.3522', paris], ['  48.8566;2.3522 ', paris],
  ['(48.8566, 2.3522)', paris], ['48,8566 2,3522', paris], ['48,8566; 2,3522', paris], ['48,8566, 2,3522', paris],
  ['48.8566 N 2.3522 E', paris], ['48.8566N, 2.3522E', paris], ['N 48.8566 E 2.3522', paris], ['2.3522 E 48.8566 N', paris],
  ['48.8566° N, 2.3522° E', paris], ['48,8566° n / 2,3522° e', paris], ['lat 48.8566 lon 2.3522', paris],
  ['Latitude: 48.8566, Longitude: 2.3522', paris], ['lon=2.3522, lat=48.8566', paris],
  ['48°51′24″N 2°21′08″E', exact], ["48°51'24\"N 2°21'8\"E", exact], ["48° 51' 24'' N, 2° 21' 08'' E", exact],
  ['48 51 24 N 2 21 08 E', exact], ['N48°51′24″ E2°21′08″', exact], ['48°51′24″, 2°21′08″', exact], ['48d51m24s N 2d21m8s E', exact],
  ['48°51.4′N 2°21.13′E', [48 + 51.4 / 60, 2 + 21.13 / 60]], ['48º51’24”N 2º21’08”E', exact],
  ['-22.9068, -43.1729', rio], ['−22.9068, −43.1729', rio], ['22.9068 S 43.1729 W', rio], ['22.9068° S, 43.1729° W', rio],
  ['+10 -20', [10, -20]], ['0, 0', [0, 0]], ['-0.5,180', [-0.5, 180]],
  ['https://www.google.com/maps/@48.8566,2.3522,12z', paris],
  ['https://www.google.com/maps/place/Paris/@48.9,2.4,12z/data=!3m1!4b1!4m5!3m4!1s0x47!8m2!3d48.8566!4d2.3522', paris],
  ['https://www.google.com/maps/search/?api=1&query=48.8566%2C2.3522', paris], ['https://maps.google.com/?q=48.8566,2.3522', paris],
  ['https://www.google.com/maps/search/48.8566,+2.3522', paris], ['https://www.google.de/maps?ll=48.8566,2.3522&z=9', paris],
  ['https://www.openstreetmap.org/#map=12/48.8566/2.3522', paris],
  ['https://www.openstreetmap.org/?mlat=48.8566&mlon=2.3522#map=5/10/20', paris],
  ['openstreetmap.org/#map=12/48.8566/2.3522', paris], ['https://opentopomap.org/#map=12/48.8566/2.3522', paris],
  ['https://maps.apple.com/?ll=48.8566,2.3522&q=Paris', paris], ['https://maps.apple.com/place?coordinate=48.8566%2C2.3522&name=x', paris],
  ['https://www.bing.com/maps?cp=48.8566~2.3522&lvl=11', paris], ['https://wego.here.com/?map=48.8566,2.3522,12,normal', paris],
  ['https://yandex.com/maps/?ll=2.3522%2C48.8566&z=12', paris], ['https://mapy.cz/zakladni?x=2.3522&y=48.8566&z=12', paris],
  ['https://www.waze.com/ul?ll=48.8566,2.3522', paris], ['geo:48.8566,2.3522', paris], ['geo:48.8566,2.3522?z=12', paris],
  ['https://geohack.toolforge.org/geohack.php?params=48_51_24_N_2_21_08_E_type:city', exact],
  ['http://localhost:8000/?lon=2.3522&lat=48.8566&elevation=35', paris], ['https://map.example/#12/48.8566/2.3522', paris],
];
for (const [text, [lat, lon]] of texts) {
  test(`read: ${text}`, () => {
    const found = readCoordinates(text);
    assert.ok(found && !found.problem, JSON.stringify(found));
    assert.ok(Math.abs(found.lat - lat) < 1e-9 && Math.abs(found.lon - lon) < 1e-9, JSON.stringify(found));
  });
}

test('the height of a geo link is kept', () => assert.equal(readCoordinates('geo:48.8566,2.3522,35').elevation, 35));

for (const text of ['', 'Paris', '48.8566', 'Paris 12', '48.8566, 2.3522, 3', '1 2 3 4 5 6 7', 'https://example.org/', '48°71′N 2°E',
  'N 10 S 20', 'https://www.google.com/maps/place/Paris', '10 July 2026', '75001 Paris']) {
  test(`no coordinates: ${text}`, () => {
    assert.equal(readCoordinates(text), undefined);
  });
}

test('beyond the Earth', () => {
  assert.match(readCoordinates('95, 10').problem, /Latitude .* −90 to 90/);
  assert.match(readCoordinates('10, 190').problem, /Longitude .* −180 to 180/);
});
