// How the end of a container is noticed, with a world that answers when the test says so.
import { expect, test } from 'vitest';
import type { Isolator } from '../../../../../src/daemon/agent/containers/isolation/isolator.ts';
import type { Container } from '../../../../../src/daemon/agent/containers/life/container.ts';
import { ExitWatcher } from '../../../../../src/daemon/agent/containers/life/exit-watcher.ts';
import { RuntimeDirectory } from '../../../../../src/daemon/agent/containers/life/runtime-record.ts';
import type { ContainerizerOptions } from '../../../../../src/daemon/agent/containers/options.ts';
import type { DiskWatch } from '../../../../../src/world/disk.ts';
import type { World } from '../../../../../src/world/world.ts';

function scene(exitFile: () => string) {
  const opened: ((name: string) => void)[] = [];
  const seen = { reads: 0, closed: 0, ended: 0 };
  const watch = Promise.withResolvers<DiskWatch>();
  const disk = {
    readText: async () => {
      seen.reads += 1;
      return exitFile();
    },
    watch: (_path: string, fn: (name: string) => void) => {
      opened.push(fn);
      return watch.promise;
    },
  };
  const world = { disk, clock: { every: () => ({ cancel: () => undefined }) } } as unknown as World;
  const container = {
    containerId: 'c1',
    phase: 'running',
    hasProcess: true,
    ports: [],
    runtime: new RuntimeDirectory(world.disk, '/run/c1'),
  } as unknown as Container;
  const watcher = new ExitWatcher(world, {} as Isolator, {} as ContainerizerOptions, new Map([['c1', container]]), {
    ended: () => {
      seen.ended += 1;
    },
    overran: () => undefined,
  });
  const open = (): void =>
    watch.resolve({
      close() {
        seen.closed += 1;
      },
    });
  return { watcher, container, opened, seen, open };
}

test('a command that is over before anybody looks needs no watch', async () => {
  const { watcher, container, opened, seen } = scene(() => {
    container.phase = 'ending';
    return 'exited 0\n';
  });
  await watcher.watch(container);
  expect(opened).toHaveLength(0);
  expect(seen.reads).toBe(1);
});

test('a watch that comes up after its container was ended is closed at once', async () => {
  const { watcher, container, opened, seen, open } = scene(() => 'running 1 1\n');
  const watching = watcher.watch(container);
  await new Promise((resolve) => setImmediate(resolve));
  expect(opened).toHaveLength(1);
  container.phase = 'ending';
  open();
  await watching;
  expect(seen.closed).toBe(1);
  expect(container.watch).toBeUndefined();
});

test('many events of one end are answered by one look and one more', async () => {
  const { watcher, container, opened, seen, open } = scene(() => 'running 1 1\n');
  open();
  await watcher.watch(container);
  const before = seen.reads;
  for (let event = 0; event < 10; event += 1) opened[0]?.('exit');
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.reads - before).toBe(2);
  expect(seen.ended).toBe(0);
});
