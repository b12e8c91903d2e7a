// SPDX-License-Identifier: EUPL-1.2
// The demo's story, played as its text says, with the handbook's pictures taken on the way: `cargo xtask handbook`.
import { chromium } from '@playwright/test';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DESK, FLAGS, PHONE } from './lib/browser.mjs';
import { Person } from './lib/person.mjs';
import { cameraNotes, noted } from './lib/picture.mjs';

const town = JSON.parse(await readFile(process.env.ROHRPOST_TOWN, 'utf8'));
const address = `http://127.0.0.1:${town.port}`;
const pictures = process.env.ROHRPOST_PICTURES;
const profiles = await mkdtemp(path.join(os.tmpdir(), 'rohrpost-handbook-'));
const open = [];

/** In the town a preview may name another conversation: a row is found by its own name alone. */
class Guest extends Person {
  row(name) {
    return this.page.locator('.rp-side .rp-row').filter({ has: this.page.locator('.rp-row__name', { hasText: name }) }).first();
  }
}

async function browse(viewport) {
  const context = await chromium.launchPersistentContext(path.join(profiles, String(open.length)), {
    executablePath: process.env.ROHRPOST_CHROMIUM, headless: true, args: FLAGS, viewport, hasTouch: viewport === PHONE,
    locale: 'de-DE', timezoneId: 'Europe/Berlin', colorScheme: 'light', reducedMotion: 'reduce',
  });
  open.push(context);
  return new Guest(context, profiles);
}

async function take({ page }, name) {
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(pictures, `${name}.jpg`), type: 'jpeg', quality: 85 });
  console.log(`${name}.jpg`);
}

const button = ({ page }, name) => page.getByRole('button', { name, exact: true });

/** What the others' doings bring about takes a while. */
const soon = (locator) => locator.waitFor({ timeout: 60_000 });

