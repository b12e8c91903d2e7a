// SPDX-License-Identifier: EUPL-1.2
// People: groups of browsers and a command line, names of every script, a large directory, members, who is locked out.
import { test, expect, PHONE } from '../lib/story.mjs';

test('two browsers and a command line talk in one group', async ({ town, browse }) => {
  await town.neighbour('bot', 'Wetterdienst');
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  await aylin.begin(['Jonas Petersen', 'Wetterdienst'], 'Winterdienst');
  await aylin.write('Wie kalt wird es?');
  await jonas.open('Winterdienst');
  await expect(jonas.message('Wie kalt')).toBeVisible();
  const heard = await town.cli('bot', 'receive', '--wait', '30');
  expect(heard).toContain('Wie kalt wird es?');
  await town.cli('bot', 'send', '--to', 'Winterdienst', 'Minus neun, ab 22 Uhr Glätte');
  for (const person of [aylin, jonas]) {
    await expect(person.message('Minus neun')).toContainText('Wetterdienst');
  }
  await jonas.write('Dann streuen wir');
  await expect(aylin.message('Dann streuen wir')).toContainText('Jonas Petersen');
  await town.cli('bot', 'sync');
  expect(await town.cli('bot', 'receive')).toContain('Dann streuen wir');
  for (const person of [aylin, jonas]) {
    await expect.poll(() => person.texts()).toEqual(['Wie kalt wird es?', 'Minus neun, ab 22 Uhr Glätte', 'Dann streuen wir']);
  }
});

const NAMES = [
  '🚧 Bauhof 👷🏽‍♀️ Süd',
  'محمد عبد الرحمن الهاشمي',
  'Maximiliane-Friederike von Hohenfels-Brockdorff zu Ahlefeldt, Stellvertretende Leiterin',
];

test('names with pictures, from right to left and without end are shown whole', async ({ town, browse }) => {
  const links = [];
  for (const name of NAMES) links.push(await town.invite(name));
  const first = await browse({ viewport: PHONE, link: links[0] });
  await town.cli('second', 'enrol', links[1], '--wait', '60');
  await town.cli('third', 'enrol', links[2], '--wait', '60');
  await first.begin(NAMES.slice(1), 'Lage 🌧 الطقس');
  await first.page.getByRole('button', { name: 'Einzelheiten' }).click();
  const names = first.page.locator('.rp-member:not(.rp-member--add) b');
  await expect(names).toHaveCount(NAMES.length);
  expect((await names.allTextContents()).sort()).toEqual([...NAMES].sort());
  for (const name of await names.all()) await isWhole(name);
  await town.cli('third', 'sync');
  await town.cli('third', 'send', '--to', 'Lage 🌧 الطقس', 'مرحبا 👋 Grüße');
  await first.page.goBack();
  const message = first.message('Grüße');
  await expect(message).toContainText(NAMES[2]);
  await isWhole(message.locator('.rp-bubble__name > span'));
  await first.page.goBack();
  await expect(first.row('Lage 🌧 الطقس')).toContainText(`${NAMES[2]}: مرحبا 👋 Grüße`);
});

/** Nothing of an element's text is cut off. */
async function isWhole(element) {
  const [needed, given] = await element.evaluate((one) => [one.scrollWidth, one.clientWidth || one.getBoundingClientRect().width]);
  expect(needed, await element.textContent()).toBeLessThanOrEqual(Math.ceil(given));
}

test('among five thousand people anybody is found within a second, umlauts and all', async ({ town, browse }) => {
  const units = ['Tiefbauamt', 'Bürgeramt', 'Ordnungsamt', 'Grünflächenamt', 'Feuerwehr'];
  const lines = Array.from({ length: 4990 }, (_, index) => `Person ${String(index).padStart(4, '0')},${units[index % units.length]}`);
  await town.import([...lines, 'Jürgen Weißmüller,Grünflächenamt', 'Özlem Şahin-Großkopf,Bürgeramt']);
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  await aylin.page.getByRole('button', { name: 'Neue Unterhaltung' }).first().click();
  const field = aylin.dialog.getByRole('searchbox');
  const hit = aylin.dialog.locator('.rp-hit');
  await field.fill('Person 4989');
  await expect(hit.first()).toContainText('Person 4989', { timeout: 60_000 });
  for (const [typed, found] of [['weissm', 'Jürgen Weißmüller'], ['ÖZLEM', 'Özlem Şahin-Großkopf'], ['mülle', 'Jürgen Weißmüller'], ['Person 0042', 'Person 0042']]) {
    await field.fill('');
    const took = await timed(aylin.page, typed, found);
    console.log(`${typed}: ${Math.round(took)} ms`);
    expect(took, typed).toBeLessThan(1000);
    await expect(hit.first()).toContainText(found);
  }
  await field.fill('Grünflächen');
  await expect(hit.first()).toContainText('Grünflächenamt');
});

