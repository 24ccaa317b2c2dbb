// The slider through the day: it holds at its ends, and a key goes on into the next day.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, openPage, visit } from './browser.js';
import { Server } from './server.js';

const melbourne = '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z';
const tokyoOfOld = '?lon=139.6917&lat=35.6895&elevation=40&time=1860-05-05T03:00:00Z';

let browser;
let server;
let page;

before(async () => {
  [browser, server] = await Promise.all([launch(), new Server().start()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  const { said } = page;
  await page.context().close();
  assert.deepEqual(said, []);
});

/** What the controls say: 'YYYY-MM-DD HH:MM', by the clock of the place. */
function chosen() {
  return page.evaluate(() => {
    const at = (id) => document.getElementById(id);
    return `${at('date').value} ${at('chosen-time').textContent.slice(0, 5)}`;
  });
}

async function press(key, times = 1) {
  for (let i = 0; i < times; ++i) await page.keyboard.press(key);
}

for (const [where, query, day] of [['Melbourne', melbourne, '2026-11-23'], ['Tokyo by the Sun', tokyoOfOld, '1860-05-05']]) {
  test(`dragged beyond an end the slider stays in its day: ${where}`, async () => {
    page = await openPage(browser, server);
    await visit(page, server, query);
    const { x, y, width, height } = await page.locator('#slider').boundingBox();
    const middle = y + height / 2;
    await page.mouse.move(x + width / 2, middle);
    await page.mouse.down();
    for (const [edge, step, time] of [[x + width, 3, '23:59'], [x, -3, '00:00']]) {
      for (let i = -2; i < 8; ++i) await page.mouse.move(edge + i * step, middle);
      assert.equal(await chosen(), `${day} ${time}`);
    }
    await page.mouse.move(x + width + 40, middle);
    await page.mouse.up();
    assert.equal(await chosen(), `${day} 23:59`);
  });

  test(`a key goes on into the day before and after: ${where}`, async () => {
    page = await openPage(browser, server);
    await visit(page, server, query);
    const before = new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    await page.focus('#slider');
    await press('Home');
    assert.equal(await chosen(), `${day} 00:00`);
    await press('ArrowLeft');
    assert.equal(await chosen(), `${before} 23:55`);
    await press('ArrowRight');
    assert.equal(await chosen(), `${day} 00:00`);
    await press('PageDown', 2);
    assert.equal(await chosen(), `${before} 22:00`);
    await press('PageUp', 3);
    assert.equal(await chosen(), `${day} 01:00`);
    await press('End');
    assert.equal(await chosen(), `${day} 23:59`);
    await press('ArrowLeft');
    assert.equal(await chosen(), `${day} 23:55`);
    await press('ArrowRight');
    assert.match(await chosen(), / 00:00$/);
    assert.ok((await chosen()) > day);
    await press('ArrowLeft');
    assert.equal(await chosen(), `${day} 23:55`);
  });
}

test('a key that is held stays in the day', async () => {
  page = await openPage(browser, server);
  await visit(page, server, melbourne);
  await page.focus('#slider');
  // The last begins with a press of its own, and so in the day before.
  const ends = { PageUp: '2026-11-23 23:59', PageDown: '2026-11-23 00:00', ArrowLeft: '2026-11-22 00:00' };
  for (const [key, end] of Object.entries(ends)) {
    for (let i = 0; i < 300; ++i) await page.keyboard.down(key);
    await page.keyboard.up(key);
    assert.equal(await chosen(), end);
  }
});

test('the years end, and the slider with them', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=0&lat=0&elevation=0&time=2149-12-31T23:50:00Z');
  await page.focus('#slider');
  await press('ArrowRight', 4);
  assert.equal(await chosen(), '2149-12-31 23:59');
  await page.waitForURL(/time=2149-12-31T23:59:00Z/);
});

test('a date is that day even where its clocks are put forward', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=-0.0005&lat=51.4769&elevation=0&time=2026-03-28T23:50:00Z');
  await page.fill('#date', '2026-03-29');
  assert.equal((await chosen()).slice(0, 10), '2026-03-29');
  await page.waitForURL(/time=2026-03-29T22:59:00Z/);
});
