// Containers on this very machine: real processes, and real cgroups where there are any.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ContainerCheckpoint } from '../../src/daemon/agent/containers/containerizer.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';

const MEGABYTE = 2 ** 20;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const probe = await makeFixture();
const { isolation, warning } = probe.containerizer;
await probe.dispose();
const hasCgroups = isolation !== 'posix';
const isRoot = process.getuid?.() === 0;
if (!hasCgroups) console.log(`SKIPPED: tests of limits, because on this machine ${warning}`);
if (!isRoot) console.log('SKIPPED: tests of other users, because only root can become somebody else');

let fixture: Fixture;
const start = async (changes: Parameters<typeof makeFixture>[0] = {}): Promise<Fixture> => {
  fixture = await makeFixture(changes);
  return fixture;
};
afterEach(async () => {
  await fixture.dispose();
});

for (const asked of hasCgroups ? ['cgroups/cpu,cgroups/mem', 'posix/cpu,posix/mem'] : ['posix/cpu,posix/mem']) {
  describe(`a container with ${asked}`, () => {
    beforeEach(() => start({ isolation: asked }));

    test('tells its exit code, and leaves nothing but its sandbox', async () => {
      const config = await fixture.config('echo to stdout; echo to stderr >&2; exit 7');
      expect(await fixture.run(config)).toEqual({
        containerId: config.containerId,
        status: { kind: 'exited', code: 7 },
      });
      expect(await fixture.stdout(config)).toBe('to stdout\n');
      expect(await fixture.stderr(config)).toBe('to stderr\n');
      expect(await fixture.leftoverCgroups()).toEqual([]);
      expect(await fixture.containerizer.usage(config.containerId)).toBeUndefined();
    });

    test('runs a program with its arguments, with its environment and nothing else, in its sandbox', async () => {
      const value = 'it\'s $HOME\n"twice"\n';
      const config = await fixture.config('', {
        command: { shell: false, value: '/usr/bin/env', arguments: ['env', '--null'] },
        environment: { PATH: '/usr/bin:/bin', QUOTED: value, 'with.dots': 'yes', HOME: '', LD_PRELOAD: '' },
      });
      expect((await fixture.run(config)).status).toEqual({ kind: 'exited', code: 0 });
      expect((await fixture.stdout(config)).split('\0').sort()).toEqual([
        '',
        'HOME=',
        'LD_PRELOAD=',
        'PATH=/usr/bin:/bin',
        `QUOTED=${value}`,
        'with.dots=yes',
      ]);
      const where = await fixture.config('pwd -P');
      await fixture.run(where);
      expect(await fixture.stdout(where)).toBe(`${where.sandbox}\n`);
    });

    test('a signal tells itself apart from an exit code of the same number', async () => {
      const signaled = await fixture.config('kill -TERM $$');
      const exited = await fixture.config('exit 143');
      const segfault = await fixture.config('kill -SEGV $$');
      expect((await fixture.run(signaled)).status).toEqual({ kind: 'signaled', signal: 15 });
      expect((await fixture.run(exited)).status).toEqual({ kind: 'exited', code: 143 });
      expect((await fixture.run(segfault)).status).toEqual({ kind: 'signaled', signal: 11 });
    });

    test('signal reaches the tree, and a task that ends well on SIGTERM says so', async () => {
      const config = await fixture.config('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done');
      await fixture.containerizer.launch(config);
      await expect.poll(() => fixture.stdout(config)).toBe('ready\n');
      expect(await fixture.containerizer.signal(config.containerId, 'SIGTERM')).toBe(true);
      expect((await fixture.exitOf(config.containerId)).status).toEqual({ kind: 'exited', code: 0 });
      expect(await fixture.stdout(config)).toBe('ready\nbye\n');
      expect(await fixture.containerizer.signal(config.containerId, 'SIGTERM')).toBe(false);
    });

    test('destroy kills children, and children that left the session', async () => {
      const script = 'sleep 1000 & setsid sleep 1000 & (trap "" TERM; sleep 1000) & echo $! ; echo started; wait';
      const config = await fixture.config(script);
      const { process } = await fixture.launch(config);
      await expect.poll(() => fixture.stdout(config)).toContain('started');
      await expect.poll(async () => (await fixture.world.processes.usage(process))?.processes).toBe(5);
      await fixture.containerizer.destroy(config.containerId);
      expect((await fixture.exitOf(config.containerId)).status.kind).toBe('unknown');
      expect(await fixture.world.processes.usage(process)).toBeUndefined();
      expect(await fixture.leftoverCgroups()).toEqual([]);
      await fixture.containerizer.destroy(config.containerId);
    });

    test('what a command leaves running ends with it', async () => {
      const config = await fixture.config('sleep 1000 & setsid sleep 1000 & sleep 0.2; exit 0');
      const { process } = await fixture.launch(config);
      expect((await fixture.exitOf(config.containerId)).status).toEqual({ kind: 'exited', code: 0 });
      expect(await fixture.world.processes.usage(process)).toBeUndefined();
    });

    test('a container whose runner is killed too is noticed, its end unknown', async () => {
      const config = await fixture.config('sleep 1000');
      const { process } = await fixture.launch(config);
      await fixture.world.processes.signalTree(process, 'SIGKILL');
      expect((await fixture.exitOf(config.containerId)).status).toEqual({ kind: 'unknown' });
    });

    test('a command that cannot be found ends with 127, a sandbox that is not there fails the launch', async () => {
      const missing = await fixture.config('', {
        command: { shell: false, value: '/no/such/program', arguments: ['program'] },
      });
      expect((await fixture.run(missing)).status).toEqual({ kind: 'exited', code: 127 });
      const homeless = await fixture.config('true');
      await rm(homeless.sandbox, { recursive: true });
      await expect(fixture.containerizer.launch(homeless)).rejects.toMatchObject({ code: 'launch' });
      expect(await fixture.leftoverCgroups()).toEqual([]);
    });

    test('usage tells what was asked for and what is used', async () => {
      const config = await fixture.config('while :; do :; done', { wants: 'cpus:0.5;mem:100' });
      await fixture.containerizer.launch(config);
      const usedSeconds = async (): Promise<number> => {
        const { cpus_user_time_secs = 0, cpus_system_time_secs = 0 } =
          (await fixture.containerizer.usage(config.containerId)) ?? {};
        return cpus_user_time_secs + cpus_system_time_secs;
      };
      await expect.poll(usedSeconds, { timeout: 30_000 }).toBeGreaterThan(0.1);
      const usage = await fixture.containerizer.usage(config.containerId);
      expect(usage).toMatchObject({
        cpus_soft_limit: 0.5,
        mem_soft_limit_bytes: 100 * MEGABYTE,
        mem_limit_bytes: 100 * MEGABYTE,
      });
      expect(usage?.cpus_limit).toBeUndefined();
      expect(usage?.mem_rss_bytes).toBeGreaterThan(0);
      if (asked.startsWith('cgroups')) expect([usage?.processes, usage?.threads]).toEqual([2, 2]);
      await fixture.containerizer.destroy(config.containerId);
    });

    test('twenty at once all end as they should', async () => {
      const configs = await Promise.all(Array.from({ length: 20 }, (_, code) => fixture.config(`exit ${code}`)));
      const ends = await Promise.all(configs.map((config) => fixture.run(config)));
      expect(ends.map((end) => end.status)).toEqual(configs.map((_, code) => ({ kind: 'exited', code })));
      expect(await fixture.leftoverCgroups()).toEqual([]);
    });

    test('destroying during the launch makes it fail and leaves nothing', async () => {
      const config = await fixture.config('sleep 1000');
      const launching = fixture.containerizer.launch(config);
      await fixture.containerizer.destroy(config.containerId);
      await expect(launching).rejects.toMatchObject({ code: 'launch' });
      expect(await fixture.leftoverCgroups()).toEqual([]);
    });

    test('recovery: a new agent takes back what runs and tells the true end of what ended meanwhile', async () => {
      const child = fork(fileURLToPath(new URL('./containers-agent-main.ts', import.meta.url)), {
        env: { ...process.env, FIXTURE_DIRECTORY: fixture.directory, ISOLATION: asked },
        execArgv: [],
      });
      const [checkpoints] = (await once(child, 'message')) as [Record<string, ContainerCheckpoint>];
      child.kill('SIGKILL');
      await once(child, 'exit');
      await sleep(800);

      const known = [checkpoints.runs, checkpoints.ends, checkpoints.killed].filter((one) => one !== undefined);
      await fixture.world.processes.signalTree(checkpoints.killed?.process ?? fixture.world.processes.self, 'SIGKILL');
      await fixture.containerizer.recover(known);
      const ended = await fixture.exitOf(checkpoints.ends?.containerId ?? '');
      expect(ended.status).toEqual({ kind: 'exited', code: 9 });
      const killed = await fixture.exitOf(checkpoints.killed?.containerId ?? '');
      expect(killed.status).toEqual({ kind: 'unknown' });
      const { runs, orphan } = checkpoints;
      expect(await fixture.world.processes.isAlive(runs?.process ?? fixture.world.processes.self)).toBe(true);
      // Nobody has checkpointed the orphan: it must not go on.
      expect(orphan).toBeDefined();
      expect(await fixture.world.processes.isAlive(orphan?.process ?? fixture.world.processes.self)).toBe(false);
      expect(await fixture.containerizer.usage(runs?.containerId ?? '')).toMatchObject({ cpus_soft_limit: 0.1 });
      await fixture.containerizer.signal(runs?.containerId ?? '', 'SIGTERM');
      expect((await fixture.exitOf(runs?.containerId ?? '')).status).toEqual({ kind: 'signaled', signal: 15 });
      expect(await fixture.leftoverCgroups()).toEqual([]);
    });

    test('recovery says of what it has ended that nobody knows it, not of what had ended before', async () => {
      const warn = vi.spyOn(fixture.world.log, 'warn');
      const [runs, ended] = [await fixture.config('sleep 1000'), await fixture.config('sleep 1000')];
      await fixture.launch(runs);
      await fixture.launch(ended);
      await fixture.containerizer.destroy(ended.containerId);
      await fixture.exitOf(ended.containerId);
      await fixture.containerizer.recover([]);
      const told = warn.mock.calls.filter(([message]) => message === 'destroyed a container that nobody knows');
      expect(told.map(([, facts]) => facts)).toEqual([{ containerId: runs.containerId }]);
    });

    test('recovery after a reboot touches no process and tells that the containers are gone', async () => {
      const config = await fixture.config('sleep 1000');
      const bystander = await fixture.config('sleep 1000');
      const { process } = await fixture.launch(bystander);
      const checkpoint = { ...(await fixture.checkpoint(config, { process })), bootId: 'another boot' };
      await fixture.containerizer.recover([checkpoint, await fixture.checkpoint(bystander, { process })]);
      expect((await fixture.exitOf(config.containerId)).status).toEqual({ kind: 'unknown' });
      expect(await fixture.world.processes.isAlive(process)).toBe(true);
    });
  });
}

