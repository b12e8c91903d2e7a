// SPDX-License-Identifier: EUPL-1.2
// Every screen in every state: drawn on phone and desk, light and dark, without findings by axe, whole at doubled text.
import { test, expect, DESK, PHONE } from '../lib/story.mjs';
import { look } from '../lib/look.mjs';
import { cameraNotes, noise, photo, png } from '../lib/picture.mjs';

const LONG = 'Maximiliane-Friederike von Hohenfels-Brockdorff';
const jpeg = (name) => ({ name, mimeType: 'image/jpeg', buffer: photo() });
const button = (person, name) => person.page.getByRole('button', { name, exact: true });

test('before the list: welcome, waiting, refused, another tab, several accounts', async ({ town, browse }) => {
  const link = await town.invite('Aylin Demir', 'Verkehrsdienst');
  const stranger = await browse();
  let going;
  const held = new Promise((go) => (going = go));
  await stranger.page.route('**/worker_core_bg.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await stranger.page.goto(town.address);
  await expect(stranger.page.locator('.rp-starting')).toBeVisible();
  await look(stranger, 'start-starting');
  going();
  await expect(stranger.page.getByRole('heading', { name: 'Guten Tag' })).toBeVisible();
  await look(stranger, 'start-welcome');
  await stranger.page.getByLabel('Einladungslink').fill('https://rohrpost.example/#/einladung/unvollständig');
  await button(stranger, 'Weiter').click();
  await expect(stranger.page.getByText('Das ist kein vollständiger Einladungslink.')).toBeVisible();
  await look(stranger, 'start-broken-link');

  await town.endAgent('office');
  const aylin = await browse();
  await aylin.page.goto(link);
  await expect(aylin.page.getByRole('heading', { name: 'Wartet auf Freigabe' })).toBeVisible();
  await look(aylin, 'start-waiting');
  await town.agent('office');
  await aylin.ready();
  const second = await aylin.tab();
  await second.page.goto(town.address);
  await expect(button(second, 'Hier verwenden')).toBeVisible();
  await look(second, 'start-other-tab');
  await second.enter(await town.invite('Jonas Petersen', 'Tiefbauamt'));
  const third = await aylin.tab();
  await third.page.goto(town.address);
  await expect(third.page.getByRole('heading', { name: 'Welches Konto?' })).toBeVisible();
  await look(third, 'start-accounts');

  await stranger.page.goto('about:blank');
  await stranger.page.goto(link);
  await expect(stranger.page.getByText('bereits verwendet')).toBeVisible();
  await look(stranger, 'start-refused');
  await town.cli('office', 'admin', 'revoke', '--person', 'Aylin Demir');
  await expect(aylin.page.getByRole('heading', { name: 'Dieses Gerät wurde gesperrt' })).toBeVisible();
  await look(aylin, 'start-revoked');
});

test('the list: empty, filled, filtered, offline, nothing found, a new conversation', async ({ town, browse }) => {
  await town.neighbour('long', LONG, 'Amt für Straßenverkehrsangelegenheiten und Sondernutzungen');
  await town.neighbour('desk', 'Jonas Petersen', 'Tiefbauamt');
  await town.invite('Noch Nicht Da', 'Bauhof');
  const aylin = await browse({ link: await town.invite('Aylin Demir', 'Verkehrsdienst') });
  await look(aylin, 'list-empty');
  await town.cli('long', 'send', '--to', 'Aylin Demir', 'Bitte die Sperrung der Donaudampfschifffahrtsgesellschaftsbrücke prüfen und zurückmelden');
  await town.cli('desk', 'send', '--to', 'Aylin Demir', 'Ist gut.');
  await aylin.begin(['Jonas Petersen', LONG], 'Straßenkontrolle Bezirk Mühlenstraße-Ost 🚧');
  await aylin.write('Wer übernimmt?');
  await expect(aylin.state('Wer übernimmt?')).toHaveText('auf dem Server');
  await aylin.composer.fill('Entwurf, noch nicht fertig');
  await aylin.page.goBack();
  await aylin.page.goto(town.address);
  await expect(aylin.row(LONG)).toContainText('Bitte die Sperrung');
  await expect(aylin.row('Straßenkontrolle')).toContainText('Entwurf:');
  await look(aylin, 'list-filled');
  await button(aylin, 'Ungelesen').click();
  await look(aylin, 'list-unread');
  await button(aylin, 'Alle').click();
  await aylin.page.locator('.rp-side').getByRole('searchbox').fill('xyz');
  await expect(aylin.page.getByText('Nichts gefunden.')).toBeVisible();
  await look(aylin, 'list-nothing-found');
  await aylin.page.locator('.rp-side').getByRole('searchbox').fill('');
  await aylin.offline(true);
  await expect(aylin.banner('Kein Netz')).toBeVisible();
  await look(aylin, 'list-offline');
  await aylin.offline(false);
  await expect(aylin.banner('Kein Netz')).toHaveCount(0);

  await button(aylin, 'Neue Unterhaltung').first().click();
  await expect(aylin.dialog.locator('.rp-hit', { hasText: 'Noch Nicht Da' })).toBeVisible();
  await look(aylin, 'new-people');
  for (const name of ['Jonas', LONG]) await aylin.dialog.locator('.rp-hit', { hasText: name }).click();
  await look(aylin, 'new-group');
  await aylin.dialog.getByRole('searchbox').fill('xyz');
  await expect(aylin.dialog.getByText('Niemand gefunden.')).toBeVisible();
  await look(aylin, 'new-nobody');
});

test('a conversation: empty, text, pictures, files, handed on, expired, waiting', async ({ town, browse }) => {
  await town.neighbour('long', LONG, 'Amt für Straßenverkehrsangelegenheiten');
  await town.neighbour('desk', 'Jonas Petersen', 'Tiefbauamt');
  const picture = await town.file('Schlagloch.jpg', photo({ notes: cameraNotes({ place: [52.5, 13.4] }) }));
  const plan = await town.file('Umleitungsplan_Mühlenstraße_zweite_Fassung_mit_langem_Namen.pdf', noise(123_456));
  const aylin = await browse({ link: await town.invite('Aylin Demir', 'Verkehrsdienst') });
  const { page } = aylin;
  await aylin.begin([LONG]);
  await look(aylin, 'conversation-empty');
  await aylin.begin(['Jonas Petersen', LONG], 'Mühlenstraße');
  await aylin.write('Das Schlagloch ist vor Haus 14.\n\nSiehe https://musterstadt.example/karte?ort=Mühlenstraße14&ebene=strassenzustand');
  await expect(aylin.state('Das Schlagloch')).toHaveText('auf dem Server');
  await town.cli('long', 'sync');
  await town.cli('long', 'send', '--to', 'Mühlenstraße', 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrente 👷🏽‍♀️');
  await town.cli('long', 'send', '--to', 'Mühlenstraße', '--place', '52.5163,13.3777', '--attach', picture, 'Von hier');
  await town.cli('desk', 'sync');
  await town.cli('desk', 'send', '--to', 'Mühlenstraße', '--attach', plan, 'Umleitung');
  await town.cli('desk', 'send', '--to', 'Mühlenstraße', 'مرحبا، الطريق مغلق');
  await expect(aylin.message('مرحبا')).toBeVisible();
  await expect(aylin.message('Von hier').locator('img')).toBeVisible();
  await look(aylin, 'conversation-texts-files');
  await aylin.act('Donaudampf', 'Antworten');
  await look(aylin, 'composer-reply');
  await aylin.write('Danke!');
  await expect(aylin.state('Danke!')).toHaveText('auf dem Server');

  const more = () => button(aylin, 'Anhang, Ort, Ablauf').click();
  await more();
  await look(aylin, 'composer-more');
  await page.getByRole('button', { name: 'Ablauf', exact: true }).click();
  await look(aylin, 'expiry-picker');
  await aylin.dialog.getByRole('radio', { name: '5 Minuten nach dem Lesen' }).click();
  await aylin.attach([jpeg('eins.jpg'), jpeg('ein sehr langer Name eines Bildes.jpg'), { name: 'Liste.ods', mimeType: '', buffer: noise(2000) }]);
  await aylin.attached(3);
  await aylin.composer.fill('Drei Anhänge\nund zwei Zeilen');
  await look(aylin, 'composer-tray');
  await aylin.composer.press('Enter');
  await expect(aylin.state('Drei Anhänge')).toHaveText('auf dem Server');
  await aylin.attach(Array.from({ length: 6 }, (_, index) => jpeg(`${index}.jpg`)));
  await aylin.attached(6);
  await aylin.write('Sechs Bilder');
  await expect(aylin.message('Sechs Bilder').locator('img')).toHaveCount(4);
  await look(aylin, 'conversation-photos');
  await aylin.message('Sechs Bilder').locator('.rp-photo').first().click();
  await expect(aylin.dialog.locator('img')).toBeVisible();
  await look(aylin, 'lightbox');
  await page.keyboard.press('Escape');

  for (const [size, viewport] of [['phone', PHONE], ['desk', DESK]]) {
    await page.setViewportSize(viewport);
    await aylin.message('Von hier').click({ button: 'right' });
    await expect(page.getByRole('menu')).toBeVisible();
    await look(aylin, 'message-menu', { sizes: [size] });
    await page.keyboard.press('Escape');
  }
  await aylin.act('Von hier', 'Weiterleiten');
  await expect(aylin.dialog.locator('.rp-hit').first()).toBeVisible();
  await look(aylin, 'forward-dialog');
  await aylin.dialog.locator('.rp-hit', { hasText: LONG }).first().click();
  await expect(aylin.toast).toContainText('Weitergeleitet');
  await look(aylin, 'toast');
  await aylin.act('Danke!', 'Bei mir löschen');
  await expect(aylin.thread.getByText('Bei Ihnen gelöscht')).toBeVisible();
  await look(aylin, 'conversation-deleted');
  await aylin.open(LONG);
  await expect(aylin.message('Von hier')).toContainText('unverändert ✓');
  await look(aylin, 'conversation-forwarded');

  await town.cli('long', 'sync');
  await town.cli('long', 'send', '--to', 'Aylin Demir', '--expires-after', '1', 'gleich weg');
  await expect(aylin.thread.getByText('Nachricht abgelaufen')).toBeVisible();
  await look(aylin, 'conversation-expired');
  await aylin.offline(true);
  await aylin.write('ohne Netz geschrieben');
  await expect(aylin.message('ohne Netz')).toContainText('Noch nicht übertragen');
  await look(aylin, 'conversation-waiting');
});

test.describe('broken on purpose', () => {
  test.use({ faults: { said: ['TypeError: Failed to fetch', 'Error: for this story'] } });

  test('what goes wrong: no start, a worker that breaks, a page that breaks, pictures gone or not fetched, a drop', async ({ town, browse }) => {
    const stranger = await browse();
    const refuse = (route) => route.abort();
    await stranger.page.route('**/worker_core_bg.wasm', refuse);
    await stranger.page.goto(town.address);
    await expect(stranger.page.getByRole('heading', { name: 'Rohrpost kann nicht starten' })).toBeVisible();
    await look(stranger, 'start-failed');
    await stranger.page.unroute('**/worker_core_bg.wasm', refuse);
    await button(stranger, 'Erneut versuchen').click();
    await expect(stranger.page.getByRole('heading', { name: 'Guten Tag' })).toBeVisible();

    await town.neighbour('desk', 'Jonas Petersen', 'Tiefbauamt');
    const large = await town.file('Luftbild.png', Buffer.concat([png(64, 48), noise(9 << 20)]));
    const gone = await town.file('Schlagloch.jpg', photo());
    const aylin = await browse({ link: await town.invite('Aylin Demir', 'Verkehrsdienst') });
    const { page } = aylin;
    await town.cli('desk', 'send', '--to', 'Aylin Demir', '--attach', large, 'zu groß für ungefragt');
    await aylin.open('Jonas Petersen');
    await expect(aylin.message('zu groß').locator('.rp-photo')).toHaveAttribute('data-shown', 'asks');
    await aylin.offline(true);
    await town.cli('desk', 'send', '--to', 'Aylin Demir', '--attach', gone, 'schon weg');
    await town.loseFiles();
    await aylin.offline(false);
    await expect(aylin.message('schon weg').locator('.rp-photo')).toHaveAttribute('data-shown', 'gone');
    await look(aylin, 'pictures-asked-gone');
    const files = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['x'], 'Liste.ods'));
      return data;
    });
    await page.locator('.rp-main').dispatchEvent('dragover', { dataTransfer: files });
    await expect(page.getByText('Hier ablegen')).toBeVisible();
    await look(aylin, 'drop-zone', { sizes: ['desk'] });
    await page.locator('.rp-main').dispatchEvent('drop', { dataTransfer: files });
    await aylin.attached(1);
    await page.workers()[0].evaluate(() => {
      setTimeout(() => {
        throw new Error('for this story');
      });
    });
    await expect(page.getByRole('heading', { name: 'Rohrpost wurde unterbrochen' })).toBeVisible();
    await look(aylin, 'worker-broken');
    await button(aylin, 'Neu laden').click();
    await expect(aylin.message('schon weg')).toBeVisible();
    await page.evaluate(() => dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('unreachable') })));
    await expect(page.getByRole('heading', { name: 'Rohrpost wurde unterbrochen' })).toBeVisible();
    await look(aylin, 'page-broken');
  });
});

