import { describe, expect, test } from 'vitest';
import { UpdateStream } from '../../../src/daemon/agent/updates/update-stream.ts';
import type { TaskState, TaskStatus } from '../../../src/mesos/generated/v1.ts';
import { FRAMEWORK, Scene, task } from './support/scene.ts';

const status = (uuid: string, state: TaskState): TaskStatus => ({ task_id: { value: 't' }, state, uuid });

describe('the updates of a task', () => {
  test('are in flight one at a time, in order', () => {
    const stream = new UpdateStream('f', 't');
    expect(stream.enqueue(status('a', 'TASK_STARTING'))).toBe('queued');
    expect(stream.enqueue(status('b', 'TASK_RUNNING'))).toBe('queued');
    expect(stream.head?.uuid).toBe('a');
    expect(stream.acknowledge('b')).toEqual({ kind: 'unexpected' });
    expect(stream.acknowledge('a')).toMatchObject({ kind: 'acknowledged', isLast: false });
    expect(stream.head?.uuid).toBe('b');
  });

  test('are taken once each, and none after the last', () => {
    const stream = new UpdateStream('f', 't');
    stream.enqueue(status('a', 'TASK_FINISHED'));
    expect(stream.enqueue(status('a', 'TASK_FINISHED'))).toBe('duplicate');
    expect(stream.enqueue(status('b', 'TASK_RUNNING'))).toBe('after-the-end');
    expect(stream.acknowledge('a')).toMatchObject({ isLast: true });
    expect(stream.acknowledge('a')).toEqual({ kind: 'unexpected' });
  });
});

test('an update nobody acknowledges is sent again after 10, 20, 40 … s, the same to the byte', async () => {
  const scene = await Scene.set();
  scene.master.acknowledges = false;
  const sentAt: number[] = [];
  scene.master.run(FRAMEWORK, task('t1'));
  for (let i = 1; i <= 4; i++) {
    await scene.until(() => scene.master.updates('t1').length === i, 100_000);
    sentAt.push(scene.simulation.nowMs);
    // Pings keep the registration, which would send it again too.
    scene.master.send({ type: 'PING', ping: { connected: true } });
  }
  const gaps = sentAt.slice(1).map((at, i) => Math.round((at - (sentAt[i] ?? 0)) / 1000));
  expect(gaps).toEqual([10, 20, 40]);
  const [first, ...others] = scene.master.updates('t1');
  for (const other of others) expect(other).toEqual(first);
});

test('an update that a framework did not acknowledge is sent again as soon as the framework has subscribed again', async () => {
  const scene = await Scene.set();
  scene.master.acknowledges = false;
  scene.master.run(FRAMEWORK, task('t1'));
  await scene.untilState('t1', 'TASK_STARTING');
  scene.master.send({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: FRAMEWORK } });
  await scene.pass(100);
  const [first, ...others] = scene.master.updates('t1');
  expect(others).toEqual([first]);
});

test('the next update waits for the acknowledgement, and tells the latest state all the while', async () => {
  const scene = await Scene.set();
  scene.master.acknowledges = false;
  scene.master.run(FRAMEWORK, task('t1'));
  await scene.untilState('t1', 'TASK_STARTING');
  scene.machine.end('t1', { kind: 'exited', code: 0 });
  await scene.pass(15_000);
  expect(scene.master.states('t1')).toEqual(['TASK_STARTING']);
  expect(scene.master.calls.at(-1)?.update?.latest_state).toBe('TASK_FINISHED');
  for (const state of ['TASK_RUNNING', 'TASK_FINISHED']) {
    scene.master.acknowledge(FRAMEWORK, scene.master.updates('t1').at(-1) ?? status('', 'TASK_LOST'));
    await scene.untilState('t1', state);
  }
});

test('hundreds of tasks in one go are all finished exactly once', async () => {
  const scene = await Scene.set();
  const ids = Array.from({ length: 300 }, (_, i) => `t${i}`);
  for (const id of ids) scene.master.run(FRAMEWORK, task(id));
  const ended = new Set<string>();
  await scene.until(() => {
    for (const [, container] of scene.machine.containers) {
      const id = container.config.environment.MESOS_EXECUTOR_ID ?? '';
      if (ended.has(id)) continue;
      ended.add(id);
      scene.machine.end(id, { kind: 'exited', code: 0 });
    }
    return scene.master.calls.filter(({ update }) => update?.status.state === 'TASK_FINISHED').length === 300;
  }, 600_000);
  const finished = scene.master.calls.flatMap(({ update }) =>
    update?.status.state === 'TASK_FINISHED' ? [update.status.task_id.value] : [],
  );
  expect(new Set(finished).size).toBe(300);
  await scene.pass(1_000);
  const state = JSON.parse((await scene.get('/state')).text);
  expect(state.frameworks).toEqual([]);
  expect(state.completed_frameworks[0].completed_executors).toHaveLength(150);
});
