// The map of the solar system as pure numbers: orbits pass through where the API says the planets are, and a map is what its scale says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { aspect, beyond, Chart, ecliptic, edge, orbit, orbiting, positions, reaches } from '../../src/planets/page/space.js';
import { Server } from './server.js';

let server;

before(async () => (server = await new Server().start()));
after(() => server.stop());

const size = ({ x, y, z }) => Math.hypot(x, y, z);

for (const time of ['1850-01-01T00:00:00Z', '1950-06-01T00:00:00Z', '2026-12-05T09:10:00Z', '2149-12-31T00:00:00Z']) {
  test(`every planet stands on its orbit: ${time}`, async () => {
    const { planets } = await server.ask(`planets?time=${time}&fields=geocentric,heliocentric`);
    const places = positions(planets);
    for (const name of orbiting) {
      const place = places.get(name);
      const points = orbit(name, 7200);
      const off = Math.min(...points.map(({ x, y, z }) => Math.hypot(x - place.x, y - place.y, z - place.z)));
      assert.ok(off < 0.012 * size(place), `${name} is ${off} au off its orbit`);
    }
  });
}

test('the Earth goes round counter-clockwise, with the equinox on the right', async () => {
  const { planets } = await server.ask('planets?time=2026-09-23T00:05:00Z&fields=geocentric,heliocentric');
  // At the equinox of September the Sun is seen in front of the stars of the left, and the Earth stands on the right.
  const chart = new Chart({ reach: 'all', scale: 'even' });
  const september = chart.put(positions(planets).get('earth'));
  assert.ok(september.x > 0 && Math.abs(september.y) < 0.4, JSON.stringify(september));
  const october = chart.put(positions((await server.ask('planets?time=2026-10-23T00:05:00Z&fields=geocentric,heliocentric')).planets).get('earth'));
  assert.ok(october.y < -1);
});

const maps = [['all', 'even'], ['all', 'true'], ['inner', 'even'], ['inner', 'true']];
for (const [reach, scale] of maps) {
  test(`a map of ${reach}, ${scale}, grows outward from the Sun to its edge`, () => {
    const chart = new Chart({ reach, scale });
    assert.equal(chart.distance(0), 0);
    assert.ok(Math.abs(chart.distance(reaches[reach]) - edge) < 1e-9);
    const far = [0.01, 0.02, 0.04].map((share) => chart.distance(share * reaches[reach]));
    assert.ok(far[0] > 0 && far[1] > far[0] && far[2] > far[1]);
    if (scale === 'true') assert.ok(Math.abs(far[2] - 4 * far[0]) < 1e-9);
    else assert.ok(far[0] > edge * 0.01);
    const { x, y, out } = chart.put({ x: 0, y: 2 * reaches[reach] });
    assert.deepEqual([Math.abs(x) < 1e-9, y, out], [true, -beyond, true]);
  });
}

test('the line of sight begins at the Earth, ends at the body, and is straight where the scale is true', () => {
  const [earth, mars] = [{ x: 1, y: 0 }, { x: -1, y: 1 }];
  for (const [reach, scale] of maps) {
    const chart = new Chart({ reach, scale });
    const points = chart.sight(earth, mars);
    for (const [point, place] of [[points[0], earth], [points.at(-1), mars]]) assert.deepEqual(point, chart.put(place));
    const [{ x, y }, end] = [points[0], points.at(-1)];
    const bend = Math.max(...points.map((point) => Math.abs((end.x - x) * (point.y - y) - (end.y - y) * (point.x - x))));
    assert.equal(bend < 1e-6, scale === 'true');
  }
  assert.ok(new Chart({ reach: 'inner', scale: 'true' }).sight(earth, { x: 30, y: 0 }).every(({ out }) => !out), 'it ends with the map');
});

test('distances, elongation and its side are the API\'s', async () => {
  const { planets } = await server.ask('planets?time=2026-12-05T09:10:00Z&fields=ra,distance,elongation,geocentric,heliocentric');
  const sun = planets[0];
  for (const body of planets.slice(1)) {
    const { fromEarth, fromSun, elongation, isEvening } = aspect(body, sun);
    // The API's are seen from a place, by light that took its time.
    assert.ok(Math.abs(fromEarth - body.distance) < 1e-3, body.name);
    assert.ok(Math.abs(elongation - body.elongation) < 1.1, body.name);
    assert.ok(fromSun > 0.3);
    const ahead = (body.ra - sun.ra + 360) % 360;
    if (Math.abs(ahead - 180) > 5 && body.name !== 'pluto') assert.equal(isEvening, ahead < 180, body.name);
  }
  assert.ok(Math.abs(ecliptic(sun.geocentric).z) < 1e-4);
});
