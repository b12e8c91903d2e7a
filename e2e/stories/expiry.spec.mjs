// SPDX-License-Identifier: EUPL-1.2
// Messages that destroy themselves: both sides see the clock, and afterwards nothing of them is left on either.
import { test, expect } from '../lib/story.mjs';

async function talk(town, browse) {
  const [one, other] = [await town.invite('Aylin Demir'), await town.invite('Jonas Petersen')];
  const aylin = await browse({ link: one });
  const jonas = await browse({ link: other });
  await aylin.begin(['Jonas Petersen']);
  return { aylin, jonas };
}

async function choosing(person) {
  await person.page.getByRole('button', { name: 'Anhang, Ort, Ablauf' }).click();
  await person.page.getByRole('button', { name: 'Ablauf', exact: true }).click();
}

/** The clock at a message: icon, words for screen readers, what is left. */
const clock = (person, text) => person.message(text).locator('.rp-burn');

/** Nothing of it is found, shown in the list or in the thread. */
async function isGone(person, text) {
  await expect(person.thread.getByText('Nachricht abgelaufen')).toBeVisible();
  await expect(person.page.getByText(text)).toHaveCount(0);
  await person.page.keyboard.press('Control+k');
  await person.dialog.getByRole('combobox').fill(text);
  await expect(person.dialog.getByText('Nichts gefunden.')).toBeVisible();
  await person.page.keyboard.press('Escape');
  await expect(person.dialog).toHaveCount(0);
}

test('ten seconds after reading a message is gone on both sides, from the search, and after a reload', async ({ town, browse }) => {
  const { aylin, jonas } = await talk(town, browse);
  await aylin.write('bleibt stehen');
  await choosing(aylin);
  await aylin.dialog.getByRole('radio', { name: '10 Sekunden nach dem Lesen' }).click();
  await expect(aylin.page.locator('.rp-cchip')).toContainText('läuft 10 Sekunden nach dem Lesen ab');
  await aylin.write('Kennwort Geißblatt');
  await expect(aylin.state('Geißblatt')).toHaveText('zugestellt');
  await expect(clock(aylin, 'Geißblatt')).toContainText('läuft nach dem Lesen ab in');
  await expect(clock(aylin, 'Geißblatt')).toContainText('10 Sekunden');
  await jonas.page.keyboard.press('Control+k');
  await jonas.dialog.getByRole('combobox').fill('Geißblatt');
  await expect(jonas.dialog.locator('.rp-hit', { hasText: 'Kennwort Geißblatt' })).toBeVisible();
  await jonas.page.keyboard.press('Escape');

  await jonas.open('Aylin Demir');
  await expect(clock(jonas, 'Geißblatt')).toContainText(/läuft ab in0:\d\d/);
  const read = Date.now();
  await expect(clock(aylin, 'Geißblatt')).toContainText(/läuft ab in0:\d\d/);
  await isGone(jonas, 'Kennwort Geißblatt');
  expect(Date.now() - read).toBeLessThan(20_000);
  await isGone(aylin, 'Kennwort Geißblatt');
  for (const person of [aylin, jonas]) {
    await person.reload();
    await expect(person.message('bleibt stehen')).toBeVisible();
    await isGone(person, 'Kennwort Geißblatt');
  }
});

test('what is chosen holds for one message, and can be taken away before it goes', async ({ town, browse }) => {
  const { aylin } = await talk(town, browse);
  const chip = aylin.page.locator('.rp-cchip');
  const choose = async () => {
    await choosing(aylin);
    await aylin.dialog.getByRole('radio', { name: '5 Minuten nach dem Lesen' }).click();
    await expect(chip).toContainText('läuft 5 Minuten nach dem Lesen ab');
  };
  await choose();
  await aylin.write('mit Ablauf');
  await expect(clock(aylin, 'mit Ablauf')).toContainText('5 Minuten');
  await expect(chip).toHaveCount(0);
  await aylin.write('danach ohne');
  await expect(aylin.state('danach ohne')).toHaveText('zugestellt');
  await expect(clock(aylin, 'danach ohne')).toHaveCount(0);
  await choose();
  await chip.getByRole('button', { name: 'Entfernen' }).click();
  await aylin.write('wieder ohne');
  await expect(aylin.state('wieder ohne')).toHaveText('zugestellt');
  await expect(clock(aylin, 'wieder ohne')).toHaveCount(0);
});

test('at a chosen moment a message is gone on both sides, read or not', async ({ town, browse }) => {
  const { aylin, jonas } = await talk(town, browse);
  await choosing(aylin);
  const field = aylin.dialog.getByLabel('Zu einem Zeitpunkt');
  await field.fill('2020-01-01T10:00');
  await expect(aylin.dialog.getByRole('button', { name: 'Übernehmen' })).toBeDisabled();
  // the next whole minute that is at least twenty seconds ahead
  const moment = await aylin.page.evaluate(() => {
    const at = new Date(Math.ceil((Date.now() + 20_000) / 60_000) * 60_000);
    const two = (number) => String(number).padStart(2, '0');
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
  });
  await field.fill(moment);
  await aylin.dialog.getByRole('button', { name: 'Übernehmen' }).click();
  await expect(aylin.page.locator('.rp-cchip')).toContainText(`${moment.slice(-5)} Uhr`);
  await aylin.write('nur bis gleich');
  await expect(aylin.state('nur bis gleich')).toHaveText('zugestellt');
  await expect(clock(aylin, 'nur bis gleich')).toContainText(/läuft ab in[01]:\d\d/);
  await expect(jonas.row('Aylin Demir')).toContainText('nur bis gleich');
  await expect(jonas.row('Aylin Demir')).toContainText('Nachricht abgelaufen', { timeout: 90_000 });
  await jonas.open('Aylin Demir');
  await isGone(jonas, 'nur bis gleich');
  await isGone(aylin, 'nur bis gleich');
});
