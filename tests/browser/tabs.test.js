// Many tabs of the page at once: a browser opens six connections to a server, and a stream holds one for good.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { choosePlace, watch } from './browser.js';
import { Server } from './server.js';
import { browser, server, setStage } from './stage.js';

const names = [['Cairo', '?lon=31.2357&lat=30.0444&elevation=23'], ['Delhi', '?lon=77.209&lat=28.6139&elevation=216'],
  ['Quito', '?lon=-78.4678&lat=-0.1807&elevation=2850'], ['Tokyo', '?lon=139.6917&lat=35.6895&elevation=40']];
const cairo = names[0][1];
const most = 2;

let context;

setStage();
afterEach(() => context.close());

// Headless tabs are all shown; this one can be told that it is hidden.
function makeHideable() {
  let hidden = false;
  Object.defineProperty(Document.prototype, 'hidden', { get: () => hidden });
  window.hide = (value) => {
    hidden = value;
    document.dispatchEvent(new Event('visibilitychange'));
  };
}

async function newContext() {
  context = await browser.newContext({ viewport: { width: 480, height: 600 } });
  await context.addInitScript(makeHideable);
}

/** A tab in the one context, with `streams`: those it has open. */
async function openTab(query, from = server) {
  const page = watch(await context.newPage(), from);
  page.streams = new Set();
  const isStream = (request) => request.url().includes('planets/stream');
  page.on('request', (request) => isStream(request) && page.streams.add(request));
  for (const end of ['requestfailed', 'requestfinished']) page.on(end, (request) => page.streams.delete(request));
  page.on('close', () => page.streams.clear());
  await page.goto(from.base + query);
  await page.waitForSelector('#rows tr:not(.waiting)');
  return page;
}

const streams = (tabs) => tabs.flatMap((page) => [...page.streams]);
const feeds = (tabs, mode) => Promise.all(tabs.map((page) =>
  page.waitForFunction((wanted) => document.body.dataset.feed === wanted, mode)));

/** Each tab shows another sky than the one it shows at the call. */
async function allMove(tabs) {
  await Promise.all(tabs.map(async (page) => {
    const shown = await page.evaluate(() => document.getElementById('json').dataset.time);
    await page.waitForFunction((time) => document.getElementById('json').dataset.time > time, shown);
  }));
}

/** Waits until so many streams are open, however their requests come and go. */
async function untilStreams(tabs, count) {
  const changed = (page) => ['request', 'requestfailed', 'requestfinished'].map((event) => page.waitForEvent(event));
  while (streams(tabs).length !== count) await Promise.any(tabs.flatMap(changed));
}

async function quiet(tabs) {
  for (const page of tabs) assert.deepEqual([page.said, page.elsewhere], [[], []]);
}

test('eight tabs of one place share one stream, and all of them move', async () => {
  await newContext();
  const tabs = [];
  for (let i = 0; i < 8; ++i) tabs.push(await openTab(cairo));
  await feeds(tabs, 'stream');
  await allMove(tabs);
  assert.equal(streams(tabs).length, 1);
  await quiet(tabs);
});

test('eight tabs of four places have two streams among them, and all of them move', async () => {
  await newContext();
  const tabs = [];
  for (const [, query] of [...names, ...names]) tabs.push(await openTab(query));
  await allMove(tabs);
  assert.equal(streams(tabs).length, most);
  for (const [i, page] of tabs.entries()) assert.equal(await page.textContent('h1'), names[i % names.length][0]);
  // Who only asked gets a stream when one is free.
  await Promise.all(tabs.filter((page) => page.streams.size > 0).map((page) => page.close()));
  const left = tabs.filter((page) => !page.isClosed());
  await untilStreams(left, most);
  await allMove(left);
  await quiet(left);
});

test('when the tab that has the stream is closed or hidden or goes elsewhere, another takes over', async () => {
  await newContext();
  const tabs = [];
  for (let i = 0; i < 4; ++i) tabs.push(await openTab(cairo));
  const ends = {
    closed: (page) => page.close(),
    hidden: (page) => page.evaluate(() => window.hide(true)),
    elsewhere: (page) => choosePlace(page, 'Tokyo'),
  };
  for (const [how, end] of Object.entries(ends)) {
    const lead = tabs.find((page) => page.streams.size > 0);
    tabs.splice(tabs.indexOf(lead), 1);
    await end(lead);
    await untilStreams(tabs, 1);
    await allMove(tabs);
    assert.equal(streams(tabs).length, 1, how);
  }
});

test('hidden tabs have no stream; one that is shown again has the sky of now', async () => {
  await newContext();
  const tabs = [await openTab(cairo), await openTab(cairo)];
  await feeds(tabs, 'stream');
  for (const page of tabs) await page.evaluate(() => window.hide(true));
  await untilStreams(tabs, 0);
  const shown = await tabs[1].evaluate(() => document.getElementById('json').dataset.time);
  await tabs[1].evaluate(() => window.hide(false));
  await tabs[1].waitForFunction((time) => document.getElementById('json').dataset.time > time, shown);
  await untilStreams(tabs, 1);
  assert.equal(tabs[1].streams.size, 1);
  await quiet(tabs);
});

test('a tab that is opened in the background has its sky, and no stream', async () => {
  await newContext();
  await context.addInitScript(() => window.hide(true));
  const page = await openTab(cairo);
  await untilStreams([page], 0);
  assert.equal(await page.textContent('h1'), 'Cairo');
  await page.evaluate(() => window.hide(false));
  await untilStreams([page], 1);
});

test('where the browser has no locks the tabs ask', async () => {
  await newContext();
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  const tabs = [];
  for (let i = 0; i < 7; ++i) tabs.push(await openTab(cairo));
  await feeds(tabs, 'poll');
  await allMove(tabs);
  assert.equal(streams(tabs).length, 0);
});

test('all tabs notice that the server goes and comes back', async () => {
  await newContext();
  const own = await new Server().start();
  try {
    const tabs = [await openTab(cairo, own), await openTab(cairo, own), await openTab(names[1][1], own)];
    await own.stop();
    const says = (page, text) => page.waitForFunction(
      (words) => document.getElementById('notice').textContent.includes(words), text);
    for (const page of tabs) await says(page, 'The server is away');
    await own.start();
    for (const page of tabs) await page.waitForFunction(() => document.getElementById('notice').textContent === '');
    await allMove(tabs);
  } finally {
    await own.stop();
  }
});
