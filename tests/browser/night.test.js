// What a night has to show: found from two skies and the Moon's track, and held to the API itself. No browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { separation } from '../../src/planets/page/geometry.js';
import { firstFields, lastFields, Night, nightAround } from '../../src/planets/page/night.js';
import { eyeLimit, faintest, instruments, sunrise } from '../../src/planets/page/sight.js';
import { Server } from './server.js';

let server;

before(async () => {
  server = await new Server().start();
});
after(() => server?.stop());

const stamp = (instant) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
const greenwich = { lon: 0, lat: 51.4769 };
const melbourne = { lon: 144.9631, lat: -37.8136 };
const svalbard = { lon: 15.6356, lat: 78.2232 };
const paris = { lon: 2.3522, lat: 48.8566 };
const at = ({ lon, lat }) => `lon=${lon}&lat=${lat}&elevation=0`;

async function nightOf(place, time, sunIsUp = false) {
  const { from, to } = nightAround(Date.parse(time), place.lon, sunIsUp);
  const [first, last, { track }] = await Promise.all([
    server.ask(`planets?${at(place)}&time=${stamp(from)}&fields=${firstFields}`),
    server.ask(`planets?${at(place)}&time=${stamp(to)}&fields=${lastFields}`),
    server.ask(`planets/moon/track?${at(place)}&from=${stamp(from)}&to=${stamp(to)}&step=600`),
  ]);
  return new Night({ place, first, last, moonTrack: track });
}

for (const [name, place, time] of [
  ['Greenwich', greenwich, '2026-11-23T20:00Z'], ['Melbourne', melbourne, '1999-02-03T10:00Z'], ['Svalbard', svalbard, '2026-03-20T20:00Z'],
  ['the equator', { lon: -78, lat: 0 }, '2080-07-01T03:00Z'], ['the pole', { lon: 0, lat: -90 }, '1900-05-05T12:30Z'],
]) {
  test(`positions and twilights are those of the API: ${name}`, async () => {
    const night = await nightOf(place, time);
    for (let instant = night.from; instant <= night.to; instant += 4.3 * 3_600_000) {
      const { planets } = await server.ask(`planets?${at(place)}&time=${stamp(instant)}&fields=az,alt,airless_alt`);
      for (const { name: body, az, alt, airless_alt: airless } of planets) {
        const truth = { az, alt: body === 'moon' ? alt : airless };
        const off = separation(night.place(body, Math.floor(instant / 1000) * 1000), truth);
        assert.ok(off < 0.05, `${body} at ${stamp(instant)} is ${off} degrees away`);
      }
    }
    for (const altitude of [-6, -12, -18])
      for (const instant of Object.values(night.twilight(altitude))) {
        const { airless_alt: found } = await server.ask(`planets/sun?${at(place)}&time=${stamp(instant)}&fields=airless_alt`);
        assert.ok(Math.abs(found - altitude) < 0.02, `${found} for ${altitude}`);
      }
  });
}

test('the night is the one around, and after sunrise the next', () => {
  const iso = (night) => [night.from, night.to].map((instant) => stamp(instant).slice(0, 13));
  const evening = Date.parse('2026-11-23T20:00Z');
  const morning = Date.parse('2026-11-24T08:00Z');
  assert.deepEqual(iso(nightAround(evening, 0, false)), ['2026-11-23T12', '2026-11-24T12']);
  assert.deepEqual(iso(nightAround(morning, 0, false)), ['2026-11-23T12', '2026-11-24T12']);
  assert.deepEqual(iso(nightAround(morning, 0, true)), ['2026-11-24T12', '2026-11-25T12']);
  assert.deepEqual(iso(nightAround(Date.parse('2026-11-23T13:00Z'), 0, true)), ['2026-11-23T12', '2026-11-24T12']);
  assert.deepEqual(iso(nightAround(evening, 150, false)), ['2026-11-23T02', '2026-11-24T02']);
});

test('what is known of some nights', async () => {
  const how = async (place, time) => {
    const night = await nightOf(place, time);
    return Object.fromEntries(night.names.filter((name) => name !== 'sun').map((name) => {
      const { how: index, why } = night.show(name);
      return [name, index === undefined ? why : instruments[index].words];
    }));
  };
  const november = await how(greenwich, '2026-11-23T20:00Z');
  for (const body of ['moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn']) assert.equal(november[body], 'with the eye', body);
  for (const body of ['uranus', 'neptune']) assert.equal(november[body], 'in binoculars', body);
  // Mercury two days after its greatest elongation in the west of 20 November, seen from the south: low in a bright dawn.
  assert.notEqual((await how(melbourne, '2026-11-23T10:00Z')).mercury, 'with the eye');
  // The night after the eclipse of 12 August 2026; Jupiter was in conjunction on 29 July.
  const august = await how(paris, '2026-08-12T20:00Z');
  assert.equal(august.moon, 'too near the Sun');
  assert.equal(august.jupiter, 'too near the Sun');
  assert.equal(august.venus, 'with the eye');
  const midsummer = await how(svalbard, '2026-06-21T22:00Z');
  for (const body of ['mercury', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune']) assert.equal(midsummer[body], 'up only by day', body);
});

test('nobody is sent near the Sun, nor with glass to a sky that the Sun is in', async () => {
  for (let day = 0; day < 360; day += 24) {
    const night = await nightOf(paris, stamp(Date.UTC(2026, 0, 1, 20) + day * 86_400_000));
    for (const name of night.names.filter((other) => other !== 'sun')) {
      const { how, best, why, from, to } = night.show(name);
      if (how === undefined) {
        assert.match(why, /^(not above|too near|up only|too low|too faint)/);
        continue;
      }
      const away = separation(best, best.sun);
      assert.ok(away >= (best.sun.alt >= sunrise ? 24 : 12), `${name}: ${away}`);
      assert.ok(best.alt > 0 && from <= best.instant && best.instant <= to);
      if (how > 0) assert.ok(best.sun.alt <= -6, `${name} ${instruments[how].words} with the Sun at ${best.sun.alt}`);
    }
  }
});

test('the limit of the eye falls with the light, and the Moon takes from it', () => {
  let last = eyeLimit(10);
  for (let altitude = 1; altitude > -25; altitude -= 0.25) {
    assert.ok(eyeLimit(altitude) >= last);
    last = eyeLimit(altitude);
  }
  const sky = { sun: { az: 0, alt: -40 }, fromSun: 100, place: { az: 180, alt: 40 } };
  const [dark] = faintest(sky);
  const [moonlit] = faintest({ ...sky, moon: { az: 170, alt: 45, lit: 1 } });
  const [crescent] = faintest({ ...sky, moon: { az: 170, alt: 45, lit: 0.1 } });
  assert.ok(moonlit < dark - 1 && crescent > dark - 0.1);
  assert.deepEqual(faintest({ ...sky, sun: { az: 0, alt: 3 } }).slice(1), [-Infinity, -Infinity, -Infinity]);
  assert.equal(faintest({ ...sky, fromSun: 11 }), undefined);
});
