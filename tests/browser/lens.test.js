// Two bodies that stand close together are enlarged when one of them is chosen, as they stand to each other.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { companion } from '../../src/planets/page/lens.js';
import { desktop, openPage, phone, visit } from './browser.js';
import { browser, closeQuietly, server, setStage } from './stage.js';

// Mars and Jupiter before dawn, a degree and a quarter apart.
const pair = 'lon=-70.4042&lat=-24.6272&elevation=2635&time=2026-11-16T08:30:00Z';
let page;

setStage();
afterEach(() => closeQuietly(page));

/** Where the lens draws a body, from its own middle: {x, y}, and the radius of its glass. */
function inLens(name) {
  const { e: x, f: y } = document.querySelector(`.lens .seen.${name}`).transform.baseVal.consolidate().matrix;
  return { x, y, size: Number(document.querySelector('.glass').getAttribute('r')) };
}

for (const [device, options] of Object.entries({ desktop, phone }))
  test(`a close pair is enlarged as it stands on the sky: ${device}`, async () => {
    page = await openPage(browser, server, options);
    await visit(page, server, `?${pair}&body=jupiter`);
    await page.waitForSelector('.lens .seen.mars', { state: 'attached' });
    const { planets } = await server.ask(`planets?${pair}&fields=az,alt`);
    const [mars, jupiter] = ['mars', 'jupiter'].map((name) => planets.find((body) => body.name === name));
    const { apart } = companion(jupiter, planets);
    assert.ok(apart > 1 && apart < 1.6, String(apart));
    const [one, other] = [await page.evaluate(inLens, 'mars'), await page.evaluate(inLens, 'jupiter')];
    const unit = (other.y - one.y) / (mars.alt - jupiter.alt);
    const across = (jupiter.az - mars.az) * Math.cos((mars.alt * Math.PI) / 180) * unit;
    assert.ok(Math.abs(other.x - one.x - across) < 0.5, `${other.x - one.x} and ${across}`);
    for (const { x, y, size } of [one, other]) assert.ok(Math.hypot(x, y) < 0.7 * size);
    assert.match(await page.textContent('.lens'), new RegExp(`${apart.toFixed(1)}° apart`));
    assert.match(await page.textContent('#about'), new RegExp(`${apart.toFixed(1)}° from Mars`));
    // It leaves the pair itself to be seen and touched.
    const boxes = await page.evaluate(() => ['.glass', '#dome .body.mars', '#dome .body.jupiter'].map((part) => document.querySelector(part).getBoundingClientRect().toJSON()));
    for (const body of boxes.slice(1)) assert.ok(Math.hypot(body.x - boxes[0].x - boxes[0].width / 2, body.y - boxes[0].y - boxes[0].width / 2) > boxes[0].width / 2);
  });

test('a body that stands alone has no lens, and nothing is enlarged that was not chosen', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${pair}`);
  assert.equal(await page.locator('.lens .seen').count(), 0);
  await page.click('#rows button[data-name=venus]');
  await page.waitForSelector('#rows tr.chosen');
  assert.equal(await page.locator('.lens .seen').count(), 0);
  await page.click('#rows button[data-name=mars]');
  await page.waitForSelector('.lens .seen.jupiter', { state: 'attached' });
});

test('in an eclipse the Moon stands before the Sun, both as large as they are', async () => {
  page = await openPage(browser, server);
  await visit(page, server, '?lon=-8.4115&lat=43.3623&elevation=0&time=2026-08-12T18:28:21Z&body=moon');
  await page.waitForSelector('.lens .seen.sun', { state: 'attached' });
  const order = await page.$$eval('.lens .seen', (parts) => parts.map((part) => part.getAttribute('class')));
  assert.deepEqual(order, ['seen sun', 'seen moon']);
  const [sun, moon] = [await page.evaluate(inLens, 'sun'), await page.evaluate(inLens, 'moon')];
  assert.ok(Math.hypot(sun.x - moon.x, sun.y - moon.y) < 0.1 * sun.size);
});
