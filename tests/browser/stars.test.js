// The backdrop of the dome as pure numbers: the packed stars and figures, how Saturn's ring is seen, and what the eye makes out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { covered } from '../../src/planets/page/eclipse.js';
import { separation } from '../../src/planets/page/geometry.js';
import { moonAspect, ringAspect } from '../../src/planets/page/glyphs.js';
import { summary } from '../../src/planets/page/outlook.js';
import { sightOf } from '../../src/planets/page/sight.js';
import { figures as allFigures, placeOf, skyBehind, stars as allStars } from '../../src/planets/page/stars.js';
import { Server } from './server.js';

let server;
const [figures, stars] = [allFigures(), allStars()];

before(async () => (server = await new Server().start()));
after(() => server.stop());

const greenwich = { lon: -0.0005, lat: 51.4769 };
const ringPole = { ra: 40.589, dec: 83.537 };
const sphere = ({ ra, dec }) => ({ az: ra, alt: dec });

test('bright stars are where catalogues have them', () => {
  for (const [name, ra, dec, magnitude] of [['Sirius', 101.287, -16.716, -1.44], ['Vega', 279.235, 38.784, 0.03], ['Polaris', 37.955, 89.264, 1.97],
    ['Acrux', 186.65, -63.099, 0.77], ['Regulus', 152.093, 11.967, 1.36], ['Fomalhaut', 344.413, -29.622, 1.17]]) {
    const star = stars.find((other) => other.name === name);
    assert.ok(separation(sphere(star), { az: ra, alt: dec }) < 0.04, name);
    assert.ok(Math.abs(star.magnitude - magnitude) <= 0.06, name);
  }
  assert.ok(stars.every(({ magnitude }, i) => i === 0 || magnitude >= stars[i - 1].magnitude - 0.1), 'the brightest first');
});

test('there are all 88 constellations, each with lines between stars and its name among them', () => {
  assert.equal(new Set(figures.map(({ name }) => name)).size, 88);
  for (const { name, rank, ra, dec, paths } of figures) {
    assert.ok(name && rank >= 1 && rank <= 3, name);
    const own = paths.flat();
    assert.ok(own.every((index) => index < stars.length), name);
    for (const path of paths)
      for (let i = 1; i < path.length; i += 1) {
        const long = separation(sphere(stars[path[i - 1]]), sphere(stars[path[i]]));
        assert.ok(long < 36, `${name} has a line of ${long}°`);
      }
    const near = Math.min(...own.map((index) => separation(sphere(stars[index]), { az: ra, alt: dec })), own.length ? 180 : 0);
    assert.ok(near < 16, `${name} is named ${near}° away`);
  }
});

test('the pole star stands at the latitude, due north, at every hour', () => {
  for (let hour = 0; hour < 24; hour += 3) {
    const { stars: up } = skyBehind(greenwich, Date.UTC(2026, 10, 27, hour));
    const polaris = up.find(({ name }) => name === 'Polaris');
    assert.ok(separation(polaris, { az: 0, alt: greenwich.lat }) < 0.7);
  }
});

test('what is behind the sky is above the horizon, and lines end there', () => {
  for (const lat of [-90, -37.8, 0, 78.2]) {
    const { stars: up, lines, names } = skyBehind({ lon: 145, lat }, Date.UTC(2026, 10, 23, 10));
    assert.ok(up.length > 200 && names.length > 12);
    assert.ok(up.every(({ alt }) => alt > 0) && names.every(({ alt }) => alt > 0));
    assert.ok(lines.every((ends) => ends.some(({ alt }) => alt > 0)));
  }
});

