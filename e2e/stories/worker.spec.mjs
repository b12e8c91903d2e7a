// SPDX-License-Identifier: EUPL-1.2
// The worker without its page: what no person can bring about on purpose.
import { readFile } from 'node:fs/promises';
import { test, expect } from '../lib/story.mjs';
import { ACCOUNT, ASK, ERROR, OPENED, SAID, VIEW, Worker } from '../lib/worker.mjs';

const start = async ({ context }, town) => Worker.start(await context.newPage(), town.address);
const MIB = 1 << 20;
/** Every file of this site, by name, read when no worker holds it. */
const files = (page) =>
  page.evaluate(async () => {
    const found = [];
    const look = async (folder) => {
      for await (const handle of folder.values()) {
        if (handle.kind === 'directory') await look(handle);
        else found.push(new Uint8Array(await (await handle.getFile()).arrayBuffer()));
      }
    };
    await look(await navigator.storage.getDirectory());
    const has = (bytes, text) => new TextDecoder('latin1').decode(bytes).includes(text);
    return {
      bytes: found.reduce((sum, bytes) => sum + bytes.length, 0),
      count: found.length,
      readable: ['Schlagloch', 'Aylin', 'Musterstadt', 'einladung'].filter((text) => found.some((bytes) => has(bytes, text))),
    };
  });

test('a file goes both ways, is there after a reload, and gives its space back', async ({ town, browse }) => {
  const worker = await start(await browse(), town);
  await worker.open('link', await town.invite('Aylin Demir'));
  await worker.settled();
  const photo = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, at) => at * 7 + (at >> 8)));
  const path = await town.file('foto.bin', photo);
  await town.cli('office', 'send', '--to', 'Aylin Demir', '--attach', path, 'Schlagloch');
  const [conversation] = await worker.until(async () => (await worker.conversations()).length && worker.conversations());
  const [message] = await worker.until(async () => (await worker.messages(conversation)).length && worker.messages(conversation));
  const file = message.get(VIEW.attachments)[0].get(0);
  await worker.tell(16, file);
  await worker.until(() => worker.said.some(({ kind, value }) => kind === SAID.event && value[0] === 6));
  expect((await worker.bytesOf(file)).equals(photo)).toBe(true);

  await worker.writeWithFile(conversation, 'Antwort', photo);
  await worker.until(async () => (await worker.status()).get(8) === 0);
  await worker.settled();
  const [line] = (await town.cli('office', 'receive', '--json', '--wait', '60')).split('\n');
  const copy = `${town.folder}/kopie.bin`;
  await town.cli('office', 'attachment', 'save', JSON.parse(line).attachments[0].id, copy);
  expect((await readFile(copy)).equals(photo)).toBe(true);

  await worker.page.reload();
  const full = await files(worker.page);
  expect(full.bytes).toBeGreaterThan(6_000_000);
  expect(full.readable, 'only the label says whose account it is').toEqual(['Aylin', 'Musterstadt']);
  await worker.load();
  await worker.open('known', (await worker.ask(ASK.list)).answer[0].get(0));
  expect((await worker.bytesOf(file)).equals(photo)).toBe(true);
  const here = await worker.messages(conversation);
  expect((await worker.tell(19, here.map((view) => view.get(VIEW.id)))).answer).toBeDefined();
  await worker.page.reload();
  expect((await files(worker.page)).bytes).toBeLessThan(full.bytes - 5_000_000);
});

test('a full disk refuses, loses nothing and goes on when there is room', async ({ town, browse }) => {
  const person = await browse();
  const worker = await start(person, town);
  await worker.open('link', await town.invite('Aylin Demir'));
  await worker.settled();
  await town.cli('office', 'send', '--to', 'Aylin Demir', 'Guten Tag');
  const [conversation] = await worker.until(async () => (await worker.conversations()).length && worker.conversations());
  await worker.until(async () => (await worker.messages(conversation)).length === 1);
  const devtools = await person.context.newCDPSession(worker.page);
  const room = (bytes) => devtools.send('Storage.overrideQuotaForOrigin', { origin: town.address, ...bytes });
  const used = async () => Number((await worker.ask(ASK.storage)).answer.get(0));

  let kept = 1;
  for (const left of [300_000, 0, -200_000]) {
    worker.said = [];
    await room({ quotaSize: (await used()) + left });
    for (;;) {
      const { error } = await worker.write(conversation, 'lang '.repeat(6000));
      if (error !== undefined) {
        expect(error).toBe(ERROR.full);
        break;
      }
      kept += 1;
    }
    const { value } = await worker.until(() => worker.heard(SAID.storeFailed));
    expect(value[0]).toBe(ERROR.full);
    expect(await worker.messages(conversation), 'what was there can be read').toHaveLength(kept);
    await room({});
    await worker.ask(ASK.dial);
    await worker.settled();
    expect(await worker.messages(conversation)).toHaveLength(kept);
  }

  await room({ quotaSize: (await used()) + 2 * MIB });
  const file = { 0: 'akte.bin', 1: 'application/octet-stream', 2: 8 * MIB };
  const staged = (await worker.tellWith(10, file)).answer[1][0];
  const chunk = () => worker.tellWith(11, { 0: staged, 1: new Uint8Array(MIB) });
  let last = await chunk();
  while (last.answer) last = await chunk();
  expect(last.error, 'chunks of a file, too').toBe(ERROR.full);
  await room({});
  expect((await chunk()).answer, 'and they go on where they stopped').toBeDefined();
  await worker.page.reload();
  await worker.load();
  const [account] = (await worker.ask(ASK.list)).answer;
  await worker.open('known', account.get(0));
  expect(await worker.messages(conversation)).toHaveLength(kept);
});

