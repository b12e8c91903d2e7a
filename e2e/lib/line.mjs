// SPDX-License-Identifier: EUPL-1.2
// The line between browsers and server: it counts bytes, stops after so many, and breaks when it is told to.
import { once } from 'node:events';
import net from 'node:net';

/** One direction. */
class Way {
  passed = 0;
  #left = Infinity;
  #waiting = [];

  /** From now on only so many bytes pass; the rest waits. */
  allow(bytes) {
    this.#left = bytes;
    this.#waiting.splice(0).forEach((wake) => wake());
  }

  async carry(from, to) {
    try {
      for await (let bytes of from) {
        while (bytes.length > 0) {
          while (this.#left <= 0) await new Promise((wake) => this.#waiting.push(wake));
          const part = bytes.subarray(0, Math.min(bytes.length, this.#left));
          this.#left -= part.length;
          this.passed += part.length;
          if (!to.write(part)) await once(to, 'drain');
          bytes = bytes.subarray(part.length);
        }
      }
      to.end();
    } catch {
      to.destroy();
    }
  }
}

export class Line {
  up = new Way();
  down = new Way();
  #sockets = new Set();
  #server;
  #whole = true;

  /** Answers the line's own address. `port`: where the server listens, asked for each connection. */
  async open(port) {
    this.#server = net.createServer((near) => {
      const far = this.#whole ? net.connect(port(), '127.0.0.1') : undefined;
      if (!far) return near.destroy();
      for (const [one, other] of [[near, far], [far, near]]) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      this.up.carry(near, far);
      this.down.carry(far, near);
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Nothing passes, everything under way is lost. */
  cut() {
    this.#whole = false;
    this.#sockets.forEach((socket) => socket.destroy());
  }

  mend() {
    this.#whole = true;
  }

  async end() {
    this.up.allow(Infinity);
    this.down.allow(Infinity);
    this.#server.close();
    this.cut();
  }
}
