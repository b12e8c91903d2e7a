// SPDX-License-Identifier: EUPL-1.2
// A town for one story: a real server on a free port, an administration that answers, people with links.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import os from 'node:os';
import path from 'node:path';
import { Line } from './line.mjs';

const run = promisify(execFile);
const programs = process.env.ROHRPOST_BIN_DIR;
const PASSPHRASE = 'Probe-Stammdatei';

/** Starts a program that stays and waits for its first line. */
function start(program, args, env) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  const line = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${path.basename(program)} ended with ${code}: ${said}`)));
  });
  return { child, line };
}

function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve));
}

export class Town {
  folder;
  address;
  /** What lies between everybody and the server, if the town has one. */
  line;
  /** The folder of the web messenger's files. */
  pages = process.env.ROHRPOST_WEB_DIR;
  #port;
  #kept = false;
  #server;
  #agents = new Map();

  /** A founded town whose administration answers by itself. */
  static async found({ name = 'Stadt Musterstadt', ...how } = {}) {
    const town = await Town.empty(how);
    await town.cli('office', 'authority', 'create', '--server', town.address, '--name', name, '--admin', 'Hauptamt');
    await town.agent('office');
    return town;
  }

  /** A founded town that outlives this run: the one `folder` holds, else a new one. */
  static async kept(folder) {
    const note = path.join(folder, 'port');
    const port = Number(await readFile(note, 'utf8').catch(() => 0));
    const town = new Town();
    town.folder = folder;
    town.#kept = true;
    await mkdir(folder, { recursive: true });
    await town.#serve(port);
    town.address = `http://127.0.0.1:${town.#port}`;
    if (!port) {
      await town.cli('office', 'authority', 'create', '--server', town.address, '--name', 'Stadt Musterstadt', '--admin', 'Hauptamt');
      await writeFile(note, `${town.#port}`);
    }
    await town.agent('office');
    return town;
  }

  /** A server that has no authority yet. `line`: everything passes a line that can be cut; `pages`: other web files. */
  static async empty({ line = false, pages } = {}) {
    const town = new Town();
    town.pages = pages ?? town.pages;
    if (!programs || !town.pages) throw new Error('run the stories with `cargo xtask e2e`');
    town.folder = await mkdtemp(path.join(os.tmpdir(), 'rohrpost-e2e-'));
    if (line) {
      town.line = new Line();
      town.address = await town.line.open(() => town.#port);
    }
    await town.#serve(0);
    town.address ??= `http://127.0.0.1:${town.#port}`;
    return town;
  }

  async #serve(port) {
    const data = path.join(this.folder, 'server');
    const args = ['--data', data, '--listen', `127.0.0.1:${port}`, '--web-folder', this.pages];
    if (this.line) args.push('--public-url', this.address);
    this.#server = start(path.join(programs, 'rohrpost-server'), args, {});
    const line = await this.#server.line;
    this.#port = Number(new URL(line.replace('listening on ', '')).port);
  }

  /** The server dies as by a power cut. */
  async kill() {
    this.#server.child.kill('SIGKILL');
    await ended(this.#server.child);
  }

  /** The server's store of files fails: whoever asks for one is told that it is not there any more. */
  async loseFiles() {
    await rm(path.join(this.folder, 'server', 'blobs'), { recursive: true });
    await mkdir(path.join(this.folder, 'server', 'blobs'));
  }

  /** The same server again, on the same port. */
  async restart() {
    await this.#serve(this.#port);
  }

  /** One command of the command line; answers what it printed. */
  async cli(profile, ...words) {
    const env = { ...process.env, ROHRPOST_ROOT_PASSPHRASE: PASSPHRASE };
    const args = ['--profile', path.join(this.folder, profile), ...words];
    const { stdout } = await run(path.join(programs, 'rohrpost'), args, { env, maxBuffer: 64 << 20 });
    return stdout.trim();
  }

  /** Lets a profile of the command line stay online. */
  async agent(profile) {
    const agent = start(path.join(programs, 'rohrpost'), ['--profile', path.join(this.folder, profile), 'agent'], {});
    this.#agents.set(profile, agent.child);
    await agent.line;
  }

  async endAgent(profile) {
    const child = this.#agents.get(profile);
    child.kill('SIGTERM');
    await ended(child);
    this.#agents.delete(profile);
  }

  /** An invitation's link. */
  invite(name, unit) {
    return this.cli('office', 'invite', '--name', name, ...(unit ? ['--unit', unit] : []));
  }

  /** Many people at once, from lines of name and unit. */
  async import(lines) {
    const file = path.join(this.folder, 'people.csv');
    await writeFile(file, ['name,unit', ...lines].join('\n'));
    return this.cli('office', 'admin', 'import', file);
  }

  /** A person who lives on the command line. */
  async neighbour(profile, name, unit) {
    await this.cli(profile, 'enrol', await this.invite(name, unit), '--wait', '60');
  }

  /** A file in the town's folder. */
  async file(name, bytes) {
    const file = path.join(this.folder, name);
    await writeFile(file, bytes);
    return file;
  }

  async end() {
    const children = [...this.#agents.values(), this.#server.child];
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(ended));
    await this.line?.end();
    if (!this.#kept) await rm(this.folder, { recursive: true, force: true });
  }
}
