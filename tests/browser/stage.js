// Stage: what most files share, a browser and a server for all their tests.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launch } from './browser.js';
import { Server } from './server.js';

export let browser;
export let server;

/** Opens both before the file's first test, and closes them after its last. */
export function setStage() {
  before(async () => {
    [browser, server] = await Promise.all([launch(), new Server().start()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}

/** Closes a page with its context; nothing may stand on its console. */
export async function closeQuietly(page) {
  const { said } = page;
  await page.context().close();
  assert.deepEqual(said, []);
}
