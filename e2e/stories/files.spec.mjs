// SPDX-License-Identifier: EUPL-1.2
// Files arrive byte for byte: large ones through reloads, odd ones as they are, pictures nobody can draw as files.
import { test, expect } from '../lib/story.mjs';
import { noise, png } from '../lib/picture.mjs';
import { createHash } from 'node:crypto';

const MB = 1_000_000;
const LARGE = noise(20 * MB);
/** What may be sent again after a reload: the chunk that was under way, and the talk around it. */
const AGAIN = 3 * MB;

/** The browser itself puts `_` for it in the name of a file it saves. */
const JOINER = '\u200d';

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function talk(town, browse) {
  const [one, other] = [await town.invite('Aylin Demir'), await town.invite('Jonas Petersen')];
  const aylin = await browse({ link: one });
  const jonas = await browse({ link: other });
  await aylin.begin(['Jonas Petersen']);
  return { aylin, jonas };
}

/** Saves a file of the open conversation by its name. */
function save(person, name) {
  return person.download(() => person.thread.getByRole('button', { name: `${name} speichern` }).click());
}

test.describe('on a line that stops', () => {
  test.use({ how: { line: true } });

  test('a reload in the middle of a large upload goes on where it was', async ({ town, browse }) => {
    const { aylin, jonas } = await talk(town, browse);
    await aylin.attach(await town.file('Plan.bin', LARGE));
    await aylin.attached(1);
    await aylin.kept(); // the line that stops would stop the page's files, too
    const before = town.line.up.passed;
    town.line.up.allow(9 * MB);
    await aylin.write('Plan der Brücke');
    const progress = aylin.message('Plan der Brücke').getByRole('progressbar', { name: 'Wird hochgeladen' });
    await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(30);
    await aylin.reload();
    await expect(aylin.message('Plan der Brücke')).toContainText('Plan.bin');
    town.line.up.allow(Infinity);
    await expect(aylin.state('Plan der Brücke')).toHaveText('zugestellt', { timeout: 60_000 });
    expect(town.line.up.passed - before).toBeLessThan(LARGE.length + AGAIN);
    await jonas.open('Aylin Demir');
    expect(hash((await save(jonas, 'Plan.bin')).bytes)).toBe(hash(LARGE));
  });

  test('a reload in the middle of a large download goes on where it was', async ({ town, browse }) => {
    const { aylin, jonas } = await talk(town, browse);
    await aylin.attach(await town.file('Plan.bin', LARGE));
    await aylin.attached(1);
    await aylin.write('Plan der Brücke');
    await jonas.open('Aylin Demir');
    await expect(jonas.message('Plan der Brücke')).toContainText('20,0 MB', { timeout: 60_000 });
    await jonas.kept();
    const before = town.line.down.passed;
    town.line.down.allow(9 * MB);
    await jonas.thread.getByRole('button', { name: 'Plan.bin speichern' }).click();
    const progress = jonas.thread.getByRole('progressbar', { name: 'Wird heruntergeladen' });
    await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(30);
    await jonas.reload();
    await expect(jonas.message('Plan der Brücke')).toContainText('Plan.bin');
    town.line.down.allow(Infinity);
    const kept = await save(jonas, 'Plan.bin');
    expect(hash(kept.bytes)).toBe(hash(LARGE));
    expect(town.line.down.passed - before).toBeLessThan(LARGE.length + AGAIN);
  });
});

