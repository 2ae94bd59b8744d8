import { describe, expect, test } from 'vitest';
import { EXECUTOR, FakeExecutor, hosted } from '../support/fake-executor.ts';
import { AWARE, FORGETFUL, FRAMEWORK, Scene } from '../support/scene.ts';

/** An executor with these tasks, all RUNNING. */
async function running(taskIds: readonly string[] = ['t1'], scene?: Scene) {
  const there = scene ?? (await Scene.set());
  for (const taskId of taskIds) there.master.run(FRAMEWORK, hosted(taskId));
  await there.until(() => there.machine.containers.size === 1);
  const executor = new FakeExecutor(there);
  await executor.subscribe();
  for (const taskId of taskIds) await executor.update(taskId, 'TASK_RUNNING');
  await there.pass(100);
  return { scene: there, executor, container: there.machine.running('run the executor') };
}

describe('a custom executor', () => {
  test('is launched once with its environment, and told of its tasks when it subscribes', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, hosted('t1'));
    scene.master.run(FRAMEWORK, hosted('t2'));
    await scene.until(() => scene.machine.containers.size === 1);
    const { config } = scene.machine.running('run the executor');
    expect(config.environment).toMatchObject({
      MESOS_AGENT_ENDPOINT: '10.0.1.1:5051',
      MESOS_CHECKPOINT: '1',
      MESOS_DIRECTORY: config.sandbox,
      MESOS_EXECUTOR_ID: 'e1',
      MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs',
      MESOS_FRAMEWORK_ID: 'M-0000',
      MESOS_RECOVERY_TIMEOUT: '15mins',
      MESOS_SANDBOX: config.sandbox,
      MESOS_SLAVE_ID: 'M-S0',
      MESOS_SLAVE_PID: 'slave(1)@10.0.1.1:5051',
      MESOS_SUBSCRIPTION_BACKOFF_MAX: '2secs',
    });
    const executor = new FakeExecutor(scene);
    expect(await executor.subscribe()).toBe(200);
    expect(executor.types()).toEqual(['SUBSCRIBED', 'LAUNCH', 'LAUNCH']);
    expect(executor.events[0]?.subscribed).toMatchObject({
      executor_info: { executor_id: { value: 'e1' }, framework_id: { value: 'M-0000' } },
      framework_info: { name: 'test' },
      agent_info: { id: { value: 'M-S0' } },
      container_id: { value: config.containerId },
    });
    expect(scene.machine.containers.size).toBe(1);
  });

  test('hears that its updates are taken, which go to the framework as they are', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, hosted('t1'));
    await scene.until(() => scene.machine.containers.size === 1);
    const executor = new FakeExecutor(scene);
    await executor.subscribe();
    const status = await executor.update('t1', 'TASK_RUNNING', { message: 'now', data: 'eHh4' });
    await scene.untilState('t1', 'TASK_RUNNING');
    const { containerId } = scene.machine.running('run the executor').config;
    expect(scene.master.updates('t1')[0]).toMatchObject({
      ...status,
      agent_id: { value: 'M-S0' },
      container_status: { container_id: { value: containerId }, executor_pid: 1001 },
    });
    expect(executor.events.at(-1)).toEqual({
      type: 'ACKNOWLEDGED',
      acknowledged: { task_id: { value: 't1' }, uuid: status.uuid },
    });
  });

  test('gets messages of its framework, and sends it some', async () => {
    const { scene, executor } = await running();
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
    scene.master.send({ type: 'MESSAGE', message: { ...ids, data: 'aGVsbG8=' } });
    await scene.pass(100);
    expect(executor.events.at(-1)).toEqual({ type: 'MESSAGE', message: { data: 'aGVsbG8=' } });
    await executor.call({ type: 'MESSAGE', message: { data: 'cmVwbHk=' } });
    await scene.pass(100);
    expect(scene.master.calls.at(-1)).toEqual({ type: 'MESSAGE', message: { ...ids, data: 'cmVwbHk=' } });
  });

  test('may use what its tasks ask for, more with each of them', async () => {
    const { scene, container } = await running();
    const cpus = (resources: readonly { name: string; scalar?: { value: number } }[] | undefined) =>
      resources?.find(({ name }) => name === 'cpus')?.scalar?.value;
    expect(cpus(container.config.resources)).toBe(0.2);
    scene.master.run(FRAMEWORK, hosted('t2'));
    await scene.pass(100);
    expect(cpus(container.updates.at(-1)?.resources)).toBe(0.3);
  });

  test('that cannot be given what another task needs is destroyed, with all its tasks', async () => {
    const { scene, container } = await running();
    scene.machine.failsUpdates = true;
    scene.master.run(FRAMEWORK, hosted('t2'));
    for (const id of ['t1', 't2']) {
      await scene.untilState(id, 'TASK_LOST');
      expect(scene.master.updates(id).at(-1)).toMatchObject({
        reason: 'REASON_CONTAINER_UPDATE_FAILED',
        source: 'SOURCE_AGENT',
        message: expect.stringMatching(/^Failed to update resources for container: .*busy$/),
      });
    }
    expect(container.isDestroyed).toBe(true);
  });

  test('is told to kill a task, by the policy of the call', async () => {
    const { scene, executor } = await running();
    scene.master.kill(FRAMEWORK, 't1', 7_000);
    await scene.pass(100);
    expect(executor.events.at(-1)).toMatchObject({
      type: 'KILL',
      kill: { task_id: { value: 't1' }, kill_policy: { grace_period: { nanoseconds: 7e9 } } },
    });
    expect(scene.master.states('t1')).toEqual(['TASK_RUNNING']);
  });

  test('never hears of a task that was killed before it subscribed, and goes if that was its only one', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, hosted('t1'));
    await scene.until(() => scene.machine.containers.size === 1);
    scene.master.kill(FRAMEWORK, 't1');
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.master.updates('t1')[0]).toMatchObject({ reason: 'REASON_TASK_KILLED_DURING_LAUNCH' });
    const executor = new FakeExecutor(scene);
    await executor.subscribe();
    expect(executor.types()).toEqual(['SHUTDOWN']);
    await scene.until(() => scene.machine.running('run the executor').isDestroyed);
  });

  test('gets the tasks of a group together', async () => {
    const scene = await Scene.set();
    scene.master.runGroup(FRAMEWORK, EXECUTOR, [hosted('g1'), hosted('g2')]);
    await scene.until(() => scene.machine.containers.size === 1);
    const executor = new FakeExecutor(scene);
    await executor.subscribe();
    expect(executor.types()).toEqual(['SUBSCRIBED', 'LAUNCH_GROUP']);
    expect(executor.events[1]?.launch_group?.task_group.tasks).toHaveLength(2);
  });

  test('that ends takes its tasks along, and the framework is told how it ended', async () => {
    const { scene } = await running(['t1', 't2']);
    scene.machine.end('e1', { kind: 'exited', code: 5 });
    await scene.untilState('t1', 'TASK_FAILED');
    await scene.untilState('t2', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)).toMatchObject({
      reason: 'REASON_EXECUTOR_TERMINATED',
      source: 'SOURCE_AGENT',
      message: 'Executor terminated',
    });
    expect(scene.master.exits('e1')).toEqual([1280]);
    await scene.pass(1_000);
    const state = JSON.parse((await scene.get('/state')).text);
    expect(state.frameworks).toEqual([]);
    const [executor] = state.completed_frameworks[0].completed_executors;
    expect(executor).toMatchObject({ id: 'e1', completed_tasks: [{ id: 't1' }, { id: 't2' }] });
  });

  test('that was asked to end is destroyed when it has not after its grace', async () => {
    const { scene, executor, container } = await running();
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
    scene.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    await scene.pass(4_000);
    expect(executor.types().at(-1)).toBe('SHUTDOWN');
    expect(container.isDestroyed).toBe(false);
    await scene.pass(2_000);
    expect(container.isDestroyed).toBe(true);
    expect(scene.master.states('t1').at(-1)).toBe('TASK_FAILED');
    expect(scene.master.exits('e1')).toEqual([9]);
  });

  test('that asks for more time to end has it, and is told so', async () => {
    const scene = await Scene.set();
    const patient = { ...EXECUTOR, shutdown_grace_period: { nanoseconds: 20e9 } };
    scene.master.run(FRAMEWORK, hosted('t1', patient));
    await scene.until(() => scene.machine.containers.size === 1);
    const container = scene.machine.running('run the executor');
    expect(container.config.environment.MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD).toBe('20secs');
    await new FakeExecutor(scene, FRAMEWORK, patient).subscribe();
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
    scene.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    await scene.pass(19_000);
    expect(container.isDestroyed).toBe(false);
    await scene.until(() => container.isDestroyed, 2_000);
  });

  test('of a framework that is removed is shut down, and nothing is said of its tasks', async () => {
    const { scene, executor } = await running();
    const before = scene.master.updates().length;
    scene.master.send({ type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: { value: 'M-0000' } } });
    await scene.pass(100);
    expect(executor.types().at(-1)).toBe('SHUTDOWN');
    await scene.pass(10_000);
    expect(scene.master.updates().length).toBe(before);
    expect(scene.master.exits('e1')).toEqual([]);
    expect(JSON.parse((await scene.get('/state')).text).frameworks).toEqual([]);
  });

  test('is not launched for a task that expects it to be there', async () => {
    const scene = await Scene.set();
    const run_task = { framework_info: AWARE, task: hosted('t1'), launch_executor: false };
    scene.master.send({ type: 'RUN_TASK', run_task });
    await scene.untilState('t1', 'TASK_DROPPED');
    expect(scene.master.updates('t1')[0]).toMatchObject({ reason: 'REASON_EXECUTOR_TERMINATED' });
    expect(scene.machine.containers.size).toBe(0);
  });

  test('that is ending takes no more tasks, and the master hears that there is no new one', async () => {
    const { scene } = await running();
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
    scene.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    scene.master.run(FRAMEWORK, hosted('t2'));
    await scene.untilState('t2', 'TASK_LOST');
    expect(scene.master.updates('t2')[0]).toMatchObject({ message: 'Executor terminating' });
    await scene.until(() => scene.master.exits('e1')[0] === -1);
  });
});

