import { describe, expect, test } from 'vitest';
import { RegistrationBackOff } from '../../../src/daemon/agent/registration/registration-back-off.ts';
import { FORGETFUL, FRAMEWORK, Scene, task } from './support/scene.ts';

test('a new agent tells what it is, and gets its id', async () => {
  const scene = await Scene.set();
  const [first] = scene.master.subscriptions;
  expect(first).toMatchObject({
    agent_info: {
      hostname: 'agent',
      port: 5051,
      attributes: [{ name: 'rack' }, { name: 'zone' }, { name: 'level' }, { name: 'ports' }],
    },
    version: '1.12.0',
    pid: 'slave(1)@10.0.1.1:5051',
  });
  expect(first?.agent_info).not.toHaveProperty('id');
  expect(first?.capabilities).toHaveLength(8);
  expect(scene.agent.value?.agentId).toBe('M-S0');
});

test('the wait before registering is random within a span that doubles up to a minute', () => {
  const spans: number[] = [];
  const random = {
    float: () => 1,
    integer: () => 0,
    bytes: () => new Uint8Array(),
    uuid: () => '',
    shuffle: <T>(x: T[]) => x,
  };
  const backOff = new RegistrationBackOff(random, 1_000);
  for (let i = 0; i < 8; i++) spans.push(backOff.next());
  expect(spans).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  backOff.reset();
  expect(backOff.next()).toBe(1_000);
});

describe('an agent that loses its master', () => {
  test('registers again with its id, its tasks and their frameworks', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    scene.master.run(FORGETFUL, task('t2'));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.untilState('t2', 'TASK_RUNNING');
    scene.master.hangUp();
    await scene.until(() => scene.master.subscriptions.length === 2);
    const again = scene.master.subscriptions[1];
    expect(again?.agent_info.id).toEqual({ value: 'M-S0' });
    expect(again?.tasks?.map(({ task_id, state }) => [task_id.value, state])).toEqual([
      ['t1', 'TASK_RUNNING'],
      ['t2', 'TASK_RUNNING'],
    ]);
    expect(again?.frameworks?.map(({ id }) => id?.value)).toEqual(['M-0000', 'M-0002']);
  });

  test('keeps its updates and sends them when it is back', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.refusal = { status: 503 };
    scene.master.hangUp();
    await scene.until(() => scene.agent.value?.state === 'DISCONNECTED');
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.pass(20_000);
    expect(scene.master.states('t1')).not.toContain('TASK_FINISHED');
    scene.master.refusal = undefined;
    await scene.untilState('t1', 'TASK_FINISHED');
  });

  test('notices by the pings that do not come', async () => {
    const scene = await Scene.set();
    await scene.pass(74_000);
    expect(scene.master.subscriptions).toHaveLength(1);
    await scene.until(() => scene.master.subscriptions.length === 2, 5_000);
  });

  test('answers pings, and registers again when the master does not count it', async () => {
    const scene = await Scene.set();
    for (let i = 0; i < 10; i++) {
      scene.master.send({ type: 'PING', ping: { connected: true } });
      await scene.pass(15_000);
    }
    expect(scene.master.subscriptions).toHaveLength(1);
    expect(scene.master.calls.filter(({ type }) => type === 'PONG')).toHaveLength(10);
    scene.master.send({ type: 'PING', ping: { connected: false } });
    await scene.until(() => scene.master.subscriptions.length === 2, 5_000);
  });

  test('subscribes again when its calls are refused', async () => {
    const scene = await Scene.set();
    scene.master.refusal = { status: 403 };
    scene.master.send({ type: 'PING', ping: { connected: true } });
    await scene.until(() => scene.agent.value?.state === 'DISCONNECTED');
    scene.master.refusal = undefined;
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
  });
});

test('a redirect leads to the leader', async () => {
  const scene = await Scene.set({ isRegistered: false });
  const follower = scene.simulation.host('follower', { address: '10.0.0.2' }).start('follower', async (world) => {
    const location = '//10.0.0.1:5050/mctl/agent';
    await world.net.listen({ host: '10.0.0.2', port: 5050, handler: () => ({ status: 307, headers: { location } }) });
    return true;
  });
  scene.agent.crash();
  scene.flags = ['--master=10.0.0.2:5050'];
  await scene.until(() => follower.value === true);
  await scene.restart();
  await scene.until(() => scene.agent.value?.state === 'RUNNING');
});

test('masters that point at each other are no endless loop', async () => {
  const scene = await Scene.set({ isRegistered: false });
  scene.master.refusal = { status: 307, headers: { location: '//10.0.0.1:5050/mctl/agent' } };
  await scene.pass(30_000);
  scene.master.refusal = undefined;
  await scene.until(() => scene.agent.value?.state === 'RUNNING');
});

describe('tasks that the master knows and the agent does not', () => {
  test('are lost', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.subscribed = {
      reconciliations: [
        { framework_id: { value: 'M-0000' }, task_ids: [{ value: 't1' }, { value: 'gone' }] },
        { framework_id: { value: 'M-0009' }, task_ids: [{ value: 'aware' }], partition_aware: true },
      ],
    };
    scene.master.hangUp();
    await scene.untilState('gone', 'TASK_LOST');
    await scene.untilState('aware', 'TASK_DROPPED');
    expect(scene.master.updates('gone')[0]).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_RECONCILIATION' });
    expect(scene.master.states('t1')).not.toContain('TASK_LOST');
  });
});

describe('an agent that leaves', () => {
  test('says goodbye, stops its tasks and is somebody else next time', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.agent.value?.unregister();
    await scene.until(() => scene.agent.state === 'ended');
    expect(scene.agent.outcome).toMatchObject({ code: 0 });
    expect(scene.master.calls.at(-1)?.type).toBe('UNREGISTER');
    expect(scene.machine.of('t1').exit).toBeDefined();
    await scene.restart();
    await scene.until(() => scene.master.subscriptions.length === 2);
    expect(scene.master.subscriptions[1]?.agent_info).not.toHaveProperty('id');
  });

  test('does not come back when the master hangs up while its tasks still end', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.agent.value?.unregister();
    await scene.until(() => scene.master.calls.at(-1)?.type === 'UNREGISTER');
    scene.master.hangUp();
    await scene.until(() => scene.agent.state === 'ended');
    expect(scene.machine.of('t1').isDestroyed).toBe(true);
    expect(scene.master.subscriptions).toHaveLength(1);
  });

  test('because the master says so stops its tasks too', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.send({ type: 'SHUTDOWN', shutdown: { message: 'Agent has been marked gone' } });
    await scene.until(() => scene.agent.state === 'ended');
    expect(scene.agent.outcome).toMatchObject({ reason: expect.stringContaining('marked gone') });
    expect(scene.machine.of('t1').isDestroyed).toBe(true);
  });
});

test('a master that gives another id ends the agent', async () => {
  const scene = await Scene.set();
  scene.master.subscribed = { agent_id: { value: 'M-S7' } };
  scene.master.hangUp();
  await scene.until(() => scene.agent.state === 'ended');
  expect(scene.agent.outcome).toMatchObject({ code: 1 });
});
