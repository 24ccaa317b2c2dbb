// The page under a finger, in large letters and by ear: facts stand where the body was chosen, controls can be seen and hit, and a
// change is announced once.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { openPage, phone, visit } from './browser.js';
import { browser, server, setStage } from './stage.js';

const evening = '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z';

let page;

setStage();
afterEach(() => page.context().close());

test('facts stand beside a body that is tapped on the dome, and below a row of the table', async () => {
  page = await openPage(browser, server, { ...phone, reducedMotion: 'reduce' });
  await visit(page, server, evening);
  await page.tap('#dome .body.moon');
  await page.waitForFunction(() => document.getElementById('about').textContent.startsWith('The Moon is '));
  const boxes = await page.evaluate(() => ['#about', '#dome .body.moon', '#dome'].map((one) => {
    const { left, right, top, bottom } = document.querySelector(one).getBoundingClientRect();
    return { left, right, top, bottom };
  }));
  const [facts, moon, dome] = boxes;
  assert.ok(facts.top >= dome.top && facts.bottom <= dome.bottom && facts.left >= 0 && facts.right <= 390, JSON.stringify(boxes));
  assert.ok(Math.min(Math.abs(facts.top - moon.bottom), Math.abs(moon.top - facts.bottom)) < 40, JSON.stringify(boxes));
  await page.tap('#rows button[data-name=saturn]');
  assert.equal(await page.evaluate(() => document.querySelector('tr[data-name=saturn]').nextElementSibling.contains(document.getElementById('about'))), true);
  assert.match(await page.textContent('#about'), /^Saturn is .* in Cetus/);
  await page.tap('#rows button[data-name=saturn]');
  assert.match(await page.textContent('#about'), /^Choose a body/);
});

for (const colorScheme of ['light', 'dark']) {
  test(`the edges of controls stand out, three to one: ${colorScheme}`, async () => {
    page = await openPage(browser, server, { ...phone, colorScheme });
    await visit(page, server, evening);
    const weak = await page.evaluate(() => {
      const rgb = (text) => text.match(/[\d.]+/g).slice(0, 3).map((value) => Number(value) / 255);
      const light = (text) => rgb(text).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const paper = light(getComputedStyle(document.documentElement).backgroundColor);
      const edged = [...document.querySelectorAll('button, select, input:not([type=range])')]
        .filter((one) => one.offsetParent && getComputedStyle(one).borderTopWidth !== '0px');
      const ratio = (one) => [light(getComputedStyle(one).borderTopColor), paper].sort().reduce((low, high) => (high + 0.05) / (low + 0.05));
      return { count: edged.length, weak: edged.filter((one) => ratio(one) < 3).map((one) => one.id || one.textContent) };
    });
    assert.ok(weak.count > 10);
    assert.deepEqual(weak.weak, []);
  });
}

test('controls are as large as a finger, and nothing is cut off in letters of twice the size', async () => {
  page = await openPage(browser, server, phone);
  await visit(page, server, evening);
  const small = await page.$$eval('button, select, input', (all) => all.filter((one) => one.offsetParent)
    .map((one) => [one.id || one.textContent, one.getBoundingClientRect()]).filter(([, { height }]) => height < 43.9).map(([name]) => name));
  assert.deepEqual(small, []);
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  // Chromium makes a phone's window as wide as what stands in it.
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= phone.viewport.width);
  assert.deepEqual(await page.$eval('#rows', brokenWords), []);
});

/** Words of which a line has only a part. */
function brokenWords(part) {
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode())
    for (const { 0: word, index } of texts.currentNode.data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      if (range.getClientRects().length > 1) found.push(word);
    }
  return found;
}

test('a change is announced once', async () => {
  page = await openPage(browser, server);
  await visit(page, server, evening);
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => window.said.push(document.getElementById('said').textContent))
      .observe(document.getElementById('said'), { childList: true });
  });
  await page.click('#steps button[data-unit=hour][data-count="1"]');
  await page.waitForFunction(() => window.said.length > 0);
  await page.click('#rows button[data-name=saturn]');
  await page.waitForFunction(() => window.said.length > 1);
  const said = await page.evaluate(() => window.said);
  assert.equal(said.length, 2);
  assert.match(said[0], /^Melbourne, Monday.* 22:10\. /);
  assert.match(said[1], /^Saturn is /);
});
