// Tasks of the real World: what survives whose death, and what a task can see of its launcher.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ExitStatus,
  type ProcessIdentity,
  parseExit,
  parseRunning,
  type TaskProcess,
} from '../../../../src/world/processes.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';

const world: RealWorld = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());
let directory: string;
const launched: ProcessIdentity[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mctl-tasks-'));
});
afterEach(async () => {
  for (const identity of launched.splice(0)) await world.processes.signalTree(identity, 'SIGKILL');
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const task = (script: string, changes: Partial<TaskProcess> = {}): TaskProcess => ({
  argv: ['/bin/sh', '-c', script],
  env: { PATH: '/usr/bin:/bin' },
  cwd: directory,
  stdout: join(directory, 'stdout'),
  stderr: join(directory, 'stderr'),
  exitFile: join(directory, 'exit'),
  ...changes,
});

async function launch(script: string, changes: Partial<TaskProcess> = {}): Promise<ProcessIdentity> {
  const identity = await world.processes.launch(task(script, changes));
  launched.push(identity);
  return identity;
}

async function exit(): Promise<ExitStatus | undefined> {
  const read = async () => parseExit(await readFile(join(directory, 'exit'), 'utf8'));
  await expect.poll(read, { timeout: 30_000 }).toBeDefined();
  return read();
}

const stdout = (): Promise<string> => readFile(join(directory, 'stdout'), 'utf8');

describe('a task', () => {
  test('leads a session of its own, with nothing open but its three files, and default signals', async () => {
    const identity = await launch(
      'ps -o sid= -p $$; ls -l /proc/self/fd | sed -n "s/.* -> //p"; grep -E "SigIgn|SigBlk" /proc/self/status; umask',
    );
    expect(await exit()).toEqual({ kind: 'exited', code: 0 });
    const [session, ...lines] = (await stdout()).trim().split('\n');
    expect(Number(session)).toBe(identity.pid);
    expect(lines.filter((line) => !line.startsWith('/proc'))).toEqual([
      '/dev/null',
      expect.stringMatching(/stdout|pipe/),
      join(directory, 'stderr'),
      expect.stringMatching(/^SigBlk:\t0+$/),
      expect.stringMatching(/^SigIgn:\t0+$/),
      '0022',
    ]);
  });

  test('says in its exit file who runs it, until it has ended', async () => {
    const identity = await launch('sleep 1000');
    const running = async () => parseRunning(await readFile(join(directory, 'exit'), 'utf8'));
    expect(await running()).toEqual(identity);
    await world.processes.signalTree(identity, 'SIGTERM');
    expect(await exit()).toEqual({ kind: 'signaled', signal: 15 });
    expect(await running()).toBeUndefined();
  });

  test.each([
    ['exit 0', { kind: 'exited', code: 0 }],
    ['exit 255', { kind: 'exited', code: 255 }],
    ['exit 137', { kind: 'exited', code: 137 }],
    ['kill -KILL $$', { kind: 'signaled', signal: 9 }],
    ['kill -INT $$', { kind: 'signaled', signal: 2 }],
    ['kill -PIPE $$', { kind: 'signaled', signal: 13 }],
    ['kill -ABRT $$', { kind: 'signaled', signal: 6 }],
  ])('that does `%s` ends as %j', async (script, expected) => {
    await launch(script);
    expect(await exit()).toEqual(expected);
  });

  test('that shouts on stderr is not taken for killed', async () => {
    await launch('echo Terminated >&2; exit 143');
    expect(await exit()).toEqual({ kind: 'exited', code: 143 });
  });

  test('shows neither its environment nor itself in anybody’s process list but as its own command', async () => {
    const identity = await launch('sleep 1000', { env: { PATH: '/usr/bin:/bin', SECRET: 'hunter2' } });
    const commandLines: string[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      commandLines.push(await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''));
    }
    expect(commandLines.filter((line) => line.includes('hunter2'))).toEqual([]);
    expect(await world.processes.isAlive(identity)).toBe(true);
  });

  test('takes long commands and environments, and refuses what no process could have', async () => {
    const long = 'ü'.repeat(50_000);
    await launch('printf %s "$LONG" | wc -c', { env: { PATH: '/usr/bin:/bin', LONG: long } });
    expect(await exit()).toEqual({ kind: 'exited', code: 0 });
    expect((await stdout()).trim()).toBe('100000');
    for (const [name, value] of [
      ['a=b', 'x'],
      ['', 'x'],
      ['a', 'nul\0'],
    ] as const) {
      const env = { [name]: value };
      await expect(world.processes.launch(task('true', { env }))).rejects.toMatchObject({ code: 'cannot-start' });
    }
    const huge = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`V${index}`, 'x'.repeat(30_000)]));
    await expect(world.processes.launch(task('true', { env: huge }))).rejects.toThrow(/too long/);
  });

  test('does not start when it cannot enter a cgroup, or write its output; the reason is told', async () => {
    await expect(world.processes.launch(task('true', { cgroups: ['/no/such/cgroup'] }))).rejects.toThrow(
      /cannot enter the cgroup \/no\/such\/cgroup/,
    );
    await expect(world.processes.launch(task('true', { stdout: '/no/such/file' }))).rejects.toThrow(/ENOENT/);
    await writeFile(join(directory, 'target'), '');
    await world.disk.symlink('target', join(directory, 'stdout'));
    await expect(world.processes.launch(task('true'))).rejects.toThrow(/ELOOP/);
  });
});