async function story() {
  const [aylin, jonas, mehmet, henrike] = [await browse(PHONE), await browse(DESK), await browse(DESK), await browse(DESK)];
  const begun = Date.now();
  await aylin.enter(town.links['Aylin Demir']);
  console.log(`first list after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await Promise.all([jonas.enter(town.links['Jonas Petersen']), mehmet.enter(town.links['Mehmet Kaya'])]);
  // whoever joins later does not read what was written before
  await Promise.all([soon(aylin.row('Tiefbauamt Meldung')), soon(jonas.row('Tiefbauamt Meldung')), soon(mehmet.row('Bautrupp 2'))]);
  await aylin.open('Tiefbauamt Meldung');
  const pothole = await readFile('../xtask/demo/schlagloch-strasse.jpg');
  const notes = cameraNotes({ taken: taken(), place: [54.7836, 9.4321] });
  await aylin.shoot({ name: 'IMG_0412.jpg', mimeType: 'image/jpeg', buffer: noted(pothole, notes) });
  await aylin.attached(1);
  await aylin.composer.fill('Schlagloch vor Mühlenstraße 14, etwa 40 cm, Radweg');
  await take(aylin, 'eingabe-telefon');
  await aylin.composer.press('Enter');
  await soon(jonas.row('Tiefbauamt Meldung'));
  await jonas.open('Tiefbauamt Meldung');
  const report = jonas.message('Schlagloch vor');
  await soon(report);
  console.log(`first link to first message: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await soon(report.locator('.rp-photo img'));
  await jonas.write('Danke, ich gebe es an den Bautrupp weiter.');
  await soon(aylin.message('an den Bautrupp'));
  await soon(jonas.row('Bautrupp 2'));
  await jonas.act('Schlagloch vor', 'Weiterleiten');
  await soon(jonas.dialog.locator('.rp-hit').first());
  await take(jonas, 'weiterleiten');
  await jonas.dialog.locator('.rp-hit', { hasText: 'Bautrupp 2' }).first().click();
  await soon(mehmet.row('Bautrupp 2'));
  await mehmet.open('Bautrupp 2');
  await soon(mehmet.message('Schlagloch vor').getByText('unverändert ✓'));
  console.log(`first link to the verified order: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await mehmet.write('Fahren gleich hin.');
  await take(aylin, 'unterhaltung-telefon');
  await jonas.open('Tiefbauamt Meldung');
  await button(jonas, 'Einzelheiten').click();
  await soon(jonas.page.locator('.rp-member').first());
  await take(jonas, 'unterhaltung-schreibtisch');

  await button(aylin, 'Anhang, Ort, Ablauf').click();
  await button(aylin, 'Ablauf').click();
  await take(aylin, 'ablauf');
  await aylin.page.keyboard.press('Escape');
  await aylin.page.goto(address);
  await aylin.ready();
  await soon(aylin.row('Straße & Winterdienst'));
  await take(aylin, 'liste-telefon');
  await aylin.page.goto(`${address}/me`);
  await soon(aylin.page.getByRole('meter'));
  await take(aylin, 'einstellungen-telefon');
  const second = await aylin.tab();
  await second.page.setViewportSize(PHONE);
  await second.page.goto(address);
  await soon(button(second, 'Hier verwenden'));
  await take(second, 'zweiter-tab');

  await jonas.page.goto(address);
  await soon(jonas.row('Tobias Wulff'));
  await take(jonas, 'liste-schreibtisch');
  await button(jonas, 'Neue Unterhaltung').first().click();
  await jonas.dialog.getByRole('searchbox').fill('bau');
  for (const name of ['Mehmet Kaya', 'Hauke Hinrichs']) await jonas.dialog.locator('.rp-hit', { hasText: name }).click();
  await take(jonas, 'neu');
  await jonas.page.keyboard.press('Escape');
  await jonas.page.goto(`${address}/people`);
  await soon(jonas.page.locator('.rp-dir .rp-row').first());
  await take(jonas, 'verzeichnis');

  await henrike.enter(town.links['Henrike Brandt']);
  await soon(henrike.page.getByRole('link', { name: 'Verwaltung' }).first());
  await administration(henrike);
}

async function administration(henrike) {
  const { page } = henrike;
  await page.goto(`${address}/admin/people`);
  await soon(page.getByRole('row').filter({ hasText: 'Aylin Demir' }));
  await take(henrike, 'verwaltung-personen');
  await page.goto(`${address}/admin/pending`);
  await page.getByRole('radio', { name: 'Nach Prüfung' }).check();
  await page.goto(`${address}/admin/people`);
  await button(henrike, 'Person einladen').first().click();
  await henrike.dialog.getByLabel('Name', { exact: true }).fill('Ines Albers');
  await henrike.dialog.getByLabel('Stelle (kann frei bleiben)').fill('Bauhof');
  await button(henrike, 'Link erzeugen').click();
  const link = await henrike.dialog.getByLabel('Einladungslink').inputValue();
  await soon(henrike.dialog.locator('.rp-qr'));
  await take(henrike, 'verwaltung-einladen');
  await button(henrike, 'Fertig').click();
  const ines = await browse(PHONE);
  await ines.page.goto(link);
  await soon(ines.page.getByRole('heading', { name: 'Wartet auf Freigabe' }));
  await take(ines, 'freigabe-warten');
  await page.goto(`${address}/admin/pending`);
  await soon(button(henrike, 'Ablehnen: Ines Albers'));
  await take(henrike, 'verwaltung-freigaben');
  await page.goto(`${address}/admin/import`);
  const rows = ['Name;Stelle', 'Aylin Demir;Ordnungsamt', 'Jule Janssen;Bauhof', 'Kemal Koç;Tiefbauamt', ';Bauhof', 'Lena Lau;Jugendamt'];
  const list = { name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
  await page.locator('.rp-drop input[type=file]').setInputFiles(list);
  await page.getByRole('button', { name: 'Alle Zeilen' }).click();
  await take(henrike, 'verwaltung-import');
  await page.goto(`${address}/admin/acts`);
  await soon(page.getByRole('row').filter({ hasText: 'hat die Behörde angelegt' }));
  await take(henrike, 'verwaltung-protokoll');
}

/** A quarter of an hour ago, as a camera writes it. */
function taken() {
  const text = new Date(Date.now() - 900_000).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
  return text.replaceAll('-', ':');
}

await mkdir(pictures, { recursive: true });
try {
  await story();
} finally {
  await Promise.all(open.map((context) => context.close()));
  await rm(profiles, { recursive: true, force: true });
}
