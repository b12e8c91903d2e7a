// SPDX-License-Identifier: EUPL-1.2
// The only two scripts the page ever starts by address. The policy of this name is the only one the page may have, and
// it knows no other address; no text ever becomes markup or a script.
const OWN = ['/worker.js', '/sw.js'];

const policy = globalThis.trustedTypes?.createPolicy('rohrpost', {
  createScriptURL(url) {
    if (OWN.includes(url)) return url;
    throw new TypeError('not one of our scripts');
  },
});
const trusted = (url) => (policy ? policy.createScriptURL(url) : url);

let begun;

/** The engine in its worker, begun before there is a page to hear it: what it says until then is kept. */
export function beginWorker() {
  const worker = new Worker(trusted('/worker.js'), { type: 'module' });
  const said = [];
  const keep = (event) => said.push(event);
  worker.addEventListener('message', keep);
  worker.addEventListener('error', keep);
  begun = { worker, said, keep };
}

/** The worker, for whoever listens to it from now on. */
export function startWorker() {
  const { worker, said, keep } = begun;
  worker.removeEventListener('message', keep);
  worker.removeEventListener('error', keep);
  const again = (event) => worker.dispatchEvent(new event.constructor(event.type, event));
  setTimeout(() => said.forEach(again));
  return worker;
}

/** The worker that keeps the release on the device. */
export function register() {
  return navigator.serviceWorker.register(trusted('/sw.js'));
}
