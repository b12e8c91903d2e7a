// SPDX-License-Identifier: EUPL-1.2
// Starts the page. The theme is set before anything is drawn, so that nothing flashes.
const theme = localStorage.getItem('rohrpost.theme');
const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.dataset.kernTheme = dark ? 'dark' : 'light';

const { default: init } = await import('/page.js');
await init({ module_or_path: '/page_bg.wasm' });
