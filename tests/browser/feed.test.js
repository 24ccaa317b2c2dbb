// How the page stays alive: by the stream, by asking, and over the death of its server.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { choosePlace, launch, openPage, visit } from './browser.js';
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

/** As behind a proxy that passes no streams. */
const refuseStreams = (page) => page.context().route('**/planets/stream*', (route) => route.fulfill({ status: 501 }));

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
  server = await new Server().start();
  page = await openPage(browser, server);
  await refuseStreams(page);
  await visit(page, server);
  await page.waitForFunction(() => document.body.dataset.feed === 'poll');
  const first = await page.evaluate(shownTime);
  await page.waitForFunction(hasMoved, first);
  assert.equal(await page.textContent('#notice'), '');
  // The browser itself notes the refused stream; nothing else is said.
  assert.ok(page.said.length >= 1 && page.said.every((line) => line.includes('planets/stream')), page.said.join('\n'));
});

for (const mode of ['stream', 'poll']) {
  test(`a server that goes and comes back is noticed both times: ${mode}`, async () => {
    server = await new Server().start();
    page = await openPage(browser, server);
    if (mode === 'poll') await refuseStreams(page);
    await visit(page, server);
    await server.stop();
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('The server is away'));
    assert.equal(await page.locator('#rows tr').count(), 10);
    const last = await page.evaluate(shownTime);
    await server.start();
    await page.waitForFunction(() => document.getElementById('notice').textContent === '');
    await page.waitForFunction(hasMoved, last);
    await page.waitForFunction((wanted) => document.body.dataset.feed === wanted, mode);
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

/** The places that the parts of the page name, each by its own words. */
function placesShown() {
  const text = (id) => document.getElementById(id).textContent;
  return {
    headline: text('place-name'),
    title: document.title.split(':')[0],
    table: text('caption').split(',')[0],
    dome: document.getElementById('dome').getAttribute('aria-label').match(/^Sky dome over (.*?)\. /)[1],
    json: new URL(document.getElementById('json').href).searchParams.get('lon'),
    address: new URLSearchParams(location.search).get('lon'),
  };
}
const greenwich = { lon: '-0.0005', name: 'Greenwich' };
const tokyo = { lon: '139.6917', name: 'Tokyo' };
const allTell = ({ name, lon }) => ({ headline: name, title: name, table: name, dome: name, json: lon, address: lon });

for (const [kind, time] of [['now', ''], ['a chosen time', '&time=2026-01-01T00:00:00Z']]) {
  test(`a place that is chosen while the server is away is shown when its sky has come: ${kind}`, async () => {
    server = await new Server().start();
    page = await openPage(browser, server);
    await visit(page, server, `?lon=${greenwich.lon}&lat=51.4769&elevation=0${time}`);
    await page.click('#rows button[data-name=jupiter]');
    await server.stop();
    await choosePlace(page, 'Tokyo');
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('The server is away'));
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('Tokyo'));
    assert.deepEqual(await page.evaluate(placesShown), allTell(greenwich));
    assert.match(await page.textContent('#notice'), /still the sky of Greenwich/);
    assert.equal(await page.inputValue('#place'), 'Tokyo');
    // The hours are Tokyo's; whose light they had, they have no longer.
    assert.match(await page.textContent('#chosen-time'), /UTC\+9/);
    assert.equal(await page.locator('#daylight stop').count(), 0);
    const when = await page.textContent('#when');
    assert.ok((await page.textContent('#caption')).includes(when), 'headline and table tell the same time');
    await server.start();
    await page.waitForFunction((place) => document.getElementById('place-name').textContent === place, 'Tokyo');
    assert.deepEqual(await page.evaluate(placesShown), allTell(tokyo));
    await page.waitForSelector('#rows tr:not(.waiting)');
    await page.waitForSelector('#daylight stop', { state: 'attached' });
    await page.goBack();
    await page.waitForFunction((place) => document.getElementById('place-name').textContent === place, 'Greenwich');
    assert.deepEqual(await page.evaluate(placesShown), allTell(greenwich));
  });
}
