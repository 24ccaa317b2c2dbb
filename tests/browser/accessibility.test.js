// No violation of WCAG A or AA that axe-core finds, in either colour scheme, on a desktop and a phone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { choosePlace, desktop, openPage, phone, visit } from './browser.js';
import { browser, server, setStage } from './stage.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

setStage();

for (const colorScheme of ['light', 'dark']) {
  for (const [device, options] of Object.entries({ desktop, phone })) {
    test(`axe finds nothing: ${colorScheme}, ${device}`, async () => {
      const page = await openPage(browser, server, { ...options, colorScheme, reducedMotion: 'reduce' });
      await visit(page, server, '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z');
      await page.click('#edit');
      await choosePlace(page, '95, 10');
      await page.fill('#place', 'to');
      await page.waitForSelector('#place-list li');
      await page.click('#rows button[data-name=saturn]');
      await page.waitForSelector('#rows tr.chosen');
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
      assert.ok(passes.length > 20);
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
      await page.context().close();
    });
  }
}
