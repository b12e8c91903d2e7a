// SPDX-License-Identifier: EUPL-1.2
// Measures what a person feels, on the release build: `cargo xtask bench web`. Prints medians beside the marks.
// ROHRPOST_BENCH_MESSAGES: another length of the long conversation. ROHRPOST_BENCH_KEEP: a folder in which it is kept;
// with one that holds it already only the long conversation is measured, with the pages as they are now.
import { chromium } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Town } from './lib/town.mjs';
import { Person } from './lib/person.mjs';
import { DESK, FLAGS } from './lib/browser.mjs';

const run = promisify(execFile);
const COUNT = Number(process.env.ROHRPOST_BENCH_MESSAGES ?? 100_000);
const ROUNDS = 50;
const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];
const say = (what, value, mark) => console.log(`${what.padEnd(58)} ${String(value).padStart(12)}   mark ${mark}`);

async function browse(folder, profile) {
  profile ??= await mkdtemp(path.join(folder, 'profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.ROHRPOST_CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS, viewport: DESK, locale: 'de-DE',
  });
  return new Person(context, profile);
}

/** All bytes that come over the line, the worker's files and what the service worker keeps among them. */
async function loads(folder) {
  const town = await Town.found({ line: true });
  const person = await browse(folder);
  const load = async (act) => {
    const before = town.line.down.passed;
    await act();
    await person.page.getByRole('heading', { name: 'Guten Tag' }).waitFor();
    await person.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await person.page.waitForLoadState('networkidle');
    return town.line.down.passed - before;
  };
  const first = await load(() => person.page.goto(town.address));
  say('first load, compressed', `${(first / 1e3).toFixed(0)} kB`, '≤ 1500 kB');
  say('second load', `${await load(() => person.page.reload())} B`, '0 B');
  await person.close();
  await town.end();
}

/** Resolves in the page when a message with the text is drawn. */
const drawn = (page, text) => page.evaluate((text) => new Promise((done) => {
  const look = () => {
    if ([...document.querySelectorAll('.rp-msg p')].some((p) => p.textContent === text)) requestAnimationFrame(() => done(Date.now()));
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  look();
}), text);

async function sending(town, folder) {
  const [aylin, jonas] = [await browse(folder), await browse(folder)];
  await aylin.enter(await town.invite('Aylin Demir'));
  await jonas.enter(await town.invite('Jonas Petersen'));
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('Guten Morgen');
  await jonas.open('Aylin Demir');
  await jonas.message('Guten Morgen').waitFor();
  const [own, other] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const text = `Nachricht ${round} an ${Math.random()}`;
    await aylin.composer.fill(text);
    const seen = drawn(jonas.page, text);
    const here = drawn(aylin.page, text);
    const start = await aylin.page.evaluate(() => {
      const now = Date.now();
      document.querySelector('.rp-composer__text').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      return now;
    });
    own.push((await here) - start);
    other.push((await seen) - start);
  }
  say(`own message visible after Enter (median of ${ROUNDS})`, `${median(own)} ms`, '< 50 ms');
  say(`on the other side (median of ${ROUNDS})`, `${median(other)} ms`, '< 300 ms');
  await aylin.close();
  await jonas.close();
}

/** A long conversation is written while its reader is away; then the reader comes and gets all of it. */
async function history(town, folder, profile) {
  const away = await browse(folder, profile);
  await away.enter(await town.invite('Karla Lang'));
  await away.kept();
  await away.close();
  const link = await town.invite('Viola Schreiber');
  const words = ['history', '--link', link, '--to', 'Karla Lang', '--count', `${COUNT}`, '--profile', path.join(folder, 'writer')];
  const { stdout } = await run(process.env.ROHRPOST_LOAD, words, { maxBuffer: 1 << 20 });
  console.log(`written: ${stdout.trim()}`);
  const reader = await browse(folder, profile);
  const came = Date.now();
  await reader.page.goto(town.address);
  await reader.row('Viola Schreiber').waitFor({ timeout: 600_000 });
  await reader.page.waitForFunction((last) => document.querySelector('.rp-row__prev')?.textContent.startsWith(`${last}:`), COUNT - 1, { timeout: 3_600_000 });
  const secs = (Date.now() - came) / 1000;
  console.log(`received: ${COUNT} messages in ${secs.toFixed(1)} s, ${(COUNT / secs).toFixed(0)} in a second`);
  return reader;
}

