// SPDX-License-Identifier: EUPL-1.2
// Nothing that was written gets lost: not with the receiver away, the network gone, or the server dying midway.
import { test, expect } from '../lib/story.mjs';

const MANY = 30;

async function pair(town, browse) {
  const [one, other] = [await town.invite('Aylin Demir'), await town.invite('Jonas Petersen')];
  const aylin = await browse({ link: one });
  const jonas = await browse({ link: other });
  return { aylin, jonas };
}

test('a message waits for a receiver whose browser is closed', async ({ town, browse }) => {
  const { aylin, jonas } = await pair(town, browse);
  await jonas.close();
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('Akte 7 liegt bereit');
  await expect(aylin.state('Akte 7')).toHaveText('auf dem Server');
  const again = await browse({ profile: jonas.profile });
  await again.page.goto(town.address);
  await again.ready();
  await expect(again.row('Aylin Demir')).toContainText('Akte 7 liegt bereit');
  await expect(again.row('Aylin Demir').getByLabel('1 ungelesen')).toBeVisible();
  await expect(aylin.state('Akte 7')).toHaveText('zugestellt');
  await again.open('Aylin Demir');
  await expect(again.message('Akte 7')).toBeVisible();
  await expect(again.row('Aylin Demir').locator('.rp-badge')).toHaveCount(0);
});

test('what is written without network says so, and goes out alone when there is one', async ({ town, browse }) => {
  const { aylin, jonas } = await pair(town, browse);
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('noch im Netz');
  await expect(aylin.state('noch im Netz')).toHaveText('zugestellt');
  await aylin.offline(true);
  await expect(aylin.banner('Kein Netz')).toBeVisible();
  await aylin.write('aus dem Tunnel');
  const message = aylin.message('aus dem Tunnel');
  await expect(message).toContainText('Noch nicht übertragen: kein Netz');
  await expect(message.getByRole('button', { name: 'Nicht senden' })).toBeVisible();
  await expect(aylin.banner('Kein Netz')).toContainText('1 Nachricht wartet und geht von selbst hinaus.');
  await expect(jonas.row('Aylin Demir')).toContainText('noch im Netz');
  await aylin.offline(false);
  await expect(aylin.state('aus dem Tunnel')).toHaveText('zugestellt');
  await expect(message).not.toContainText('Noch nicht übertragen');
  await expect(aylin.banner('Kein Netz')).toHaveCount(0);
  await jonas.open('Aylin Demir');
  await expect.poll(() => jonas.texts()).toEqual(['noch im Netz', 'aus dem Tunnel']);
});

test('a message taken back in the tunnel comes back into the composer and never leaves', async ({ town, browse }) => {
  const { aylin, jonas } = await pair(town, browse);
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('bleibt hier');
  await expect(aylin.state('bleibt hier')).toHaveText('zugestellt');
  await aylin.offline(true);
  await expect(aylin.banner('Kein Netz')).toBeVisible();
  await aylin.write('doch nicht');
  await aylin.message('doch nicht').getByRole('button', { name: 'Nicht senden' }).click();
  await expect(aylin.composer).toHaveValue('doch nicht');
  await expect(aylin.message('doch nicht')).toHaveCount(0);
  await aylin.offline(false);
  await aylin.write('etwas anderes');
  await expect(aylin.state('etwas anderes')).toHaveText('zugestellt');
  await jonas.open('Aylin Demir');
  await expect.poll(() => jonas.texts()).toEqual(['bleibt hier', 'etwas anderes']);
});

test('a server that dies while thirty messages are sent loses none, doubles none, mixes none up', async ({ town, browse }) => {
  const { aylin, jonas } = await pair(town, browse);
  await aylin.begin(['Jonas Petersen']);
  const all = Array.from({ length: MANY }, (_, index) => `Meldung ${String(index + 1).padStart(2, '0')}`);
  for (const text of all.slice(0, 12)) await aylin.write(text);
  await town.kill();
  for (const text of all.slice(12)) await aylin.write(text);
  await expect(aylin.banner('Server nicht erreichbar')).toBeVisible();
  await expect(aylin.message(all[MANY - 1])).toContainText('Noch nicht übertragen');
  await town.restart();
  await expect(aylin.state(all[MANY - 1])).toHaveText('zugestellt', { timeout: 60_000 });
  await jonas.open('Aylin Demir');
  await expect.poll(() => jonas.texts()).toEqual(all);
  await expect.poll(() => aylin.texts()).toEqual(all);
  await aylin.reload();
  await expect.poll(() => aylin.texts()).toEqual(all);
});

const HOUR = 3_600_000;

for (const [how, clock] of [['a day fast', 24 * HOUR], ['almost a day slow', -23 * HOUR]]) {
  test(`a device whose clock is ${how} writes and reads as the others do`, async ({ town, browse }) => {
    const aylin = await browse({ link: await town.invite('Aylin Demir'), clock });
    const jonas = await browse({ link: await town.invite('Jonas Petersen') });
    for (const place of [aylin.page, ...aylin.page.workers()]) {
      const skew = (await place.evaluate(() => Date.now())) - Date.now();
      expect(Math.abs(skew - clock)).toBeLessThan(HOUR / 60);
    }
    await aylin.begin(['Jonas Petersen']);
    await aylin.write('erste');
    await expect(aylin.state('erste')).toHaveText('zugestellt');
    await jonas.open('Aylin Demir');
    await jonas.write('zweite');
    await expect(jonas.state('zweite')).toHaveText('zugestellt');
    await aylin.write('dritte');
    await expect(aylin.state('dritte')).toHaveText('zugestellt');
    for (const person of [aylin, jonas]) await expect.poll(() => person.texts()).toEqual(['erste', 'zweite', 'dritte']);
    await aylin.reload();
    await expect.poll(() => aylin.texts()).toEqual(['erste', 'zweite', 'dritte']);
  });
}
