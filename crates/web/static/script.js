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

/** The engine in its worker. */
export function startWorker() {
  return new Worker(trusted('/worker.js'), { type: 'module' });
}

/** The worker that keeps the release on the device. */
export function register() {
  return navigator.serviceWorker.register(trusted('/sw.js'));
}