/** Milliseconds from typing to the hit being drawn first, measured in the page. */
function timed(page, typed, found) {
  return page.evaluate(async ([typed, found]) => {
    const dialog = document.querySelector('dialog');
    const field = dialog.querySelector('input[type=search]');
    const drawn = () => dialog.querySelector('.rp-hit')?.textContent.includes(found);
    const start = performance.now();
    field.value = typed;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    while (!drawn() && performance.now() - start < 10_000) await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - start;
  }, [typed, found]);
}

test('a member is added and reads on from there, is removed, and another leaves', async ({ town, browse }) => {
  await town.neighbour('bot', 'Wetterdienst');
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  const mehmet = await browse({ link: await town.invite('Mehmet Kaya') });
  await aylin.begin(['Jonas Petersen', 'Wetterdienst'], 'Brücke');
  await aylin.write('vor Mehmet');
  await expect(aylin.state('vor Mehmet')).toHaveText('auf dem Server');

  await aylin.page.getByRole('button', { name: 'Einzelheiten' }).click();
  const details = aylin.page.getByRole('complementary', { name: 'Einzelheiten' });
  await details.getByRole('button', { name: 'Hinzufügen' }).click();
  await aylin.dialog.getByRole('searchbox').fill('Mehmet');
  await aylin.dialog.locator('.rp-hit', { hasText: 'Mehmet Kaya' }).click();
  await aylin.dialog.getByRole('button', { name: '1 Person hinzufügen' }).click();
  await expect(details.locator('.rp-member', { hasText: 'Mehmet Kaya' })).toBeVisible();
  await expect(aylin.thread.getByText('Mehmet Kaya ist dabei und liest ab jetzt mit')).toBeVisible();
  await aylin.write('nach Mehmet');
  await mehmet.open('Brücke');
  await expect(mehmet.message('nach Mehmet')).toBeVisible();
  await expect(mehmet.message('vor Mehmet')).toHaveCount(0);

  await details.getByRole('button', { name: 'Mehmet Kaya aus der Gruppe entfernen' }).click();
  await aylin.dialog.getByRole('button', { name: 'Entfernen', exact: true }).click();
  await expect(details.locator('.rp-member', { hasText: 'Mehmet Kaya' })).toHaveCount(0);
  await expect(mehmet.page.getByText('Sie sind nicht mehr in dieser Unterhaltung.')).toBeVisible();
  await expect(mehmet.composer).toHaveCount(0);
  await aylin.write('ohne Mehmet');
  await expect(jonas.row('Brücke')).toContainText('ohne Mehmet');
  await expect(mehmet.row('Brücke')).toContainText('verlassen');
  await expect(mehmet.message('nach Mehmet')).toBeVisible();
  await expect(mehmet.message('ohne Mehmet')).toHaveCount(0);

  await jonas.open('Brücke');
  await jonas.page.getByRole('button', { name: 'Einzelheiten' }).click();
  await jonas.page.getByRole('button', { name: 'Gruppe verlassen' }).click();
  await jonas.dialog.getByRole('button', { name: 'Gruppe verlassen' }).click();
  await expect(jonas.composer).toHaveCount(0);
  await expect(aylin.thread.getByText('Jonas Petersen ist nicht mehr in der Gruppe')).toBeVisible();
  await expect(details.locator('.rp-member:not(.rp-member--add)')).toHaveCount(2);
});

test('whoever is locked out on the command line is out at once, and others see it', async ({ town, browse }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  await aylin.begin(['Jonas Petersen']);
  await aylin.write('bis gleich');
  await expect(aylin.state('bis gleich')).toHaveText('zugestellt');
  await town.cli('office', 'admin', 'revoke', '--person', 'Jonas Petersen');
  await expect(jonas.page.getByRole('heading', { name: 'Dieses Gerät wurde gesperrt' })).toBeVisible();
  await expect(jonas.page.getByText('bis gleich')).toHaveCount(0);
  await expect(jonas.page.getByText('Die Verwaltung (Stadt Musterstadt) hat den Zugang beendet')).toBeVisible();
  await jonas.page.reload();
  await expect(jonas.page.getByRole('heading', { name: 'Dieses Gerät wurde gesperrt' })).toBeVisible();
  await expect(jonas.page.getByText('Die Verwaltung (Stadt Musterstadt) hat den Zugang beendet')).toBeVisible();
  await aylin.page.getByRole('link', { name: 'Verzeichnis' }).first().click();
  const entry = aylin.page.locator('.rp-dir .rp-row', { hasText: 'Jonas Petersen' });
  await expect(entry).toContainText('gesperrt');
  await jonas.page.getByRole('button', { name: 'Von vorn beginnen' }).click();
  await expect(jonas.page.getByRole('heading', { name: 'Guten Tag' })).toBeVisible();
});
