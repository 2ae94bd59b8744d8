import { describe, expect, test } from 'vitest';
import type { ExecutorInfo, TaskInfo } from '../../../../src/mesos/generated/v1.ts';
import { AWARE, FRAMEWORK, Scene, task } from '../support/scene.ts';

const scalar = (name: string, value: number) => ({
  name,
  type: 'SCALAR' as const,
  scalar: { value },
  allocation_info: { role: '*' },
});

const EXECUTOR: ExecutorInfo = {
  executor_id: { value: 'pod' },
  framework_id: { value: 'M-0000' },
  type: 'DEFAULT',
  resources: [scalar('cpus', 0.1), scalar('mem', 32), scalar('disk', 32)],
};

const command = (id: string, more: Partial<TaskInfo> = {}): TaskInfo =>
  task(id, { command: { value: `run ${id}` }, executor: EXECUTOR, ...more });

async function running(tasks: readonly TaskInfo[] = [command('g1'), command('g2')], framework = FRAMEWORK) {
  const scene = await Scene.set();
  scene.master.runGroup(framework, EXECUTOR, [...tasks]);
  for (const { task_id } of tasks) await scene.untilState(task_id.value, 'TASK_RUNNING');
  const [pod] = scene.machine.outer;
  if (pod === undefined) throw new Error('no container of the group');
  return { scene, pod };
}

