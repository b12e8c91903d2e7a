// SPDX-License-Identifier: EUPL-1.2
// The worker alone, spoken to as the page does: CBOR with numbered fields (see crates/client-api/src/port.rs). For what
// a story can't reach through the page: a full disk, two tabs at one moment, a question that can't be read.
import { decode, encode } from 'cborg';

/** Numbers of questions, messages and errors as port.rs gives them. */
export const ASK = { list: 0, open: 1, tell: 2, see: 3, storage: 4, persist: 5, dial: 6, forget: 7, hangUp: 8 };
export const SAID = { ready: 0, reply: 1, event: 2, link: 3, takenOver: 4, storeFailed: 5 };
export const ERROR = { command: 0, notOpen: 1, full: 2, unsupported: 3, store: 4, broken: 5 };
export const OPENED = { here: 0, otherTab: 1, unknown: 2 };
export const ACCOUNT = { none: 0, waiting: 2, ready: 3 };
/** A message's fields. */
export const VIEW = { id: 0, attachments: 9 };

/** A struct's fields by their numbers. */
export const fields = (object) => new Map(Object.entries(object).map(([number, value]) => [Number(number), value]));
/** A variant of an enum. */
export const variant = (number, ...values) => [number, values];

const which = { known: (key) => variant(0, key), link: (link) => variant(1, link), fresh: () => variant(2) };

export class Worker {
  /** Everything it said unasked: `{ kind, value }`. */
  said = [];
  #waiting = new Map();
  #next = 0;
  #heard = () => {};

  /** Starts a worker in a page of the server's own origin that shows nothing. */
  static async start(page, address) {
    await page.goto(`${address}/release.json`);
    const worker = new Worker();
    worker.page = page;
    await page.exposeFunction('said', (text) => worker.#hear(Buffer.from(text, 'base64')));
    await worker.load();
    return worker;
  }

  /** Starts it (again, after a reload) and waits until it listens. */
  async load() {
    this.said = [];
    await this.page.evaluate(() => {
      const policy = trustedTypes.createPolicy('rohrpost', { createScriptURL: (url) => url });
      const worker = new Worker(policy.createScriptURL('/worker.js'), { type: 'module' });
      worker.onmessage = ({ data }) => window.said(btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join('')));
      window.ask = (text) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        worker.postMessage(bytes, [bytes.buffer]);
      };
    });
    await this.until(() => this.heard(SAID.ready));
  }

  #hear(bytes) {
    const [kind, value] = decode(bytes, { useMaps: true });
    if (kind === SAID.reply) {
      const [isError, answer] = value.get(1);
      const tell = this.#waiting.get(value.get(0));
      this.#waiting.delete(value.get(0));
      tell?.(isError ? { error: answer[0], why: answer[1] } : { answer: decode(answer, { useMaps: true }) });
    } else {
      this.said.push({ kind, value: value[0] });
    }
    this.#heard();
  }

  /** Asks and waits: `{ answer }` or `{ error }`. */
  ask(question, object = {}) {
    return this.send((id) => encode(fields({ 0: id, 1: variant(question, fields(object)) })));
  }

  /** Bytes of one's own; `make` gets the id that the answer must bear. */
  send(make) {
    const id = ++this.#next;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    return this.page.evaluate((text) => window.ask(text), Buffer.from(make(id)).toString('base64')).then(() => answer);
  }

  open(kind, value, takeOver = false) {
    return this.ask(ASK.open, { 0: which[kind](value), 1: takeOver });
  }
  tell(command, ...values) {
    return this.ask(ASK.tell, { 0: variant(command, ...values) });
  }
  /** A command whose values have numbers. */
  tellWith(command, object) {
    return this.ask(ASK.tell, { 0: [command, fields(object)] });
  }
  async status() {
    const { answer } = await this.ask(ASK.see, { 0: variant(0) });
    return answer?.[1][0] ?? new Map();
  }
  async conversations() {
    const { answer } = await this.ask(ASK.see, { 0: variant(1) });
    return answer[1][0].map((view) => view.get(0));
  }
  /** The newest messages of a conversation. */
  async messages(conversation) {
    const query = [10, fields({ 0: conversation, 1: 0xffffffffffffffffn, 2: 200 })];
    const { answer } = await this.ask(ASK.see, { 0: query });
    return answer[1][0];
  }
  /** Puts a text into the outbox. */
  write(conversation, text) {
    return this.tellWith(13, { 0: conversation, 1: fields({ 0: text, 1: [], 4: variant(0) }) });
  }

  /** Takes in a file and sends it with a text. */
  async writeWithFile(conversation, text, bytes) {
    const staged = await this.tellWith(10, { 0: 'akte.bin', 1: 'application/octet-stream', 2: bytes.length });
    const file = staged.answer[1][0];
    for (let at = 0; at < bytes.length; at += 1 << 20) {
      await this.tellWith(11, { 0: file, 1: new Uint8Array(bytes.subarray(at, at + (1 << 20))) });
    }
    await this.tell(12, file);
    return this.tellWith(13, { 0: conversation, 1: fields({ 0: text, 1: [file], 4: variant(0) }) });
  }
  /** All plaintext of an attachment that is here. */
  async bytesOf(file) {
    const parts = [];
    for (let number = 0; ; number += 1) {
      const { answer } = await this.ask(ASK.see, { 0: variant(8, file, number) });
      if (!answer[1][0]?.length) return Buffer.concat(parts);
      parts.push(answer[1][0]);
    }
  }

  heard(kind) {
    return this.said.find((message) => message.kind === kind);
  }
  /** The account is there and everything is sent and read. */
  settled() {
    return this.until(async () => {
      const status = await this.status();
      return status.get(0) === ACCOUNT.ready && status.get(6) && status.get(7) === 0;
    });
  }
  /** Looks again whenever it said something. */
  async until(look, millis = 20_000) {
    const end = Date.now() + millis;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited in vain for ${look}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