describe.skipIf(!hasCgroups)(`limits (${isolation})`, () => {
  test('64 MB that allocates 200 MB is killed and says so', async () => {
    await start();
    // dd fills one buffer of 200 MB.
    const config = await fixture.config('dd if=/dev/zero of=/dev/null bs=200M count=1; echo not reached; sleep 5', {
      wants: 'cpus:0.5;mem:64',
    });
    const { status, limitation } = await fixture.run(config);
    expect(limitation?.kind).toBe('memory');
    expect(limitation?.message).toMatch(/^Memory limit exceeded: Requested: 64MB Maximum Used: \d+[KM]?B\n/);
    expect(limitation?.resources).toMatchObject([{ name: 'mem', scalar: { value: expect.closeTo(64, -1) } }]);
    expect(status).toBeDefined();
    expect(await fixture.leftoverCgroups()).toEqual([]);
  });

  test('a child that is killed for memory while its parent lives on takes the container with it', async () => {
    await start();
    const config = await fixture.config('dd if=/dev/zero of=/dev/null bs=200M count=1; echo went on; exec sleep 1000');
    await fixture.containerizer.launch(config);
    expect((await fixture.exitOf(config.containerId)).limitation?.kind).toBe('memory');
  });

  test('a limit above the request lets it have more', async () => {
    await start();
    const config = await fixture.config('dd if=/dev/zero of=/dev/null bs=100M count=1', { limits: { memMb: 300 } });
    const { status, limitation } = await fixture.run(config);
    expect([status, limitation]).toEqual([{ kind: 'exited', code: 0 }, undefined]);
  });

  test('0.5 cpus as a limit use at most 0.6 of a core, and the limit shows', async () => {
    await start();
    const config = await fixture.config('while :; do :; done & while :; do :; done', {
      wants: 'cpus:0.5;mem:64',
      limits: { cpus: 0.5 },
    });
    await fixture.containerizer.launch(config);
    const seconds = async (): Promise<number> => {
      const usage = await fixture.containerizer.usage(config.containerId);
      return (usage?.cpus_user_time_secs ?? 0) + (usage?.cpus_system_time_secs ?? 0);
    };
    await sleep(300);
    // The time first: what passes until the answer is there must not count as use within no time.
    const startedMs = performance.now();
    const usedBefore = await seconds();
    await sleep(2_000);
    const cores = ((await seconds()) - usedBefore) / ((performance.now() - startedMs) / 1000);
    const usage = await fixture.containerizer.usage(config.containerId);
    expect(cores).toBeLessThanOrEqual(0.6);
    expect(usage?.cpus_limit).toBeCloseTo(0.5);
    expect(usage?.cpus_nr_periods).toBeGreaterThan(0);
    await fixture.containerizer.destroy(config.containerId);
  });

  test('a task that forks without end is gone with destroy', async () => {
    await start();
    const config = await fixture.config(
      'spawn() { while :; do sleep 0.01 & sleep 0.01; done; }; spawn & spawn & spawn',
    );
    await fixture.containerizer.launch(config);
    await sleep(300);
    await fixture.containerizer.destroy(config.containerId);
    await fixture.exitOf(config.containerId);
    expect(await fixture.leftoverCgroups()).toEqual([]);
  });

  test('a cgroup root that leaves the hierarchy is refused', async () => {
    await start({ isolation: 'posix' });
    await expect(makeFixture({ isolation: 'cgroups', cgroupsRoot: '../x' })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('a machine without cgroups at that place gets plain processes with a warning, or a refusal when asked for by name', async () => {
    await start({ cgroupsHierarchy: '/nowhere' });
    expect(fixture.containerizer.isolation).toBe('posix');
    expect(fixture.containerizer.warning).toMatch(/limits of cpu and memory are not enforced.*\/nowhere/);
    await expect(makeFixture({ isolation: 'cgroups', cgroupsHierarchy: '/nowhere' })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe.skipIf(!isRoot)('other users', () => {
  test('a task runs as its user, owns its sandbox and output, and has the groups of that user only', async () => {
    await start();
    const config = await fixture.config('id -un; id -G; touch mine; umask', { user: 'nobody' });
    expect((await fixture.run(config)).status).toEqual({ kind: 'exited', code: 0 });
    const nobody = await fixture.world.host.user('nobody');
    expect(await fixture.stdout(config)).toBe(`nobody\n${nobody?.groups.join(' ')}\n0022\n`);
    for (const path of [config.sandbox, `${config.sandbox}/stdout`, `${config.sandbox}/mine`]) {
      expect((await fixture.world.disk.stat(path))?.uid).toBe(nobody?.uid);
    }
  });

  test('a user that is not there fails the launch as such', async () => {
    await start();
    const config = await fixture.config('true', { user: 'no-such-user' });
    await expect(fixture.containerizer.launch(config)).rejects.toMatchObject({ name: 'ContainerError', code: 'user' });
  });

  test('a task of another user cannot make us write through a symlink in place of its output', async () => {
    await start({ maxTaskLogBytes: 1_000 });
    const precious = join(fixture.directory, 'precious');
    await writeFile(precious, 'x'.repeat(5_000));
    const config = await fixture.config(`ln -sf ${precious} stdout; ln -sf ${precious} stderr; sleep 7`, {
      user: 'nobody',
    });
    await fixture.run(config);
    expect((await readFile(precious)).length).toBe(5_000);
  });
});

test('who closes in the middle of an end leaves no cgroup of it', async () => {
  await start();
  const config = await fixture.config('sleep 1000');
  await fixture.containerizer.launch(config);
  const end = fixture.containerizer.destroy(config.containerId);
  await sleep(1);
  await fixture.containerizer.close();
  expect(await fixture.leftoverCgroups()).toEqual([]);
  await end;
});

describe('the output of a task', () => {
  test('is rotated: old files stay, the newest goes on, the sum stays within limits', async () => {
    await start({ maxTaskLogBytes: 50_000, keepTaskLogs: 1 });
    const config = await fixture.config(
      'until test -e stdout.1; do head -c 10000 /dev/zero; sleep 0.1; done; head -c 10000 /dev/zero',
    );
    await fixture.run(config);
    const old = await readFile(join(config.sandbox, 'stdout.1'));
    expect(old.length).toBeGreaterThan(50_000);
    expect((await readFile(join(config.sandbox, 'stdout'))).length).toBeLessThan(550_000);
  });
});

describe('a disk quota', () => {
  test('ends a container whose sandbox is larger, and says so', async () => {
    await start({ enforceContainerDiskQuota: true });
    const config = await fixture.config('head -c 5000000 /dev/zero >big; sleep 1000', {
      wants: 'cpus:0.1;mem:64;disk:2',
    });
    const { limitation } = await fixture.run(config);
    expect(limitation).toMatchObject({
      kind: 'disk',
      message: expect.stringMatching(/^Disk usage .* exceeds quota \(2MB\)$/),
    });
  });
});
