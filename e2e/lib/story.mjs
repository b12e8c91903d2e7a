// SPDX-License-Identifier: EUPL-1.2
// What every story has: a town, and people with a real browser profile each. A page that breaks its policy, throws, or
// asks anybody but the town's server fails the story at its end.
import { test as base, expect, chromium } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Town } from './town.mjs';
import { Person } from './person.mjs';
import { DESK, FLAGS, PHONE } from './browser.mjs';

export { DESK, PHONE };

/** Console lines that mean a broken page. */
const BROKEN = /Content Security Policy|TrustedHTML|TrustedScript|panicked|unreachable/;

function watch(page, broken, address) {
  page.on('pageerror', (error) => broken.push(`${error}`));
  page.on('console', (message) => {
    if (BROKEN.test(message.text())) broken.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== address) broken.push(`asked ${request.url()}`);
  });
}

async function launch(profile, options) {
  return chromium.launchPersistentContext(profile, {
    executablePath: process.env.ROHRPOST_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    viewport: options.viewport ?? DESK,
    hasTouch: options.viewport === PHONE,
    locale: options.locale ?? 'de-DE',
    timezoneId: 'Europe/Berlin',
    colorScheme: options.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
    serviceWorkers: options.clock ? 'block' : 'allow',
    ...options.context,
  });
}

/** The device's clock is off by so many milliseconds, in the page and in its worker. */
async function setClock(context, off) {
  const script = `{ const now = Date.now; Date.now = () => now() + ${off}; }\n`;
  await context.addInitScript(script);
  // the browser does not know where a script that was handed to it came from
  await context.grantPermissions(['local-network-access']);
  await context.route('**/worker.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: script + (await answer.text()) });
  });
}

export const test = base.extend({
  /** How the town is founded, see `Town.found`; `empty`: not at all. */
  how: [{}, { option: true }],
  /** What a story breaks on purpose, as the console says it: each must come, and nothing else may. */
  faults: [{ said: [] }, { option: true }],
  town: async ({ how }, use) => {
    const town = how.empty ? await Town.empty(how) : await Town.found(how);
    await use(town);
    await town.end();
  },
  /** Opens a browser: `await browse({ viewport, link })`; `profile`: one closed before; `clock`: ms its clock is off. */
  browse: async ({ town, faults }, use) => {
    const open = [];
    const broken = [];
    await use(async (options = {}) => {
      const profile = options.profile ?? (await mkdtemp(path.join(os.tmpdir(), 'rohrpost-profile-')));
      const context = await launch(profile, options);
      if (options.clock) await setClock(context, options.clock);
      context.pages().forEach((page) => watch(page, broken, town.address));
      context.on('page', (page) => watch(page, broken, town.address));
      const person = new Person(context, profile);
      open.push(person);
      if (options.link) await person.enter(options.link);
      return person;
    });
    for (const person of open) await person.close();
    for (const { profile } of open) await rm(profile, { recursive: true, force: true });
    expect(broken.sort(), 'no page breaks its policy, throws, or asks a stranger').toEqual(faults.said.toSorted());
  },
});
export { expect };
