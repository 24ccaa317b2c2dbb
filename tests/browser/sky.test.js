// What the page shows, and what a person can do with it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { choosePlace, desktop, isFirefox, openPage, phone, place, row, visit } from './browser.js';
import { browser, server, setStage } from './stage.js';

const melbourne = 'lon=144.9631&lat=-37.8136&elevation=31';
const evening = `?${melbourne}&time=2026-11-23T10:10:00Z`;
const arctic = '?lon=15.6356&lat=78.2232&elevation=10&time=2026-06-21T22:00:00Z';
const radius = 100;

let page;

setStage();
afterEach(async () => {
  const { said, elsewhere } = page;
  await page.context().close();
  assert.deepEqual(said, [], 'the console is empty');
  assert.deepEqual(elsewhere, [], 'no request goes to another server');
});

test('the page shows the sky of now and a quiet console', async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  assert.equal(await page.locator('#rows tr').count(), 10);
  assert.equal(await page.locator('#dome .body').count(), 10);
  assert.equal(await page.textContent('h1'), 'Greenwich');
  assert.equal(await page.getAttribute('#now', 'aria-pressed'), 'true');
  assert.match(await page.textContent('#summary'), /the Sun \d+° (up|below)/);
});

test('the page loads with twelve requests at most, and weighs 90 kB at most', async () => {
  page = await openPage(browser, server);
  const asked = [];
  page.on('request', (request) => asked.push(request));
  await visit(page, server, evening);
  await page.waitForLoadState('networkidle');
  const sizes = await Promise.all(asked.map((request) => request.sizes()));
  const names = asked.map((request) => request.url());
  assert.ok(asked.length <= 12, names.join('\n'));
  const scripts = names.filter((name) => name.endsWith('.js'));
  assert.equal(scripts.length, 1);
  const weight = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  assert.ok(weight < 90_000, `${weight} bytes`);
});

for (const [device, options] of Object.entries({ desktop, phone }))
  test(`nothing jumps while the page comes: ${device}`, async () => {
    page = await openPage(browser, server, options);
    await page.addInitScript(() => {
      window.jumps = [];
      const note = (list) => window.jumps.push(...list.getEntries().map(({ value, sources }) => ({ value, what: sources.map(({ node }) => node?.id || node?.nodeName) })));
      new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
    });
    await visit(page, server, evening);
    await page.waitForSelector('#next-lines li');
    await page.waitForFunction(() => document.getElementById('tonight-sun').textContent !== '');
    await page.waitForLoadState('networkidle');
    const jumps = await page.evaluate(() => window.jumps);
    const all = jumps.reduce((sum, { value }) => sum + value, 0);
    assert.ok(all <= 0.02, JSON.stringify(jumps));
  });

test('dome and table show the numbers of the API', async () => {
  for (const query of [evening, arctic, '?lon=-180&lat=0&elevation=0&time=1850-06-01T00:00:00Z']) {
    page = await openPage(browser, server);
    await visit(page, server, query);
    const { planets } = await server.ask(`planets${query}&fields=az,alt,magnitude,rise`);
    assert.equal(planets.length, 10);
    for (const { name, az, alt, magnitude } of planets) {
      const shown = await row(page, name);
      assert.equal(shown.az, `${az.toFixed(2)}°`, name);
      assert.equal(shown.alt.replace('−', '-'), `${alt.toFixed(2)}°`, name);
      if (magnitude !== undefined) assert.equal(shown.magnitude.replace('−', '-'), magnitude.toFixed(1), name);
      const { x, y } = await place(page, name);
      const distance = Math.hypot(x, y);
      // North is up and east left, as one sees it looking up.
      const turn = (az * Math.PI) / 180;
      const aside = Math.hypot(x + distance * Math.sin(turn), y + distance * Math.cos(turn));
      assert.ok(aside < 0.01, `${name} stands in its direction`);
      if (alt >= 0) assert.ok(Math.abs(distance - (radius * (90 - alt)) / 90) < 0.01, `${name} stands at its altitude`);
      else assert.ok(distance > radius + 1 && distance < radius + 19, `${name} is on the rim`);
      assert.equal(await page.locator(`#rows tr.below[data-name=${name}]`).count(), alt < 0 ? 1 : 0);
    }
    if (query !== evening) await page.context().close();
  }
});

