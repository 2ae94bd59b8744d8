// Real daemons as real processes on loopback, for integration tests and benchmarks: started from the built package by
// its own command line, killed by pid, and gone when the owner is done.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../ports.ts';

const MCTL = fileURLToPath(new URL('../../bin/mctl.js', import.meta.url));

export class DaemonProcess {
  readonly name: string;
  readonly url: string;
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess;
  #output = '';

  /** `env`: beside that of this process. */
  constructor(name: string, url: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.name = name;
    this.url = url;
    this.#args = args;
    this.#env = env;
    this.#child = this.#spawn();
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} could not be started`);
    return pid;
  }

  /** Of the present process; null while it runs, and when a signal ended it. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** What it wrote to stdout and stderr, newest 64 kB. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the process is gone. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  }

  restart(): void {
    this.#child = this.#spawn();
  }

  residentMb(): number {
    const pages = Number(readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * 4096) / 2 ** 20;
  }

  /** User and system time used so far. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [MCTL, ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env },
    });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-65_536);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    return child;
  }
}

export interface DaemonSetOptions {
  readonly agents: number;
  /** Of each agent. */
  readonly resources: string;
  readonly masterFlags?: readonly string[];
  readonly agentFlags?: readonly string[];
}

/** One master and some agents with a state of their own under the temporary directory. */
export class DaemonSet {
  readonly master: DaemonProcess;
  readonly agents: readonly DaemonProcess[];
  readonly directory: string;

  private constructor(directory: string, master: DaemonProcess, agents: readonly DaemonProcess[]) {
    this.directory = directory;
    this.master = master;
    this.agents = agents;
  }

  /** Resolves when all agents are registered. */
  static async start(options: DaemonSetOptions): Promise<DaemonSet> {
    const directory = mkdtempSync(join(tmpdir(), 'mctl-test-'));
    const masterPort = await freePort();
    const master = new DaemonProcess('master', `http://127.0.0.1:${masterPort}`, [
      'master',
      '--ip=127.0.0.1',
      `--port=${masterPort}`,
      `--work-dir=${directory}/master`,
      ...(options.masterFlags ?? []),
    ]);
    const agents: DaemonProcess[] = [];
    for (let number = 1; number <= options.agents; number += 1) {
      const port = await freePort();
      const ip = `127.0.0.${number + 1}`;
      const workDirectory = join(directory, `agent-${number}`);
      mkdirSync(workDirectory, { recursive: true });
      agents.push(
        new DaemonProcess(`agent-${number}`, `http://${ip}:${port}`, [
          'agent',
          `--master=127.0.0.1:${masterPort}`,
          `--ip=${ip}`,
          `--hostname=${ip}`,
          `--port=${port}`,
          `--work-dir=${workDirectory}`,
          `--runtime-dir=${workDirectory}/run`,
          `--fetcher-cache-dir=${workDirectory}/fetch`,
          `--cgroups-root=${cgroupsRoot(masterPort, number)}`,
          `--resources=${options.resources}`,
          '--registration-backoff-factor=50ms',
          ...(options.agentFlags ?? []),
        ]),
      );
    }
    const set = new DaemonSet(directory, master, agents);
    await set.whenRegistered();
    return set;
  }

  async whenRegistered(timeoutMs = 60_000): Promise<void> {
    await until(`${this.agents.length} agents registered`, timeoutMs, async () => {
      const state = await getJson<{ activated_slaves: number }>(`${this.master.url}/state`);
      return state.activated_slaves === this.agents.length;
    });
  }

  async agentIds(): Promise<string[]> {
    const state = await getJson<{ slaves: { id: string }[] }>(`${this.master.url}/state`);
    return state.slaves.map(({ id }) => id).sort();
  }

  /** Ends the daemons politely, then for good, and removes their state. */
  async stop(): Promise<void> {
    await Promise.all([this.master, ...this.agents].map((daemon) => daemon.kill('SIGTERM')));
    rmSync(this.directory, { recursive: true, force: true });
    const masterPort = Number(new URL(this.master.url).port);
    for (let number = 1; number <= this.agents.length; number += 1)
      await removeCgroups(cgroupsRoot(masterPort, number));
  }
}

function cgroupsRoot(masterPort: number, number: number): string {
  return `mctl-test-${masterPort}-${number}`;
}

/** With the tasks that are left in them, which nobody looks after any more. Throws when they do not go. */
export async function removeCgroups(root: string): Promise<void> {
  const top = '/sys/fs/cgroup';
  if (!existsSync(top)) return;
  const places = [top, ...readdirSync(top).map((name) => join(top, name))].map((directory) => join(directory, root));
  await until(`no cgroup ${root}`, 30_000, () => {
    for (const path of places) if (existsSync(path)) removeWithTasks(path);
    return !places.some((path) => existsSync(path));
  });
}

function removeWithTasks(path: string): void {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) removeWithTasks(join(path, entry.name));
    for (const pid of readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n'))
      if (Number(pid) > 0) end(Number(pid));
    rmdirSync(path);
  } catch (error) {
    // A process is still ending in it, or another hierarchy's link led here before.
    if (!['EBUSY', 'ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

/** Asks again until it holds; a throw counts as not yet. */
export async function until(what: string, timeoutMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await holds()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Not within ${timeoutMs} ms: ${what}`, { cause: last });
}
