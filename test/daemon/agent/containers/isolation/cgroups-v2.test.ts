// cgroup v2, on a file system that behaves like it: layout, limits, out of memory, statistics, killing.
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { detectIsolation } from '../../../../../src/daemon/agent/containers/isolation/detect.ts';
import type { Isolator } from '../../../../../src/daemon/agent/containers/isolation/isolator.ts';
import { createRealWorld } from '../../../../../src/world/real/index.ts';
import { type FakeCgroupfs, fakeCgroupfs } from './fake-cgroupfs.ts';

const MEGABYTE = 2 ** 20;
const real = createRealWorld({ log: { level: 'silent' } });
afterAll(() => real.close());

const OPTIONS = {
  isolation: undefined,
  cgroupsHierarchy: '/sys/fs/cgroup',
  cgroupsRoot: 'mesos/one',
  cgroupsLimitSwap: false,
  cgroupsDestroyTimeoutMs: 60_000,
  cgroupsCpuEnablePidsAndTidsCount: false,
};
const LIMITS = { cpus: 0.5, cpusLimit: 2, memoryBytes: 64 * MEGABYTE, memoryLimitBytes: 128 * MEGABYTE };
const CONTAINER = { containerId: 'c1', process: undefined };
const OWN = '/sys/fs/cgroup/mesos/one/c1';