describe('an executor that misbehaves', () => {
  test('and never subscribes is destroyed, with its tasks', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, hosted('t1'));
    await scene.pass(59_000);
    expect(scene.master.states('t1')).toEqual([]);
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1')[0]).toMatchObject({
      reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
      message: 'Executor did not register within 1mins',
    });
    expect(scene.machine.running('run the executor').isDestroyed).toBe(true);
  });

  test('and reports more than anybody can take is ended', async () => {
    const { scene, executor, container } = await running();
    for (let round = 0; round <= 100; round += 1) await executor.update(`unknown-${round}`, 'TASK_RUNNING');
    await scene.until(() => container.isDestroyed);
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)?.message).toMatch(/^Executor was ended: it sent more than 100/);
  });

  test('and reports on the task of another is not heard', async () => {
    const { scene, executor } = await running();
    const other = { ...EXECUTOR, executor_id: { value: 'e2' }, command: { value: 'other' } };
    scene.master.run(FRAMEWORK, hosted('t9', other));
    await scene.pass(1_000);
    await executor.update('t9', 'TASK_FINISHED');
    await scene.pass(1_000);
    expect(scene.master.states('t9')).toEqual([]);
  });

  test('and sends rubbish is told what is wrong with it', async () => {
    const { scene, executor } = await running();
    const post = (body: unknown) => scene.post('/api/v1/executor', body);
    expect(await post('rubbish')).toMatchObject({ status: 400 });
    expect(await executor.call({ type: 'UPDATE' })).toMatchObject({
      status: 400,
      text: "Failed to validate Executor::Call: Expecting 'update' to be present",
    });
    expect(await new FakeExecutor(scene, AWARE).call({ type: 'MESSAGE', message: { data: '' } })).toMatchObject({
      status: 400,
      text: 'Framework cannot be found',
    });
    executor.hangUp();
    await scene.pass(100);
    expect(await executor.call({ type: 'MESSAGE', message: { data: '' } })).toMatchObject({
      status: 403,
      text: 'Executor is not subscribed',
    });
    expect(await executor.call({ type: 'HEARTBEAT' })).toMatchObject({ status: 202 });
    expect(scene.agent.state).toBe('running');
  });

  test('and says one thing and means another is taken at its word', async () => {
    const { scene, executor } = await running();
    const { uuid: _, ...status } = executor.status('t1', 'TASK_FINISHED');
    const update = { status };
    expect(await executor.call({ type: 'MESSAGE', message: { data: 'eA==' }, update })).toMatchObject({ status: 202 });
    const message = { data: 'eA==' };
    const good = { status: executor.status('t1', 'TASK_RUNNING') };
    expect(await executor.call({ type: 'UPDATE', update: good, message, subscribe: {} })).toMatchObject({
      status: 202,
    });
    await scene.pass(1_000);
    expect(scene.master.states('t1')).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
    expect(scene.master.calls.filter(({ type }) => type === 'MESSAGE')).toHaveLength(1);
  });

  test('and reports what a check cannot have found is refused', async () => {
    const { executor } = await running();
    const status = executor.status('t1', 'TASK_RUNNING', { check_status: { type: 'TCP', command: {} } });
    expect(await executor.call({ type: 'UPDATE', update: { status } })).toMatchObject({
      status: 400,
      text: "Failed to validate Executor::Call: Expecting 'tcp' to be set for TCP check's status",
    });
  });

  test('and sends an update that no master would take is refused, and the agent stays with its master', async () => {
    const { scene, executor } = await running();
    const data = 'A'.repeat(8 * 2 ** 20);
    const status = executor.status('t1', 'TASK_RUNNING', { data });
    expect(await executor.call({ type: 'UPDATE', update: { status } })).toMatchObject({ status: 413 });
    expect(await executor.call({ type: 'MESSAGE', message: { data } })).toMatchObject({ status: 413 });
    const subscriptions = scene.master.subscriptions.length;
    const smaller = executor.status('t1', 'TASK_FINISHED', { data: 'A'.repeat(4 * 2 ** 20) });
    await executor.call({ type: 'UPDATE', update: { status: smaller } });
    await scene.untilState('t1', 'TASK_FINISHED');
    expect(scene.master.subscriptions).toHaveLength(subscriptions);
  });

  test('and brings rubbish along when it subscribes again is heard of what is none', async () => {
    const { scene, executor } = await running(['t1', 't2']);
    const { uuid: _, ...anonymous } = executor.status('t1', 'TASK_FAILED');
    const updates = [
      anonymous,
      executor.status('t1', 'TASK_STAGING'),
      executor.status('t1', 'TASK_FAILED', { source: 'SOURCE_MASTER' }),
      executor.status('t1', 'TASK_FAILED', { uuid: 'eA==' }),
      executor.status('t1', 'TASK_FAILED', { data: 'A'.repeat(9 * 2 ** 20) }),
      executor.status('t2', 'TASK_FINISHED'),
    ];
    expect(await executor.subscribe({ updates })).toBe(200);
    await scene.untilState('t2', 'TASK_FINISHED');
    expect(scene.master.states('t1')).toEqual(['TASK_RUNNING']);
  });

  test('and subscribes twice is heard, and told, on the newer connection alone', async () => {
    const { scene, executor } = await running();
    const newer = new FakeExecutor(scene);
    await newer.subscribe();
    expect(executor.isOver).toBe(true);
    const told = executor.events.length;
    scene.master.kill(FRAMEWORK, 't1');
    await scene.until(() => newer.types().includes('KILL'));
    expect(executor.events).toHaveLength(told);
    expect(scene.master.states('t1')).toEqual(['TASK_RUNNING']);
    // Its first update was sent by the older one.
    newer.status('t1', 'TASK_RUNNING');
    await newer.update('t1', 'TASK_KILLED');
    await scene.untilState('t1', 'TASK_KILLED');
  });

  test('and cannot be launched fails its tasks', async () => {
    const scene = await Scene.set();
    const bad = { ...EXECUTOR, command: { value: 'x', uris: [{ value: '/no/such' }] } };
    scene.master.run(FRAMEWORK, hosted('t1', bad));
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1')[0]).toMatchObject({ reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
    expect(scene.master.exits('e1')).toEqual([9]);
  });
});

