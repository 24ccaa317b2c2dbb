// The page as it is kept on the device: opened without its server it says what it needs, it lives on when the server is back, and
// while there is a server nothing old is shown.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { openPage, visit } from './browser.js';
import { browser, server, setStage } from './stage.js';

let page;
let isStopped = false;

setStage();
beforeEach(async () => {
  page = await openPage(browser, server, { serviceWorkers: 'allow' });
  await visit(page, server);
  await page.evaluate(() => navigator.serviceWorker.ready);
});
afterEach(async () => {
  await page.context().close();
  if (isStopped) await start();
});

async function stop() {
  await server.stop();
  isStopped = true;
}

async function start() {
  await server.start();
  isStopped = false;
}

const notice = () => page.textContent('#notice');
const isKept = () => page.evaluate(async () => Boolean(await caches.match('./', { ignoreVary: true })));

/** Puts another page in the place of the one that is kept. */
function forge(text) {
  return page.evaluate(async (body) => {
    const names = await caches.keys();
    const cache = await caches.open(names.at(-1));
    await cache.put(new URL('./', location.href), new Response(body, { headers: { 'content-type': 'text/html' } }));
    return names.length;
  }, text);
}

test('without its server the page opens, says what it needs, and lives on when the server is back', async () => {
  assert.ok(await isKept());
  await stop();
  for (const query of ['', '?lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z']) {
    await page.goto(server.base + query);
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('The server is away'));
    assert.match(await notice(), /kept on your device.*computed by the server/);
    assert.equal(await page.textContent('h1'), query ? 'Melbourne' : 'Greenwich');
    assert.equal(await page.isVisible('#notice'), true);
  }
  await start();
  await page.waitForSelector('#rows tr:not(.waiting)');
  assert.equal(await notice(), '');
});

test('while the server is reached the page comes from it', async () => {
  assert.equal(await forge('<title>kept</title>'), 1, 'one build is kept');
  await page.reload();
  await page.waitForSelector('#rows tr:not(.waiting)');
  await stop();
  await page.reload();
  assert.equal(await page.title(), 'kept');
});

test('what another build left behind is forgotten', async () => {
  await page.evaluate(async () => {
    await caches.open(`${new URL('./', location.href)} other`);
    // To the browser another address is another build.
    await navigator.serviceWorker.register('service_worker.js?other');
  });
  await page.waitForFunction(async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active.scriptURL.endsWith('?other') && (await caches.keys()).length === 1;
  });
  const [name] = await page.evaluate(() => caches.keys());
  assert.ok(!name.endsWith(' other'));
});

test('answers of the API are not kept', async () => {
  const kept = await page.evaluate(async () => {
    const [name] = await caches.keys();
    return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
  });
  assert.deepEqual(kept.filter((path) => path !== '/' && !path.startsWith('/page/')), []);
  assert.ok(kept.length >= 4);
});

test('the page can be installed, with icons of the sizes that its manifest tells', async () => {
  const session = await page.context().newCDPSession(page);
  const { errors } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A test's window is one that keeps nothing.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
  const icons = await page.evaluate(async () => {
    const address = document.querySelector('link[rel=manifest]').href;
    const { icons: named, start_url: start } = await (await fetch(address)).json();
    const sizes = named.filter(({ type }) => type === 'image/png').map(async ({ src, sizes: told, purpose = 'any' }) => {
      const { width, height } = await createImageBitmap(await (await fetch(new URL(src, address))).blob());
      return { purpose, told, size: `${width}x${height}` };
    });
    return { sizes: await Promise.all(sizes), start: new URL(start, address).href };
  });
  assert.equal(icons.start, server.base);
  for (const { told, size } of icons.sizes) assert.equal(size, told);
  assert.deepEqual(icons.sizes.map(({ purpose, told }) => `${purpose} ${told}`), ['any 192x192', 'any 512x512', 'maskable 512x512']);
});
