// Places by name: the cities that the server knows, as suggestions.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { choosePlace, openPage, visit } from './browser.js';
import { Server } from './server.js';
import { browser, server, setStage } from './stage.js';

let page;

setStage();
afterEach(() => page.context().close());

const headline = (name) => page.waitForFunction((text) => document.querySelector('h1').textContent === text, name);

test('a city is found without its marks, by keys alone, with its zone; the link tells its name', async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  await page.focus('#place');
  await page.keyboard.type('krak');
  await page.waitForSelector('#place-list li:has-text("Poland")');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await headline('Kraków');
  assert.match(await page.textContent('#where'), /50\.\d+° N, 19\.\d+° E · Europe\/Warsaw/);
  await page.waitForURL(/name=Krak%C3%B3w/);
  await page.reload();
  await headline('Kraków');
  assert.match(await page.textContent('#where'), /Europe\/Warsaw/);
  assert.deepEqual([page.said, page.elsewhere], [[], []]);
});

test('what stands after a comma says which is meant', async () => {
  page = await openPage(browser, server);
  await visit(page, server);
  for (const [typed, found] of [['Paris', 'Paris'], ['Paris, Texas', 'Paris'], ['paris, tx', 'Paris, TX'], ['Perth, United Kingdom', 'Perth'],
    ['springfield, il', 'Springfield, IL'], ['new york city', 'New York City, NY']]) {
    await choosePlace(page, typed);
    await headline(found);
  }
  await choosePlace(page, 'qqqqq');
  await page.waitForFunction(() => /no place called “qqqqq”/.test(document.getElementById('place-problem').textContent));
});

test('while the server is away the places that the page knows are found', async () => {
  const own = await new Server().start();
  page = await openPage(browser, own);
  await visit(page, own);
  await own.stop();
  await page.focus('#place');
  await page.keyboard.type('tok');
  await page.waitForSelector('#place-list li:has-text("Tokyo")');
});