test('an empty file, and names in pictures and from right to left, arrive as they are', async ({ town, browse }) => {
  const { aylin, jonas } = await talk(town, browse);
  const files = [
    { name: 'leer.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    { name: '🚧 Baustelle 👷🏽‍♀️.txt', mimeType: 'text/plain', buffer: Buffer.from('gesperrt') },
    { name: 'تقرير الطريق.pdf', mimeType: 'application/pdf', buffer: noise(5000) },
    { name: 'Straßenschäden – Übersicht (Entwurf), zweite Fassung mit sehr langem Namen und ohne Ende.odt', mimeType: '', buffer: noise(1) },
  ];
  await aylin.attach(files);
  await aylin.attached(files.length);
  await aylin.write('vier Dateien');
  await expect(aylin.state('vier Dateien')).toHaveText('zugestellt');
  await jonas.open('Aylin Demir');
  for (const person of [aylin, jonas]) {
    const names = person.message('vier Dateien').locator('.rp-file b');
    await expect(names).toHaveText(files.map((file) => file.name));
  }
  for (const file of files) {
    const kept = await save(jonas, file.name);
    expect(kept.name).toBe(file.name.replaceAll(JOINER, '_'));
    expect(kept.bytes.equals(file.buffer), file.name).toBe(true);
  }
});

test('a picture that is none, and one too large to draw, are said so and can be saved', async ({ town, browse }) => {
  const { aylin, jonas } = await talk(town, browse);
  const broken = { name: 'kaputt.jpg', mimeType: 'image/jpeg', buffer: noise(30_000) };
  const huge = { name: 'riesig.png', mimeType: 'image/png', buffer: png(12_000, 12_000) };
  for (const [file, text] of [[broken, 'erstes'], [huge, 'zweites']]) {
    await aylin.attach(file);
    await aylin.attached(1);
    await expect(aylin.page.locator('.rp-att img')).toHaveCount(0);
    await aylin.write(text);
    await expect(aylin.state(text)).toHaveText('zugestellt');
  }
  await jonas.open('Aylin Demir');
  for (const person of [aylin, jonas]) {
    for (const [file, text] of [[broken, 'erstes'], [huge, 'zweites']]) {
      const picture = person.message(text).locator('.rp-photo');
      await expect(picture).toContainText('Lässt sich nicht anzeigen');
      await expect(picture.locator('img')).toHaveCount(0);
      const kept = await person.download(() => picture.click());
      expect(kept.name).toBe(file.name);
      expect(kept.bytes.equals(file.buffer), file.name).toBe(true);
    }
  }
});

/** Lets files fall on the page, or pastes them, as the browser tells it. */
function hand(page, kind, names) {
  return page.evaluate(([kind, names]) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File([name], name, { type: 'text/plain' }));
    const options = { bubbles: true, cancelable: true };
    if (kind === 'paste') {
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
    } else {
      document.querySelector('.rp-thread').dispatchEvent(new DragEvent(kind, { ...options, dataTransfer: data }));
    }
  }, [kind, names]);
}

test('several files are pasted and dropped, seen before they go, and one is taken out again', async ({ town, browse }) => {
  const { aylin, jonas } = await talk(town, browse);
  await aylin.composer.click();
  await hand(aylin.page, 'paste', ['eins.txt', 'zwei.txt']);
  await aylin.attached(2);
  await hand(aylin.page, 'dragover', ['drei.txt', 'vier.txt']);
  await expect(aylin.page.getByText('Hier ablegen')).toBeVisible();
  await hand(aylin.page, 'drop', ['drei.txt', 'vier.txt']);
  await expect(aylin.page.getByText('Hier ablegen')).toHaveCount(0);
  await aylin.attached(4);
  await aylin.page.getByRole('button', { name: 'zwei.txt entfernen' }).click();
  await aylin.attached(3);
  await aylin.composer.press('Enter');
  const files = (person) => person.thread.locator('.rp-file b');
  await jonas.open('Aylin Demir');
  for (const person of [aylin, jonas]) await expect(files(person)).toHaveText(['eins.txt', 'drei.txt', 'vier.txt']);
  await expect(aylin.page.locator('.rp-att')).toHaveCount(0);
  expect((await save(jonas, 'vier.txt')).bytes.toString()).toBe('vier.txt');
});

test('of forty files as many are taken in as a message carries, and the sender is told', async ({ town, browse }) => {
  const { aylin, jonas } = await talk(town, browse);
  await aylin.attach(Array.from({ length: 40 }, (_, index) => ({ name: `Beleg ${index}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`${index}`) })));
  await expect(aylin.toast).toContainText('höchstens 32 Anhänge');
  await aylin.attached(32);
  await aylin.write('Belege');
  await jonas.open('Aylin Demir');
  await expect(jonas.message('Belege').locator('.rp-file')).toHaveCount(32);
  expect((await save(jonas, 'Beleg 31.txt')).bytes.toString()).toBe('31');
});
