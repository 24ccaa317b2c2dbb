// Tonight on the page: a line a body, the Moon, the twilights, and the way to a moment.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { choosePlace, openPage, phone, visit } from './browser.js';
import { browser, closeQuietly, server, setStage } from './stage.js';

const greenwich = '?lon=-0.0005&lat=51.4769&elevation=0&time=2026-11-23T20:00:00Z';
const arctic = '?lon=15.6356&lat=78.2232&elevation=10&time=';

let page;

setStage();
afterEach(() => closeQuietly(page));

const known = () => page.waitForFunction(() => document.getElementById('tonight-sun').textContent !== '' &&
  !document.getElementById('tonight-lines').classList.contains('waiting'));
const lines = () => page.$$eval('#tonight-lines li', (all) => all.map((line) => line.textContent.replace(/\s+/g, ' ').trim()));

test('the night is told before the dome, with a line for each body', async () => {
  page = await openPage(browser, server, phone);
  await visit(page, server, greenwich);
  await known();
  const [tonight, dome] = await page.evaluate(() => ['.tonight', '#dome'].map((one) => document.querySelector(one).getBoundingClientRect().top));
  assert.ok(tonight < dome);
  const all = await lines();
  assert.equal(all.length, 9);
  const line = (name) => all.find((text) => text.startsWith(name));
  assert.match(line('Saturn'), /^Saturn with the eye best \d\d:\d\d, \d+° up in the south/);
  assert.match(line('Uranus'), /^Uranus in binoculars best/);
  assert.match(line('Pluto'), /^Pluto (too faint|too low|in a large telescope)/);
  assert.match(await page.textContent('#tonight-moon'), /^Full Moon, 9\d % lit, .*(rises|sets) \d\d:\d\d/);
  assert.equal(await page.locator('#tonight-moon svg').count(), 1);
  const { set } = await server.ask('planets/sun?lon=-0.0005&lat=51.4769&elevation=0&time=2026-11-23T12:00:00Z&fields=set');
  assert.ok((await page.textContent('#tonight-sun')).startsWith(`Sunset ${set.slice(11, 16)}; sunrise `));
  assert.match(await page.textContent('#tonight-sun'), /dark from 18:0\d to 05:3\d; nautical twilight until 17:2\d and from 06:1\d/);
});

test('the lines say what the server says, and a line that leads somewhere is seen there', async () => {
  page = await openPage(browser, server);
  await visit(page, server, greenwich);
  await known();
  const { bodies } = await server.ask(`tonight${greenwich}`);
  const words = { eye: 'with the eye', binoculars: 'in binoculars', telescope: 'in a telescope', large_telescope: 'in a large telescope' };
  const names = await page.$$eval('#tonight-lines button', (all) => all.map((button) => button.dataset.name));
  assert.deepEqual(names, bodies.map(({ name }) => name));
  for (const [i, line] of (await lines()).entries()) {
    const { sight, best } = bodies[i];
    if (sight) assert.ok(line.includes(`${words[sight]} best ${best.time.slice(11, 16)}, ${Math.round(best.alt)}° up`), line);
  }
});

test('an eclipse of the night is named', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=2.3522&lat=48.8566&elevation=35&zone=Europe/Paris&time=2026-08-12T13:00:00Z');
  await known();
  assert.match(await page.textContent('#tonight-sun'), /^Partial eclipse of the Sun, 92 % covered, at 20:17\. Sunset 21:1\d;/);
});

test('a line leads to its moment and its body', async () => {
  page = await openPage(browser, server);
  await visit(page, server, greenwich);
  await known();
  await page.click('#tonight-lines button[data-name=venus]');
  await page.waitForURL(/time=2026-11-24T0[67]:/);
  await page.waitForFunction(() => document.querySelector('#dome .body.venus').ariaPressed === 'true');
  // It is the same night still.
  assert.match(await page.textContent('#tonight-title'), /^The night of 23 to 24 November 2026$/);
});

test('where the Sun does not set or not rise it is said', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `${arctic}2026-06-21T22:00:00Z`);
  await known();
  assert.equal(await page.textContent('#tonight-sun'), 'The Sun does not set.');
  assert.match((await lines()).find((text) => text.startsWith('Saturn')), /only by day|not above/);
  await visit(page, server, `${arctic}2026-12-21T22:00:00Z`);
  await page.waitForFunction(() => document.getElementById('tonight-sun').textContent.startsWith('The Sun does not rise'));
  assert.match(await page.textContent('#tonight-sun'), /dark from \d\d:\d\d to \d\d:\d\d|dark all day/);
});

test('the night of now is Tonight, and another place has another', async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  await known();
  assert.equal(await page.textContent('#tonight-title'), 'Tonight');
  const first = await page.textContent('#tonight-sun');
  await choosePlace(page, 'Cape Town');
  await page.waitForFunction((text) => document.getElementById('tonight-sun').textContent !== text, first);
  assert.equal(await page.textContent('#tonight-title'), 'Tonight');
});

test('the ends of the years have their nights', async () => {
  page = await openPage(browser, server);
  for (const time of ['1850-01-01T03:00:00Z', '2149-12-31T23:00:00Z']) {
    await visit(page, server, `?lon=0&lat=51&elevation=0&time=${time}`);
    await known();
    assert.equal((await lines()).length, 9);
  }
});

test('what is near the Sun has no line that leads to it', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=2.3522&lat=48.8566&elevation=35&time=2026-08-12T20:00:00Z');
  await known();
  assert.ok((await lines()).includes('Jupiter too near the Sun'));
  assert.ok(await page.isDisabled('#tonight-lines button[data-name=jupiter]'));
});
