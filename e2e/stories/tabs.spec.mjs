// SPDX-License-Identifier: EUPL-1.2
// Tabs, accounts and links of one browser: one tab at a time, an account each, nothing lost on the way.
import { test, expect } from '../lib/story.mjs';
import { cameraNotes, noise, photo } from '../lib/picture.mjs';

const NOTICE = 'Rohrpost ist schon geöffnet';

test('a second tab asks first, takes over, and the first one says so', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen');
  await town.agent('desk');
  const first = await browse({ link: await town.invite('Aylin Demir') });
  await first.begin(['Jonas Petersen']);
  await first.write('aus dem ersten Tab');
  await expect(first.state('aus dem ersten')).toHaveText('zugestellt');
  const second = await first.tab();
  await second.page.goto(town.address);
  const notice = second.page.getByRole('heading', { name: NOTICE });
  await expect(notice).toBeVisible();
  await expect(first.composer).toBeVisible();
  await second.page.getByRole('button', { name: 'Hier verwenden' }).click();
  await second.ready();
  await expect(first.page.getByRole('heading', { name: NOTICE })).toBeVisible();
  await second.open('Jonas Petersen');
  await expect(second.message('aus dem ersten Tab')).toBeVisible();
  await second.write('aus dem zweiten Tab');
  await expect(second.state('aus dem zweiten')).toHaveText('zugestellt');
  await first.page.getByRole('button', { name: 'Hier verwenden' }).click();
  await expect(first.message('aus dem zweiten Tab')).toBeVisible();
  await expect(second.page.getByRole('heading', { name: NOTICE })).toBeVisible();
});

test('two accounts live in one browser, each in a tab of its own, also after a reload', async ({ town, browse }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const jonas = await aylin.tab();
  await jonas.enter(await town.invite('Jonas Petersen'));
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('von nebenan');
  await jonas.open('Aylin Demir');
  await expect(jonas.message('von nebenan')).toBeVisible();
  await jonas.reload();
  await aylin.reload();
  await expect(jonas.head).toHaveText('Aylin Demir');
  await expect(aylin.head).toHaveText('Jonas Petersen');
  await jonas.page.close();
  const third = await aylin.tab();
  await third.page.goto(town.address);
  await expect(third.page.getByRole('heading', { name: 'Welches Konto?' })).toBeVisible();
  await expect(third.page.getByRole('button', { name: 'Aylin Demir' })).toContainText('in anderem Tab');
  await third.page.getByRole('button', { name: 'Jonas Petersen' }).click();
  await third.open('Aylin Demir');
  await expect(third.message('von nebenan')).toBeVisible();
});

test('a used link opens its account in the same browser and is refused in any other', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen');
  const link = await town.invite('Aylin Demir');
  const aylin = await browse({ link });
  expect(aylin.page.url()).toBe(`${town.address}/`);
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('noch da');
  await expect(aylin.state('noch da')).toHaveText('auf dem Server');
  const again = await aylin.tab();
  await aylin.page.close();
  await again.enter(link);
  await again.open('Jonas Petersen');
  await expect(again.message('noch da')).toBeVisible();

  const stranger = await browse();
  await stranger.page.goto(link);
  await expect(stranger.page.getByText('bereits verwendet')).toBeVisible();
  await expect(stranger.list).toHaveCount(0);
});

test('a reload right after sending keeps the message, and a draft stays where it was begun', async ({ town, browse }) => {
  await town.neighbour('desk', 'Jonas Petersen');
  await town.neighbour('crew', 'Mehmet Kaya');
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.begin(['Mehmet Kaya']);
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('eben noch geschrieben');
  await expect(aylin.message('eben noch')).toBeVisible();
  await aylin.reload();
  await expect(aylin.state('eben noch')).toHaveText('auf dem Server');
  expect(await aylin.texts()).toEqual(['eben noch geschrieben']);

  await aylin.composer.fill('angefangen, nicht fertig');
  await aylin.reload();
  await expect(aylin.composer).toHaveValue('angefangen, nicht fertig');
  await aylin.open('Mehmet Kaya');
  await expect(aylin.composer).toHaveValue('');
  await expect(aylin.row('Jonas Petersen')).toContainText('Entwurf: angefangen, nicht fertig');
  await aylin.open('Jonas Petersen');
  await aylin.composer.press('Enter');
  await expect(aylin.state('angefangen')).toHaveText('auf dem Server');
  await expect(aylin.row('Jonas Petersen')).not.toContainText('Entwurf');
});

test('a photo, a file and a place wait with their draft: over another conversation, a reload, and until they are sent', async ({ town, browse }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  await town.neighbour('crew', 'Mehmet Kaya');
  await aylin.begin(['Mehmet Kaya']);
  await aylin.begin(['Jonas Petersen']);
  await aylin.shoot(await town.file('Loch.jpg', photo({ notes: cameraNotes({ place: [53.8655, 10.6866] }) })));
  await aylin.attach(await town.file('Plan.bin', noise(5_000_000)));
  await aylin.open('Mehmet Kaya'); // while they are still being taken in
  await expect(aylin.page.locator('.rp-att')).toHaveCount(0);
  await expect(aylin.row('Jonas Petersen')).toContainText('Entwurf: Foto');
  await aylin.open('Jonas Petersen');
  await aylin.attached(2);
  const place = aylin.page.locator('.rp-cchip', { hasText: '53,86550' });
  await expect(place).toBeVisible();
  await expect(aylin.page.locator('.rp-att__pic img')).toHaveCount(1);

  await aylin.open('Mehmet Kaya'); // what is written is kept when a conversation is left
  await expect(aylin.row('Jonas Petersen')).toContainText('Entwurf: Foto');
  await aylin.open('Jonas Petersen');
  await aylin.reload();
  await aylin.attached(2);
  await expect(place).toBeVisible();
  await expect(aylin.page.locator('.rp-att__pic img')).toHaveCount(1);
  await expect(aylin.page.locator('.rp-att', { hasText: 'Loch.jpg' }).getByRole('status')).toHaveText('bereit'); // nothing of the camera's is in it
  await aylin.page.getByRole('button', { name: 'Plan.bin entfernen' }).click();
  await aylin.attached(1);
  await aylin.write('Bei der Brücke');
  await jonas.open('Aylin Demir');
  await expect(jonas.message('Bei der Brücke').getByRole('button', { name: /Loch.jpg/ })).toBeVisible();
  await expect(jonas.message('Bei der Brücke')).toContainText('53,86550');
  await aylin.reload();
  await expect(aylin.message('Bei der Brücke')).toBeVisible();
  await expect(aylin.page.locator('.rp-att')).toHaveCount(0);
});
