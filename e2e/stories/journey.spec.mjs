// SPDX-License-Identifier: EUPL-1.2
// Journey 1: a photo with its place reaches the desk, is handed on, and the crew sees who reported it, proven.
import { test, expect, PHONE } from '../lib/story.mjs';
import { CAMERA, cameraNotes, photo } from '../lib/picture.mjs';

const TAKEN = '2025:03:04 09:15:00';
const SEEN = 'aufgenommen 04.03.2025, 09:15 Uhr';
const PLACE = [52.5163, 13.3777];

/** The one photo of a message, drawn from its bytes. */
async function isDrawn(message) {
  const picture = message.locator('.rp-photo img');
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image) => image.naturalWidth)).toBe(320);
}

test('a reported pothole reaches the desk and the crew, verified', async ({ town, browse }) => {
  await town.neighbour('control', 'Leitstelle', 'Ordnungsamt');
  const [officer, desk, crew] = [
    await town.invite('Aylin Demir', 'Verkehrsdienst'),
    await town.invite('Jonas Petersen', 'Tiefbauamt'),
    await town.invite('Mehmet Kaya', 'Bauhof'),
  ];
  const geolocation = { latitude: 52.52, longitude: 13.405, accuracy: 6 };
  const aylin = await browse({ viewport: PHONE, context: { permissions: ['geolocation'], geolocation } });
  const jonas = await browse();
  const mehmet = await browse({ link: crew });

  const started = Date.now();
  await aylin.enter(officer);
  await jonas.enter(desk);
  await aylin.begin(['Jonas Petersen', 'Leitstelle'], 'Tiefbauamt Meldung');
  const notes = cameraNotes({ taken: TAKEN, place: PLACE });
  await aylin.shoot({ name: 'IMG_7001.jpg', mimeType: 'image/jpeg', buffer: photo({ notes }) });
  const chips = aylin.page.locator('.rp-composer__chips');
  await expect(chips).toContainText('52,51630 / 13,37770 · ±4 m');
  await expect(chips).toContainText(SEEN);
  await aylin.attached(1);
  await aylin.write('Schlagloch Mühlenstraße 14');
  await isDrawn(aylin.message('Schlagloch'));

  await jonas.open('Tiefbauamt Meldung');
  const report = jonas.message('Schlagloch Mühlenstraße 14');
  await expect(report).toBeVisible();
  const seconds = (Date.now() - started) / 1000;
  console.log(`first link to first message seen: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(60);
  await isDrawn(report);
  await expect(report).toContainText('52,51630 / 13,37770 · ±4 m');
  await expect(report).toContainText('04.03.2025, 09:15 Uhr');
  await expect(report).toContainText('Aylin Demir');
  await expect(aylin.state('Schlagloch')).toHaveText('auf dem Server');

  await report.locator('.rp-photo').click();
  const kept = await jonas.download(() => jonas.dialog.getByRole('button', { name: 'Speichern' }).click());
  await jonas.page.keyboard.press('Escape');
  expect(kept.name).toBe('IMG_7001.jpg');
  expect(kept.bytes.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  for (const word of ['Exif', 'GPS', CAMERA, TAKEN]) expect(kept.bytes.includes(word), word).toBe(false);

  await jonas.begin(['Mehmet Kaya', 'Leitstelle'], 'Bautrupp 2');
  await jonas.open('Tiefbauamt Meldung');
  await jonas.forward('Schlagloch', 'Bautrupp 2');
  await mehmet.open('Bautrupp 2');
  const order = mehmet.message('Schlagloch Mühlenstraße 14');
  await expect(order).toContainText('Ursprünglich von Aylin Demir (Verkehrsdienst)');
  await expect(order).toContainText('unverändert ✓');
  await isDrawn(order);
});

test('a photo whose camera knows no place gets that of the phone, and it can be left out', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen', 'Tiefbauamt');
  const geolocation = { latitude: 52.52, longitude: 13.405, accuracy: 6 };
  const context = { permissions: ['geolocation'], geolocation };
  const aylin = await browse({ viewport: PHONE, link: await town.invite('Aylin Demir'), context });
  await aylin.begin(['Jonas Petersen']);
  const camera = { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: photo() };
  const chips = aylin.page.locator('.rp-composer__chips');
  await aylin.shoot(camera);
  await expect(chips).toContainText('52,52000 / 13,40500 · ±6 m');
  await expect(chips).toContainText('aufgenommen heute');
  await aylin.attached(1);
  await aylin.write('mit Ort');
  await expect(aylin.message('mit Ort')).toContainText('52,52000 / 13,40500 · ±6 m');

  await aylin.shoot(camera);
  await aylin.attached(1);
  await chips.locator('.rp-cchip', { hasText: '52,52' }).getByRole('button', { name: 'Entfernen' }).click();
  await aylin.write('ohne Ort');
  await isDrawn(aylin.message('ohne Ort'));
  await expect(aylin.message('ohne Ort')).not.toContainText('52,52');
});
