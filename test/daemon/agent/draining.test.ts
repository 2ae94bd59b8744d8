import { describe, expect, test } from 'vitest';
import type { DrainConfig, KillPolicy } from '../../../src/mesos/generated/v1.ts';
import { FakeExecutor, hosted } from './support/fake-executor.ts';
import { AWARE, FRAMEWORK, Scene, task } from './support/scene.ts';

const graceOf = (seconds: number): KillPolicy => ({ grace_period: { nanoseconds: seconds * 1e9 } });
const within = (seconds: number): DrainConfig => ({ max_grace_period: { nanoseconds: seconds * 1e9 } });

function drain(scene: Scene, config?: DrainConfig): void {
  scene.master.send({ type: 'DRAIN', drain: { ...(config && { config }) } });
}

/** What the agent says of its draining. */
async function told(scene: Scene): Promise<unknown> {
  const { get_agent } = JSON.parse((await scene.post('/api/v1', { type: 'GET_AGENT' })).text);
  const state = JSON.parse((await scene.get('/state')).text);
  expect(state.drain_config, 'both APIs say the same').toEqual(get_agent.drain_config);
  expect(state.estimated_drain_start_time_seconds === undefined).toBe(get_agent.drain_config === undefined);
  expect(get_agent.estimated_drain_start_time === undefined).toBe(get_agent.drain_config === undefined);
  return get_agent.drain_config;
}

describe('an agent that is drained', () => {
  test('kills what runs, is launched, waits and still comes, says why, and is done when nothing is left', async () => {
    const scene = await Scene.set();
    scene.master.run(AWARE, task('running'));
    await scene.untilState('running', 'TASK_RUNNING');
    scene.machine.launchMs = 10_000;
    scene.master.run(FRAMEWORK, task('launching'));
    await scene.pass(100);
    scene.master.acknowledges = false;
    drain(scene, within(600));
    scene.master.run(FRAMEWORK, task('late'));
    await scene.pass(2_000);
    const ends = ['running', 'launching', 'late'].map((taskId) => scene.master.updates(taskId).at(-1));
    expect(ends.map((end) => [end?.state, end?.reason, end?.source])).toEqual([
      ['TASK_KILLING', 'REASON_AGENT_DRAINING', 'SOURCE_EXECUTOR'],
      ['TASK_KILLED', 'REASON_AGENT_DRAINING', 'SOURCE_AGENT'],
      ['TASK_KILLED', 'REASON_AGENT_DRAINING', 'SOURCE_AGENT'],
    ]);
    expect(await told(scene)).toEqual({ max_grace_period: { nanoseconds: 600e9 }, mark_gone: false });
    scene.master.acknowledges = true;
    await scene.untilState('running', 'TASK_KILLED');
    expect(scene.master.updates('running').at(-1)?.reason).toBe('REASON_AGENT_DRAINING');
    await scene.pass(30_000);
    expect(await told(scene), 'nothing is left').toBeUndefined();
    scene.master.run(FRAMEWORK, task('next'));
    await scene.untilState('next', 'TASK_RUNNING');
  });

  test('grants no more time than it was told, and less to tasks that want less', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('patient', { kill_policy: graceOf(600) }));
    scene.master.run(FRAMEWORK, task('hasty', { kill_policy: graceOf(2) }));
    await scene.untilState('patient', 'TASK_RUNNING');
    await scene.untilState('hasty', 'TASK_RUNNING');
    const startedMs = scene.simulation.nowMs;
    drain(scene, within(20));
    await scene.until(() => scene.machine.of('hasty').isDestroyed, 3_000);
    expect(scene.machine.of('patient').isDestroyed).toBe(false);
    await scene.until(() => scene.machine.of('patient').isDestroyed, 21_000);
    expect(scene.simulation.nowMs - startedMs).toBeGreaterThanOrEqual(20_000);
  });

  test('leaves tasks the time they ask for when it was not told of any', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1', { kill_policy: graceOf(50) }));
    await scene.untilState('t1', 'TASK_RUNNING');
    drain(scene, {});
    await scene.pass(49_000);
    expect(scene.machine.of('t1').isDestroyed).toBe(false);
    await scene.untilState('t1', 'TASK_KILLED');
  });

  test('for good says so to those that understand it', async () => {
    const scene = await Scene.set();
    scene.master.run(AWARE, task('t1'));
    scene.master.run(FRAMEWORK, task('t2'));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.untilState('t2', 'TASK_RUNNING');
    drain(scene, { mark_gone: true });
    await scene.untilState('t1', 'TASK_GONE_BY_OPERATOR');
    await scene.untilState('t2', 'TASK_KILLED');
    expect(scene.master.states('t1')).toEqual([
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_KILLING',
      'TASK_GONE_BY_OPERATOR',
    ]);
    expect(scene.master.updates('t1').at(-1)?.reason).toBe('REASON_AGENT_DRAINING');
  });

  test('asks custom executors to kill, and puts its reason into what they report', async () => {
    const scene = await Scene.set();
    for (const id of ['own', 'none']) {
      scene.master.run(FRAMEWORK, { ...hosted(id), ...(id === 'own' && { kill_policy: graceOf(2) }) });
    }
    await scene.until(() => scene.machine.containers.size === 1);
    const executor = new FakeExecutor(scene);
    await executor.subscribe();
    for (const id of ['own', 'none']) await executor.update(id, 'TASK_RUNNING');
    drain(scene, within(20));
    await scene.pass(100);
    expect(executor.events.filter(({ type }) => type === 'KILL').map(({ kill }) => kill)).toEqual([
      { task_id: { value: 'own' }, kill_policy: graceOf(2) },
      { task_id: { value: 'none' }, kill_policy: graceOf(20) },
    ]);
    await executor.update('own', 'TASK_KILLED', { reason: 'REASON_INVALID_OFFERS' });
    await executor.update('none', 'TASK_FINISHED');
    await scene.pass(1_000);
    expect(scene.master.updates('own').at(-1)?.reason).toBe('REASON_AGENT_DRAINING');
    expect(scene.master.updates('none').at(-1)).not.toHaveProperty('reason');
    expect(await told(scene), 'the executor is still there').toBeDefined();
    drain(scene);
    await scene.pass(100);
    expect(await told(scene), 'reactivated').toBeUndefined();
  });

  test('goes on after it was restarted, before it has found its master', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1', { kill_policy: graceOf(600) }));
    await scene.untilState('t1', 'TASK_RUNNING');
    drain(scene, within(300));
    await scene.pass(1_000);
    scene.master.refusal = { status: 503 };
    await scene.restart();
    await scene.pass(1_000);
    expect(await told(scene)).toEqual({ max_grace_period: { nanoseconds: 300e9 }, mark_gone: false });
    await scene.until(() => scene.machine.of('t1').isDestroyed, 310_000);
    scene.master.refusal = undefined;
    scene.master.subscribed = { drain_config: within(300) };
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.master.updates('t1').at(-1)?.reason).toBe('REASON_AGENT_DRAINING');
    await scene.pass(5_000);
    await scene.restart();
    await scene.pass(1_000);
    expect(await told(scene)).toBeUndefined();
  });

  test('believes its master more than its memory', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1', { kill_policy: graceOf(600) }));
    await scene.untilState('t1', 'TASK_RUNNING');
    drain(scene, {});
    await scene.pass(1_000);
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(await told(scene), 'the master did not say so again').toBeUndefined();
    scene.master.subscribed = { drain_config: within(5) };
    scene.master.hangUp();
    await scene.until(() => scene.machine.of('t1').isDestroyed, 60_000);
  });
});
