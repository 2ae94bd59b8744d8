// `mctl top` as it is used: the built program in a terminal before a real master with simulated agents, looked at from outside.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonProcess } from '../../test/integration/daemon-processes.ts';
import { freePort } from '../../test/ports.ts';
import type { SimulatedClusterOptions, SimulatedClusterProgress } from './cluster-main.ts';
import { Relay } from './relay.ts';
import type { Screen } from './screen.ts';
import { TopWindow } from './window.ts';

const CLUSTER_PROGRAM = fileURLToPath(new URL('./cluster-main.ts', import.meta.url));
const PATIENCE_MS = 180_000;
const COLUMNS = 160;
const ROWS = 50;
/** After loading, what is not needed any more is given back in that time. */
const SETTLED_MS = 10_000;

export interface LiveOptions {
  readonly agents: number;
  readonly tasksPerAgent: number;
  /** Tasks that change at once, twice a second. */
  readonly changes: number;
  /** How long the CPU is watched. */
  readonly watchedMs: number;
  /** How often each key is pressed. */
  readonly presses: number;
  readonly note: (text: string) => void;
}

/**
 * From a key to its effect on the screen. `ownMs`: without what somebody on the way had to wait for a core, and never less than
 * the program itself has run meanwhile; what it would be on an idle machine.
 */
export interface KeyTime {
  readonly tookMs: number;
  readonly ownMs: number;
}

/** Times in milliseconds. */
export interface LiveFigures {
  readonly stateMb: number;
  /** From the start of the program, and from the last byte of the state, until there are tasks on the screen. */
  readonly firstFrame: number;
  readonly afterState: number;
  /** CPU time of the latter. */
  readonly afterStateRan: number;
  /** Until the first key after the start of the program has done something: it is busy with the state then. */
  readonly keyWhileLoading: number;
  readonly keys: Readonly<Record<string, readonly KeyTime[]>>;
  /** CPU time of all keys together, for each in ms. */
  readonly cpuMsPerKey: number;
  /** Part of one core, by screen. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Status updates of tasks while that was watched. */
  readonly changesPerSecond: number;
  readonly memoryMb: number;
  readonly laterMemoryMb: number;
  readonly peakMemoryMb: number;
}

