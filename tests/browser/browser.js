// A headless browser, Chromium or (where BROWSER says so) the system's own Firefox, and pages that remember everything that should
// not have happened.
import { chromium, firefox } from 'playwright-core';
import { complete, flags } from './firefox.js';

export const isFirefox = process.env.BROWSER === 'firefox';

export const desktop = { viewport: { width: 1440, height: 900 } };
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export function launch() {
  // `moz-firefox` is a Firefox as Mozilla and Debian make it, driven by WebDriver BiDi.
  if (isFirefox)
    return firefox.launch({ channel: 'moz-firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', args: flags });
  // All pages are of one server and trust each other: one process draws them all, which costs a third less.
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--renderer-process-limit=1',
      '--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess'],
  });
}

/**
 * A page in a context of its own, with `said` (all the console has, errors of scripts too) and `elsewhere` (requests to any
 * other server than `server`). Without the service worker, which would answer for the server that a test stops.
 */
export async function openPage(browser, server, options = {}) {
  const context = await browser.newContext({ ...desktop, serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  if (isFirefox) await complete(page, options);
  return watch(page, server);
}

/** The same for a page that there is. */
export function watch(page, server) {
  page.setDefaultTimeout(15_000);
  page.said = [];
  page.elsewhere = [];
  page.on('console', (message) => {
    const text = message.text();
    if (!text.startsWith('Service Worker registration blocked by')) page.said.push(`${message.type()}: ${text} ${message.location().url}`);
  });
  page.on('pageerror', (error) => page.said.push(`error: ${error.stack}`));
  page.on('request', (request) => request.url().startsWith(server.base) || page.elsewhere.push(request.url()));
  return page;
}

/** Goes to an address of the page and waits until it shows a sky and its almanac. */
export async function visit(page, server, query = '') {
  await page.goto(server.base + query);
  await page.waitForSelector('#rows tr:not(.waiting)');
}

/** Types a place, or what says where it is, and takes it. */
export async function choosePlace(page, text) {
  await page.fill('#place', text);
  await page.press('#place', 'Enter');
}

/** What the table says about a body: {az, alt, point, rise, transit, set, magnitude} as texts. */
export function row(page, name) {
  return page.$eval(`#rows tr[data-name=${name}]`, (element) => {
    const text = (kind) => element.querySelector(`.${kind}`).textContent;
    const [az, point] = text('azimuth').split(' ');
    return { az, point, alt: text('altitude'), rise: text('rise'), transit: text('transit'), set: text('set'),
      magnitude: text('magnitude') };
  });
}

/** Where the dome draws a body: {x, y} in dome units, the zenith being 0, 0. */
export function place(page, name) {
  return page.$eval(`#dome .body.${name}`, (element) => {
    const { e: x, f: y } = element.transform.baseVal.consolidate().matrix;
    return { x, y };
  });
}