test('details, palette, directory and settings', async ({ town, browse }) => {
  await town.neighbour('long', LONG, 'Amt für Straßenverkehrsangelegenheiten');
  await town.neighbour('desk', 'Jonas Petersen', 'Tiefbauamt');
  await town.invite('Noch Nicht Da', 'Bauhof');
  await town.neighbour('gone', 'War Einmal', 'Bauhof');
  await town.cli('office', 'admin', 'revoke', '--person', 'War Einmal');
  const aylin = await browse({ link: await town.invite('Aylin Demir', 'Verkehrsdienst') });
  const { page } = aylin;
  await aylin.begin(['Jonas Petersen', LONG, 'Noch Nicht Da'], 'Straßenkontrolle Bezirk Mühlenstraße-Ost 🚧');
  await button(aylin, 'Einzelheiten').click();
  await expect(page.locator('.rp-member', { hasText: 'Noch Nicht Da' })).toBeVisible();
  await look(aylin, 'details-members');
  await page.getByRole('tab', { name: 'Medien' }).click();
  await expect(page.getByText('Noch keine Bilder.')).toBeVisible();
  await look(aylin, 'details-no-media');
  await aylin.attach([jpeg('eins.jpg'), jpeg('zwei.jpg'), { name: 'Liste mit langem Namen und ohne Ende.ods', mimeType: '', buffer: noise(2000) }]);
  await aylin.attached(3);
  await aylin.write('Anhänge');
  await expect(page.locator('.rp-mediagrid img')).toHaveCount(2);
  await look(aylin, 'details-media');
  await page.getByRole('tab', { name: 'Dateien' }).click();
  await expect(page.locator('.rp-filelist .rp-file')).toHaveCount(1);
  await look(aylin, 'details-files');
  await page.getByRole('tab', { name: 'Mitglieder' }).click();
  await button(aylin, `${LONG} aus der Gruppe entfernen`).click();
  await look(aylin, 'details-remove');
  await button(aylin, 'Abbrechen').click();
  await button(aylin, 'Hinzufügen').click();
  await expect(aylin.dialog).toBeVisible();
  await look(aylin, 'details-add');
  await page.keyboard.press('Escape');
  await button(aylin, 'Gruppe verlassen').click();
  await look(aylin, 'details-leave');
  await aylin.dialog.getByRole('button', { name: 'Gruppe verlassen' }).click();
  await expect(aylin.composer).toHaveCount(0);
  await page.keyboard.press('Escape');
  await look(aylin, 'conversation-left');

  await page.keyboard.press('Control+k');
  await look(aylin, 'palette');
  await aylin.dialog.getByRole('combobox').fill('an');
  await expect(aylin.dialog.getByRole('option', { name: 'Anhänge' })).toBeVisible();
  await look(aylin, 'palette-hits');
  await aylin.dialog.getByRole('combobox').fill('xyzxyz');
  await expect(aylin.dialog.getByText('Nichts gefunden.')).toBeVisible();
  await look(aylin, 'palette-nothing');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Verzeichnis', exact: true }).first().click();
  await expect(page.locator('.rp-dir .rp-row', { hasText: 'War Einmal' })).toContainText('gesperrt');
  await look(aylin, 'directory');
  await page.getByRole('searchbox').fill('xyz');
  await expect(page.getByText('Versuchen Sie einen Teil')).toBeVisible();
  await look(aylin, 'directory-nobody');
  await page.getByRole('link', { name: 'Ich', exact: true }).first().click();
  await expect(page.getByRole('meter')).toBeVisible();
  await look(aylin, 'settings');
  for (const fold of await page.locator('.rp-fold summary').all()) await fold.click();
  await page.locator('.rp-set__about').scrollIntoViewIfNeeded();
  await look(aylin, 'settings-end');
  await page.getByRole('button', { name: 'Konto von diesem Gerät entfernen' }).click();
  await look(aylin, 'settings-forget');
});

