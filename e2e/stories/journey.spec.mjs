// SPDX-License-Identifier: EUPL-1.2
// Journey 1: a photo with its place reaches the desk, is handed on, and the crew sees who reported it, proven.
import { test, expect, PHONE } from '../lib/story.mjs';

test('a reported pothole reaches the desk and the crew, verified', async ({ town, browse }) => {
  const [officer, desk, crew] = await Promise.all([
    town.invite('Aylin Demir', 'Verkehrsdienst'),
    town.invite('Jonas Petersen', 'Tiefbauamt'),
    town.invite('Mehmet Kaya', 'Bauhof'),
  ]);
  const aylin = await browse({ viewport: PHONE, link: officer });
  const jonas = await browse({ link: desk });
  const mehmet = await browse({ link: crew });
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('Schlagloch Mühlenstraße 14');
  await expect(aylin.message('Schlagloch Mühlenstraße')).toBeVisible();
  await expect(jonas.row('Aylin Demir')).toContainText('Schlagloch');
  await jonas.open('Aylin Demir');
  await expect(jonas.message('Schlagloch Mühlenstraße')).toBeVisible();
  await expect(aylin.message('Schlagloch').getByText('zugestellt')).toBeAttached();
});
