// What a debug container finds of the one that it looks into, while that one is only just beginning.
import { expect, test } from 'vitest';
import { placeOf } from '../../../../../src/daemon/agent/containers/io/joining.ts';
import { DiskError } from '../../../../../src/world/disk.ts';
import type { World } from '../../../../../src/world/world.ts';

const RUNNER = { pid: 7, startTime: 1 };

/** A machine on which the runner's child has the environments given, one after the other as time passes. */
function machine(...environments: string[]): { world: World; sleeps: () => number } {
  let sleeps = 0;
  const files: Record<string, () => string> = {
    '/proc/7/task/7/children': () => '8 ',
    '/proc/8/task/8/children': () => '',
    '/proc/8/environ': () => environments[Math.min(sleeps, environments.length - 1)] ?? '',
  };
  const readText = async (path: string): Promise<string> => {
    const read = files[path];
    if (read === undefined) throw new DiskError('not-found', path, 'is not there');
    return read();
  };
  const sleep = async (): Promise<void> => {
    sleeps++;
  };
  const parts = {
    disk: { readText, readLink: async () => 'of all' },
    processes: { isAlive: async () => true },
    clock: { sleep },
  };
  return { world: parts as unknown as World, sleeps: () => sleeps };
}

const RUNNERS = 'PATH=/bin\0TASK_0=export OF=task; exec sleep\0';

test('the environment is that of the command, also when the runner is just becoming it', async () => {
  const { world } = machine(RUNNERS, RUNNERS, 'OF=task\0');
  expect(await placeOf(world, RUNNER)).toMatchObject({ command: 8, environment: { OF: 'task' } });
});

test('a command with a variable of that name itself is waited for a second, and has it', async () => {
  const { world, sleeps } = machine('TASK_0=mine\0');
  expect(await placeOf(world, RUNNER)).toMatchObject({ environment: { TASK_0: 'mine' } });
  expect(sleeps()).toBe(50);
});