describe('an executor whose agent is killed', () => {
  test('goes on with the next, which asks the master only then', async () => {
    const { scene, executor } = await running(['t1', 't2']);
    await scene.restart();
    expect(scene.agent.value?.state).toBe('RECOVERING');
    expect(await executor.call({ type: 'MESSAGE', message: { data: '' } })).toMatchObject({ status: 503 });
    const missed = executor.status('t1', 'TASK_FINISHED');
    await executor.subscribe({ updates: [missed] });
    expect(executor.types().slice(-2)).toEqual(['SUBSCRIBED', 'ACKNOWLEDGED']);
    await scene.until(() => scene.master.subscriptions.length === 2);
    expect(scene.master.subscriptions[1]).toMatchObject({
      executors: [{ executor_id: { value: 'e1' } }],
      tasks: [
        { task_id: { value: 't1' }, executor_id: { value: 'e1' }, state: 'TASK_FINISHED' },
        { task_id: { value: 't2' }, state: 'TASK_RUNNING' },
      ],
    });
    await scene.untilState('t1', 'TASK_FINISHED');
    await executor.update('t2', 'TASK_FINISHED');
    await scene.untilState('t2', 'TASK_FINISHED');
    scene.master.run(FRAMEWORK, hosted('t3'));
    await scene.pass(1_000);
    expect(executor.events.at(-1)?.launch?.task.task_id).toEqual({ value: 't3' });
  });

  test('has what it and its live tasks may use together, also where that is only watched', async () => {
    const { scene, executor } = await running(['t1', 't2']);
    await executor.update('t2', 'TASK_FINISHED');
    await scene.untilState('t2', 'TASK_FINISHED');
    await scene.restart();
    const [{ containerId, resources } = { containerId: '', resources: [] }] = scene.machine.expected;
    const latest = scene.machine.containers.get(containerId)?.updates.at(-1);
    expect(latest).toBeDefined();
    expect(resources).toEqual(latest?.resources);
  });

  test('and that does not come back in time is destroyed', async () => {
    const { scene, container } = await running();
    await scene.restart();
    await scene.untilState('t1', 'TASK_LOST');
    expect(scene.master.updates('t1').at(-1)).toMatchObject({
      reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
      message: 'Executor did not reregister within 2secs',
    });
    expect(container.isDestroyed).toBe(true);
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
  });

  test('loses the task that it was never told of', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, hosted('t1'));
    await scene.until(() => scene.machine.containers.size === 1);
    await scene.pass(100);
    await scene.restart();
    const executor = new FakeExecutor(scene);
    await executor.subscribe();
    await scene.untilState('t1', 'TASK_LOST');
    expect(scene.master.updates('t1')[0]).toMatchObject({ reason: 'REASON_AGENT_RESTARTED' });
  });

  test('sends an update twice, and it is told once', async () => {
    const { scene, executor } = await running();
    const status = await executor.update('t1', 'TASK_RUNNING', { message: 'again' });
    await scene.pass(1_000);
    await scene.restart();
    await executor.subscribe({ updates: [status] });
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    await scene.pass(5_000);
    expect(scene.master.updates('t1').filter(({ uuid }) => uuid === status.uuid)).toHaveLength(1);
  });

  test('is destroyed when its framework does not checkpoint', async () => {
    const scene = await Scene.set();
    const executor = { ...EXECUTOR, framework_id: { value: 'M-0002' } };
    scene.master.run(FORGETFUL, hosted('t1', executor));
    await scene.until(() => scene.machine.containers.size === 1);
    await scene.pass(100);
    await scene.restart();
    await scene.until(() => scene.machine.running('run the executor').isDestroyed);
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(scene.master.states('t1')).toEqual([]);
  });

  test('in the middle of its shutdown is destroyed when the grace is over all the same', async () => {
    const { scene, container } = await running();
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
    scene.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    await scene.pass(1_000);
    await scene.restart();
    await scene.pass(2_000);
    expect(container.isDestroyed).toBe(false);
    await scene.until(() => container.isDestroyed);
    await scene.untilState('t1', 'TASK_FAILED');
  });
});
