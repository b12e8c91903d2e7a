// SPDX-License-Identifier: EUPL-1.2
// Keeps one whole release of the messenger on the device and serves nothing else: every file's hash stands in the
// release's manifest, and the manifest is signed. Two lines are filled in when the release is made.
const KEY = '@RELEASE_KEY@'; // public key of the release, P-256 as SPKI, base64
const RELEASE = '@RELEASE_HASH@'; // SHA-256 of the manifest, hex: a new release is a new worker

const CACHE = `release-${RELEASE}`;

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (buffer) => hex(await crypto.subtle.digest('SHA-256', buffer));

/** The manifest, if its signature holds and it is the one this worker was made for. */
async function manifest(answer) {
  const { manifest: text, signature } = await answer.json();
  const bytes = new TextEncoder().encode(text);
  if ((await sha256(bytes)) !== RELEASE) throw new Error('another release');
  const key = await crypto.subtle.importKey('spki', bytesOf(KEY), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const valid = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytesOf(signature), bytes);
  if (!valid) throw new Error('the release is not signed');
  return JSON.parse(text);
}

/** Keeps one file, but only if it is the one the manifest names: what the page has just loaded, else from the server. */
async function keep(cache, name, hash) {
  if (!(await put(cache, name, hash, 'force-cache')) && !(await put(cache, name, hash, 'reload'))) {
    throw new Error(`${name} is missing or altered`);
  }
}

async function put(cache, name, hash, mode) {
  const answer = await fetch(`/${name}`, { cache: mode });
  if (!answer.ok) return false;
  const body = await answer.clone().arrayBuffer();
  if ((await sha256(body)) !== hash) return false;
  await cache.put(`/${name}`, answer);
  return true;
}

async function install() {
  const answer = await fetch('/release.json', { cache: 'no-store' });
  const { files } = await manifest(answer.clone());
  const cache = await caches.open(CACHE);
  await cache.put('/release.json', answer); // shown in the settings, and asked again for what comes later
  await Promise.all(Object.entries(files).map(([name, hash]) => keep(cache, name, hash)));
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith('release-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** What is fetched when it is first wanted: icons of an installation, letters a text seldom has. Without network: nothing. */
async function late(cache, path) {
  const { later } = await manifest(await cache.match('/release.json'));
  const name = path.slice(1);
  if (!Object.hasOwn(later, name)) return undefined;
  await keep(cache, name, later[name]).catch(() => {});
  return cache.match(path);
}

/** Pages are one file; what the manifest does not name does not exist. */
async function serve(request, path) {
  const cache = await caches.open(CACHE);
  const isPage = request.mode === 'navigate' || !path.slice(path.lastIndexOf('/')).includes('.');
  const kept = await cache.match(isPage ? '/index.html' : path);
  return kept ?? (await late(cache, path)) ?? new Response('', { status: 404 });
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting();
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const own = url.origin === self.location.origin;
  const server = url.pathname.startsWith('/rp1/') || url.pathname === '/health' || url.pathname === '/metrics';
  if (own && !server && event.request.method === 'GET') event.respondWith(serve(event.request, url.pathname));
});
