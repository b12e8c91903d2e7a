// SPDX-License-Identifier: EUPL-1.2
// The release on the device: opens without the server, is fetched once, and nothing altered ever takes its place.
import { test as base, expect } from '../lib/story.mjs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A folder of web files of this story's own, to be altered. */
const test = base.extend({
  files: async ({}, use) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'rohrpost-web-'));
    await cp(process.env.ROHRPOST_WEB_DIR, folder, { recursive: true });
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  how: async ({ files }, use) => use({ line: true, pages: files }),
});

/** Changes a served file and takes away its compressed twin, which would be sent instead. */
async function alter(folder, name, change) {
  const file = path.join(folder, name);
  await writeFile(file, change(await readFile(file, 'utf8')));
  await rm(`${file}.br`, { force: true });
}

/** Looks for a newer release as the page does every half hour; answers what became of the worker that was found. */
function look(person) {
  return person.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise((resolve) => registration.addEventListener('updatefound', () => resolve(registration.installing), { once: true }));
    await registration.update();
    const worker = await found;
    while (worker.state === 'installing') await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
    return worker.state;
  });
}

test('after the first load the page opens without the server and shows the list', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen');
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('auch ohne Server zu lesen');
  await expect(aylin.state('auch ohne')).toHaveText('auf dem Server');
  await aylin.kept();
  await town.kill();
  await aylin.page.goto(`${town.address}/`);
  await aylin.ready();
  await expect(aylin.row('Jonas Petersen')).toContainText('auch ohne Server zu lesen');
  await expect(aylin.banner('Server nicht erreichbar')).toBeVisible();
  await aylin.page.goto(`${town.address}/people`);
  await expect(aylin.page.getByRole('heading', { name: 'Verzeichnis' })).toBeVisible();
  await town.restart();
  await aylin.page.goto(`${town.address}/`);
  await expect(aylin.banner('Server nicht erreichbar')).toHaveCount(0);
});

test('the second load asks the server for no file of the page', async ({ town, browse }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.kept();
  const first = town.line.down.passed;
  const asked = [];
  aylin.page.on('response', (answer) => asked.push({ path: new URL(answer.url()).pathname, kept: answer.fromServiceWorker() }));
  await aylin.page.reload();
  await aylin.ready();
  expect(asked.length).toBeGreaterThan(5);
  const files = asked.filter(({ path }) => !path.startsWith('/rp1/') && path !== '/sw.js');
  expect(files.map(({ path }) => path)).toContain('/worker_core_bg.wasm');
  expect(files.filter(({ kept }) => !kept)).toEqual([]);
  const again = town.line.down.passed - first;
  console.log(`first load ${Math.round(first / 1000)} KB, second load ${Math.round(again / 1000)} KB`);
  expect(again).toBeLessThan(20_000);
});

test('a file that comes later is fetched once and kept, if it is the one the manifest names', async ({ town, browse, files }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.kept();
  const status = (path) => aylin.page.evaluate(async (path) => (await fetch(path)).status, path);
  await writeFile(path.join(files, 'icon-192.png'), 'another');
  expect(await status('/icon-192.png')).toBe(404);
  expect(await status('/icon-512.png')).toBe(200);
  await town.kill();
  expect(await status('/icon-512.png')).toBe(200);
  expect(await status('/icon-180.png')).toBe(404);
});

test('an altered file is not taken: the release that is there goes on serving', async ({ town, browse, files }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.kept();
  await alter(files, 'page.js', (text) => text.replace(/^/, 'globalThis.altered = true;'));
  // a worker that differs in a remark is a new worker to the browser, and fetches everything again
  await alter(files, 'sw.js', (text) => `${text}// again\n`);
  // nor is there a good copy of this file among what the browser has loaded
  const devtools = await aylin.context.newCDPSession(aylin.page);
  await devtools.send('Network.clearBrowserCache');
  expect(await look(aylin)).toBe('redundant');
  await expect(aylin.banner('Neue Version bereit')).toHaveCount(0);
  await aylin.page.reload();
  await aylin.ready();
  expect(await aylin.page.evaluate(() => globalThis.altered)).toBeUndefined();
});

test('a manifest somebody else made is not taken, even if it names the altered files', async ({ town, browse, files }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.kept();
  const digest = async (text) => Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex');
  const page = `globalThis.altered = true;${await readFile(path.join(files, 'page.js'), 'utf8')}`;
  await alter(files, 'page.js', () => page);
  const release = JSON.parse(await readFile(path.join(files, 'release.json'), 'utf8'));
  const before = await digest(release.manifest);
  const manifest = JSON.parse(release.manifest);
  manifest.files['page.js'] = await digest(page);
  const forged = JSON.stringify(manifest);
  await alter(files, 'release.json', () => JSON.stringify({ ...release, manifest: forged }));
  const hash = await digest(forged);
  await alter(files, 'sw.js', (text) => {
    expect(text).toContain(before);
    return text.replace(before, hash);
  });
  expect(await look(aylin)).toBe('redundant');
  await aylin.page.reload();
  await aylin.ready();
  expect(await aylin.page.evaluate(() => globalThis.altered)).toBeUndefined();
});

test('a newer release says it is ready, and is loaded when asked', async ({ town, browse, files }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.kept();
  // the same signed release under a worker that differs: to the browser it is a newer one
  await alter(files, 'sw.js', (text) => `${text}// newer\n`);
  expect(await look(aylin)).toBe('installed');
  await expect(aylin.banner('Neue Version bereit')).toBeVisible();
  const loaded = aylin.page.waitForEvent('load');
  await aylin.page.getByRole('button', { name: 'Jetzt laden' }).click();
  await loaded;
  await aylin.ready();
  await expect(aylin.banner('Neue Version bereit')).toHaveCount(0);
  const worker = await aylin.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return { waiting: registration.waiting === null, active: registration.active.state };
  });
  expect(worker).toEqual({ waiting: true, active: 'activated' });
});
