// SPDX-License-Identifier: EUPL-1.2
// Runs the tests of a wasm-bindgen module in node, as wasm-bindgen's own runner does.
"use strict";

// The test library calls these, and catches what a test prints.
const handlers = {};
globalThis.__wbgtest_og_console_log = console.log;
globalThis.__wbgtest_og_console_error = console.error;
globalThis.__wbg_test_invoke = (test) => test();
for (const method of ["debug", "log", "info", "warn", "error"]) {
  console[method] = (...args) => handlers[method]?.(args);
}

const wasm = require("./engine.js");
for (const method of ["debug", "log", "info", "warn", "error"]) {
  handlers[method] = wasm[`__wbgtest_console_${method}`];
}

const tests = Object.keys(wasm.__wasm).filter((name) => name.startsWith("__wbgt_") && name.includes("::"));

async function main() {
  if (tests.length === 0) throw new Error("there is no test in this module");
  const context = new wasm.WasmBindgenTestContext(false);
  context.include_ignored(false);
  context.filtered_count(0);
  return await context.run(tests.map((name) => wasm.__wasm[name]));
}

main().then(
  (passed) => process.exit(passed ? 0 : 1),
  (error) => {
    globalThis.__wbgtest_og_console_error(error);
    process.exit(1);
  },
);