/** The reader of an earlier run, without the pages of then. */
async function returning(town, profile) {
  const reader = await browse(null, profile);
  const cdp = await reader.context.newCDPSession(reader.page);
  await cdp.send('Storage.clearDataForOrigin', { origin: town.address, storageTypes: 'service_workers,cache_storage' });
  await reader.page.goto(town.address);
  await reader.row('Viola Schreiber').waitFor();
  await reader.kept();
  return reader;
}

/** What the reader of a long conversation feels. */
async function long(town, reader) {
  const cdp = await reader.context.newCDPSession(reader.page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const ready = [];
  for (let round = 0; round < 5; round++) {
    await reader.page.goto('about:blank');
    const start = Date.now();
    await reader.page.goto(town.address);
    await reader.row('Viola Schreiber').waitFor();
    ready.push(Date.now() - start);
  }
  say(`list ready, ${COUNT} messages, page 4× slower (median of 5)`, `${median(ready)} ms`, '≤ 2000 ms');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await reader.open('Viola Schreiber');
  await scroll(reader.page);
  await search(reader);
  await reader.close();
}

async function scroll(page) {
  const result = await page.evaluate(async () => {
    const thread = document.querySelector('.rp-thread');
    thread.scrollTop = thread.scrollHeight;
    const [frames, tasks] = [[], []];
    const watch = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
    watch.observe({ entryTypes: ['longtask'] });
    await new Promise((done) => {
      let last = performance.now();
      const end = last + 10_000;
      const step = (now) => {
        frames.push(now - last);
        last = now;
        thread.scrollTop -= 60;
        if (now < end) requestAnimationFrame(step);
        else done();
      };
      requestAnimationFrame(step);
    });
    return { frames: frames.slice(1), tasks };
  });
  const good = result.frames.filter((frame) => frame <= 20).length / result.frames.length;
  say('frames within 20 ms while scrolling up for 10 s', `${(good * 100).toFixed(1)} %`, '≥ 95 %');
  say('longest task while scrolling', `${Math.max(0, ...result.tasks).toFixed(0)} ms`, '≤ 50 ms');
}

async function search(person) {
  const times = [];
  await person.page.keyboard.press('Control+k');
  const input = person.page.getByRole('combobox');
  for (const word of ['Pegel', 'Mühlenstraße', 'Leitstelle Kolonne', 'muehlen', 'Frist', 'bescheid']) {
    await input.fill('');
    const found = person.page.evaluate(() => new Promise((done) => {
      let start;
      document.querySelector('dialog input').addEventListener('input', () => (start = performance.now()), { once: true, capture: true });
      const look = () => {
        if (start && document.querySelector('.rp-palette__list .rp-hit__ic')) requestAnimationFrame(() => done(performance.now() - start));
      };
      new MutationObserver(look).observe(document.querySelector('dialog'), { subtree: true, childList: true });
    }));
    await input.fill(word);
    times.push(await found);
  }
  say('search, from the key to the first hits drawn (median of 6)', `${median(times).toFixed(0)} ms`, '≤ 50 ms');
}

const kept = process.env.ROHRPOST_BENCH_KEEP;
const folder = kept ?? (await mkdtemp(path.join(os.tmpdir(), 'rohrpost-bench-')));
const profile = path.join(folder, 'reader');
const again = kept && existsSync(path.join(folder, 'whole'));
const town = kept ? await Town.kept(folder) : await Town.found();
try {
  if (!again) {
    await loads(folder);
    await sending(town, folder);
  }
  const reader = again ? await returning(town, profile) : await history(town, folder, profile);
  if (kept) await mkdir(path.join(folder, 'whole'), { recursive: true });
  await long(town, reader);
} finally {
  await town.end();
  if (!kept) await rm(folder, { recursive: true, force: true });
}
