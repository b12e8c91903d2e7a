// SPDX-License-Identifier: EUPL-1.2
// Everything by keyboard alone: the focus is always seen, and never lost when something closes.
import { test, expect } from '../lib/story.mjs';
import { photo } from '../lib/picture.mjs';

/** What has the focus, in words. */
const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  return `${one.localName}.${one.className} ${one.getAttribute('aria-label') ?? one.textContent.slice(0, 40)}`;
});

/** The focus is somewhere, in sight, and looks different from no focus. */
async function isSeen(page) {
  await expect.poll(() => focused(page), 'the focus is not lost').not.toMatch(/^(body|html)\./);
  const box = await page.evaluate(() => {
    const { x, y, width, height } = document.activeElement.getBoundingClientRect();
    return { x, y, width, height };
  });
  const what = await focused(page);
  const edge = 12;
  const [left, top] = [Math.max(0, box.x - edge), Math.max(0, box.y - edge)];
  const { width, height } = page.viewportSize();
  const clip = { x: left, y: top, width: Math.min(width, box.x + box.width + edge) - left, height: Math.min(height, box.y + box.height + edge) - top };
  expect(clip.width > 0 && clip.height > 0, `${what} is in sight`).toBe(true);
  const shot = async () => (await page.screenshot({ clip, caret: 'initial' })).toString('base64');
  await page.evaluate(() => {
    globalThis.before = document.activeElement;
    document.activeElement.blur();
  });
  const unseen = await shot();
  await page.evaluate(() => globalThis.before.focus());
  // a caret blinks, so it may take a moment
  await expect.poll(async () => (await shot()) !== unseen, `${what} shows its focus`).toBe(true);
}

