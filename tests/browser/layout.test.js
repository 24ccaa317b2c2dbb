// The page at every width: the dome grows with the window, and nothing is wider than the window.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, visit } from './browser.js';
import { browser, server, setStage } from './stage.js';

setStage();

for (const height of [600, 900, 1400]) {
  test(`the dome never shrinks as a window of ${height} pixels in height grows wider`, async () => {
    const page = await openPage(browser, server, { reducedMotion: 'reduce' });
    await visit(page, server, '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z');
    let last = { width: 0, dome: 0 };
    for (let width = 320; width <= 2560; width += 8) {
      await page.setViewportSize({ width, height });
      const { dome, over } = await page.evaluate(() => ({
        dome: document.getElementById('dome').getBoundingClientRect().width,
        over: document.documentElement.scrollWidth - innerWidth,
      }));
      assert.ok(dome >= last.dome - 0.01, `${dome} at ${width} pixels, ${last.dome} at ${last.width}`);
      assert.ok(over <= 0, `nothing is cut off at ${width} pixels`);
      last = { width, dome };
    }
    assert.ok(last.dome > height / 2);
    await page.context().close();
  });
}
