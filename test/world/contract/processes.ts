// Promises of Processes.
import { describe, expect } from 'vitest';
import { type ExitStatus, type ProcessIdentity, parseExit, type TaskProcess } from '../../../src/world/processes.ts';
import type { WorldHarness } from '../world-contract.ts';
import { type MakeHarness, promises, until } from './harness.ts';

function task(harness: WorldHarness, argv: TaskProcess['argv'], name = 'task'): TaskProcess {
  return {
    argv,
    env: { PATH: '/usr/bin:/bin', GREETING: 'hello' },
    cwd: harness.directory,
    stdout: `${harness.directory}/${name}.out`,
    stderr: `${harness.directory}/${name}.err`,
    exitFile: `${harness.directory}/${name}.exit`,
  };
}

async function exitOf(harness: WorldHarness, name = 'task'): Promise<ExitStatus | undefined> {
  const read = async (): Promise<ExitStatus | undefined> => {
    const path = `${harness.directory}/${name}.exit`;
    return (await harness.world.disk.stat(path)) === undefined
      ? undefined
      : parseExit(await harness.world.disk.readText(path));
  };
  await until(harness, 'the exit file tells the end', async () => (await read()) !== undefined);
  return read();
}

const gone = (harness: WorldHarness, identity: ProcessIdentity): Promise<void> =>
  until(harness, 'the process is gone', async () => !(await harness.world.processes.isAlive(identity)));

export function describeProcessesContract(makeHarness: MakeHarness): void {
  describe('processes', () => {
    const promise = promises(makeHarness);

    promise('we know ourselves', async ({ world: { processes } }) => {
      expect(await processes.identify(processes.self.pid)).toEqual(processes.self);
      expect(await processes.isAlive(processes.self)).toBe(true);
      expect(await processes.isAlive({ ...processes.self, startTime: processes.self.startTime + 1 })).toBe(false);
      expect(await processes.identify(4_000_000)).toBeUndefined();
    });

    promise('a task leaves its exit code in the exit file', async (harness) => {
      const identity = await harness.world.processes.launch(task(harness, harness.programs.exits(7)));
      expect(identity.pid).toBeGreaterThan(0);
      expect(await exitOf(harness)).toEqual({ kind: 'exited', code: 7 });
      await gone(harness, identity);
      expect(await harness.world.processes.signal(identity, 'SIGTERM')).toBe(false);
      expect(await harness.world.processes.signalTree(identity, 'SIGKILL')).toBe(0);
      expect(await harness.world.processes.usage(identity)).toBeUndefined();
    });

    promise('stdout is appended to its file', async (harness) => {
      await harness.world.disk.writeFile(`${harness.directory}/task.out`, 'before\n');
      await harness.world.processes.launch(task(harness, harness.programs.prints('done\n')));
      expect(await exitOf(harness)).toEqual({ kind: 'exited', code: 0 });
      expect(await harness.world.disk.readText(`${harness.directory}/task.out`)).toBe('before\ndone\n');
      expect(await harness.world.disk.readText(`${harness.directory}/task.err`)).toBe('');
    });

    promise('a running task is alive, known and measured, and SIGTERM to its tree ends it', async (harness) => {
      const { processes } = harness.world;
      const identity = await processes.launch(task(harness, harness.programs.sleeps));
      expect(await processes.identify(identity.pid)).toEqual(identity);
      expect(await harness.other.processes.isAlive(identity)).toBe(true);
      const usage = await processes.usage(identity);
      expect(usage?.processes).toBeGreaterThanOrEqual(1);
      expect(await processes.signalTree(identity, 'SIGTERM')).toBeGreaterThanOrEqual(1);
      expect(await exitOf(harness)).toEqual({ kind: 'signaled', signal: 15 });
      await gone(harness, identity);
    });

    promise('SIGKILL to the tree leaves nothing, and no exit file is promised', async (harness) => {
      const { processes } = harness.world;
      const identity = await processes.launch(task(harness, harness.programs.sleeps));
      expect(await processes.signalTree(identity, 'SIGKILL')).toBeGreaterThanOrEqual(1);
      await gone(harness, identity);
      await until(harness, 'the tree is gone', async () => (await processes.usage(identity)) === undefined);
    });

    promise('a process of the same pid but another start time is never signalled', async (harness) => {
      const { processes } = harness.world;
      const identity = await processes.launch(task(harness, harness.programs.sleeps));
      const earlier = { ...identity, startTime: identity.startTime - 1 };
      expect(await processes.signal(earlier, 'SIGKILL')).toBe(false);
      expect(await processes.isAlive(identity)).toBe(true);
      await processes.signalTree(identity, 'SIGKILL');
      await gone(harness, identity);
    });

    promise('a task outlives the process that launched it, and its end is known to another', async (harness) => {
      const identity = await harness.other.processes.launch(task(harness, harness.programs.sleeps));
      await harness.crashOther();
      const { processes } = harness.world;
      expect(await processes.isAlive(identity)).toBe(true);
      await processes.signalTree(identity, 'SIGTERM');
      expect(await exitOf(harness)).toEqual({ kind: 'signaled', signal: 15 });
    });

    promise('many tasks at once each get an end of their own', async (harness) => {
      const names = Array.from({ length: 20 }, (_, index) => `t${index}`);
      const identities = await Promise.all(
        names.map((name, index) => harness.world.processes.launch(task(harness, harness.programs.exits(index), name))),
      );
      expect(new Set(identities.map((identity) => identity.pid)).size).toBe(20);
      const ends = await Promise.all(names.map((name) => exitOf(harness, name)));
      expect(ends).toEqual(names.map((_, code) => ({ kind: 'exited', code })));
    });

    promise('what cannot be started is refused', async (harness) => {
      const nowhere = { ...task(harness, harness.programs.exits(0)), cwd: `${harness.directory}/none` };
      await expect(harness.world.processes.launch(nowhere)).rejects.toMatchObject({
        name: 'ProcessError',
        code: 'cannot-start',
      });
    });
  });
}
