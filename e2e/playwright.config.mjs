// SPDX-License-Identifier: EUPL-1.2
// Browser stories: two at once, none repeated; every one with a server, a town and profiles of its own.
import { defineConfig } from '@playwright/test';

const out = process.env.ROHRPOST_E2E_OUT ?? 'results';

export default defineConfig({
  testDir: 'stories',
  testMatch: '*.spec.mjs',
  outputDir: `${out}/failed`,
  workers: Number(process.env.ROHRPOST_E2E_WORKERS ?? 2),
  fullyParallel: true,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: { actionTimeout: 20_000, navigationTimeout: 60_000, screenshot: 'only-on-failure' },
  forbidOnly: true,
  reporter: [['list']],
});