describe('a task group', () => {
  test('runs each task in a container of its own within that of the executor', async () => {
    const { scene, pod } = await running();
    const inner = scene.machine.running('run g1').config;
    expect(inner.containerId.startsWith(`${pod.config.containerId}.`)).toBe(true);
    const nested = inner.containerId.split('.')[1] ?? '';
    expect(inner).toMatchObject({ sandbox: `${pod.config.sandbox}/containers/${nested}`, sharesLimits: true });
    expect(inner.environment).toMatchObject({
      MESOS_EXECUTOR_ID: 'pod',
      MESOS_CONTAINER_IP: '10.0.1.1',
      MESOS_ALLOCATION_ROLE: '*',
      MESOS_SANDBOX: inner.sandbox,
    });
    const { disk } = scene.agent.world;
    expect(await scene.simulation.settle(disk.readLink(`${pod.config.sandbox}/tasks/g1`))).toBe(
      `../containers/${nested}`,
    );
    expect(scene.master.states('g1')).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
    expect(scene.master.updates('g1').at(-1)).toMatchObject({
      executor_id: { value: 'pod' },
      container_status: {
        container_id: { value: nested, parent: { value: pod.config.containerId } },
        network_infos: [{ ip_addresses: [{ ip_address: '10.0.1.1' }] }],
      },
    });
    const asked = pod.updates.at(-1)?.resources.find(({ name }) => name === 'cpus');
    expect(asked?.scalar?.value).toBe(0.3);
  });

  test('in a network of its own is reached there, and its tasks know where', async () => {
    const scene = await Scene.set();
    const address = { protocol: 'IPv4' as const, ip_address: '172.16.0.7' };
    scene.machine.networkInfos = [{ name: 'net', ip_addresses: [address] }];
    scene.master.runGroup(FRAMEWORK, EXECUTOR, [command('g1')]);
    await scene.untilState('g1', 'TASK_RUNNING');
    expect(scene.machine.running('run g1').config.environment.MESOS_CONTAINER_IP).toBe('172.16.0.7');
    expect(scene.master.updates('g1').at(-1)?.container_status?.network_infos).toEqual(scene.machine.networkInfos);
  });

  test('goes on when one finishes, and is over with the last', async () => {
    const { scene, pod } = await running();
    scene.machine.endCommand('run g1', { kind: 'exited', code: 0 });
    await scene.untilState('g1', 'TASK_FINISHED');
    await scene.pass(10_000);
    expect(scene.master.states('g2').at(-1)).toBe('TASK_RUNNING');
    expect(pod.isDestroyed).toBe(false);
    scene.machine.endCommand('run g2', { kind: 'exited', code: 0 });
    await scene.until(() => pod.isDestroyed);
    await scene.until(() => scene.master.exits('pod').length === 1);
    expect(scene.master.exits('pod')).toEqual([0]);
    await scene.pass(1_000);
    const state = JSON.parse((await scene.get('/state')).text);
    expect(state.completed_frameworks[0].completed_executors[0]).toMatchObject({
      id: 'pod',
      type: 'DEFAULT',
      completed_tasks: [{ id: 'g1', executor_id: 'pod' }, { id: 'g2' }],
    });
  });

  test('is killed when one of it fails', async () => {
    const { scene } = await running();
    scene.machine.endCommand('run g1', { kind: 'exited', code: 1 });
    await scene.untilState('g2', 'TASK_KILLED');
    expect(scene.master.updates('g1').at(-1)).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command exited with status 1',
      container_status: { container_id: { parent: {} } },
    });
    expect(scene.master.updates('g2').at(-1)?.message).toBe('Command terminated with signal Terminated');
  });

  test('is killed with any of its tasks, saying so before where that is wanted', async () => {
    const { scene } = await running(undefined, AWARE);
    scene.master.kill(AWARE, 'g1');
    await scene.untilState('g2', 'TASK_KILLED');
    expect(scene.master.states('g1').slice(-2)).toEqual(['TASK_KILLING', 'TASK_KILLED']);
    expect(scene.master.states('g2').slice(-2)).toEqual(['TASK_KILLING', 'TASK_KILLED']);
  });

  test('that is killed before it starts never does', async () => {
    const scene = await Scene.set();
    scene.machine.launchMs = 60_000;
    scene.master.runGroup(FRAMEWORK, EXECUTOR, [command('g1'), command('g2')]);
    await scene.pass(1_000);
    scene.master.kill(FRAMEWORK, 'g1');
    await scene.untilState('g1', 'TASK_KILLED');
    await scene.untilState('g2', 'TASK_KILLED');
    expect(scene.master.updates('g2')[0]).toMatchObject({ reason: 'REASON_TASK_KILLED_DURING_LAUNCH' });
    await scene.until(() => scene.master.exits('pod').length === 1, 300_000);
    expect(scene.machine.containers.size).toBe(1);
    expect(scene.machine.outer[0]?.isDestroyed).toBe(true);
  });

  test('runs beside another under the same executor, and they do not hang on each other', async () => {
    const { scene, pod } = await running();
    scene.master.runGroup(FRAMEWORK, EXECUTOR, [command('h1')], false);
    await scene.untilState('h1', 'TASK_RUNNING');
    expect(scene.machine.outer).toHaveLength(1);
    scene.machine.endCommand('run h1', { kind: 'exited', code: 1 });
    await scene.untilState('h1', 'TASK_FAILED');
    await scene.pass(5_000);
    expect(scene.master.states('g1').at(-1)).toBe('TASK_RUNNING');
    expect(pod.isDestroyed).toBe(false);
  });

  test('fails as a whole when one of it cannot be launched', async () => {
    const scene = await Scene.set();
    const bad = command('g1', { command: { value: 'x', uris: [{ value: '/no/such' }] } });
    scene.master.runGroup(FRAMEWORK, EXECUTOR, [bad, command('g2')]);
    await scene.untilState('g1', 'TASK_FAILED');
    await scene.untilState('g2', 'TASK_KILLED');
    await scene.until(() => scene.master.exits('pod').length === 1);
  });

  test('ends as a whole when it uses more memory than all of it may', async () => {
    const { scene, pod } = await running();
    const message = 'Memory limit exceeded: Requested: 96MB Maximum Used: 96MB';
    scene.machine.endCommand('run g1', { kind: 'signaled', signal: 9 }, { kind: 'memory', message, resources: [] });
    await scene.untilState('g2', 'TASK_FAILED');
    for (const id of ['g1', 'g2']) {
      expect(scene.master.updates(id).at(-1)).toMatchObject({ reason: 'REASON_CONTAINER_LIMITATION_MEMORY', message });
    }
    expect(pod.isDestroyed).toBe(true);
  });

  test('ends as a whole when its container cannot be given what another needs, and the agent goes on', async () => {
    const { scene, pod } = await running();
    scene.machine.failsUpdates = true;
    scene.master.runGroup(FRAMEWORK, EXECUTOR, [command('g3')]);
    for (const id of ['g1', 'g2', 'g3']) {
      await scene.untilState(id, 'TASK_LOST');
      expect(scene.master.updates(id).at(-1)).toMatchObject({ reason: 'REASON_CONTAINER_UPDATE_FAILED' });
    }
    expect(pod.isDestroyed).toBe(true);
    scene.machine.failsUpdates = false;
    await scene.until(() => scene.master.exits('pod').length === 1);
    scene.master.run(FRAMEWORK, task('next'));
    await scene.untilState('next', 'TASK_RUNNING');
  });

  test('is asked to end with its executor', async () => {
    const { scene, pod } = await running();
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'pod' } };
    scene.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    await scene.untilState('g1', 'TASK_KILLED');
    await scene.untilState('g2', 'TASK_KILLED');
    await scene.until(() => pod.isDestroyed);
  });

  test('whose tasks take longer to end than executors may is destroyed, also by the next agent', async () => {
    const patient = { kill_policy: { grace_period: { nanoseconds: 600e9 } } };
    const { scene, pod } = await running([command('g1', patient), command('g2')]);
    scene.machine.heedsSignals = false;
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'pod' } };
    scene.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    await scene.untilState('g2', 'TASK_KILLED');
    expect(pod.isDestroyed).toBe(false);
    await scene.restart();
    await scene.until(() => pod.isDestroyed, 2_500);
    await scene.untilState('g1', 'TASK_FAILED');
    expect(scene.master.updates('g1').at(-1)).toMatchObject({
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
    await scene.until(() => scene.master.exits('pod').length === 1);
    expect(scene.master.exits('pod')).not.toEqual([0]);
  });

  test('of a framework that is removed ends without a word', async () => {
    const { scene, pod } = await running();
    const before = scene.master.updates().length;
    scene.master.send({ type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: { value: 'M-0000' } } });
    await scene.until(() => pod.isDestroyed);
    await scene.pass(10_000);
    expect(scene.master.updates().length).toBe(before);
    expect(JSON.parse((await scene.get('/state')).text).frameworks).toEqual([]);
  });

  test('is not killed, but goes on, when its agent is', async () => {
    const { scene, pod } = await running();
    await scene.pass(100);
    await scene.restart();
    await scene.until(() => scene.master.subscriptions.length === 2);
    expect(scene.master.subscriptions[1]).toMatchObject({
      executors: [{ executor_id: { value: 'pod' } }],
      tasks: [{ task_id: { value: 'g1' }, executor_id: { value: 'pod' } }, { task_id: { value: 'g2' } }],
    });
    expect(pod.isDestroyed).toBe(false);
    scene.machine.endCommand('run g1', { kind: 'exited', code: 1 });
    await scene.untilState('g2', 'TASK_KILLED');
    await scene.until(() => scene.master.exits('pod').length === 1);
  });

  test('whose tasks ended while there was no agent is over when one comes', async () => {
    const { scene, pod } = await running();
    await scene.pass(100);
    scene.agent.crash();
    scene.machine.endCommand('run g1', { kind: 'exited', code: 0 });
    scene.machine.endCommand('run g2', { kind: 'exited', code: 0 });
    await scene.restart();
    await scene.untilState('g2', 'TASK_FINISHED');
    await scene.until(() => pod.isDestroyed);
  });

  test('looks after the health of each of its tasks', async () => {
    const check = { type: 'COMMAND' as const, command: { value: 'look' }, delay_seconds: 1, interval_seconds: 1 };
    const { scene } = await running([
      command('g1', { health_check: { ...check, grace_period_seconds: 0, consecutive_failures: 2 } }),
      command('g2'),
    ]);
    scene.machine.answer = () => ({ kind: 'exited', code: 1 });
    await scene.untilState('g1', 'TASK_KILLED');
    expect(scene.master.updates('g1').at(-1)?.healthy).toBe(false);
    await scene.untilState('g2', 'TASK_KILLED');
    expect(scene.machine.probes[0]?.containerId).toBe(scene.machine.running('run g1').config.containerId);
  });
});