// Tilt of the rings to the Earth in degrees, as almanacs have it; north is positive.
for (const [time, tilt] of [['2003-04-07T00:00:00Z', -26.8], ['2009-09-04T12:00:00Z', 0], ['2017-10-16T00:00:00Z', 27.0], ['2025-03-23T17:00:00Z', 0],
  ['2025-11-23T00:00:00Z', -0.4]]) {
  test(`Saturn's ring is open by ${tilt} degrees: ${time}`, async () => {
    const saturn = await server.ask(`planets/saturn?time=${time}&fields=az,airless_alt`);
    const pole = placeOf(ringPole, greenwich, Date.parse(time));
    const { open } = ringAspect({ az: saturn.az, alt: saturn.airless_alt }, pole);
    assert.ok(Math.abs((Math.asin(open) * 180) / Math.PI - tilt) < 0.35, String((Math.asin(open) * 180) / Math.PI));
  });
}

test('the Moon\'s lit side looks at the Sun, and is as large as the API says', async () => {
  // The second evening after new moon in June over Quito: the crescent lies on its back, towards the Sun below it.
  const { planets } = await server.ask('planets?lon=-78.4678&lat=-0.1807&elevation=2850&time=2026-06-17T23:45:00Z&fields=az,alt,phase');
  const [sun, moon] = planets;
  assert.ok(sun.alt < 0 && moon.alt > 5);
  const { lit, angle } = moonAspect(moon, sun);
  assert.equal(lit, moon.phase);
  // On the dome outward is downward.
  const outward = (Math.atan2(-Math.cos((moon.az * Math.PI) / 180), -Math.sin((moon.az * Math.PI) / 180)) * 180) / Math.PI;
  assert.ok(Math.abs(((angle - outward + 540) % 360) - 180) < 10, `${angle} and ${outward}`);
});

for (const [name, place, day, words] of [
  ['total', 'lon=-8.4115&lat=43.3623', '2026-08-12', /^Total eclipse, the Sun 12° up in the west\. /],
  ['partial', 'lon=2.3522&lat=48.8566', '2026-08-12', /^Daylight, the Sun \d+° up in the west, 9\d % covered by the Moon\. /],
  ['annular', 'lon=-99.1332&lat=24.0', '2023-10-14', /^Daylight, .*, \d+ % covered by the Moon\. /],
])
  test(`the Moon covers of the Sun what the API says: ${name}`, async () => {
    const { eclipses } = await server.ask(`eclipses?${place}&time=${day}T00:00:00Z&days=2`);
    const { here } = eclipses.find(({ eclipse }) => eclipse.endsWith('_solar_eclipse'));
    const { time } = here.phases.find(({ phase }) => phase === 'greatest');
    const { planets } = await server.ask(`planets?${place}&time=${time}&fields=az,alt,distance,sight`);
    const [sun, moon] = planets;
    assert.ok(Math.abs(covered(sun, moon) - here.obscuration) < 0.005, `${covered(sun, moon)} and ${here.obscuration}`);
    assert.match(summary(planets), words);
    const { planets: later } = await server.ask(`planets?${place}&time=${day}T04:00:00Z&fields=az,alt,distance,sight`);
    assert.equal(covered(later[0], later[1]), 0);
  });

test('bodies fade as the eye, binoculars or a telescope would see them', async () => {
  const at = async (time, fields = 'az,alt,sight') => {
    const { planets } = await server.ask(`planets?lon=144.9631&lat=-37.8136&elevation=31&time=${time}&fields=${fields}`);
    return new Map(planets.map((body) => [body.name, sightOf(body)]));
  };
  const night = await at('2026-11-23T11:30:00Z');
  assert.deepEqual(night.get('saturn'), { clear: 1, words: 'with the eye' });
  assert.equal(night.get('neptune').words, 'in binoculars');
  assert.ok(night.get('neptune').clear < 1);
  const day = await at('2026-11-22T23:00:00Z');
  for (const name of ['sun', 'moon']) assert.equal(day.get(name).clear, 1);
  assert.deepEqual(day.get('jupiter'), { clear: 0.4, words: 'not to be seen now' });
  // What is seen comes after where it stands; until then nothing fades.
  for (const [name, sight] of await at('2026-11-22T23:00:00Z', 'az,alt')) assert.deepEqual(sight, { clear: 1, words: '' }, name);
});
