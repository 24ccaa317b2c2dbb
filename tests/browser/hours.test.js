// The slider through the day: it holds at its ends, and a key goes on into the next day.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { openPage, visit } from './browser.js';
import { browser, closeQuietly, server, setStage } from './stage.js';

const melbourne = '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z';
const tokyoOfOld = '?lon=139.6917&lat=35.6895&elevation=40&time=1860-05-05T03:00:00Z';

let page;

setStage();
afterEach(() => closeQuietly(page));

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

test('buttons step by a minute, an hour and a day, and with Shift so do the keys', async () => {
  page = await openPage(browser, server);
  await visit(page, server, melbourne);
  const click = (unit, count) => page.click(`#steps button[data-unit=${unit}][data-count="${count}"]`);
  const steps = [
    [() => click('minute', 1), '2026-11-23 21:11'], [() => click('hour', 1), '2026-11-23 22:11'],
    [() => click('hour', 1), '2026-11-23 23:11'], [() => click('hour', 1), '2026-11-24 00:11'],
    [() => click('day', -1), '2026-11-23 00:11'], [() => click('minute', -1), '2026-11-23 00:10'],
    [() => page.focus('#slider'), '2026-11-23 00:10'], [() => press('Shift+ArrowRight'), '2026-11-23 00:11'],
    [() => press('Shift+ArrowDown', 2), '2026-11-23 00:09'], [() => press('Shift+PageUp'), '2026-11-24 00:09'],
    [() => press('Shift+PageDown', 3), '2026-11-21 00:09'],
  ];
  for (const [step, time] of steps) {
    await step();
    assert.equal(await chosen(), time);
  }
});

// In 2026 London's clocks go on by an hour on 29 March and back on 25 October.
for (const [kind, date, time, marks] of [
  ['usual', '2026-06-21', '10:00', [0, 25, 50, 75, 100]],
  ['short', '2026-03-29', '10:00', [0, 500 / 23, 1100 / 23, 1700 / 23, 100]],
  ['long', '2026-10-25', '10:00', [0, 28, 52, 76, 100]],
]) {
  test(`the hours stand where they are on a ${kind} day`, async () => {
    page = await openPage(browser, server);
    await visit(page, server, `?lon=-0.0005&lat=51.4769&elevation=0&time=${date}T${time}:00Z`);
    const shown = await page.$$eval('#scale span', (spans) => spans.map(({ style, textContent }) => [textContent, parseFloat(style.left)]));
    assert.deepEqual(shown.map(([text]) => text), ['0h', '6h', '12h', '18h', '24h']);
    shown.forEach(([, left], i) => assert.ok(Math.abs(left - marks[i]) < 0.01, `${shown} for ${marks}`));
  });
}

test('a day later the clock shows the same, over a change of the clocks too', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=-0.0005&lat=51.4769&elevation=0&time=2026-10-24T20:00:00Z');
  assert.equal(await chosen(), '2026-10-24 21:00');
  await page.click('#steps button[data-unit=day][data-count="1"]');
  assert.equal(await chosen(), '2026-10-25 21:00');
  await page.waitForURL(/time=2026-10-25T21:00:00Z/);
  await page.focus('#slider');
  await press('Home');
  await press('PageUp');
  assert.equal(await page.getAttribute('#slider', 'aria-valuetext'), '01:00, UTC+1');
  await press('PageUp');
  assert.equal(await page.getAttribute('#slider', 'aria-valuetext'), '01:00, UTC');
});

test('time runs while it is played, and the address is written when it rests', async () => {
  page = await openPage(browser, server);
  await visit(page, server, melbourne);
  const address = page.url();
  await page.selectOption('#speed', '3600');
  await page.click('#play');
  assert.equal(await page.getAttribute('#play', 'aria-pressed'), 'true');
  await page.waitForFunction(() => document.getElementById('json').dataset.time > '2026-11-23T11:10');
  assert.equal(page.url(), address);
  await page.click('#play');
  assert.equal(await page.getAttribute('#play', 'aria-pressed'), 'false');
  await page.waitForURL(/time=2026-11-23T1[1-9]:/);
  await page.selectOption('#speed', '86400');
  await page.click('#play');
  await page.waitForFunction(() => document.getElementById('date').value > '2026-11-24');
  await page.click('#now');
  assert.equal(await page.getAttribute('#play', 'aria-pressed'), 'false');
  await page.waitForURL((url) => !url.search.includes('time='));
});

test('time that is played stops where the years end, and says so', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=0&lat=0&elevation=0&time=2149-12-31T20:00:00Z');
  await page.selectOption('#speed', '86400');
  await page.click('#play');
  await page.waitForFunction(() => document.getElementById('play').ariaPressed === 'false');
  assert.equal(await chosen(), '2149-12-31 23:59');
  assert.match(await page.textContent('#time-limit'), /last minute/);
});

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
  assert.match(await page.textContent('#time-limit'), /1850 .*2149.* last minute/);
  await press('ArrowLeft');
  assert.equal(await page.textContent('#time-limit'), '');
});

test('a date beyond the years is answered in words, and so is a step', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=0&lat=0&elevation=0&time=1850-01-01T00:30:00Z');
  await page.click('#steps button[data-unit=day][data-count="-1"]');
  assert.equal(await chosen(), '1850-01-01 00:00');
  assert.match(await page.textContent('#time-limit'), /1850 .*2149.* first moment/);
  await page.click('#steps button[data-unit=minute][data-count="1"]');
  assert.equal(await page.textContent('#time-limit'), '');
  await page.fill('#date', '2150-06-01');
  assert.match(await page.textContent('#time-limit'), /1850 .*2149/);
});

test('a date is that day even where its clocks are put forward', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=-0.0005&lat=51.4769&elevation=0&time=2026-03-28T23:50:00Z');
  await page.fill('#date', '2026-03-29');
  assert.equal((await chosen()).slice(0, 10), '2026-03-29');
  await page.waitForURL(/time=2026-03-29T22:50:00Z/);
});
