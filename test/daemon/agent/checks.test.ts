// Checks of tasks on one agent: when they run, what is told, when the task is killed, and what a later agent still knows.
import { describe, expect, test } from 'vitest';
import type { ContainerProbe, ProbeEnd } from '../../../src/daemon/agent/containers/containerizer.ts';
import { MAX_UNACKNOWLEDGED } from '../../../src/daemon/agent/tasks/checks/task-checks.ts';
import type { CheckInfo, HealthCheck, TaskInfo, TaskStatus } from '../../../src/mesos/generated/v1.ts';
import { AWARE, FRAMEWORK, Scene, task } from './support/scene.ts';

const HEALTH: HealthCheck = {
  type: 'COMMAND',
  command: { value: 'is-healthy' },
  delay_seconds: 0,
  interval_seconds: 1,
  timeout_seconds: 5,
  grace_period_seconds: 0,
};
const CHECK: CheckInfo = {
  type: 'COMMAND',
  command: { command: { value: 'look' } },
  delay_seconds: 0,
  interval_seconds: 1,
};
const checked = (id: string, more: Partial<HealthCheck> = {}, also: Partial<TaskInfo> = {}): TaskInfo =>
  task(id, { health_check: { ...HEALTH, ...more }, ...also });

const exits = (code: number): ProbeEnd => ({ kind: 'exited', code });
const byName = (health: number, check: number) => (probe: ContainerProbe) =>
  exits(probe.name === 'health' ? health : check);

/** What was told of a task, repetitions left out: state, `+` or `-` for healthy, the exit code of its check. */
function story(scene: Scene, id: string): string[] {
  const seen = new Set<string | undefined>();
  return scene.master.updates(id).flatMap((status) => {
    if (seen.has(status.uuid)) return [];
    seen.add(status.uuid);
    return [words(status)];
  });
}
function words({ state, healthy, check_status }: TaskStatus): string {
  const health = healthy === undefined ? '' : healthy ? ' +' : ' -';
  const check = check_status === undefined ? '' : ` ${check_status.command?.exit_code ?? '?'}`;
  return `${state.replace('TASK_', '')}${health}${check}`;
}

/** Times of the probes since the first, in whole steps. */
function beats(scene: Scene, stepMs: number, name = 'health'): number[] {
  const times = scene.machine.probes.filter(({ probe }) => probe.name === name).map(({ atMs }) => atMs);
  return times.map((atMs) => Math.round((atMs - (times[0] ?? 0)) / stepMs));
}

async function running(more: TaskInfo, framework = FRAMEWORK): Promise<Scene> {
  const scene = await Scene.set();
  scene.master.run(framework, more);
  await scene.untilState(more.task_id.value, 'TASK_RUNNING');
  return scene;
}

