// Probes beside a container on a simulated machine.
import { beforeEach, describe, expect, test } from 'vitest';
import type {
  ContainerCheckpoint,
  ContainerConfig,
  Containerizer,
  ContainerProbe,
} from '../../../../../src/daemon/agent/containers/containerizer.ts';
import { type ContainerizerOptions, createContainerizer } from '../../../../../src/daemon/agent/containers/index.ts';
import { Simulation } from '../../../../../src/simulation/index.ts';
import type { ProcessHandle } from '../../../../../src/simulation/process-handle.ts';

const OPTIONS: ContainerizerOptions = {
  isolation: 'posix/cpu,posix/mem',
  cgroupsHierarchy: '/sys/fs/cgroup',
  cgroupsRoot: 'mctl',
  cgroupsLimitSwap: false,
  cgroupsDestroyTimeoutMs: 10_000,
  cgroupsCpuEnablePidsAndTidsCount: false,
  owner: 'test',
  runtimeContainers: '/run/containers',
  frameworksHome: '',
  fetcherCacheDir: '/cache',
  fetcherCacheSizeBytes: 2 ** 20,
  fetcherStallTimeoutMs: 1_000,
  containerDiskWatchIntervalMs: 15_000,
  enforceContainerDiskQuota: false,
  maxTaskLogBytes: 2 ** 20,
};

let simulation: Simulation;
let agent: ProcessHandle<Containerizer>;

beforeEach(async () => {
  simulation = new Simulation({ seed: 3 });
  agent = simulation.host('agent').start('agent', async (world) => {
    await world.disk.makeDirectory(OPTIONS.runtimeContainers);
    return createContainerizer(world, OPTIONS);
  });
  await simulation.runUntil(() => agent.value !== undefined);
});

function containerizer(): Containerizer {
  if (agent.value === undefined) throw new Error('the agent does not run');
  return agent.value;
}

async function launch(command: string): Promise<ContainerCheckpoint> {
  const config: ContainerConfig = {
    containerId: 'c1',
    sandbox: '/sandbox',
    runtimeDirectory: '/run/containers/c1',
    user: undefined,
    command: { shell: true, value: command, arguments: [] },
    environment: {},
    uris: [],
    resources: [],
    limits: {},
  };
  await simulation.settle(agent.world.disk.makeDirectory(config.sandbox));
  const { process } = await simulation.settle(containerizer().launch(config));
  const bootId = await simulation.settle(agent.world.host.bootId());
  const { containerId, sandbox, runtimeDirectory, resources } = config;
  return { containerId, sandbox, runtimeDirectory, resources, process, bootId };
}

const probe = (script: string, more: Partial<ContainerProbe> = {}) =>
  containerizer().probe('c1', {
    name: 'health',
    command: { shell: true, value: script, arguments: [] },
    environment: { NAME: 'value' },
    timeoutMs: 10_000,
    ...more,
  });
const stderr = (): Promise<string> => simulation.settle(agent.world.disk.readText('/sandbox/stderr'));

describe('a probe', () => {
  test('tells its exit code soon after it has ended, and writes to the stderr of its container', async () => {
    await launch('sleep 1000');
    const before = simulation.nowMs;
    const end = simulation.settle(probe('echo $NAME; sleep 0.2; exit 7'));
    expect(await end).toEqual({ kind: 'exited', code: 7 });
    expect(simulation.nowMs - before).toBeLessThan(300);
    expect(await stderr()).toBe('value\n');
    expect(await simulation.settle(probe('true'))).toEqual({ kind: 'exited', code: 0 });
  });

  test('that ends at once is heard of too', async () => {
    await launch('sleep 1000');
    for (let count = 0; count < 20; count++) {
      expect(await simulation.settle(probe(`exit ${count}`))).toEqual({ kind: 'exited', code: count });
    }
  });

  test('is killed when its time is over', async () => {
    await launch('sleep 1000');
    const before = simulation.nowMs;
    expect(await simulation.settle(probe('trap "" TERM; sleep 500', { timeoutMs: 2_000 }))).toEqual({
      kind: 'timed-out',
    });
    expect(simulation.nowMs - before).toBeLessThan(2_200);
    expect(await simulation.settle(probe('true'))).toEqual({ kind: 'exited', code: 0 });
  });

  test('waits for no other name, and is not run twice at once', async () => {
    await launch('sleep 1000');
    const first = probe('sleep 1; exit 1');
    const second = probe('true');
    const other = probe('exit 2', { name: 'check' });
    expect(await simulation.settle(second)).toMatchObject({ kind: 'not-run' });
    expect(await simulation.settle(other)).toEqual({ kind: 'exited', code: 2 });
    expect(await simulation.settle(first)).toEqual({ kind: 'exited', code: 1 });
  });

  test('ends with its container, before that is told', async () => {
    await launch('sleep 3');
    const told: string[] = [];
    containerizer().onExit(() => told.push('container'));
    const end = probe('sleep 500', { timeoutMs: Number.POSITIVE_INFINITY });
    void end.then(({ kind }) => told.push(`probe ${kind}`));
    expect(await simulation.settle(end)).toEqual({ kind: 'not-run', why: undefined });
    await simulation.runUntil(() => told.length === 2, 5_000);
    expect(told).toEqual(['probe not-run', 'container']);
    expect(await simulation.settle(probe('true'))).toEqual({ kind: 'not-run', why: undefined });
  });

  test('that was killed together with its runner has been killed', async () => {
    await launch('sleep 1000');
    const end = probe('echo started; sleep 500', { timeoutMs: Number.POSITIVE_INFINITY });
    await simulation.run({ forMs: 100 });
    const text = await simulation.settle(agent.world.disk.readText('/run/containers/c1/probe-health'));
    const [, pid = '', startTime = ''] = /^running (\d+) (\d+)/.exec(text) ?? [];
    const leader = { pid: Number(pid), startTime: Number(startTime) };
    expect(await simulation.settle(agent.world.processes.signalTree(leader, 'SIGKILL'))).toBeGreaterThan(0);
    expect(await simulation.settle(end)).toEqual({ kind: 'signaled', signal: 9 });
  });

  test('that an agent left behind is ended by the next one', async () => {
    const checkpoint = await launch('sleep 1000');
    void probe('sleep 100; echo still here', { timeoutMs: Number.POSITIVE_INFINITY });
    await simulation.run({ forMs: 100 });
    agent.restart();
    await simulation.runUntil(() => agent.state === 'running' && agent.value !== undefined);
    await simulation.settle(containerizer().recover([checkpoint]));
    expect(await simulation.settle(probe('true'))).toEqual({ kind: 'exited', code: 0 });
    await simulation.run({ forMs: 200_000 });
    expect(await stderr()).toBe('');
  });

  test('under way when the agent stops is left alone', async () => {
    await launch('sleep 1000');
    const end = probe('sleep 1; echo went on');
    await simulation.run({ forMs: 100 });
    await simulation.settle(containerizer().close());
    expect(await simulation.settle(end)).toEqual({ kind: 'not-run', why: undefined });
    await simulation.run({ forMs: 2_000 });
    expect(await stderr()).toBe('went on\n');
  });
});
