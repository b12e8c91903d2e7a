// SPDX-License-Identifier: EUPL-1.2
// Starts the page. The theme is set before anything is drawn, so that nothing flashes.
const theme = localStorage.getItem('rohrpost.theme');
const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.dataset.kernTheme = dark ? 'dark' : 'light';

// A fault that ends the program leaves a page that does nothing: say so, and offer the way out.
const english = (localStorage.getItem('rohrpost.language') ?? navigator.language).startsWith('en');
const words = english
  ? ['Rohrpost was interrupted', 'Your messages are safe on this device. Reload the page to go on.', 'Reload']
  : ['Rohrpost wurde unterbrochen', 'Ihre Nachrichten sind sicher auf diesem Gerät. Laden Sie die Seite neu, dann geht es weiter.', 'Neu laden'];
const element = (name, className, ...inside) => {
  const made = document.createElement(name);
  made.className = className;
  made.append(...inside);
  return made;
};
addEventListener('error', (event) => {
  if (!(event.error instanceof WebAssembly.RuntimeError)) return;
  const reload = element('button', 'rp-btn rp-btn--primary rp-btn--big rp-btn--block', words[2]);
  reload.addEventListener('click', () => location.reload());
  const said = element('div', 'rp-empty rp-empty--start', element('h1', 'rp-h1', words[0]), element('p', '', words[1]));
  const inside = element('div', 'rp-enrol__in', said, element('div', 'rp-enrol__acts', reload));
  document.body.replaceChildren(element('main', 'rp-enrol', inside));
});

const script = await import('/script.js');
script.beginWorker();
const { default: init } = await import('/page.js');
await init({ module_or_path: '/page_bg.wasm' });