export async function measureLive(options: LiveOptions): Promise<LiveFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-top-bench-'));
  const port = await freePort();
  const master = new DaemonProcess('master', `http://127.0.0.1:${port}`, [
    'master',
    '--ip=127.0.0.1',
    `--port=${port}`,
    `--work-dir=${directory}/master`,
  ]);
  let cluster: SimulatedCluster | undefined;
  let relay: Relay | undefined;
  try {
    await eventually('the master', async () => (await fetch(`${master.url}/health`).catch(() => undefined))?.ok);
    cluster = await startCluster(master.url, options);
    await eventually('all tasks', async () => {
      const counted = (await (await fetch(`${master.url}/metrics/snapshot`)).json()) as Record<string, number>;
      return counted['master/tasks_running'] === options.agents * options.tasksPerAgent;
    });
    relay = await Relay.start(master.url);
    return await measure(relay, cluster, directory, options);
  } catch (error) {
    options.note(master.output.slice(-2_000));
    throw error;
  } finally {
    relay?.stop();
    await ended(cluster?.child);
    await master.kill('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  }
}

interface SimulatedCluster {
  readonly child: ChildProcess;
  /** Status updates sent so far. */
  updates(): number;
}

async function startCluster(
  master: string,
  { agents, tasksPerAgent, changes, note }: LiveOptions,
): Promise<SimulatedCluster> {
  const program: SimulatedClusterOptions = { master, agents, tasksPerAgent, changes };
  const child = fork(CLUSTER_PROGRAM, [JSON.stringify(program)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let progress: SimulatedClusterProgress = { registered: 0, updates: 0 };
  child.on('message', (told: SimulatedClusterProgress) => {
    progress = told;
  });
  await eventually('all agents', () => {
    if (child.exitCode !== null) throw new Error(`the simulated cluster ended with ${child.exitCode}`);
    return progress.registered === agents;
  });
  note(`${agents} agents are registered`);
  return { child, updates: () => progress.updates };
}

async function measure(
  relay: Relay,
  cluster: SimulatedCluster,
  directory: string,
  options: LiveOptions,
): Promise<LiveFigures> {
  const { watchedMs, note } = options;
  const env = { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
  const top = new TopWindow({ args: ['tasks', '--master', relay.url], env, columns: COLUMNS, rows: ROWS });
  let ranUntilState = Number.NaN;
  relay.onState = () => {
    ranUntilState = top.ranMs();
  };
  try {
    await top.until('the key bar', ({ text }) => /\bq quit\b/.test(text));
    const keyWhileLoading = await top.until('the help', ({ text }) => /^Keys/m.test(text), '?');
    await top.until('the tasks again', ({ text }) => /^5 tasks/m.test(text), '?');
    await top.until('tasks', ({ text }) => /^5 tasks [1-9]/m.test(text));
    const seenMs = performance.now();
    const ranUntilSeen = top.ranMs();
    const { stateAtMs = Number.NaN, stateBytes } = relay;
    await pause(SETTLED_MS);
    const { now: memoryMb } = top.memoryMb();
    note(`${(stateBytes / 2 ** 20).toFixed(1)} MB of state, ${memoryMb.toFixed(0)} MB resident`);

    const cpu: Record<string, number> = {};
    const updatesBefore = cluster.updates();
    const watchedFromMs = performance.now();
    for (const [key, name] of [
      ['1', 'overview'],
      ['2', 'agents'],
      ['4', 'offers'],
      ['5', 'tasks'],
    ] as const) {
      await top.until(name, heading(key), key);
      await pause(1000);
      const before = top.cpuSeconds();
      const startedMs = performance.now();
      await pause(name === 'tasks' || name === 'overview' ? watchedMs : watchedMs / 3);
      cpu[name] = (top.cpuSeconds() - before) / ((performance.now() - startedMs) / 1000);
      note(`${name}: ${(cpu[name] * 100).toFixed(1)} % of a core`);
    }

    const watchedSeconds = (performance.now() - watchedFromMs) / 1000;
    const changesPerSecond = (cluster.updates() - updatesBefore) / watchedSeconds;

    const before = top.cpuSeconds();
    const { keys, pressed } = await pressKeys(top, options);
    const cpuMsPerKey = ((top.cpuSeconds() - before) * 1000) / pressed;
    const { now: laterMemoryMb, peak: peakMemoryMb } = top.memoryMb();
    const afterState = seenMs - stateAtMs;
    const afterStateRan = ranUntilSeen - ranUntilState;
    const firstFrame = seenMs - top.startedMs;
    const stateMb = stateBytes / 2 ** 20;
    return {
      stateMb,
      firstFrame,
      afterState,
      afterStateRan,
      keyWhileLoading,
      keys,
      cpuMsPerKey,
      cpu,
      changesPerSecond,
      memoryMb,
      laterMemoryMb,
      peakMemoryMb,
    };
  } finally {
    await top.close();
  }
}

/** Between two keys, as of somebody who is fast. */
const BETWEEN_KEYS_MS = 60;

async function pressKeys(top: TopWindow, { presses }: LiveOptions) {
  const keys: Record<string, KeyTime[]> = {};
  let pressed = 0;
  async function press(name: string, key: string, isSo: (screen: Screen) => boolean): Promise<void> {
    await pause(BETWEEN_KEYS_MS);
    const waitedMs = top.waitedMs();
    const ranMs = top.ranMs();
    // Painted is what the key has asked for, not that it is looked for.
    const isThere = (screen: Screen): boolean => isSo(screen) && !/ looking \d+%/.test(screen.line(1));
    const tookMs = await top.until(`${name} ${JSON.stringify(key)}`, isThere, key);
    const ownMs = Math.max(top.ranMs() - ranMs, tookMs - (top.waitedMs() - waitedMs));
    keys[name] = [...(keys[name] ?? []), { tookMs, ownMs }];
    pressed += 1;
  }
  for (let round = 0; round < presses; round++) {
    for (const key of ['\u001b[B', '\u001b[B', '\u001b[B', '\u001b[A']) {
      const before = cursorRow(top.screen);
      await press('cursor', key, (screen) => cursorRow(screen) !== before && cursorRow(screen) > 0);
    }
    for (const key of ['\u001b[6~', '\u001b[5~']) {
      const before = cursorText(top.screen);
      await press('page', key, (screen) => cursorText(screen) !== before && cursorText(screen) !== '');
    }
    for (const key of ['1', '2', '4', '5']) await press('screen', key, heading(key));
    await press('filter, opened', '/', ({ text }) => /^\//m.test(text));
    let typed = '';
    const filter = ['task-1', '~tk9', 'host1', '!task'][round % 4] ?? '';
    for (const letter of filter) {
      typed += letter;
      const shown = `/${typed}`;
      const name = typed.length === 1 ? 'filter, first letter' : 'filter, more letters';
      await press(name, letter, (screen) => screen.line(1).includes(shown) && promptIs(screen, shown));
    }
    await press(
      'filter, cleared',
      '\u001b',
      (screen) => /^5 tasks/.test(screen.line(1)) && !screen.line(1).includes('/'),
    );
    for (let column = 0; column < 8; column++) {
      const before = screenHeading(top.screen);
      await press('sort', 's', (screen) => screenHeading(screen) !== before);
    }
    const before = screenHeading(top.screen);
    await press('sort', 'i', (screen) => screenHeading(screen) !== before);
  }
  return { keys, pressed };
}

const heading =
  (key: string) =>
  (screen: Screen): boolean =>
    screen.line(1).startsWith(`${key} `);

const screenHeading = (screen: Screen): string => screen.line(1).replace(/[\d,]+\/?/g, '');

function cursorRow(screen: Screen): number {
  for (let row = 0; row < screen.rows; row++) if (screen.line(row).startsWith('▸')) return row;
  return -1;
}

function cursorText(screen: Screen): string {
  const row = cursorRow(screen);
  return row < 0 ? '' : (/task-\d+-\d+/.exec(screen.line(row))?.[0] ?? '');
}

/** The line that is typed into. */
function promptIs(screen: Screen, typed: string): boolean {
  return screen.line(screen.rows - 3).startsWith(typed);
}

async function eventually(what: string, isSo: () => boolean | undefined | Promise<boolean | undefined>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error(`never came: ${what}`);
    await pause(100);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