describe('a health check', () => {
  test('begins after its delay and goes on an interval after each result, one look at a time', async () => {
    const scene = await Scene.set();
    scene.machine.probeMs = 2_000;
    scene.master.run(FRAMEWORK, checked('t1', { delay_seconds: 7, interval_seconds: 3 }));
    await scene.untilState('t1', 'TASK_RUNNING');
    const runningAt = scene.master.updates('t1').find(({ state }) => state === 'TASK_RUNNING')?.timestamp;
    await scene.pass(30_000);
    const afterMs = (scene.machine.probes[0]?.atMs ?? 0) - (runningAt ?? 0) * 1000;
    expect(afterMs).toBeGreaterThan(6_990);
    expect(afterMs).toBeLessThan(7_010);
    expect(beats(scene, 1_000)).toEqual([0, 5, 10, 15, 20]);
  });

  test('tells its first success and no other', async () => {
    const scene = await running(checked('t1'));
    await scene.pass(10_000);
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING', 'RUNNING +']);
    expect(scene.master.updates('t1').at(-1)).toMatchObject({
      reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED',
      source: 'SOURCE_EXECUTOR',
      healthy: true,
      container_status: { executor_pid: expect.any(Number) },
    });
  });

  test('that fails three times kills the task, which says why it ended', async () => {
    const scene = await Scene.set();
    scene.machine.answer = () => exits(1);
    scene.master.run(FRAMEWORK, checked('t1'));
    await scene.untilState('t1', 'TASK_KILLED');
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING', 'RUNNING -', 'RUNNING -', 'RUNNING -', 'KILLED -']);
    expect(scene.machine.of('t1').signals).toEqual(['SIGTERM']);
    expect(scene.master.updates('t1').at(-1)).toMatchObject({
      healthy: false,
      message: 'Command terminated with signal Terminated',
    });
    const probes = scene.machine.probes.length;
    await scene.pass(10_000);
    expect(scene.machine.probes).toHaveLength(probes);
  });

  test('kills by the kill policy of the task, with TASK_KILLING where that is known', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.machine.answer = () => exits(1);
    const kill_policy = { grace_period: { nanoseconds: 8e9 } };
    scene.master.run(AWARE, checked('t1', { consecutive_failures: 1 }, { kill_policy }));
    await scene.untilState('t1', 'TASK_KILLING');
    const killingMs = scene.simulation.nowMs;
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.simulation.nowMs - killingMs).toBeGreaterThan(7_500);
    expect(scene.simulation.nowMs - killingMs).toBeLessThan(8_500);
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING', 'RUNNING -', 'KILLING -', 'KILLED -']);
    expect(scene.machine.of('t1').isDestroyed).toBe(true);
  });

  test('counts no failure within the grace period before the first success', async () => {
    const scene = await Scene.set();
    scene.machine.answer = () => exits(1);
    scene.master.run(FRAMEWORK, checked('t1', { grace_period_seconds: 20, consecutive_failures: 2 }));
    await scene.pass(20_000);
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING']);
    await scene.untilState('t1', 'TASK_KILLED');
    expect(story(scene, 't1').slice(2)).toEqual(['RUNNING -', 'RUNNING -', 'KILLED -']);
  });

  test('that recovers is told, and the count begins anew', async () => {
    const scene = await Scene.set();
    const codes = [1, 1, 0, 0, 1, 1, 0];
    scene.machine.answer = () => exits(codes.shift() ?? 0);
    scene.master.run(FRAMEWORK, checked('t1'));
    await scene.pass(15_000);
    expect(story(scene, 't1').slice(2)).toEqual(['-', '-', '+', '-', '-', '+'].map((health) => `RUNNING ${health}`));
  });

  test('that could not be run neither fails nor is told', async () => {
    const scene = await Scene.set();
    scene.machine.answer = () => ({ kind: 'not-run', why: 'on purpose' });
    scene.master.run(FRAMEWORK, checked('t1'));
    await scene.pass(10_000);
    expect(scene.machine.probes.length).toBeGreaterThan(5);
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING']);
  });

  test('that takes too long or is killed has failed', async () => {
    const scene = await Scene.set();
    const ends: ProbeEnd[] = [{ kind: 'timed-out' }, { kind: 'signaled', signal: 9 }];
    scene.machine.answer = () => ends.shift() ?? exits(0);
    scene.master.run(FRAMEWORK, checked('t1'));
    await scene.pass(10_000);
    expect(story(scene, 't1').slice(2)).toEqual(['RUNNING -', 'RUNNING -', 'RUNNING +']);
  });

  test('stops when the task is being killed, whatever comes of the look under way', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.machine.probeMs = 1_000;
    scene.machine.answer = () => exits(1);
    scene.master.run(FRAMEWORK, checked('t1'));
    await scene.until(() => scene.machine.probes.length === 1);
    scene.master.kill(FRAMEWORK, 't1', 10_000);
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.machine.probes).toHaveLength(1);
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING', 'KILLED']);
  });

  test('runs in the environment of the task, with its own variables over it', async () => {
    const variables = (value: string) => ({ variables: [{ name: 'WHO', value }] });
    const scene = await Scene.set();
    const command = { value: 'probe', arguments: ['probe', '-x'], shell: false, environment: variables('check') };
    scene.master.run(
      FRAMEWORK,
      checked('t1', { command }, { command: { value: 'sleep 9', environment: variables('task') } }),
    );
    await scene.until(() => scene.machine.probes.length === 1);
    const { config } = scene.machine.of('t1');
    expect(config.environment.WHO).toBe('task');
    expect(scene.machine.probes[0]).toMatchObject({
      containerId: config.containerId,
      probe: {
        name: 'health',
        command: { shell: false, value: 'probe', arguments: ['probe', '-x'] },
        environment: { ...config.environment, WHO: 'check' },
        timeoutMs: 5_000,
      },
    });
  });

  test('over HTTP and TCP looks at the loopback address of this machine', async () => {
    const scene = await Scene.set();
    const { agent } = scene;
    const http: HealthCheck = { ...HEALTH, type: 'HTTP', http: { port: 31_000, path: '/health' } };
    const tcp: HealthCheck = { ...HEALTH, type: 'TCP', tcp: { port: 31_000 } };
    let status = 200;
    const handler = () => ({ status });
    const listening = agent.world.net.listen({ host: '127.0.0.1', port: 31_000, handler });
    const listener = await scene.simulation.settle(listening);
    scene.master.run(FRAMEWORK, task('http', { health_check: http }));
    scene.master.run(FRAMEWORK, task('tcp', { health_check: tcp }));
    await scene.pass(5_000);
    status = 500;
    await scene.untilState('http', 'TASK_KILLED');
    await scene.simulation.settle(listener.close());
    await scene.untilState('tcp', 'TASK_KILLED');
    const expected = ['STARTING', 'RUNNING', 'RUNNING +', 'RUNNING -', 'RUNNING -', 'RUNNING -', 'KILLED -'];
    expect(story(scene, 'http')).toEqual(expected);
    expect(story(scene, 'tcp')).toEqual(expected);
  });
});

