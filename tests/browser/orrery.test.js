// The solar system from above: by mouse, by keys and by link, with the same time as the sky.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Chart, positions } from '../../src/planets/page/space.js';
import { openPage, phone, visit } from './browser.js';
import { browser, closeQuietly, server, setStage } from './stage.js';

const moment = 'lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z';
let page;

setStage();
afterEach(() => closeQuietly(page));

const spot = (name) => page.$eval(`#orrery .body.${name}`, (element) => {
  const { e: x, f: y } = element.transform.baseVal.consolidate().matrix;
  return { x, y };
});
const drawn = () => page.waitForSelector('#orrery .body.mars[transform]');

test('the map shows each body where the API says it is, in every reach and scale', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}`);
  assert.ok(await page.isHidden('#orrery'));
  await page.click('[data-view=orrery]');
  await drawn();
  assert.ok(await page.isHidden('#dome'));
  const { planets } = await server.ask(`planets?${moment}&fields=geocentric,heliocentric`);
  const places = positions(planets);
  for (const [button, view] of [[undefined, { reach: 'all', scale: 'even' }], ['#scaled', { reach: 'all', scale: 'true' }],
    ['#inner', { reach: 'inner', scale: 'true' }], ['#scaled', { reach: 'inner', scale: 'even' }]]) {
    if (button) await page.click(button);
    const chart = new Chart(view);
    for (const { name } of planets.filter((body) => body.name !== 'moon')) {
      const [shown, meant] = [await spot(name), chart.put(places.get(name))];
      assert.ok(Math.hypot(shown.x - meant.x, shown.y - meant.y) < 0.01, `${name} ${JSON.stringify(view)}`);
    }
  }
});

test('a link carries the view, its reach and scale, and the chosen body', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}`);
  await page.click('[data-view=orrery]');
  await page.click('#inner');
  await page.click('#scaled');
  await drawn();
  await page.click('#orrery .body.venus');
  await page.waitForURL(/&view=orrery&reach=inner&scale=true&body=venus$/);
  await page.reload();
  await page.waitForFunction(() => document.getElementById('about').textContent.startsWith('Venus is '));
  await drawn();
  assert.equal(await page.getAttribute('#orrery .body.venus', 'aria-pressed'), 'true');
  for (const button of ['[data-view=orrery]', '#inner', '#scaled']) assert.equal(await page.getAttribute(button, 'aria-pressed'), 'true');
  assert.match(await page.textContent('#about'), /au from the Sun, seen \d+° from the Sun, on its morning side/);
  await page.click('[data-view=sky]');
  await page.waitForURL(/time=2026-11-23T10:10:00Z&reach=inner&scale=true&body=venus$/);
  assert.ok(await page.isVisible('#dome'));
});

test('the Earth\'s line of sight leads to the chosen body and goes with it', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}&view=orrery&body=jupiter`);
  await drawn();
  const line = () => page.getAttribute('.line-of-sight', 'd');
  const last = (await line()).split('L').at(-1).split(' ').map(Number);
  const { x, y } = await spot('jupiter');
  assert.ok(Math.hypot(last[0] - x, last[1] - y) < 0.02);
  await page.click('#orrery .body.jupiter');
  assert.equal(await line(), '');
});

test('time moves the planets, and the sky of now has its map too', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}&view=orrery`);
  await drawn();
  const before = await spot('mercury');
  await page.click('[data-unit=day][data-count="1"]');
  await page.waitForFunction(([x, y]) => {
    const { e, f } = document.querySelector('#orrery .body.mercury').transform.baseVal.consolidate().matrix;
    return Math.hypot(e - x, f - y) > 0.5;
  }, [before.x, before.y]);
  await page.click('#now');
  await page.waitForFunction(() => !location.search.includes('time='));
  assert.match(page.url(), /view=orrery/);
  await visit(page, server, '?view=orrery');
  await drawn();
});

test('by keys alone: the view, a body, and what is said of them', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}`);
  await page.focus('[data-view=sky]');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await drawn();
  await page.waitForFunction(() => /nearest to the Earth/.test(document.getElementById('said').textContent));
  assert.match(await page.getAttribute('#orrery', 'aria-label'), /^The solar system from above, Monday.* 23 November 2026.* side .*Mars/);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.name), 'sun');
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight');
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^Mars, 1\.\d\d au from the Sun, 1\.\d\d au from the Earth$/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('said').textContent.startsWith('Mars is '));
});

test('on a phone nothing is cut off, and names do not cover each other', async () => {
  page = await openPage(browser, server, phone);
  for (const query of [moment, `${moment}&reach=inner`, `${moment}&scale=true`, `${moment}&reach=inner&scale=true`]) {
    await visit(page, server, `?${query}&view=orrery`);
    await drawn();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), query);
    const boxes = await page.$$eval('#orrery .label:not([visibility=hidden])', (labels) => labels.map((label) => {
      const { left, right, top, bottom } = label.getBoundingClientRect();
      return { name: label.textContent, left, right, top: top + 2, bottom: bottom - 2 };
    }));
    assert.ok(boxes.length >= 5);
    for (const a of boxes)
      for (const b of boxes.filter((other) => other.name > a.name))
        assert.ok(a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1, `${query}: ${a.name} and ${b.name} stand apart`);
  }
});

test('a view that there is not is said in words', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}&view=galaxy&body=vulcan`);
  assert.match(await page.textContent('#place-problem'), /view is none of sky and orrery\. .*body is none of sun, moon/);
  assert.ok(await page.isVisible('#dome'));
});
