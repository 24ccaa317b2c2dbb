// What is given to others: the link, a picture for another page, a calendar, a sheet of paper.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { snippet } from '../../src/planets/page/share.js';
import { openPage, phone, visit } from './browser.js';
import { browser, closeQuietly, server, setStage } from './stage.js';

const moment = 'lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z';
let page;

setStage();
afterEach(async () => {
  if (page) await closeQuietly(page);
  page = undefined;
});

test('a snippet is HTML whatever the place is called', () => {
  assert.equal(snippet('http://a/?b=1&name="x"', 'http://a/sky.svg?lon=1&lat=2', 'The sky over <Ys>'),
    '<a href="http://a/?b=1&amp;name=&quot;x&quot;"><img src="http://a/sky.svg?lon=1&amp;lat=2" width="600" height="640" alt="The sky over &lt;Ys>"></a>');
});

test('the link is copied whole, said once and seen', async () => {
  page = await openPage(browser, server, { permissions: ['clipboard-read', 'clipboard-write'] });
  await visit(page, server, `?${moment}&view=orrery&body=mars`);
  await page.click('#copy');
  await page.waitForFunction(() => document.getElementById('shared').textContent === 'The link is copied.');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${server.base}?${moment}&view=orrery&body=mars`);
  assert.equal(await page.textContent('#said'), 'The link is copied.');
  await page.click('[data-unit=hour][data-count="1"]');
  await page.waitForFunction(() => document.getElementById('shared').textContent === '');
});

test('where the browser gives no clipboard the link is there to be copied by hand', async () => {
  page = await openPage(browser, server);
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await visit(page, server, `?${moment}`);
  await page.click('#copy');
  await page.waitForFunction(() => document.getElementById('shared').textContent.includes('by hand'));
  assert.equal(await page.inputValue('#code'), `${server.base}?${moment}`);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'code');
});

test('the device shares by itself where it can', async () => {
  page = await openPage(browser, server, phone);
  await page.addInitScript(() => {
    navigator.share = async (what) => (window.given = what);
  });
  await visit(page, server, `?${moment}`);
  await page.tap('#share');
  const { url, text } = await page.evaluate(() => window.given);
  assert.equal(url, `${server.base}?${moment}`);
  assert.match(text, /^The sky over Melbourne, Monday/);
});

test('the snippet has a picture of this sky, and goes with it', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}`);
  await page.click('#embed');
  assert.equal(await page.getAttribute('#embed', 'aria-expanded'), 'true');
  const source = (text) => text.match(/src="([^"]*)"/)[1].replaceAll('&amp;', '&');
  const picture = source(await page.inputValue('#code'));
  assert.equal(decodeURIComponent(picture), `${server.base}sky.svg?${moment}`);
  const response = await fetch(picture);
  assert.equal(response.headers.get('content-type'), 'image/svg+xml');
  await page.click('[data-unit=day][data-count="1"]');
  await page.waitForFunction((last) => !document.getElementById('code').value.includes(last), encodeURIComponent('2026-11-23T'));
});

test('the picture is one that a browser draws', async () => {
  page = await openPage(browser, server);
  await page.goto(`${server.base}sky.svg?${moment}`);
  assert.equal(await page.evaluate(() => document.documentElement.nodeName), 'svg');
  const width = await page.evaluate(() => document.querySelector('circle').getBoundingClientRect().width);
  assert.ok(width > 400);
});

test('the coming events are a calendar', async () => {
  page = await openPage(browser, server);
  await visit(page, server, `?${moment}`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('.share a')]);
  assert.equal(download.suggestedFilename(), 'sky.ics');
});

test('on paper it is black on white, without controls', async () => {
  page = await openPage(browser, server, { colorScheme: 'dark' });
  await visit(page, server, `?${moment}`);
  await page.emulateMedia({ media: 'print' });
  for (const control of ['#place', '#slider', '#copy', '#views']) assert.ok(await page.isHidden(control), control);
  for (const part of ['#dome', '#tonight-lines', '#next-lines', '#rows']) assert.ok(await page.isVisible(part), part);
  const colours = await page.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]);
  assert.deepEqual(colours, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
});
