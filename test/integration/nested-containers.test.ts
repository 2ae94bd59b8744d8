// Containers in containers on this very machine: what a task group is made of.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig } from '../../src/daemon/agent/containers/containerizer.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';

const probe = await makeFixture();
const hasCgroups = probe.containerizer.isolation !== 'posix';
await probe.dispose();

let fixture: Fixture;
afterEach(async () => {
  await fixture.dispose();
});

/** A container without a process, and `scripts` nested in it. */
async function pod(
  scripts: readonly string[],
  changes: Parameters<Fixture['config']>[1] = {},
): Promise<{ outer: ContainerConfig; nested: ContainerConfig[] }> {
  const outer = await fixture.config('', { command: undefined });
  const nested: ContainerConfig[] = [];
  for (const [index, script] of scripts.entries()) {
    const containerId = `${outer.containerId}.n${index}`;
    const runtimeDirectory = `${fixture.options.runtimeContainers}/${containerId}`;
    nested.push(await fixture.config(script, { containerId, runtimeDirectory, sharesLimits: true, ...changes }));
  }
  await fixture.containerizer.launch(outer);
  for (const config of nested) await fixture.containerizer.launch(config);
  return { outer, nested };
}

for (const asked of hasCgroups ? ['cgroups/cpu,cgroups/mem', 'posix/cpu,posix/mem'] : ['posix/cpu,posix/mem']) {
  describe(`a container with others in it, with ${asked}`, () => {
    beforeEach(async () => {
      fixture = await makeFixture({ isolation: asked });
    });

    test('lives without a process until it is destroyed, and those in it end for themselves', async () => {
      const { outer, nested } = await pod(['exit 3', 'sleep 1000']);
      expect(await fixture.exitOf(nested[0]?.containerId ?? '')).toMatchObject({ status: { kind: 'exited', code: 3 } });
      expect(await fixture.containerizer.usage(outer.containerId)).toBeDefined();
      await fixture.containerizer.destroy(outer.containerId);
      await fixture.exitOf(nested[1]?.containerId ?? '');
      expect(await fixture.exitOf(outer.containerId)).toMatchObject({ status: { kind: 'unknown' } });
      expect(await fixture.leftoverCgroups()).toEqual([]);
    });

    test('is taken back with them by a later containerizer', async () => {
      const { outer, nested } = await pod(['sleep 1000']);
      const inner = nested[0];
      if (inner === undefined) throw new Error('nothing nested');
      const known = [
        await fixture.checkpoint(inner, { process: await processOf(inner) }),
        await fixture.checkpoint(outer, { process: undefined }),
      ];
      const later = await makeFixture({ ...fixture.options }, fixture.directory);
      await later.containerizer.recover(known);
      expect(await later.containerizer.signal(inner.containerId, 'SIGTERM')).toBe(true);
      expect(await later.exitOf(inner.containerId)).toMatchObject({ status: { kind: 'signaled', signal: 15 } });
      await later.containerizer.destroy(outer.containerId);
      await later.exitOf(outer.containerId);
      await later.containerizer.close();
      await later.world.close();
    });

    test('nothing can be launched in a container that is not there', async () => {
      const config = await fixture.config('true', { containerId: 'gone.n0' });
      await expect(fixture.containerizer.launch(config)).rejects.toThrow('does not run');
    });
  });
}

async function processOf({ runtimeDirectory }: ContainerConfig) {
  const text = await fixture.world.disk.readText(`${runtimeDirectory}/exit`);
  const [, pid, startTime] = /^running (\d+) (\d+)/.exec(text) ?? [];
  return { pid: Number(pid), startTime: Number(startTime) };
}

describe.runIf(hasCgroups)('limits of a container with others in it', () => {
  beforeEach(async () => {
    fixture = await makeFixture();
  });

  test('hold for all in it together, and the one that goes beyond tells so', async () => {
    const eat = 'tail -c 200M /dev/zero | tail';
    const { outer, nested } = await pod([eat, 'sleep 1000']);
    const exit = await fixture.exitOf(nested[0]?.containerId ?? '');
    expect(exit.limitation?.message).toMatch(/^Memory limit exceeded: Requested: 64MB Maximum Used: 64MB/);
    await fixture.containerizer.destroy(outer.containerId);
    await fixture.exitOf(outer.containerId);
  });

  test('are its own where a nested one asks for that, and only it is over when it goes beyond', async () => {
    const { outer, nested } = await pod(['tail -c 200M /dev/zero | tail', 'sleep 1000'], {
      sharesLimits: false,
      wants: 'cpus:0.1;mem:40',
    });
    const { resources } = await fixture.config('', { wants: 'cpus:1;mem:1024' });
    await fixture.containerizer.update(outer.containerId, { resources, limits: {} });
    const exit = await fixture.exitOf(nested[0]?.containerId ?? '');
    expect(exit.limitation?.message).toMatch(/^Memory limit exceeded: Requested: 40MB/);
    expect(await fixture.containerizer.usage(nested[1]?.containerId ?? '')).toMatchObject({
      mem_limit_bytes: 40 * 2 ** 20,
    });
    await fixture.containerizer.destroy(outer.containerId);
    await fixture.exitOf(outer.containerId);
  });

  test('can be raised while it runs', async () => {
    const { outer, nested } = await pod([
      'until test -e go; do sleep 0.05; done; head -c 80M /dev/zero | tail | wc -c',
    ]);
    const { resources } = await fixture.config('', { wants: 'cpus:1;mem:256' });
    await fixture.containerizer.update(outer.containerId, { resources, limits: {} });
    await fixture.world.disk.writeFile(`${nested[0]?.sandbox}/go`, '');
    expect(await fixture.exitOf(nested[0]?.containerId ?? '')).toMatchObject({ status: { kind: 'exited', code: 0 } });
    await fixture.containerizer.destroy(outer.containerId);
    await fixture.exitOf(outer.containerId);
  });
});
