// SPDX-License-Identifier: EUPL-1.2
// How a browser is started: quiet, without services of its maker.
export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--force-color-profile=srgb',
];
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };
