// SPDX-License-Identifier: EUPL-1.2
// The administration in the browser: founding, inviting, importing, letting in, locking out, and the log of it all.
import { test, expect } from '../lib/story.mjs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

test.use({ how: { empty: true } });

const AUTHORITY = 'Gemeinde Beispielhausen';
const PASSWORD = 'Sonnenaufgang am Deich';

/** Founds the authority; answers the administrator and the root file as it was downloaded. */
async function found(town, browse) {
  const admin = await browse({ context: { permissions: ['clipboard-write'] } });
  const { page } = admin;
  await page.goto(town.address);
  await page.getByRole('button', { name: 'Neue Behörde anlegen' }).click();
  await page.getByLabel('Name der Behörde').fill(AUTHORITY);
  await page.getByLabel('Ihr Name').fill('Frau Hauptamt');
  await page.getByLabel('Passwort für die Stammdatei').fill(PASSWORD);
  await page.getByLabel('Passwort wiederholen').fill(PASSWORD);
  const file = await admin.download(() => page.getByRole('button', { name: 'Behörde anlegen' }).click());
  await expect(page.getByRole('heading', { name: 'Stammdatei aufbewahren' })).toBeVisible();
  await page.getByRole('button', { name: 'Sie liegt sicher' }).click();
  await admin.ready();
  return { admin, file };
}

async function enterRoom(person, room) {
  await person.page.getByRole('link', { name: 'Verwaltung', exact: true }).first().click();
  const rooms = person.page.getByRole('navigation', { name: 'Bereiche der Verwaltung' });
  await rooms.getByRole('link', { name: room }).click();
  await expect(person.page.locator('.rp-cock__head h1')).toHaveText(room);
}

/** Invites one person in the cockpit; answers the link. */
async function invite(admin, name, unit) {
  await enterRoom(admin, 'Personen');
  await admin.page.getByRole('button', { name: 'Person einladen' }).first().click();
  await admin.dialog.getByLabel('Name', { exact: true }).fill(name);
  await admin.dialog.getByLabel('Stelle (kann frei bleiben)').fill(unit);
  await admin.dialog.getByRole('button', { name: 'Link erzeugen' }).click();
  const link = await admin.dialog.getByLabel('Einladungslink').inputValue();
  await admin.dialog.getByRole('button', { name: 'Fertig' }).click();
  await expect(admin.dialog).toHaveCount(0);
  return link;
}

/** A line of a table of the cockpit. */
const line = (person, text) => person.page.getByRole('row').filter({ hasText: text });

/** Files below a folder that hold these bytes. */
async function search(folder, needle) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = [];
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const bytes = await readFile(path.join(entry.parentPath ?? entry.path, entry.name));
    if (bytes.includes(needle)) found.push(entry.name);
  }
  return found;
}

test('an authority is founded in the browser, and its root file leaves it', async ({ town, browse }) => {
  const { admin, file } = await found(town, browse);
  expect(file.name).toBe('rohrpost-root.sealed');
  expect(file.bytes.length).toBeGreaterThan(100);
  await enterRoom(admin, 'Personen');
  await expect(admin.page.getByText('Noch niemand eingeladen')).toBeVisible();
  await expect(line(admin, 'Frau Hauptamt')).toContainText('Verwaltung');
  const kept = await admin.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML]));
  expect(kept).not.toContain('blob:');
  expect(kept).not.toContain(PASSWORD);
  const sheet = Buffer.from(await (await admin.page.request.get(`${town.address}/rohrpost.css`)).body());
  await admin.close();
  // the style sheet, which is kept on purpose, shows that this search finds what is there
  expect(await search(admin.profile, sheet.subarray(20_000, 20_032))).not.toEqual([]);
  const middle = file.bytes.length / 2;
  expect(await search(admin.profile, file.bytes.subarray(middle, middle + 32))).toEqual([]);
  expect(await search(admin.profile, Buffer.from(PASSWORD))).toEqual([]);

  const second = await browse();
  await second.page.goto(town.address);
  await second.page.getByRole('button', { name: 'Neue Behörde anlegen' }).click();
  const fields = [['Name der Behörde', 'Zweite'], ['Ihr Name', 'Zweiter'], ['Passwort für die Stammdatei', 'kurz'], ['Passwort wiederholen', 'anders']];
  for (const [label, text] of fields) await second.page.getByLabel(label).fill(text);
  await second.page.getByRole('button', { name: 'Behörde anlegen' }).click();
  await expect(second.page.getByText('Das Passwort braucht mindestens 8 Zeichen.')).toBeVisible();
  await expect(second.page.getByText('Die beiden Passwörter sind verschieden.')).toBeVisible();
});

test('somebody invited by link or code is in, and one who is locked out is out at once', async ({ town, browse }) => {
  const { admin } = await found(town, browse);
  await enterRoom(admin, 'Personen');
  await admin.page.getByRole('button', { name: 'Person einladen' }).first().click();
  await admin.dialog.getByRole('button', { name: 'Link erzeugen' }).click();
  await expect(admin.dialog.getByRole('alert')).toContainText('Name fehlt');
  await admin.dialog.getByLabel('Name', { exact: true }).fill('Aylin Demir');
  await admin.dialog.getByLabel('Stelle (kann frei bleiben)').fill('Verkehrsdienst');
  await admin.dialog.getByRole('button', { name: 'Link erzeugen' }).click();
  await expect(admin.dialog.getByRole('heading', { name: 'Einladung für Aylin Demir' })).toBeVisible();
  const code = admin.dialog.getByRole('img', { name: 'QR-Code der Einladung für Aylin Demir' });
  await expect(code).toBeVisible();
  expect((await code.locator('path').getAttribute('d')).length).toBeGreaterThan(2000);
  const link = await admin.dialog.getByLabel('Einladungslink').inputValue();
  await admin.dialog.getByRole('button', { name: 'Link kopieren' }).click();
  await expect(admin.dialog.getByText('Kopiert.')).toBeVisible();
  await admin.dialog.getByRole('button', { name: 'Fertig' }).click();
  const field = admin.page.getByRole('searchbox');
  await field.press('Control+v');
  await expect(field).toHaveValue(link);
  await field.fill('');
  await expect(line(admin, 'Aylin Demir')).toContainText('eingeladen');

  const aylin = await browse({ link });
  await expect(line(admin, 'Aylin Demir')).toContainText('eingerichtet');
  await admin.page.getByRole('button', { name: 'Aktionen für Aylin Demir' }).click();
  await admin.dialog.getByRole('button', { name: 'Person sperren' }).click();
  await expect(admin.dialog).toContainText('Aylin Demir verliert sofort den Zugang');
  await admin.dialog.getByRole('button', { name: 'Abbrechen' }).click();
  await expect(line(admin, 'Aylin Demir')).toContainText('eingerichtet');
  await expect(aylin.list).toBeVisible();
  await admin.page.getByRole('button', { name: 'Aktionen für Aylin Demir' }).click();
  await admin.dialog.getByRole('button', { name: 'Person sperren' }).click();
  await admin.dialog.getByRole('button', { name: 'Sperren', exact: true }).click();
  await expect(aylin.page.getByRole('heading', { name: 'Dieses Gerät wurde gesperrt' })).toBeVisible();
  await expect(aylin.page.locator('main')).toContainText(AUTHORITY);
  await expect(line(admin, 'Aylin Demir')).toContainText('gesperrt');
});

