// What is ahead: words for each kind of event, what is left out, and lines that lead to their moments.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { eventHere, isForEyes, wordsOf } from '../../src/planets/page/next.js';
import { openPage, visit } from './browser.js';
import { browser, closeQuietly, server, setStage } from './stage.js';

const place = 'lon=144.9631&lat=-37.8136&elevation=31';
let page;

setStage();
afterEach(async () => {
  if (page) await closeQuietly(page);
  page = undefined;
});

const words = [
  [{ event: 'full_moon', bodies: ['moon'] }, 'Full Moon'],
  [{ event: 'conjunction', bodies: ['moon', 'mars'], separation: 1.24 }, 'Moon and Mars, 1.2° apart'],
  [{ event: 'conjunction', bodies: ['sun', 'mars'], separation: 1 }, 'Mars behind the Sun'],
  [{ event: 'inferior_conjunction', bodies: ['sun', 'venus'], separation: 8 }, 'Venus passes between Earth and Sun'],
  [{ event: 'total_solar_eclipse', bodies: ['sun', 'moon'], magnitude: 1.04 }, 'Total eclipse of the Sun'],
  [{ event: 'partial_solar_eclipse', bodies: ['sun', 'moon'], covered: 0.906 }, 'Partial eclipse of the Sun, 91 % covered'],
  [{ event: 'penumbral_lunar_eclipse', bodies: ['moon'], magnitude: 0.9 }, 'Penumbral eclipse of the Moon'],
  [{ event: 'opposition', bodies: ['saturn'] }, 'Saturn at opposition, up all night'],
  [{ event: 'greatest_elongation_west', bodies: ['mercury'], elongation: 19.6 }, 'Mercury furthest from the Sun, 20° in the morning'],
];
for (const [event, said] of words) test(`an event in words: ${said}`, () => assert.equal(wordsOf(event), said));

test('every event of two years has words, and only what the eye sees meet is told', async () => {
  const { events } = await server.ask('events?time=2026-01-01T00:00:00Z&days=366');
  for (const event of events) assert.match(wordsOf(event), /^[A-Z][^_]+$/);
  const told = events.filter(isForEyes);
  assert.ok(told.length > 60 && told.length < events.length);
  assert.ok(told.every(({ event }) => !event.endsWith('_eclipse')));
  assert.ok(told.every(({ event, bodies }) => event !== 'conjunction' || bodies[0] === 'sun' || !bodies.some((name) => ['uranus', 'neptune'].includes(name))));
});

test('the strip tells the next five, and each leads to its moment and its body', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${place}&time=2026-11-23T10:10:00Z`);
  await page.waitForFunction(() => document.querySelectorAll('#next-lines li').length === 5);
  const { events } = await server.ask('events?time=2026-11-23T10:10:00Z&days=30');
  const first = events.find(isForEyes);
  assert.equal(await page.textContent('#next-lines li span'), wordsOf(first));
  await page.click('#next-lines li button');
  const minute = new Date(Math.round(Date.parse(first.time) / 60_000) * 60_000).toISOString().replace('.000', '');
  await page.waitForURL((url) => url.searchParams.get('time') === minute && url.searchParams.has('body'));
  // The day of the place says which day it is.
  assert.match(await page.textContent('#next-lines li time'), /^(today|tomorrow|[A-Z][a-z]{2} \d+ [A-Z][a-z]{2}) \d\d:\d\d$/);
});

test('of an eclipse it tells what is seen from the place, and leads there', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=-5.85&lat=43.36&elevation=230&time=2026-08-11T12:00:00Z');
  const line = page.locator('#next-lines li', { hasText: 'Total eclipse of the Sun' });
  await line.getByRole('button').click();
  await page.waitForURL((url) => url.searchParams.get('body') === 'sun' && url.searchParams.get('time').startsWith('2026-08-12T18:2'));
  const { planets } = await server.ask(`planets?${new URL(page.url()).searchParams.toString().replace('&body=sun', '').replace(/&name=[^&]*/, '')}&fields=elongation`);
  assert.ok(planets.find(({ name }) => name === 'moon').elongation < 0.1);
});

const phases = (alt, ...names) => names.map((phase, i) => ({ phase, time: `2026-08-12T1${i}:00:00Z`, az: 0, alt: alt[i] }));
test('an eclipse whose greatest moment is below the horizon leads to what is above', () => {
  const here = { visible: true, obscuration: 0.5, phases: phases([9, -1, -9], 'partial_begins', 'greatest', 'partial_ends') };
  assert.deepEqual(eventHere({ event: 'annular_solar_eclipse', here }),
    { event: 'partial_solar_eclipse', time: '2026-08-12T10:00:00Z', bodies: ['sun', 'moon'], covered: 0.5 });
  assert.equal(eventHere({ event: 'total_lunar_eclipse', here: { visible: false, phases: [] } }), undefined);
});

test('where the years end the strip ends too', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${place}&time=2149-12-20T10:00:00Z`);
  await page.waitForSelector('#next-lines li');
  assert.match(await page.textContent('#next-lines'), /solstice/);
});