describe('a general check', () => {
  test('is in every update from the start, is told when its result changes, and never kills', async () => {
    const scene = await Scene.set();
    const codes = [7, 7, 0, 0, 1, 1, 1, 1];
    scene.machine.answer = () => exits(codes.shift() ?? 1);
    scene.master.run(FRAMEWORK, task('t1', { check: CHECK }));
    await scene.pass(20_000);
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.untilState('t1', 'TASK_FINISHED');
    expect(story(scene, 't1')).toEqual([
      'STARTING ?',
      'RUNNING ?',
      'RUNNING 7',
      'RUNNING 0',
      'RUNNING 1',
      'FINISHED ?',
    ]);
    expect(scene.master.updates('t1')[2]).toMatchObject({ reason: 'REASON_TASK_CHECK_STATUS_UPDATED' });
  });

  test('and a health check run beside each other, and each update says what both have found', async () => {
    const scene = await Scene.set();
    scene.machine.answer = byName(0, 7);
    scene.master.run(AWARE, checked('t1', { delay_seconds: 2 }, { check: CHECK }));
    await scene.pass(5_000);
    scene.master.kill(AWARE, 't1');
    await scene.untilState('t1', 'TASK_KILLED');
    const told = ['STARTING ?', 'RUNNING ?', 'RUNNING 7', 'RUNNING + 7', 'KILLING + 7', 'KILLED ?'];
    expect(story(scene, 't1')).toEqual(told);
  });

  test('a task that cannot be launched has no result', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { check: CHECK, command: { value: 'x', user: 'nosuchuser' } }));
    await scene.untilState('t1', 'TASK_LOST');
    expect(story(scene, 't1')).toEqual(['LOST']);
  });
});