test('times stand on the clock of the place', async () => {
  page = await openPage(browser, server, { timezoneId: 'America/New_York' });
  await visit(page, server, evening);
  assert.match(await page.textContent('#when'), /^Monday.* 23 November 2026.* 21:10$/);
  const { planets } = await server.ask(`planets${evening}&fields=az,alt,rise`);
  const sun = planets.find(({ name }) => name === 'sun');
  const zone = { timeZone: 'Australia/Melbourne', hour: '2-digit', minute: '2-digit' };
  const melbourneClock = new Intl.DateTimeFormat('en-GB', zone);
  assert.equal((await row(page, 'sun')).rise, `${melbourneClock.format(Date.parse(sun.rise))} tomorrow`);
});

test('events of another day say which, and what is up says when it rose', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${melbourne}&time=2026-11-23T14:30:00Z`);
  const zone = { timeZone: 'Australia/Melbourne', hour: '2-digit', minute: '2-digit' };
  const format = new Intl.DateTimeFormat('en-GB', zone);
  const time = (text) => format.format(Date.parse(text));
  const saturn = await server.ask(`planets/saturn/events?${melbourne}&time=2026-11-22T14:30:00Z&days=2`);
  const last = saturn.events.filter(({ event, time }) => event === 'rise' && time < '2026-11-23T14:30').at(-1);
  const set = saturn.events.find(({ event, time }) => event === 'set' && time > '2026-11-23T14:30');
  const shown = await row(page, 'saturn');
  assert.equal(shown.rise, `rose ${time(last.time)} yesterday`);
  assert.equal(shown.set, time(set.time));
});

test('where a body never sets or never rises the table says so', async () => {
  page = await openPage(browser, server);
  await visit(page, server, arctic);
  const { planets } = await server.ask(`planets${arctic}&fields=az,alt,rise`);
  const words = { always_up: 'always up', always_down: 'never up' };
  const kinds = new Set();
  for (const { name, visibility } of planets) {
    kinds.add(visibility);
    if (visibility in words) assert.equal((await row(page, name)).rise, words[visibility], name);
    else assert.match((await row(page, name)).rise, /^(rose )?\d\d:\d\d( tomorrow| yesterday)?$/, name);
  }
  assert.ok(kinds.has('always_up') && kinds.has('rises_and_sets'));
});

test('the slider and the date move the sky, Now brings it back', async () => {
  page = await openPage(browser, server);
  await visit(page, server, evening);
  const before = await place(page, 'moon');
  await page.focus('#slider');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.getElementById('when').textContent.endsWith('21:15'));
  await page.waitForURL(/time=2026-11-23T10:15:00Z/);
  await page.waitForFunction(([x, y]) => {
    const { e, f } = document.querySelector('#dome .body.moon').transform.baseVal.consolidate().matrix;
    return Math.hypot(e - x, f - y) > 0.3;
  }, [before.x, before.y]);
  const { planets } = await server.ask(`planets?${melbourne}&time=2026-11-23T10:15:00Z`);
  assert.equal((await row(page, 'moon')).az, `${planets[1].az.toFixed(2)}°`);

  await page.fill('#date', '2000-01-02');
  await page.waitForURL(/time=2000-01-02T10:15:00Z/);
  await page.click('#now');
  await page.waitForFunction(() => !location.search.includes('time='));
  await page.waitForFunction((year) => document.getElementById('when').textContent.includes(year),
    String(new Date().getUTCFullYear()));
});

test('a place is picked, typed, or given by the browser, and stays in the address', async () => {
  page = await openPage(browser, server, { geolocation: { longitude: 11.5762, latitude: 48.1374 }, permissions: ['geolocation'],
    timezoneId: 'Europe/Berlin' });
  await visit(page, server);
  await choosePlace(page, 'Tokyo');
  await page.waitForURL(/lon=139\.6917&lat=35\.6895/);
  assert.equal(await page.textContent('h1'), 'Tokyo');

  await choosePlace(page, '95, 10');
  assert.match(await page.textContent('#place-problem'), /Latitude .* −90 to 90/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'place');
  assert.equal(await page.getAttribute('#place', 'aria-invalid'), 'true');
  await choosePlace(page, '33°30′S 70°36′W');
  await page.waitForURL(/lon=-70\.6&lat=-33\.5/);
  assert.equal(await page.textContent('h1'), '33.50° S, 70.60° W');
  assert.equal(await page.textContent('#place-problem'), '');
  assert.equal(await page.getAttribute('#place', 'aria-invalid'), null);
  await choosePlace(page, 'nowhere at all');
  await page.waitForFunction(() => document.getElementById('place-problem').textContent.includes('no place called “nowhere at all”'));

  await page.click('#locate');
  await page.waitForURL(/lon=11\.576&lat=48\.137/);
  assert.match(page.url(), /zone=Europe\/Berlin/);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('h1').textContent === '33.50° S, 70.60° W');
});

test('the zone is shown and can be chosen, the elevation too, and a link carries both', async () => {
  page = await openPage(browser, server);
  await visit(page, server, evening);
  assert.match(await page.textContent('#where'), /37\.81° S, 144\.96° E · Australia\/Melbourne/);
  await page.click('#edit');
  assert.ok((await page.locator('#zone option').count()) > 300);
  await page.selectOption('#zone', 'Pacific/Auckland');
  await page.waitForURL(/zone=Pacific\/Auckland/);
  assert.match(await page.textContent('#when'), / 23:10$/);
  await page.fill('#elevation', 'high');
  await page.press('#elevation', 'Enter');
  assert.match(await page.textContent('#place-problem'), /Elevation is a number of metres/);
  await page.fill('#elevation', '120');
  await page.press('#elevation', 'Enter');
  await page.waitForURL(/elevation=120/);
  await page.fill('#elevation', '');
  await page.press('#elevation', 'Enter');
  await page.waitForURL(/elevation=0/);
  await page.reload();
  await page.waitForFunction(() => document.getElementById('when').textContent.endsWith('23:10'));
  assert.equal(await page.textContent('h1'), 'Melbourne');
});

test('the place that was chosen last is there again; the place of a link comes first', async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  assert.equal(await page.textContent('h1'), 'Greenwich');
  await choosePlace(page, 'Tokyo');
  await page.waitForFunction(() => document.querySelector('h1').textContent === 'Tokyo');
  await visit(page, server, '?lon=31.2357&lat=30.0444&elevation=23');
  assert.equal(await page.textContent('h1'), 'Cairo');
  await visit(page, server);
  assert.equal(await page.textContent('h1'), 'Tokyo');
  await page.waitForURL(/lon=139\.6917&lat=35\.6895/);
  await page.evaluate(() => localStorage.setItem('place', '{"name":"Moon","lon":"x","lat":1,"elevation":0,"zone":"UTC"}'));
  await visit(page, server);
  assert.equal(await page.textContent('h1'), 'Greenwich');
});

test('suggestions are chosen by keys and by mouse', async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  await page.click('#place');
  await page.waitForSelector('#place-list li');
  await page.fill('#place', 'sao');
  await page.waitForFunction(() => document.querySelector('#place-list li')?.textContent.startsWith('São Paulo'));
  assert.equal(await page.getAttribute('#place', 'aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getAttribute('#place', 'aria-activedescendant'), 'place-0');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('h1').textContent === 'São Paulo');
  assert.ok(await page.isHidden('#place-list'));
  await page.fill('#place', 'nai');
  await page.click('#place-list li');
  await page.waitForFunction(() => document.querySelector('h1').textContent === 'Nairobi');
  await page.fill('#place', 'xyz');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await page.inputValue('#place'), 'Nairobi');
});

const asks = isFirefox && 'Firefox asks its user, and its driver has no answer';
test('a browser that keeps its location to itself is answered with a sentence', { skip: asks }, async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  await page.click('#locate');
  await page.waitForFunction(() => /not allowed|could not find/.test(document.getElementById('place-problem').textContent));
});

test('an address with mistakes names them all and shows a sky', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=east&lat=91&elevation=0&time=yesterday');
  const problem = await page.textContent('#place-problem');
  for (const word of ['Longitude', 'Latitude', 'time']) assert.match(problem, new RegExp(word));
});

for (const query of ['?lon=145', '?lat=-37.8', '?latitude=-37.8&longitude=145', '?lon=145&lat=', '?elevation=31']) {
  test(`a link that does not say where is never shown as Greenwich without a word: ${query}`, async () => {
    page = await openPage(browser, server);
    await visit(page, server, query);
    assert.equal(await page.textContent('h1'), 'Greenwich');
    assert.ok(await page.isVisible('#place-problem'));
    assert.match(await page.textContent('#place-problem'), /^The link has .*Greenwich instead\.$|^L.*Greenwich instead\.$/);
    await choosePlace(page, 'Tokyo');
    await page.waitForFunction(() => document.querySelector('h1').textContent === 'Tokyo');
    assert.equal(await page.textContent('#place-problem'), '');
  });
}

test('a link with both coordinates is at their place, at sea level', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=145&lat=-37.8&time=2026-11-23T10:10:00Z');
  assert.equal(await page.textContent('h1'), '37.80° S, 145.00° E');
  assert.equal(await page.textContent('#place-problem'), '');
  const { planets } = await server.ask('planets?lon=145&lat=-37.8&elevation=0&time=2026-11-23T10:10:00Z');
  assert.equal((await row(page, 'moon')).az, `${planets[1].az.toFixed(2)}°`);
});

test('nobody is sent to look for the Moon beside the Sun', async () => {
  page = await openPage(browser, server);
  // Nine hours before and a day after a new moon; the Moon is up with the Sun.
  for (const time of ['2026-11-09T02:00:00Z', '2026-11-10T04:00:00Z']) {
    await visit(page, server, `?${melbourne}&time=${time}`);
    await page.waitForFunction(() => document.getElementById('summary').textContent.split('. ').length > 1);
    assert.doesNotMatch(await page.textContent('#summary'), /Moon/);
    assert.doesNotMatch(await page.getAttribute('#dome', 'aria-label'), /Moon/);
  }
});

test('a body that is chosen shows its way, in the table and on the dome, by keyboard too', async () => {
  page = await openPage(browser, server);
  await visit(page, server, evening);
  await page.click('#rows button[data-name=saturn]');
  await page.mouse.move(1, 1);
  await page.waitForSelector('.path.chosen .line');
  const { track } = await server.ask(
    `planets/saturn/track?${melbourne}&from=2026-11-22T13:00:00Z&to=2026-11-23T13:00:00Z&step=600`);
  const drawn = await page.getAttribute('.path.chosen .line', 'd');
  assert.equal(drawn.match(/[ML]/g).length - drawn.match(/M/g).length > track.filter(({ alt }) => alt >= 0).length - 4, true);
  assert.equal(await page.getAttribute('#dome .body.saturn', 'aria-pressed'), 'true');
  assert.match(await page.textContent('#about'), /^Saturn is .* in Cetus, .*\d/);

  await page.focus('#dome .body.sun');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.name), 'moon');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('#rows button[data-name=moon]').ariaPressed === 'true');
  assert.equal(await page.getAttribute('#dome .body.saturn', 'aria-pressed'), 'false');
});

test('nothing is cut off on a phone, and names do not cover each other', async () => {
  page = await openPage(browser, server, phone);
  for (const query of [evening, arctic]) {
    await visit(page, server, query);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is as wide as the screen');
    const boxes = await page.$$eval('#dome .label', (labels) => labels.map((label) => {
      const { left, right, top, bottom } = label.getBoundingClientRect();
      return { name: label.textContent, left, right, top: top + 2, bottom: bottom - 2 };
    }));
    for (const a of boxes) {
      assert.ok(a.left >= 0 && a.right <= 390, `${a.name} is on the screen`);
      for (const b of boxes.filter((other) => other.name > a.name)) {
        const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        assert.ok(apart, `${a.name} and ${b.name} stand apart`);
      }
    }
  }
});

test('without JavaScript there is a sentence and the way to the API', async () => {
  page = await openPage(browser, server, { javaScriptEnabled: false });
  await page.goto(server.base);
  assert.match(await page.textContent('noscript'), /JavaScript/);
  await page.click('noscript button');
  await page.waitForURL(/planets\?lon=-0\.0005&lat=51\.4769&elevation=0/);
});