test('two tabs that open one new link at the same moment have one account', async ({ town, browse }) => {
  const person = await browse();
  const tabs = await Promise.all([start(person, town), start(person, town)]);
  const link = await town.invite('Jonas Petersen');
  const opened = await Promise.all(tabs.map((tab) => tab.open('link', link)));
  const kinds = opened.map(({ answer }) => answer[0]);
  expect(kinds.toSorted()).toEqual([OPENED.here, OPENED.otherTab]);
  const [here, there] = kinds[0] === OPENED.here ? tabs : tabs.toReversed();
  await here.settled();
  const list = await there.ask(ASK.list);
  expect(list.answer.map((entry) => [entry.get(1), entry.get(2)])).toEqual([
    [['Jonas Petersen', 'Stadt Musterstadt'], true],
  ]);

  const key = list.answer[0].get(0);
  expect((await there.open('known', key, true)).answer[0], 'a tab that asks gets it').toBe(OPENED.here);
  await here.until(() => here.heard(SAID.takenOver));
  expect((await here.ask(ASK.dial)).error).toBe(ERROR.notOpen);
  expect((await there.status()).get(2)).toBe('Jonas Petersen');
  expect((await here.open('known', key, true)).answer[0], 'and may be asked in turn').toBe(OPENED.here);
  await there.until(() => there.heard(SAID.takenOver));
  expect((await here.status()).get(0)).toBe(ACCOUNT.ready);
});

test('what is not a link, an account or a question leaves nothing behind', async ({ town, browse }) => {
  const worker = await start(await browse(), town);
  expect((await worker.ask(ASK.dial)).error).toBe(ERROR.notOpen);
  expect((await worker.open('link', 'https://rohrpost.example/#/einladung/kaputt')).error).toBe(ERROR.command);
  for (const key of ['0123456789abcdef', '..', '']) {
    expect((await worker.open('known', key)).answer[0]).toBe(OPENED.unknown);
  }
  expect((await worker.send((id) => [0xa1, 0x00, id])).error, 'an id and nothing else').toBe(ERROR.broken);
  expect((await worker.ask(ASK.list)).answer).toEqual([]);
});

test('a forgotten account is gone with all its files', async ({ town, browse }) => {
  const worker = await start(await browse(), town);
  await worker.open('link', await town.invite('Mehmet Kaya'));
  await worker.settled();
  const folders = () => worker.page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('rohrpost');
    return Array.fromAsync(root.keys());
  });
  expect(await folders()).toHaveLength(1);
  expect((await worker.ask(ASK.forget)).answer).toBeDefined();
  expect(await folders()).toEqual([]);
  expect((await worker.ask(ASK.list)).answer).toEqual([]);
  expect((await worker.ask(ASK.dial)).error).toBe(ERROR.notOpen);
});

test('a device that lost its network notices and is back at once', async ({ town, browse }) => {
  const worker = await start(await browse(), town);
  await worker.open('link', await town.invite('Aylin Demir'));
  await worker.settled();
  worker.said = [];
  await worker.ask(ASK.hangUp);
  await worker.until(() => worker.said.some(({ kind, value }) => kind === SAID.link && value[0] === 3));
  await worker.ask(ASK.dial);
  await worker.until(() => worker.said.some(({ kind, value }) => kind === SAID.link && value[0] === 2));
  await town.kill();
  await worker.until(() => worker.said.findLast(({ kind }) => kind === SAID.link).value[0] === 3);
  await town.restart();
  await worker.ask(ASK.dial);
  await worker.settled();
});
