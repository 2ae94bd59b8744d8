// Real ZooKeepers for tests: one, or three that form an ensemble, as Debian's package has them. Every one is a process of
// its own that can be paused, resumed, killed and started again with its data.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../ports.ts';

const CLASS_PATH = ['zookeeper', 'slf4j-log4j12', 'log4j-1.2'].map((name) => `/usr/share/java/${name}.jar`);

/** Why there is none to test with; undefined when there is one. */
export const MISSING: string | undefined = missing();

function missing(): string | undefined {
  const absent = CLASS_PATH.find((path) => !existsSync(path));
  if (absent !== undefined) return `ZooKeeper is not installed (${absent}; Debian's package zookeeper)`;
  return spawnSync('java', ['-version']).error === undefined ? undefined : 'Java is not installed';
}

if (MISSING !== undefined) process.stderr.write(`Tests with a real ZooKeeper are skipped: ${MISSING}\n`);

/** The members' session time-outs lie between 2 and 20 of these. */
export const TICK_MS = 500;

/** How an ensemble is made. */
export interface EnsembleOptions {
  /** 1 (default) or 3. */
  readonly members?: 1 | 3;
  /** Further lines of zoo.cfg. */
  readonly config?: Readonly<Record<string, string | number>>;
}

/** Nothing is left behind when the tests end before their time. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One ZooKeeper. */
export class Member {
  readonly #dir: string;
  readonly #configPath: string;
  /** What clients connect to, on 127.0.0.1. */
  readonly port: number;
  #process: ChildProcess | undefined;

  constructor(dir: string, port: number, config: string) {
    this.#dir = dir;
    this.port = port;
    this.#configPath = join(dir, 'zoo.cfg');
    writeFileSync(this.#configPath, config);
  }

  /** `127.0.0.1:port` */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts it, again with the data it had. Does not wait for it. */
  start(): void {
    if (this.#process !== undefined) return;
    const log = openSync(join(this.#dir, 'log'), 'a');
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    const flags = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', CLASS_PATH.join(':')];
    const child = spawn('java', [...flags, main, this.#configPath], { stdio: ['ignore', log, log], cwd: this.#dir });
    this.#process = child;
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      if (this.#process === child) this.#process = undefined;
    });
  }

  /** Stops it where it stands: its connections stay open and silent. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** SIGKILL, paused or not; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#process = undefined;
  }

  /** `leader`, `follower` or `standalone` once it serves; undefined while it does not. */
  async mode(): Promise<string | undefined> {
    return /^Mode: (\w+)/m.exec(await this.ask('srvr'))?.[1];
  }

  /** The answer to a four-letter word; empty when there is none. */
  ask(word: string): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(this.port, '127.0.0.1', () => socket.write(word));
      socket.setTimeout(5_000, () => socket.destroy());
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve(answer));
    });
  }

  /** What it wrote; for tests that fail. */
  log(): string {
    return readFileSync(join(this.#dir, 'log'), 'utf8');
  }
}

/** One ZooKeeper, or three. */
export class Ensemble {
  readonly members: readonly Member[];
  readonly #dir: string;

  constructor(dir: string, members: readonly Member[]) {
    this.#dir = dir;
    this.members = members;
  }

  /** `host:port,host:port` of all members. */
  get servers(): string {
    return this.members.map((member) => member.address).join(',');
  }

  /** `zk://host:port,…/path`; `path` begins with a slash, `credentials` are `user:password`. */
  url(path: string, credentials?: string): string {
    return `zk://${credentials === undefined ? '' : `${credentials}@`}${this.servers}${path}`;
  }

  /** Member `index`, which must be. */
  member(index: number): Member {
    const member = this.members[index];
    if (member === undefined) throw new Error(`there is no member ${index}`);
    return member;
  }

  /** The member that leads (of one: that serves), waited for. */
  async leader(): Promise<Member> {
    return await eventually('a leader', async () => {
      for (const member of this.members) {
        const mode = await member.mode();
        if (mode === 'leader' || mode === 'standalone') return member;
      }
      return undefined;
    });
  }

  /** Resolves when every running member serves. */
  async serving(): Promise<void> {
    for (const member of this.members) {
      if (member.pid !== undefined) await eventually(`${member.address} to serve`, () => member.mode());
    }
  }

  /** Kills what runs and removes the data. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Starts an ensemble and waits until all of it serves: under a second for one, about two for three. */
export async function startEnsemble(options: EnsembleOptions = {}): Promise<Ensemble> {
  const count = options.members ?? 1;
  const dir = mkdtempSync(join(tmpdir(), 'mctl-zookeeper-'));
  const ports = await freePorts(count === 1 ? 1 : count * 3);
  const places = Array.from({ length: count }, (_, index) => {
    const [client = 0, peer = 0, election = 0] = count === 1 ? ports : ports.slice(index * 3, index * 3 + 3);
    return { id: index + 1, client, peer, election };
  });
  const servers = places.map(({ id, client, peer, election }) => {
    return `server.${id}=127.0.0.1:${peer}:${election};127.0.0.1:${client}`;
  });
  const members = places.map(({ id, client }) => {
    const home = join(dir, String(id));
    mkdirSync(home);
    writeFileSync(join(home, 'myid'), String(id));
    const settings = {
      tickTime: TICK_MS,
      initLimit: 10,
      syncLimit: 4,
      dataDir: home,
      'admin.enableServer': 'false',
      '4lw.commands.whitelist': '*',
      maxClientCnxns: 0,
      forceSync: 'no',
      ...(count === 1 ? { clientPort: client, clientPortAddress: '127.0.0.1' } : {}),
      ...options.config,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return new Member(home, client, [...lines, ...(count === 1 ? [] : servers), ''].join('\n'));
  });
  const ensemble = new Ensemble(dir, members);
  for (const member of members) member.start();
  try {
    await ensemble.serving();
  } catch (error) {
    const logs = members.map((member) => member.log().slice(-2_000)).join('\n');
    await ensemble.stop();
    throw new Error(`no ensemble: ${logs}`, { cause: error });
  }
  return ensemble;
}

/** Asks again and again until there is an answer; throws after `patienceMs`. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  patienceMs = 60_000,
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  while (performance.now() < deadlineMs) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
}
