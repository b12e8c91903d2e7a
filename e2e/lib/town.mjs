// SPDX-License-Identifier: EUPL-1.2
// A town for one story: a real server on a free port, an administration that answers, people with links.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import os from 'node:os';
import path from 'node:path';

const run = promisify(execFile);
const programs = process.env.ROHRPOST_BIN_DIR;
const pages = process.env.ROHRPOST_WEB_DIR;
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
  #server;
  #agents = new Map();

  /** A founded town whose administration answers by itself. */
  static async found(name = 'Stadt Musterstadt') {
    const town = await Town.empty();
    await town.cli('office', 'authority', 'create', '--server', town.address, '--name', name, '--admin', 'Hauptamt');
    await town.agent('office');
    return town;
  }

  /** A server that has no authority yet. */
  static async empty() {
    if (!programs || !pages) throw new Error('run the stories with `cargo xtask test`');
    const town = new Town();
    town.folder = await mkdtemp(path.join(os.tmpdir(), 'rohrpost-e2e-'));
    await town.serve('127.0.0.1:0');
    return town;
  }

  async serve(listen) {
    const args = ['--data', path.join(this.folder, 'server'), '--listen', listen, '--web-folder', pages];
    this.#server = start(path.join(programs, 'rohrpost-server'), args, {});
    const line = await this.#server.line;
    this.address = line.replace('listening on ', '');
  }

  /** The server dies as by a power cut. */
  async kill() {
    this.#server.child.kill('SIGKILL');
    await ended(this.#server.child);
  }

  /** The same server again, on the same port. */
  async restart() {
    await this.serve(new URL(this.address).host);
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
    await agent.line;
    this.#agents.set(profile, agent.child);
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
    for (const child of [...this.#agents.values(), this.#server.child]) child.kill('SIGKILL');
    await Promise.all([...this.#agents.values(), this.#server.child].map(ended));
    await rm(this.folder, { recursive: true, force: true });
  }
}