describe('a task group with checks', () => {
  const LOOK = { delay_seconds: 2, interval_seconds: 3 };

  /** What was told of a task's check: seconds since the group ran, and the result. */
  function told(scene: Scene, id: string, sinceMs: number): (readonly [number, unknown])[] {
    return scene.master.updates(id).flatMap(({ reason, timestamp = 0, check_status }) => {
      if (reason !== 'REASON_TASK_CHECK_STATUS_UPDATED') return [];
      return [[Math.round(timestamp - sinceMs / 1000), check_status] as const];
    });
  }

  test('has each of its tasks looked at by itself, after its own delay, and says what was found with each update', async () => {
    const { scene } = await running([
      command('g1', { check: { ...LOOK, type: 'COMMAND', command: { command: { value: 'look' } } } }),
      command('g2', { check: { ...LOOK, delay_seconds: 7, type: 'TCP', tcp: { port: 31_000 } } }),
      command('g3', { check: { ...LOOK, delay_seconds: 4, type: 'HTTP', http: { port: 31_000, path: '/x' } } }),
      command('g4'),
    ]);
    const sinceMs = scene.agent.world.clock.nowMs();
    const codes = [3, 3, 0];
    scene.machine.answer = () => ({ kind: 'exited', code: codes.shift() ?? 0 });
    await scene.pass(6_000);
    const handler = () => ({ status: 404 });
    const listening = scene.agent.world.net.listen({ host: '127.0.0.1', port: 31_000, handler });
    await scene.simulation.settle(listening);
    await scene.pass(6_000);
    const exited = (exit_code: number) => ({ type: 'COMMAND', command: { exit_code } });
    expect(told(scene, 'g1', sinceMs)).toEqual([
      [2, exited(3)],
      [8, exited(0)],
    ]);
    expect(told(scene, 'g2', sinceMs)).toEqual([[7, { type: 'TCP', tcp: { succeeded: true } }]]);
    expect(told(scene, 'g3', sinceMs)).toEqual([[7, { type: 'HTTP', http: { status_code: 404 } }]]);
    expect(scene.machine.probes.every(({ probe }) => probe.name === 'check')).toBe(true);
    const first = (id: string) => scene.master.updates(id)[0]?.check_status;
    expect(['g1', 'g2', 'g3', 'g4'].map(first)).toEqual([
      { type: 'COMMAND', command: {} },
      { type: 'TCP', tcp: {} },
      { type: 'HTTP', http: {} },
      undefined,
    ]);
  });

  test('is not looked at any more while it is being killed, and nothing it finds kills', async () => {
    const { scene } = await running([
      command('g1', { check: { ...LOOK, type: 'COMMAND', command: { command: { value: 'look' } } } }),
      command('g2'),
    ]);
    scene.machine.answer = () => ({ kind: 'exited', code: 1 });
    scene.machine.heedsSignals = false;
    await scene.until(() => scene.machine.probes.length === 5);
    expect(scene.master.states('g2')).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
    scene.master.kill(FRAMEWORK, 'g1', 10_000);
    await scene.untilState('g2', 'TASK_KILLED');
    await scene.untilState('g1', 'TASK_KILLED');
    expect(scene.machine.probes).toHaveLength(5);
  });
});