/** Presses a key until something has the focus; it is seen at every step. */
async function walk(page, key, target) {
  for (let step = 0; step < 40; step += 1) {
    if (await target.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press(key);
    await isSeen(page);
  }
  throw new Error(`never reached, now at ${await focused(page)}`);
}

test('a conversation is begun, written, handed on, searched and left by keyboard alone', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen');
  await town.neighbour('crew', 'Bautrupp 2');
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const { page } = aylin;
  const press = (key) => page.keyboard.press(key);

  await press('Tab');
  await expect(page.getByRole('link', { name: 'Zum Inhalt springen' })).toBeFocused();
  await isSeen(page);
  await walk(page, 'Tab', page.getByRole('button', { name: 'Neue Unterhaltung' }).first());
  await press('Enter');
  await expect(aylin.dialog.getByRole('searchbox')).toBeFocused();
  await isSeen(page);
  await page.keyboard.type('Jonas');
  await expect(aylin.dialog.locator('.rp-hit')).toHaveCount(1);
  await press('Enter');
  await walk(page, 'Tab', aylin.dialog.getByRole('button', { name: 'Unterhaltung beginnen' }));
  await press('Enter');
  await expect(aylin.head).toHaveText('Jonas Petersen');
  await isSeen(page);
  await walk(page, 'Tab', aylin.composer);
  await page.keyboard.type('Schlagloch Mühlenstraße');
  await press('Shift+Enter');
  await page.keyboard.type('zweite Zeile');
  await press('Enter');
  await expect(aylin.state('Schlagloch')).toHaveText('auf dem Server');
  await expect(aylin.composer).toBeFocused();

  const message = aylin.message('Schlagloch');
  await walk(page, 'Shift+Tab', aylin.thread);
  await press('ArrowUp');
  await expect(message).toBeFocused();
  await isSeen(page);
  for (const key of ['Shift+F10', 'ContextMenu']) {
    await press(key);
    await expect(page.getByRole('menuitem', { name: 'Antworten' })).toBeFocused();
    await isSeen(page);
    await press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    await expect(message).toBeFocused();
  }
  await press('Shift+F10');
  await walk(page, 'ArrowDown', page.getByRole('menuitem', { name: 'Weiterleiten' }));
  await press('Enter');
  await expect(aylin.dialog.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('Bautrupp');
  await expect(aylin.dialog.locator('.rp-hit', { hasNotText: 'Bautrupp' })).toHaveCount(0);
  await walk(page, 'Tab', aylin.dialog.locator('.rp-hit', { hasText: 'Bautrupp 2' }));
  await press('Enter');
  await expect(aylin.toast).toContainText('Weitergeleitet');
  await expect(aylin.dialog).toHaveCount(0);
  await isSeen(page);

  await press('Control+k');
  await expect(aylin.dialog.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('Mühlenstr');
  await expect(aylin.dialog.getByRole('option').first()).toContainText('Schlagloch Mühlenstraße');
  await press('ArrowDown');
  await press('ArrowUp');
  await press('Enter');
  await expect(aylin.dialog).toHaveCount(0);
  await expect(page.locator('.rp-msg:focus')).toContainText('Schlagloch');
  await isSeen(page);

  const details = page.getByRole('button', { name: 'Einzelheiten' });
  await walk(page, 'Shift+Tab', details);
  await press('Enter');
  const pane = page.getByRole('complementary', { name: 'Einzelheiten' });
  await expect(pane).toBeVisible();
  await isSeen(page);
  await walk(page, 'Tab', pane.getByRole('tab', { name: 'Mitglieder' }));
  await press('ArrowRight');
  await expect(pane.getByRole('tab', { name: 'Medien' })).toBeFocused();
  await expect(pane.getByRole('tab', { name: 'Medien' })).toHaveAttribute('aria-selected', 'true');
  await press('Escape');
  await expect(pane).toHaveCount(0);
  await isSeen(page);
  await press('Escape');
  await expect(page.getByText('Wählen Sie eine Unterhaltung')).toBeVisible();
  await isSeen(page);

  await walk(page, 'Shift+Tab', page.locator('.rp-side').getByRole('searchbox'));
  await press('ArrowDown');
  await expect(page.locator('.rp-row').first()).toBeFocused();
  await press('ArrowDown');
  await expect(page.locator('.rp-row').nth(1)).toBeFocused();
  await isSeen(page);
  await press('Enter');
  await expect(aylin.composer).toBeVisible();
  await isSeen(page);
});

test('whatever closes gives the focus back to where it came from', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen');
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const { page } = aylin;
  await aylin.begin(['Jonas Petersen']);
  await aylin.attach({ name: 'foto.jpg', mimeType: 'image/jpeg', buffer: photo() });
  await aylin.attached(1);
  await aylin.write('mit Foto');
  await expect(aylin.state('mit Foto')).toHaveText('auf dem Server');

  const openers = [
    aylin.message('mit Foto').locator('.rp-photo'),
    page.getByRole('button', { name: 'Suchen' }),
    page.getByRole('button', { name: 'Neue Unterhaltung' }).first(),
  ];
  for (const opener of openers) {
    await opener.focus();
    await page.keyboard.press('Enter');
    await expect(aylin.dialog).toBeVisible();
    await isSeen(page);
    await page.keyboard.press('Escape');
    await expect(aylin.dialog).toHaveCount(0);
    await expect(opener).toBeFocused();
    await expect(aylin.head).toHaveText('Jonas Petersen');
  }

  const more = page.getByRole('button', { name: 'Anhang, Ort, Ablauf' });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Dateien anhängen' })).toBeVisible();
  await isSeen(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Dateien anhängen' })).toHaveCount(0);
  await isSeen(page);
  await more.focus();
  await page.keyboard.press('Enter');
  await walk(page, 'Tab', page.getByRole('button', { name: 'Ablauf', exact: true }));
  await page.keyboard.press('Enter');
  await expect(aylin.dialog).toBeVisible();
  await isSeen(page);
  await walk(page, 'Tab', aylin.dialog.getByRole('radio', { name: '10 Sekunden nach dem Lesen' }));
  await page.keyboard.press('Enter');
  await expect(aylin.dialog).toHaveCount(0);
  await expect(aylin.composer).toBeFocused();

  await aylin.message('mit Foto').getByRole('button', { name: 'Was mit der Nachricht' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Bei mir löschen' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(aylin.thread.getByText('Bei Ihnen gelöscht')).toBeVisible();
  await isSeen(page);
});
