// How the page stays alive: by the stream, by asking, and over the death of its server.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, openPage, visit } from './browser.js';
import { Server } from './server.js';

let browser;
let server;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());
afterEach(async () => {
  await page.context().close();
  await server.stop();
});

const shownTime = () => document.getElementById('json').dataset.time;
const hasMoved = (time) => document.getElementById('json').dataset.time > time;

test('the sky moves by the stream', async () => {
  server = await new Server().start();
  page = await openPage(browser, server);
  await visit(page, server);
  await page.waitForFunction(() => document.body.dataset.feed === 'stream');
  const first = await page.evaluate(shownTime);
  await page.waitForFunction(hasMoved, first);
  assert.equal(await page.evaluate(() => document.body.dataset.feed), 'stream');
  assert.deepEqual(page.said, []);
});

test('where there is no stream the page asks instead', async () => {
  server = await new Server('-k', 'sync').start();
  page = await openPage(browser, server);
  await visit(page, server);
  await page.waitForFunction(() => document.body.dataset.feed === 'poll');
  const first = await page.evaluate(shownTime);
  await page.waitForFunction(hasMoved, first);
  assert.equal(await page.textContent('#notice'), '');
  // The browser itself notes the refused stream; nothing else is said.
  assert.ok(page.said.length >= 1 && page.said.every((line) => line.includes('planets/stream')), page.said.join('\n'));
});

for (const flags of [[], ['-k', 'sync']]) {
  test(`a server that goes and comes back is noticed both times ${flags.join(' ')}`, async () => {
    server = await new Server(...flags).start();
    page = await openPage(browser, server);
    await visit(page, server);
    await server.stop();
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('The server is away'));
    assert.equal(await page.locator('#rows tr').count(), 10);
    const last = await page.evaluate(shownTime);
    await server.start();
    await page.waitForFunction(() => document.getElementById('notice').textContent === '');
    await page.waitForFunction(hasMoved, last);
    await page.waitForFunction((mode) => document.body.dataset.feed === mode, flags.length ? 'poll' : 'stream');
    assert.deepEqual(page.elsewhere, []);
  });
}

test('a reload of the server is not noticed', async () => {
  server = await new Server().start();
  page = await openPage(browser, server);
  await visit(page, server);
  await page.waitForFunction(() => document.body.dataset.feed === 'stream');
  await page.evaluate(() => {
    new MutationObserver(() => (document.body.dataset.noticed = 'yes')).observe(document.getElementById('notice'),
      { childList: true, characterData: true, subtree: true });
  });
  await server.reload();
  const reloaded = new Date().toISOString();
  await page.waitForFunction(hasMoved, reloaded);
  assert.equal(await page.evaluate(() => document.body.dataset.noticed), undefined);
  assert.equal(await page.evaluate(() => document.body.dataset.feed), 'stream');
});

test('a chosen time is shown as soon as the server is back', async () => {
  server = await new Server().start();
  page = await openPage(browser, server);
  await visit(page, server, '?lon=0&lat=0&elevation=0&time=2026-01-01T00:00:00Z');
  await server.stop();
  await page.focus('#slider');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.getElementById('notice').textContent.includes('The server is away'));
  await server.start();
  await page.waitForFunction(hasMoved, '2026-01-01T00:04');
  assert.equal(await page.textContent('#notice'), '');
});