describe('cgroup v2', () => {
  let fake: FakeCgroupfs;
  let isolator: Isolator;
  beforeEach(async () => {
    fake = fakeCgroupfs(real, '/sys/fs/cgroup', 'cpu memory pids');
    isolator = await detectIsolation(fake.world, OPTIONS);
  });

  test('is taken when it is there, and nothing is left of trying it out', () => {
    expect([isolator.kind, isolator.warning]).toEqual(['cgroups-v2', undefined]);
    expect([...fake.directories]).toEqual(['/sys/fs/cgroup', '/sys/fs/cgroup/mesos', '/sys/fs/cgroup/mesos/one']);
  });

  test('a container has its limits in one cgroup and its processes in a leaf below', async () => {
    expect(await isolator.create('c1', LIMITS)).toEqual([`${OWN}/leaf`]);
    const written = ['cpu.weight', 'cpu.max', 'memory.low', 'memory.max'].map((name) =>
      fake.files.get(`${OWN}/${name}`),
    );
    expect(written).toEqual(['50', '200000 100000', String(64 * MEGABYTE), String(128 * MEGABYTE)]);
    await isolator.remove('c1');
    expect([...fake.directories].filter((path) => path.includes('c1'))).toEqual([]);
    await isolator.remove('c1');
  });

  test.each([
    [{}, '5'],
    [{ revocableCpuLowPriority: false }, '500'],
  ])('revocable cpus have a low weight, unless that is not wanted: %j', async (more, weight) => {
    isolator = await detectIsolation(fake.world, { ...OPTIONS, ...more });
    await isolator.create('c1', { ...LIMITS, cpus: 5, hasRevocableCpus: true });
    expect(fake.files.get(`${OWN}/cpu.weight`)).toBe(weight);
  });

  test('close gives our part back unless something is in it, and a later container makes it anew', async () => {
    await isolator.create('c1', LIMITS);
    await isolator.close();
    expect(fake.directories.has('/sys/fs/cgroup/mesos/one')).toBe(true);
    await isolator.remove('c1');
    await isolator.close();
    expect([...fake.directories]).toEqual(['/sys/fs/cgroup']);
    await isolator.create('c2', LIMITS);
    expect(fake.files.get('/sys/fs/cgroup/mesos/one/c2/cpu.weight')).toBe('50');
  });

  test('a memory limit is raised and never lowered, also by an isolator that did not set it', async () => {
    await isolator.create('c1', LIMITS);
    const later = await detectIsolation(fake.world, OPTIONS);
    await later.update('c1', { ...LIMITS, memoryLimitBytes: 64 * MEGABYTE });
    expect(fake.files.get(`${OWN}/memory.max`)).toBe(String(128 * MEGABYTE));
    await later.update('c1', { ...LIMITS, memoryLimitBytes: 256 * MEGABYTE });
    expect(fake.files.get(`${OWN}/memory.max`)).toBe(String(256 * MEGABYTE));
    await later.update('c1', { ...LIMITS, memoryLimitBytes: Number.POSITIVE_INFINITY });
    await later.update('c1', LIMITS);
    expect(fake.files.get(`${OWN}/memory.max`)).toBe('max');
  });

  test('no cpu limit leaves cpu.max alone, an infinite one says max', async () => {
    await isolator.create('c1', { ...LIMITS, cpusLimit: undefined });
    expect(fake.files.get(`${OWN}/cpu.max`)).toBe('max 100000\n');
    await isolator.create('c1', {
      ...LIMITS,
      cpusLimit: Number.POSITIVE_INFINITY,
      memoryLimitBytes: Number.POSITIVE_INFINITY,
    });
    expect(fake.files.get(`${OWN}/cpu.max`)).toBe('max 100000');
    expect(fake.files.get(`${OWN}/memory.max`)).toBe('max');
  });

  test('a kill for memory is seen in memory.events', async () => {
    await isolator.create('c1', LIMITS);
    expect(await isolator.memoryOverrun('c1')).toBeUndefined();
    fake.files.set(`${OWN}/memory.events`, 'low 0\noom 2\noom_kill 1\n');
    fake.files.set(`${OWN}/memory.peak`, `${128 * MEGABYTE}\n`);
    expect(await isolator.memoryOverrun('c1')).toMatchObject({
      limitBytes: 128 * MEGABYTE,
      peakBytes: 128 * MEGABYTE,
      details: expect.stringContaining('anon 0'),
    });
  });

  test('statistics come in seconds and bytes', async () => {
    await isolator.create('c1', LIMITS);
    fake.files.set(
      `${OWN}/cpu.stat`,
      'user_usec 1500000\nsystem_usec 500000\nnr_periods 7\nnr_throttled 3\nthrottled_usec 250000\n',
    );
    fake.files.set(`${OWN}/memory.stat`, 'anon 100\nfile 200\nfile_mapped 50\nunevictable 1\n');
    fake.files.set(`${OWN}/memory.current`, '300\n');
    expect(await isolator.statistics(CONTAINER)).toEqual({
      cpus_user_time_secs: 1.5,
      cpus_system_time_secs: 0.5,
      cpus_limit: 2,
      cpus_nr_periods: 7,
      cpus_nr_throttled: 3,
      cpus_throttled_time_secs: 0.25,
      mem_limit_bytes: 128 * MEGABYTE,
      mem_total_bytes: 300,
      mem_rss_bytes: 100,
      mem_anon_bytes: 100,
      mem_cache_bytes: 200,
      mem_file_bytes: 200,
      mem_mapped_file_bytes: 50,
      mem_swap_bytes: 0,
      mem_unevictable_bytes: 1,
    });
    expect(await isolator.statistics({ ...CONTAINER, containerId: 'unknown' })).toBeUndefined();
  });

  test('kill writes cgroup.kill once and waits until the cgroup says that it is empty', async () => {
    await isolator.create('c1', LIMITS);
    fake.files.set(`${OWN}/cgroup.events`, 'populated 1\nfrozen 0\n');
    const kills: string[] = [];
    fake.onWrite = (path, value) => {
      if (!path.endsWith('cgroup.kill')) return;
      kills.push(value);
      setTimeout(() => fake.files.set(`${OWN}/cgroup.events`, 'populated 0\n'), 1);
    };
    await isolator.kill(CONTAINER);
    expect(kills[0]).toBe('1');
    await isolator.kill(CONTAINER);
  });

  test('what does not die in time is told as such', async () => {
    isolator = await detectIsolation(fake.world, { ...OPTIONS, cgroupsDestroyTimeoutMs: 20 });
    await isolator.create('c1', LIMITS);
    fake.files.set(`${OWN}/cgroup.events`, 'populated 1\n');
    await expect(isolator.kill(CONTAINER)).rejects.toMatchObject({ name: 'IsolationError', code: 'unkillable' });
  });

  test('a machine whose v2 has no memory controller says that memory is not limited', async () => {
    fake = fakeCgroupfs(real, '/sys/fs/cgroup', 'cpu');
    isolator = await detectIsolation(fake.world, OPTIONS);
    expect(isolator.kind).toBe('cgroups-v2');
    expect(isolator.warning).toMatch(/memory are not enforced/);
  });

  test('when controllers cannot be handed down there are plain processes and the reason, never silent limits', async () => {
    fake = fakeCgroupfs(real, '/sys/fs/cgroup', 'cpu memory');
    fake.files.delete('/sys/fs/cgroup/cgroup.subtree_control');
    isolator = await detectIsolation(fake.world, OPTIONS);
    expect([isolator.kind, isolator.warning]).toEqual(['posix', expect.stringMatching(/subtree_control/)]);
    await expect(detectIsolation(fake.world, { ...OPTIONS, isolation: 'cgroups/cpu' })).rejects.toThrow(
      /cannot be used/,
    );
  });
});
