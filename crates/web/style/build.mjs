// SPDX-License-Identifier: EUPL-1.2
// Makes the one style sheet and the fonts of the web messenger: KERN's tokens (nothing else of it), our sheets, and
// Fira Sans in the three weights used, cut down to the letters of European languages.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import postcss from 'postcss';
import subsetFont from 'subset-font';

const here = path.dirname(fileURLToPath(import.meta.url));
const kern = path.join(here, '../node_modules/@kern-ux/native/dist');
const out = path.resolve(process.argv[2] ?? path.join(here, '../dist'));
const weights = { Regular: 400, Medium: 500, SemiBold: 600 };
// First and last code point. A face's first file has what German texts are made of and comes with the messenger; the
// other letters of European languages (DIN 91379 wants them in names) come when a text has one of them.
const parts = {
  '': [[0x20, 0x7e], [0xa0, 0xff], [0x2010, 0x2026], [0x2030, 0x203a], [0x20ac, 0x20ac], [0x2190, 0x2193], [0x2212, 0x2212], [0x2713, 0x2717]],
  '-more': [
    [0x100, 0x24f], [0x2b0, 0x2ff], [0x300, 0x36f], [0x1e00, 0x1eff], [0x2027, 0x202f], [0x203b, 0x205e], [0x20a0, 0x20ab],
    [0x20ad, 0x20bf], [0x2100, 0x214f], [0x2194, 0x2199], [0x2213, 0x2265],
  ],
};

// What of the font's features shows: kerning, ligatures, accents put together, digits of one width. Without hints, which
// are a third of it and which today's screens do without.
const keepFeatures = ['kern', 'liga', 'locl', 'ccmp', 'mark', 'mkmk', 'tnum'];

/** KERN's custom properties for both schemes, and nothing that styles an element. */
async function tokens() {
  const root = postcss.parse(await readFile(path.join(kern, 'kern.min.css'), 'utf8'));
  root.walkAtRules(/^(charset|keyframes|font-face|layer|import)$/, (rule) => rule.remove());
  root.walkRules((rule) => {
    const selectors = rule.selectors.filter((one) => /^(:root|\[data-kern-theme="?(light|dark)"?\])$/.test(one.trim()));
    if (selectors.length === 0) return rule.remove();
    rule.selectors = selectors;
    rule.walkDecls((declaration) => {
      if (!declaration.prop.startsWith('--')) declaration.remove();
    });
  });
  root.walkAtRules((rule) => {
    if (rule.nodes?.length === 0) rule.remove();
  });
  return root.toString();
}

async function fonts() {
  const faces = [];
  for (const [name, weight] of Object.entries(weights)) {
    const whole = await readFile(path.join(kern, `fonts/fira-sans/FiraSans-${name}.woff2`));
    for (const [part, ranges] of Object.entries(parts)) {
      const text = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i))).join('');
      const file = `fira-sans-${weight}${part}.woff2`;
      await writeFile(path.join(out, file), await subsetFont(whole, text, { targetFormat: 'woff2', keepFeatures, noHinting: true }));
      const range = ranges.map(([from, to]) => `U+${from.toString(16)}-${to.toString(16)}`).join(',');
      faces.push(`@font-face{font-family:"Fira Sans";font-weight:${weight};font-style:normal;font-display:swap;src:url("/${file}") format("woff2");unicode-range:${range}}`);
    }
  }
  return faces.join('');
}

async function sheet() {
  const result = await build({
    entryPoints: [path.join(here, 'rohrpost.css')], bundle: true, minify: true, write: false, target: 'chrome123', logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

await mkdir(out, { recursive: true });
await writeFile(path.join(out, 'rohrpost.css'), (await fonts()) + (await tokens()) + (await sheet()));
