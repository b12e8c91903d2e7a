// SPDX-License-Identifier: EUPL-1.2
// What every story has: a town, and people with a real browser profile each. A page that breaks its policy or throws
// fails the story at its end.
import { test as base, expect, chromium } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Town } from './town.mjs';
import { Person } from './person.mjs';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--force-color-profile=srgb',
];
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

export const test = base.extend({
  town: async ({}, use) => {
    const town = await Town.found();
    await use(town);
    await town.end();
  },
  /** Opens a browser profile: `await browse({ viewport, link })`. */
  browse: async ({}, use) => {
    const open = [];
    const broken = [];
    await use(async (options = {}) => {
      const profile = options.profile ?? (await mkdtemp(path.join(os.tmpdir(), 'rohrpost-profile-')));
      const context = await chromium.launchPersistentContext(profile, {
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
        ...options.context,
      });
      const watch = (page) => {
        page.on('pageerror', (error) => broken.push(`${error}`));
        page.on('console', (message) => {
          const text = message.text();
          if (/Content Security Policy|TrustedHTML|panicked/.test(text)) broken.push(text);
        });
      };
      context.pages().forEach(watch);
      context.on('page', watch);
      const person = new Person(context, profile);
      open.push(person);
      if (options.link) await person.enter(options.link);
      return person;
    });
    for (const person of open) await person.close();
    for (const { profile } of open) await rm(profile, { recursive: true, force: true });
    expect(broken, 'no page breaks its policy or throws').toEqual([]);
  },
});
export { expect };
