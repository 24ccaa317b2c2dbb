// Gallery: the page at every width, in every scheme of colours, under four skies, as contact sheets to look at:
// `node gallery.js FOLDER` makes a sheet a width (all of the page) and one of the other ways to see it; `node gallery.js FOLDER WIDTH…` some.
import { mkdir } from 'node:fs/promises';
import { launch, openPage, phone, visit } from './browser.js';
import { Server } from './server.js';

const skies = {
  day: '?lon=-0.0005&lat=51.4769&elevation=0&time=2026-06-21T12:00:00Z',
  night: '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T11:30:00Z&body=saturn',
  polar: '?lon=15.6356&lat=78.2232&elevation=10&time=2026-12-21T11:00:00Z',
  eclipse: '?lon=-8.4115&lat=43.3623&elevation=20&time=2026-08-12T18:28:00Z&zone=Europe/Madrid&name=A+Coru%C3%B1a&body=sun',
};
const schemes = { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, forced: { colorScheme: 'dark', forcedColors: 'active' } };
const widths = [390, 820, 1024, 1440, 1920, 2560];
const heights = { 390: 844, 820: 1180, 1024: 768, 1440: 900, 1920: 1080, 2560: 1440 };

const [folder = '.', ...wanted] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([launch(), new Server().start()]);

async function take(query, options, prepare = async () => {}) {
  const page = await openPage(browser, server, { reducedMotion: 'reduce', ...options });
  await visit(page, server, query);
  await page.waitForSelector('#tonight-lines:not(.unknown)');
  await page.waitForSelector('#daylight stop', { state: 'attached' });
  await prepare(page);
  const picture = await page.screenshot({ fullPage: true });
  await page.context().close();
  return picture;
}

/** Puts pictures side by side, `across` in a row, each so wide. */
async function sheet(name, pictures, across, width) {
  const page = await (await browser.newContext({ viewport: { width: across * (width + 12) + 12, height: 800 } })).newPage();
  const images = pictures.map(([title, picture]) =>
    `<figure><figcaption>${title}</figcaption><img width=${width} src="data:image/png;base64,${picture.toString('base64')}"></figure>`);
  await page.setContent(`<style>body { display: flex; flex-wrap: wrap; align-items: start; gap: 12px; margin: 12px; font: 14px sans-serif }
    figure { margin: 0 }</style>${images.join('')}`);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  await page.context().close();
  console.log(`${folder}/${name}.png`);
}

for (const width of widths.filter((one) => wanted.length === 0 || wanted.includes(String(one)))) {
  const size = { viewport: { width, height: heights[width] }, ...(width === 390 ? { isMobile: true, hasTouch: true } : {}) };
  const pictures = [];
  for (const [scheme, colours] of Object.entries(schemes))
    for (const [sky, query] of Object.entries(skies)) pictures.push([`${width} ${scheme} ${sky}`, await take(query, { ...size, ...colours })]);
  await sheet(String(width), pictures, width < 600 ? 6 : 4, width < 600 ? 300 : 460);
}
if (wanted.length === 0 || wanted.includes('ways')) {
  const enlarge = (page) => page.addStyleTag({ content: ':root { font-size: 200% }' });
  const map = `${skies.night.replace('&body=saturn', '&body=mars')}&view=orrery`;
  await sheet('ways', [
    ['the solar system', await take(map, {})],
    ['the solar system, 390', await take(map, { ...phone, deviceScaleFactor: 1 })],
    ['letters of 200 %, 390', await take(skies.day, { ...phone, deviceScaleFactor: 1, bypassCSP: true }, enlarge)],
    ['on paper', await take(skies.night, {}, (page) => page.emulateMedia({ media: 'print' }))],
  ], 4, 460);
}
await browser.close();
await server.stop();
