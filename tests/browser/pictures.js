// Takes the pictures of the page: `node pictures.js` makes all, `node pictures.js NAME…` some.
import { mkdir } from 'node:fs/promises';
import { desktop, launch, openPage, visit } from './browser.js';
import { Server } from './server.js';

const melbourne = 'lon=144.9631&lat=-37.8136&elevation=31';
const pictures = {
  evening: { options: { ...desktop, colorScheme: 'dark' }, query: `?${melbourne}&time=2026-11-23T09:50:00Z`, body: 'saturn' },
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
  await page.waitForSelector('#daylight stop');
  if (body) await page.waitForSelector('.path.chosen .line');
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(`${folder}${name}.png`);
}
await browser.close();
await server.stop();
