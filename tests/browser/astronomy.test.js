// The API held to astronomy-engine, which shares no code and no table with it: positions, what bodies look like, constellations, rise and
// set, the Moon's phases, eclipses. Each tolerance is what that library claims for itself, or less. No browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as Astronomy from 'astronomy-engine';
import { Server } from './server.js';

let server;

before(async () => (server = await new Server().start()));
after(() => server.stop());

const names = ['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'];
const body = (name) => Astronomy.Body[name.charAt(0).toUpperCase() + name.slice(1)];
const melbourne = { lon: 144.9631, lat: -37.8136, elevation: 31 };
const reykjavik = { lon: -21.9426, lat: 64.1466, elevation: 10 };
const places = [melbourne, reykjavik];
const times = ['1975-02-03T04:05:06Z', '1999-08-11T11:03:00Z', '2012-06-06T01:29:00Z', '2024-04-08T18:18:00Z'];
const query = ({ lon, lat, elevation }, time) => `lon=${lon}&lat=${lat}&elevation=${elevation}&time=${time}`;
const observer = ({ lon, lat, elevation }) => new Astronomy.Observer(lat, lon, elevation);
const stamp = (time) => `${time.date.toISOString().slice(0, 19)}Z`;
const seconds = (one, other) => Math.abs(Date.parse(one) - Date.parse(other)) / 1000;

/** Between two directions, in arc seconds. */
function apart(one, other) {
  const degree = Math.PI / 180;
  const east = ((((one.ra - other.ra + 540) % 360) - 180) * Math.cos(one.dec * degree)) * 3600;
  return Math.hypot(east, (one.dec - other.dec) * 3600);
}

for (const [i, place] of places.entries())
  test(`positions, brightness and constellations: ${['Melbourne', 'Reykjavik'][i]}`, async () => {
    for (const time of times) {
      const { planets } = await server.ask(`planets?${query(place, time)}&fields=ra,dec,distance,magnitude,phase,constellation`);
      for (const { name, ra, dec, distance, magnitude, phase, constellation } of planets) {
        const there = Astronomy.Equator(body(name), new Date(time), observer(place), true, true);
        const off = apart({ ra, dec }, { ra: there.ra * 15, dec: there.dec });
        assert.ok(off < 30, `${name} at ${time}: ${off.toFixed(1)} arc seconds`);
        assert.ok(Math.abs(distance / there.dist - 1) < 3e-4, `${name} at ${time}: ${distance} and ${there.dist}`);
        const looks = Astronomy.Illumination(body(name), new Date(time));
        assert.ok(Math.abs(phase - looks.phase_fraction) < 0.002 || name === 'sun' || name === 'moon', `${name} at ${time}: ${phase}`);
        // Of thin crescents, the Moon and Saturn's rings the laws differ.
        if (['mars', 'jupiter', 'uranus', 'neptune'].includes(name))
          assert.ok(Math.abs(magnitude - looks.mag) < 0.2, `${name} at ${time}: ${magnitude} and ${looks.mag}`);
        const fixed = Astronomy.Equator(body(name), new Date(time), observer(place), false, true);
        assert.equal(constellation, Astronomy.Constellation(fixed.ra, fixed.dec).symbol, `${name} at ${time}`);
      }
    }
  });

test('rise and set', async () => {
  for (const time of times)
    for (const name of names) {
      const { planets } = await server.ask(`planets?${query(melbourne, time)}&fields=rise,set`);
      const ours = planets.find((one) => one.name === name);
      for (const [event, way] of [['rise', 1], ['set', -1]]) {
        const theirs = stamp(Astronomy.SearchRiseSet(body(name), observer(melbourne), way, new Date(time), 2));
        assert.ok(seconds(ours[event], theirs) < 30, `${event} of ${name} after ${time}: ${ours[event]} and ${theirs}`);
      }
    }
});

test('the phases of the Moon', async () => {
  for (const year of [1970, 1999, 2020]) {
    const { events } = await server.ask(`events?time=${year}-01-01T00:00:00Z&days=366`);
    const ours = events.filter(({ event }) => /^(new_moon|first_quarter|full_moon|last_quarter)$/.test(event));
    let quarter = Astronomy.SearchMoonQuarter(new Date(`${year}-01-01T00:00:00Z`));
    for (const { event, time } of ours) {
      assert.equal(event, ['new_moon', 'first_quarter', 'full_moon', 'last_quarter'][quarter.quarter]);
      assert.ok(seconds(time, stamp(quarter.time)) < 60, `${event}: ${time} and ${stamp(quarter.time)}`);
      quarter = Astronomy.NextMoonQuarter(quarter);
    }
    assert.ok(ours.length >= 49);
  }
});

test('eclipses of the Sun as a place sees them, and of the Moon', async () => {
  for (const [place, year] of [[melbourne, 2028], [reykjavik, 2026], [{ lon: -99.13, lat: 19.43, elevation: 2240 }, 2024]]) {
    const { eclipses } = await server.ask(`eclipses?${query(place, `${year}-01-01T00:00:00Z`)}&days=366`);
    const start = new Date(`${year}-01-01T00:00:00Z`);
    const theirs = Astronomy.SearchLocalSolarEclipse(start, observer(place));
    const peak = stamp(theirs.peak.time);
    const seen = eclipses.filter(({ eclipse, here }) => eclipse.endsWith('_solar_eclipse') && here.visible);
    const ours = seen.map(({ here }) => here).find(({ phases }) => phases.some(({ phase, time }) => phase === 'greatest' && seconds(time, peak) < 60));
    assert.ok(ours, `${peak} in ${JSON.stringify(seen)}`);
    assert.ok(Math.abs(ours.obscuration - theirs.obscuration) < 0.005, `${ours.obscuration} and ${theirs.obscuration}`);
    const shadow = Astronomy.SearchLunarEclipse(start);
    const moon = eclipses.find(({ eclipse }) => eclipse.endsWith('_lunar_eclipse'));
    assert.equal(moon.eclipse, `${shadow.kind}_lunar_eclipse`);
    assert.ok(seconds(moon.time, stamp(shadow.peak)) < 60);
  }
});
