// SPDX-License-Identifier: EUPL-1.2
// Starts the engine in its worker.
import init from '/worker_core.js';
await init({ module_or_path: '/worker_core_bg.wasm' });