test('a list shows what it will do before it does it, and its links work', async ({ town, browse }) => {
  const { admin } = await found(town, browse);
  await browse({ link: await invite(admin, 'Jonas Petersen', 'Tiefbauamt') });
  await expect(line(admin, 'Jonas Petersen')).toContainText('eingerichtet');
  await enterRoom(admin, 'Liste importieren');
  const rows = ['Name;Stelle', 'Jonas Petersen;Tiefbauamt', 'Mehmet Kaya;Bauhof', ';Bauhof', 'Lale Şen;Bürgeramt', 'Mehmet Kaya;Bauhof'];
  const sheet = { name: 'beschäftigte.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) };
  await admin.page.locator('.rp-drop input[type=file]').setInputFiles(sheet);
  await expect(admin.page.getByRole('heading', { name: 'Import prüfen' })).toBeFocused();
  await expect(admin.page.getByText('beschäftigte.csv · 5 Zeilen · noch wurde nichts geändert')).toBeVisible();
  await expect(admin.page.locator('.rp-sum')).toHaveText(['2werden eingeladen', '1ist schon da', '1wird übergangen', '1Zeile mit Fehler']);
  await admin.page.getByRole('button', { name: 'Alle Zeilen' }).click();
  const fates = [
    ['2', 'Jonas Petersen', 'schon im Verzeichnis'], ['3', 'Mehmet Kaya', 'wird eingeladen'], ['4', '–', 'Name fehlt'],
    ['5', 'Lale Şen', 'wird eingeladen'], ['6', 'Mehmet Kaya', 'steht doppelt'],
  ];
  const body = admin.page.locator('.rp-cock tbody tr');
  await expect(body).toHaveCount(fates.length);
  for (const [index, parts] of fates.entries()) {
    for (const part of parts) await expect(body.nth(index)).toContainText(part);
  }
  const file = await admin.download(() => admin.page.getByRole('button', { name: '2 Personen einladen' }).click());
  await expect(admin.page.getByText('2 Personen sind eingeladen. Ihre Links gelten 14 Tage.')).toBeVisible();
  expect(file.name).toBe('rohrpost-einladungen.csv');
  const written = file.bytes.toString();
  expect(written).toContain('Lale Şen');
  const links = written.match(/http:\/\/[^\s";]+/g);
  expect(links).toHaveLength(2);
  await admin.page.getByRole('button', { name: 'Fertig' }).click();
  await expect(line(admin, 'Lale Şen')).toContainText('eingeladen');
  const lale = await browse({ link: links.at(-1) });
  await lale.page.getByRole('link', { name: 'Ich', exact: true }).first().click();
  await expect(lale.page.locator('.rp-set__id')).toContainText('Lale Şen');
});

test('after a check by hand one device comes in and another does not', async ({ town, browse }) => {
  const { admin } = await found(town, browse);
  await enterRoom(admin, 'Freigaben');
  await admin.page.getByRole('radio', { name: 'Nach Prüfung' }).check();
  const one = await browse();
  await one.page.goto(await invite(admin, 'Aylin Demir', 'Verkehrsdienst'));
  await expect(one.page.getByRole('heading', { name: 'Wartet auf Freigabe' })).toBeVisible();
  const other = await browse();
  await other.page.goto(await invite(admin, 'Falsche Person', 'Bauhof'));
  await expect(other.page.getByRole('heading', { name: 'Wartet auf Freigabe' })).toBeVisible();
  await enterRoom(admin, 'Freigaben');
  await expect(admin.page.getByRole('radio', { name: 'Nach Prüfung' })).toBeChecked();
  await admin.page.getByRole('button', { name: 'Freigeben: Aylin Demir' }).click();
  await one.ready();
  await admin.page.getByRole('button', { name: 'Ablehnen: Falsche Person' }).click();
  await admin.dialog.getByRole('button', { name: 'Ablehnen', exact: true }).click();
  await expect(other.page.getByRole('heading', { name: 'Diese Einladung gilt nicht' })).toBeVisible();
  await expect(admin.page.getByText('Kein Gerät wartet.')).toBeVisible();
});

test('what the administration did can be read by every employee, and nothing else of it', async ({ town, browse }) => {
  const { admin } = await found(town, browse);
  const aylin = await browse({ link: await invite(admin, 'Aylin Demir', 'Verkehrsdienst') });
  await invite(admin, 'Jonas Petersen', 'Tiefbauamt');
  await admin.page.getByRole('button', { name: 'Aktionen für Jonas Petersen' }).click();
  await admin.dialog.getByRole('button', { name: 'Person sperren' }).click();
  await admin.dialog.getByRole('button', { name: 'Sperren', exact: true }).click();
  await expect(line(admin, 'Jonas Petersen')).toContainText('gesperrt');
  await enterRoom(admin, 'Protokoll');
  await aylin.page.getByRole('link', { name: 'Verzeichnis', exact: true }).first().click();
  await aylin.page.getByRole('link', { name: 'Protokoll der Verwaltung' }).click();
  const acts = [
    'Frau Hauptamt hat Jonas Petersen gesperrt', 'Frau Hauptamt hat Jonas Petersen eingeladen',
    'Frau Hauptamt hat ein Gerät von Aylin Demir freigegeben', 'Frau Hauptamt hat Aylin Demir eingeladen',
    'Frau Hauptamt hat die Behörde angelegt',
  ];
  for (const person of [admin, aylin]) {
    for (const act of acts) await expect(line(person, act)).toBeVisible();
  }
  const file = await aylin.download(() => aylin.page.getByRole('button', { name: 'Als Datei sichern' }).click());
  for (const act of acts) expect(file.bytes.toString()).toContain(act);
  const rooms = aylin.page.getByRole('navigation', { name: 'Bereiche der Verwaltung' });
  await expect(rooms.getByRole('link')).toHaveText(['Protokoll']);
  await aylin.page.goto(`${town.address}/admin/people`);
  await expect(aylin.page.getByRole('heading', { name: 'Nur für die Verwaltung' })).toBeVisible();
});
