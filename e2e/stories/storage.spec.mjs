// SPDX-License-Identifier: EUPL-1.2
// A full browser says so, keeps what there is, and goes on when there is room again.
import { test, expect } from '../lib/story.mjs';
import { noise } from '../lib/picture.mjs';

const MB = 1_000_000;

test('a file that does not fit is refused in words, nothing is lost, and with room it goes', async ({ town, browse }) => {
  const one = await town.invite('Aylin Demir');
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  const aylin = await browse({ link: one });
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('vorher');
  await expect(aylin.state('vorher')).toHaveText('zugestellt');
  const large = noise(12 * MB, 7);
  const file = await town.file('Luftbild.bin', large);
  const devtools = await aylin.context.newCDPSession(aylin.page);
  const used = await aylin.page.evaluate(async () => (await navigator.storage.estimate()).usage);
  const room = (quotaSize) => devtools.send('Storage.overrideQuotaForOrigin', { origin: town.address, quotaSize });
  await room(used + 4 * MB);

  await aylin.composer.fill('mit Luftbild');
  await aylin.attach(file);
  const item = aylin.page.locator('.rp-att.is-failed');
  await expect(item).toContainText('Der Speicher dieses Browsers ist voll. Nichts ging verloren.', { timeout: 60_000 });
  await expect(aylin.toast).toContainText('Der Speicher dieses Browsers ist voll.');
  await expect(aylin.composer).toHaveValue('mit Luftbild');
  await expect(aylin.message('vorher')).toBeVisible();
  await jonas.open('Aylin Demir');
  await jonas.write('kommt noch etwas?');
  await expect(aylin.message('kommt noch etwas?')).toBeVisible();

  await room(used + 400 * MB);
  await item.getByRole('button', { name: 'Erneut versuchen' }).click();
  await aylin.attached(1);
  await aylin.composer.press('Enter');
  await expect(aylin.state('mit Luftbild')).toHaveText('zugestellt', { timeout: 60_000 });
  const kept = await jonas.download(() => jonas.thread.getByRole('button', { name: 'Luftbild.bin speichern' }).click());
  expect(kept.bytes.equals(large)).toBe(true);
  await aylin.reload();
  await expect.poll(() => aylin.texts()).toEqual(['vorher', 'kommt noch etwas?', 'mit Luftbild']);
});

test('a receiver without room is told so, and has the file once there is', async ({ town, browse }) => {
  const one = await town.invite('Aylin Demir');
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  const aylin = await browse({ link: one });
  await aylin.begin(['Jonas Petersen']);
  const large = noise(12 * MB, 9);
  await aylin.attach(await town.file('Luftbild.bin', large));
  await aylin.attached(1);
  await aylin.write('Luftbild');
  await jonas.open('Aylin Demir');
  await expect(jonas.message('Luftbild')).toContainText('12,0 MB', { timeout: 60_000 });
  const devtools = await jonas.context.newCDPSession(jonas.page);
  const used = await jonas.page.evaluate(async () => (await navigator.storage.estimate()).usage);
  const room = (quotaSize) => devtools.send('Storage.overrideQuotaForOrigin', { origin: town.address, quotaSize });
  await room(used + 4 * MB);
  const save = jonas.thread.getByRole('button', { name: 'Luftbild.bin speichern' });
  await save.click();
  await expect(jonas.toast).toContainText('Der Speicher dieses Browsers ist voll.', { timeout: 60_000 });
  await aylin.write('und ein Wort');
  await room(used + 400 * MB);
  await expect(jonas.message('und ein Wort')).toBeVisible();
  await jonas.reload();
  const kept = await jonas.download(() => save.click());
  expect(kept.bytes.equals(large)).toBe(true);
});