describe('an agent that is killed', () => {
  test('goes on checking where it was, and what nobody looked at meanwhile is no failure', async () => {
    const scene = await Scene.set();
    scene.machine.answer = () => exits(1);
    scene.master.run(FRAMEWORK, checked('t1'));
    await scene.until(() => story(scene, 't1').length === 4);
    await scene.restart();
    await scene.untilState('t1', 'TASK_KILLED');
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING', 'RUNNING -', 'RUNNING -', 'RUNNING -', 'KILLED -']);
  });

  test('knows that a task was healthy, so that it is not told again and the grace period stays over', async () => {
    const scene = await running(checked('t1', { grace_period_seconds: 3_600 }));
    await scene.until(() => story(scene, 't1').length === 3);
    await scene.restart();
    await scene.pass(10_000);
    expect(story(scene, 't1')).toEqual(['STARTING', 'RUNNING', 'RUNNING +']);
    scene.machine.answer = () => exits(1);
    await scene.untilState('t1', 'TASK_KILLED');
    expect(story(scene, 't1').slice(3)).toEqual(['RUNNING -', 'RUNNING -', 'RUNNING -', 'KILLED -']);
  });

  test('still counts the delay and the grace period from the start of the task', async () => {
    const scene = await running(checked('t1', { delay_seconds: 20, grace_period_seconds: 30 }));
    const startedMs = scene.simulation.nowMs;
    scene.machine.answer = () => exits(1);
    await scene.pass(10_000);
    await scene.restart();
    await scene.until(() => scene.machine.probes.length > 0);
    expect(scene.simulation.nowMs - startedMs).toBeGreaterThan(19_500);
    expect(scene.simulation.nowMs - startedMs).toBeLessThan(20_500);
    await scene.until(() => story(scene, 't1').length === 3);
    expect(scene.simulation.nowMs - startedMs).toBeGreaterThan(30_000);
    expect(scene.simulation.nowMs - startedMs).toBeLessThan(32_500);
  });

  test('still counts the time a task may take, however often its health was told', async () => {
    const limit = { max_completion_time: { nanoseconds: 20e9 } };
    const scene = await Scene.set();
    let code = 0;
    scene.machine.answer = () => exits(code++ % 2);
    scene.master.run(FRAMEWORK, checked('t1', {}, limit));
    await scene.untilState('t1', 'TASK_RUNNING');
    const startedMs = scene.simulation.nowMs;
    await scene.pass(10_000);
    await scene.restart();
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.simulation.nowMs - startedMs).toBeLessThan(21_000);
  });

  test('kills a task whose last failure was written down and whose kill was not', async () => {
    const scene = await Scene.set();
    scene.machine.answer = () => exits(1);
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, checked('t1', { consecutive_failures: 2 }));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.until(() => scene.machine.of('t1').signals.length > 0);
    scene.agent.crash();
    const { world } = scene.simulation.host('agent').start('editor', async (world) => world);
    await scene.pass(1);
    const path = '/var/lib/mesos/agent/meta/slaves/M-S0/journal.jsonl';
    const journal = await scene.simulation.settle(world.disk.readText(path));
    const lines = journal.split('\n').filter((line) => !line.includes('"kind":"kill"'));
    await scene.simulation.settle(world.disk.writeAtomic(path, lines.join('\n')));
    const probes = scene.machine.probes.length;
    await scene.restart();
    await scene.untilState('t1', 'TASK_KILLED');
    expect(story(scene, 't1').at(-1)).toBe('KILLED -');
    expect(scene.machine.probes).toHaveLength(probes);
  });

  test('forgets nothing over two restarts, the second of which reads a compacted journal', async () => {
    const scene = await running(checked('t1', { consecutive_failures: 5 }));
    await scene.until(() => story(scene, 't1').length === 3);
    scene.machine.answer = () => exits(1);
    await scene.until(() => story(scene, 't1').length === 5);
    await scene.restart();
    await scene.restart();
    await scene.untilState('t1', 'TASK_KILLED');
    expect(story(scene, 't1').filter((entry) => entry === 'RUNNING -')).toHaveLength(5);
  });
});

describe('a framework that does not acknowledge', () => {
  test('has only so many findings waiting for it, and hears of the newest when there is room', async () => {
    const scene = await Scene.set();
    scene.master.acknowledges = false;
    let code = 0;
    scene.machine.answer = () => exits(code++ % 2);
    scene.master.run(FRAMEWORK, checked('t1', { interval_seconds: 0.1 }));
    await scene.pass(60_000);
    expect(scene.machine.probes.length).toBeGreaterThan(2 * MAX_UNACKNOWLEDGED);
    scene.machine.answer = () => exits(0);
    await scene.pass(1_000);
    scene.master.acknowledges = true;
    for (const status of scene.master.updates('t1').slice(-1)) scene.master.acknowledge(FRAMEWORK, status);
    await scene.pass(30_000);
    const told = story(scene, 't1');
    expect(told.length).toBeLessThanOrEqual(MAX_UNACKNOWLEDGED + 2);
    expect(told.at(-1)).toBe('RUNNING +');
  });
});

test('/state shows the newest word on health', async () => {
  const scene = await running(checked('t1'));
  await scene.until(() => story(scene, 't1').length === 3);
  await scene.pass(100);
  const state = JSON.parse((await scene.get('/state')).text);
  const [shown] = state.frameworks[0].executors[0].tasks;
  expect(shown.statuses.at(-1)).toMatchObject({ state: 'TASK_RUNNING', healthy: true });
  expect(shown.statuses).toHaveLength(2);
});