test.describe('in the administration', () => {
  test.use({ how: { empty: true } });

  test('founding, people, approvals, import and log', async ({ town, browse }) => {
    const admin = await browse();
    const { page } = admin;
    await page.goto(town.address);
    await button(admin, 'Neue Behörde anlegen').click();
    await expect(page.getByRole('heading', { name: 'Neue Behörde' })).toBeVisible();
    await look(admin, 'found-form');
    await button(admin, 'Behörde anlegen').click();
    await expect(page.getByText('Bitte ausfüllen.').first()).toBeVisible();
    await look(admin, 'found-wrong');
    const fields = { 'Name der Behörde': 'Stadt Musterstadt', 'Ihr Name': LONG, 'Passwort für die Stammdatei': 'Probe-Stammdatei', 'Passwort wiederholen': 'Probe-Stammdatei' };
    for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).fill(text);
    const root = await admin.download(() => button(admin, 'Behörde anlegen').click());
    await expect(page.getByRole('heading', { name: 'Stammdatei aufbewahren' })).toBeVisible();
    await look(admin, 'found-root-file');
    await button(admin, 'Sie liegt sicher').click();
    await admin.ready();
    await page.goto(`${town.address}/admin/people`);
    await expect(page.getByText('Noch niemand eingeladen')).toBeVisible();
    await look(admin, 'cockpit-alone');

    const inviting = button(admin, 'Person einladen').first();
    await inviting.click();
    await button(admin, 'Link erzeugen').click();
    await expect(admin.dialog.getByRole('alert')).toBeVisible();
    await look(admin, 'cockpit-invite-wrong');
    const invite = async (name, unit) => {
      await admin.dialog.getByLabel('Name', { exact: true }).fill(name);
      await admin.dialog.getByLabel('Stelle (kann frei bleiben)').fill(unit);
      await button(admin, 'Link erzeugen').click();
      const link = await admin.dialog.getByLabel('Einladungslink').inputValue();
      return link;
    };
    const link = await invite('Aylin Demir', 'Verkehrsdienst');
    await expect(admin.dialog.locator('.rp-qr')).toBeVisible();
    await look(admin, 'cockpit-link');
    await button(admin, 'Weitere Person einladen').click();
    const other = await invite('Jonas Petersen', 'Amt für Straßenverkehrsangelegenheiten und Sondernutzungen');
    await button(admin, 'Fertig').click();
    const aylin = await browse({ link });
    await expect(page.getByRole('row').filter({ hasText: 'Aylin Demir' })).toContainText('eingerichtet');
    await page.goto(`${town.address}/admin/pending`);
    await page.getByRole('radio', { name: 'Nach Prüfung' }).check();
    await look(admin, 'cockpit-nobody-waits');
    const jonas = await browse();
    await jonas.page.goto(other);
    await expect(button(admin, 'Ablehnen: Jonas Petersen')).toBeVisible();
    await look(admin, 'cockpit-pending');
    await button(admin, 'Ablehnen: Jonas Petersen').click();
    await look(admin, 'cockpit-reject');
    await button(admin, 'Abbrechen').click();

    await page.goto(`${town.address}/admin/people`);
    await expect(page.getByRole('row').filter({ hasText: 'Jonas Petersen' })).toContainText('wartet');
    await look(admin, 'cockpit-people');
    await button(admin, 'Aktionen für Aylin Demir').click();
    await look(admin, 'cockpit-person');
    await page.getByRole('button', { name: 'Zur Verwaltung machen' }).click();
    await look(admin, 'cockpit-root-file');
    await button(admin, 'Abbrechen').click();
    await button(admin, 'Aktionen für Aylin Demir').click();
    await page.getByRole('button', { name: 'Person sperren' }).click();
    await look(admin, 'cockpit-lock');
    await button(admin, 'Abbrechen').click();

    await page.goto(`${town.address}/admin/import`);
    await expect(page.locator('.rp-drop')).toBeVisible();
    await look(admin, 'cockpit-import');
    const rows = ['Name;Stelle', 'Aylin Demir;Verkehrsdienst', 'Mehmet Kaya;Bauhof', ';Bauhof', 'Mehmet Kaya;Bauhof'].join('\n');
    await page.locator('.rp-drop input[type=file]').setInputFiles({ name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
    await page.getByRole('button', { name: 'Alle Zeilen' }).click();
    await look(admin, 'cockpit-import-check');
    await button(admin, '1 Person einladen').click();
    await expect(page.getByText('Einladungen sind bereit')).toBeVisible();
    await look(admin, 'cockpit-import-done');
    await page.goto(`${town.address}/admin/acts`);
    await expect(page.getByRole('row').filter({ hasText: 'hat die Behörde angelegt' })).toBeVisible();
    await look(admin, 'cockpit-acts');
    await aylin.page.goto(`${town.address}/admin/people`);
    await expect(aylin.page.getByRole('heading', { name: 'Nur für die Verwaltung' })).toBeVisible();
    await look(aylin, 'cockpit-not-for-you');
    expect(root.bytes.length).toBeGreaterThan(0);
  });
});
