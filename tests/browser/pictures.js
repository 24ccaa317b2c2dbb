// Takes the pictures of the page: `node pictures.js` makes all, `node pictures.js NAME…` some.
import { mkdir } from 'node:fs/promises';
import { desktop, launch, openPage, visit } from './browser.js';
import { Server } from './server.js';

const pictures = {
  dawn: {
    options: { ...desktop, colorScheme: 'dark' },
    query: '?lon=-70.4042&lat=-24.6272&elevation=2635&time=2026-12-05T09:10:00Z',
    body: 'jupiter',
  },
};
const folder = new URL('pictures/', import.meta.url).pathname;

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(pictures);
await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([launch(), new Server().start()]);
for (const name of wanted) {
  const { options, query, body } = pictures[name];
  const page = await openPage(browser, server, { ...options, reducedMotion: 'reduce' });
  await visit(page, server, query);
  if (body) await page.click(`#rows button[data-name=${body}]`);
  await page.mouse.move(1, 1);
  await page.waitForSelector('#daylight stop', { state: 'attached' });
  if (body) await page.waitForSelector('.path.chosen .line');
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(`${folder}${name}.png`);
}
await browser.close();
await server.stop();