describe('deaths', () => {
  test('of the launcher: its tasks go on, the next launch gets a new one', async () => {
    const first = await launch('sleep 1000');
    const launcherPid = await parentOf(first.pid);
    process.kill(launcherPid, 'SIGKILL');
    // At once, before we could have heard of the death.
    const second = await launch('sleep 1000', { exitFile: join(directory, 'exit2') });
    expect(await parentOf(second.pid)).not.toBe(launcherPid);
    expect(await world.processes.isAlive(first)).toBe(true);
    await world.processes.signalTree(first, 'SIGTERM');
    expect(await exit()).toEqual({ kind: 'signaled', signal: 15 });
  });

  test('of the daemon by SIGKILL: the launcher goes, tasks stay and tell their end', async () => {
    const { child, identity, launcherPid } = await daemonWithTask('until test -e over; do sleep 0.05; done; exit 5');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(async () => world.processes.identify(launcherPid), { timeout: 30_000 }).toBeUndefined();
    expect(await world.processes.isAlive(identity)).toBe(true);
    await writeFile(join(directory, 'over'), '');
    expect(await exit()).toEqual({ kind: 'exited', code: 5 });
  });

  test('of the daemon by itself: an idle launcher does not keep it', async () => {
    const { child, identity } = await daemonWithTask('sleep 1000', { IDLE: 'yes' });
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(await world.processes.isAlive(identity)).toBe(true);
  });

  test('of a lock’s holder by SIGKILL: the lock is free', async () => {
    const { child } = await daemonWithTask('true');
    const path = join(directory, 'lock');
    await expect(world.disk.lock(path)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await world.disk.lock(path)).release();
  });
});

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** A process with a real World of its own that has launched one task and holds a lock. */
async function daemonWithTask(
  script: string,
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; identity: ProcessIdentity; launcherPid: number }> {
  const child = fork(
    fileURLToPath(new URL('./daemon-main.ts', import.meta.url)),
    [JSON.stringify(task(script)), join(directory, 'lock')],
    {
      execArgv: [],
      env: { ...process.env, ...env },
    },
  );
  const [identity] = (await once(child, 'message')) as [ProcessIdentity];
  launched.push(identity);
  return { child, identity, launcherPid: await parentOf(identity.pid).catch(() => 0) };
}
