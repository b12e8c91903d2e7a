// SPDX-License-Identifier: EUPL-1.2
// Looks at a screen as people have it: on phone and desk, light and dark, with doubled text, and with axe's eyes.
import { expect } from '@playwright/test';
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DESK, PHONE } from './story.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SHOTS = path.resolve(process.env.ROHRPOST_E2E_OUT ?? 'results', 'shots');
const SIZES = [['phone', PHONE], ['desk', DESK]];
const THEMES = ['light', 'dark'];

/** Looks at one state; what is wrong is collected, the story goes on. `sizes`: where the state exists. */
export async function look(person, name, { sizes = ['phone', 'desk'] } = {}) {
  const { page } = person;
  await mkdir(SHOTS, { recursive: true });
  for (const [size, viewport] of SIZES.filter(([size]) => sizes.includes(size))) {
    await page.setViewportSize(viewport);
    for (const theme of THEMES) {
      await show(page, theme);
      await page.screenshot({ path: path.join(SHOTS, `${name}-${size}-${theme}.png`) });
      expect.soft(await findings(page), `${name}, ${size}, ${theme}: nothing for axe`).toEqual([]);
    }
    if (size === 'phone') await lookTwiceAsLarge(page, name);
  }
  await page.setViewportSize(DESK);
  await show(page, 'light');
}

async function lookTwiceAsLarge(page, name) {
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await drawn(page);
  await page.screenshot({ path: path.join(SHOTS, `${name}-large.png`) });
  expect.soft(await losses(page), `${name}: all text is there when it is twice as large`).toEqual([]);
  await page.evaluate(() => (document.documentElement.style.fontSize = ''));
}

async function show(page, theme) {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator('html')).toHaveAttribute('data-kern-theme', theme);
  await drawn(page);
}

function drawn(page) {
  return page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}

async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'], iframes: false };
    const { violations } = await globalThis.axe.run(document, options);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`));
  }, RULES);
}

/** What can't be read: it lies beside the screen, or is cut off. */
function losses(page) {
  return page.evaluate(() => {
    const lost = [];
    if (document.scrollingElement.scrollWidth > innerWidth) lost.push(`the page scrolls sideways: ${document.scrollingElement.scrollWidth} px`);
    // the newest message in a list is a preview, not the message
    const passed = '.rp-sr, .rp-skip, .rp-row__prev, [aria-hidden=true], noscript, script, option, textarea';
    const texts = document.createTreeWalker(document.querySelector('dialog[open]') ?? document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const parent = text.parentElement;
      if (!text.data.trim() || parent.closest(passed) || !isDrawn(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      if (boxes.some((box) => cut(box, parent))) lost.push(`${parent.className || parent.localName}: ${text.data.trim().slice(0, 60)}`);
    }
    return lost;

    /** Not hidden, and not only there for screen readers. */
    function isDrawn(element) {
      if (!element.checkVisibility({ visibilityProperty: true })) return false;
      for (let one = element; one; one = one.parentElement) {
        if (getComputedStyle(one).clipPath === 'inset(50%)') return false;
      }
      return true;
    }

    function cut(box, element) {
      for (let one = element; one && one !== document.body; one = one.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(one);
        const [edge, scrolls] = [one.getBoundingClientRect(), /auto|scroll/];
        const sideways = box.right > edge.right + 1 || box.left < edge.left - 1;
        const down = box.bottom > edge.bottom + 2 || box.top < edge.top - 2;
        if (scrolls.test(overflowX) && one.scrollWidth > one.clientWidth) return false;
        if (/hidden|clip/.test(overflowX) && sideways) return true;
        if (/hidden|clip/.test(overflowY) && down) return true;
        if (scrolls.test(overflowY)) break;
      }
      return box.right > innerWidth + 1 || box.left < -1;
    }
  });
}
