// Service worker: keeps the page's own files on the device, so that the page opens and says what it needs when its server is not
// reached. Skies, places and events are the server's: they are neither kept nor looked at. While the server is reached, the page comes
// from it, and its files have addresses that name their content: nothing old is shown after an upgrade.
//
// A build has a name and files of its own (put in by scripts/pack_page); those of other builds are forgotten when it takes over.
const build = '@BUILD@';
const files = ['@FILES@'];
const { scope } = self.registration;
const ours = `${scope} `; // several pages may stand under paths of one origin
const addresses = files.map((file) => new URL(file, scope).href);
const [home] = addresses;
const proxiesSay = [502, 503, 504];

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET') return;
  // A link has a place and a time behind the address; the page reads them itself.
  if (request.mode === 'navigate' && origin + pathname === home) event.respondWith(page(event));
  else if (addresses.includes(request.url)) event.respondWith(kept(request.url));
});

async function keep() {
  const answers = await Promise.all(addresses.map((address) => fetch(address, { cache: 'no-cache' })));
  const text = await answers[0].clone().text();
  // A server that was upgraded meanwhile sends another page: its own service worker follows.
  if (answers.some(({ ok }) => !ok) || !files.slice(1).some((file) => text.includes(file))) throw new Error('the page is of another build');
  const cache = await caches.open(ours + build);
  await Promise.all(answers.map((answer, i) => cache.put(addresses[i], answer)));
  await self.skipWaiting();
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(ours) && name !== ours + build);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** What the server says; where it says nothing, the page that is kept. */
async function page({ request, preloadResponse }) {
  let answer;
  try {
    answer = (await preloadResponse) ?? (await fetch(request));
  } catch {
    return kept(home);
  }
  return proxiesSay.includes(answer.status) ? ((await find(home)) ?? answer) : answer;
}

async function kept(address) {
  return (await find(address)) ?? fetch(address);
}

async function find(address) {
  const cache = await caches.open(ours + build);
  return cache.match(address, { ignoreVary: true });
}
