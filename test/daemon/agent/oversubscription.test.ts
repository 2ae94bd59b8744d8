// Resources that lie idle and are offered a second time, and what becomes of tasks on them (mesos-semantics.md 3.10, 14).
import { describe, expect, test } from 'vitest';
import { parseAgentOptions } from '../../../src/daemon/agent/flags.ts';
import type { ExecutorInfo, Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { EXECUTOR, FakeExecutor, hosted } from './support/fake-executor.ts';
import { AWARE, FRAMEWORK, Scene, task } from './support/scene.ts';

const FIXED = 'org_apache_mesos_FixedResourceEstimator';
const LOAD = 'org_apache_mesos_LoadQoSController';

const modulesOf = (parameters: Record<string, Record<string, string>>): string => {
  const modules = Object.entries(parameters).map(([name, values]) => ({
    name,
    parameters: Object.entries(values).map(([key, value]) => ({ key, value })),
  }));
  return JSON.stringify({ libraries: [{ file: '/usr/lib/somewhere.so', modules }] });
};

const estimating = (resources: string): string[] => [
  `--resource_estimator=${FIXED}`,
  `--modules=${modulesOf({ [FIXED]: { resources } })}`,
];

/** The simulated machine has a load of 0.1. */
const watching = (threshold: string, interval: string): string[] => [
  `--resource_estimator=${FIXED}`,
  `--qos_controller=${LOAD}`,
  `--modules=${modulesOf({ [FIXED]: { resources: 'cpus:2' }, [LOAD]: { load_threshold_15min: threshold } })}`,
  `--qos_correction_interval_min=${interval}`,
];

const revocable = (cpus: number): Resource[] => [
  { name: 'cpus', type: 'SCALAR', scalar: { value: cpus }, allocation_info: { role: '*' }, revocable: {} },
];
const totals = (scene: Scene): string[] =>
  scene.master.calls.flatMap(({ update_agent }) => update_agent ?? []).map((told) => format(told.total_resources));
const registeredWith = (scene: Scene): string => format(scene.master.subscriptions.at(-1)?.total_resources);
const format = (resources: readonly Resource[] | undefined): string => Resources.of(resources).revocable().format();

describe('what may be oversubscribed', () => {
  test('is part of what the agent registers with, and shown by it, beside its own', async () => {
    const scene = await Scene.set({ flags: estimating('cpus:2;mem:64') });
    expect(registeredWith(scene)).toBe('cpus{REV}:2; mem{REV}:64');
    const { resources } = JSON.parse((await scene.get('/state')).text);
    expect(resources).toMatchObject({ cpus: 4, cpus_revocable: 2, mem: 2048, mem_revocable: 64 });
    const metrics = JSON.parse((await scene.get('/metrics/snapshot')).text);
    expect(metrics).toMatchObject({ 'slave/cpus_total': 4, 'slave/cpus_revocable_total': 2 });
  });

  test('stays what it is when some of it is used, and is told when an agent after it has more in use', async () => {
    const scene = await Scene.set({ flags: estimating('cpus:2') });
    scene.master.run(AWARE, task('t1', { resources: revocable(1.5) }));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.pass(60_000);
    expect(new Set(totals(scene))).toEqual(new Set(['cpus{REV}:2']));
    scene.flags = estimating('cpus:1');
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(registeredWith(scene)).toBe('cpus{REV}:1.5');
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.untilState('t1', 'TASK_FINISHED');
    await scene.pass(15_000);
    expect(totals(scene).at(-1)).toBe('cpus{REV}:1');
  });
});

describe('a machine that has too much to do', () => {
  test('has everything on revocable resources killed: GONE, or LOST where that is not known', async () => {
    const scene = await Scene.set({ flags: watching('0.05', '20secs') });
    const pod: ExecutorInfo = {
      ...{ executor_id: { value: 'pod' }, framework_id: { value: 'M-0000' }, type: 'DEFAULT' },
      resources: [{ name: 'mem', type: 'SCALAR', scalar: { value: 32 }, allocation_info: { role: '*' } }],
    };
    scene.machine.heedsSignals = false;
    scene.master.run(AWARE, task('aware', { resources: revocable(0.1) }));
    scene.master.run(FRAMEWORK, task('plain', { resources: revocable(0.1) }));
    scene.master.run(FRAMEWORK, task('safe'));
    scene.master.runGroup(FRAMEWORK, pod, [task('group', { executor: pod, resources: revocable(0.1) })]);
    for (const id of ['aware', 'plain', 'safe', 'group']) await scene.untilState(id, 'TASK_RUNNING');
    scene.master.run(FRAMEWORK, hosted('custom', EXECUTOR, { resources: revocable(0.1) }));
    await scene.pass(1_000);
    const executor = new FakeExecutor(scene);
    await executor.subscribe();
    await executor.update('custom', 'TASK_RUNNING');
    await scene.pass(22_000);
    const ends = ['aware', 'plain', 'group', 'custom'].map((id) => scene.master.updates(id).at(-1));
    expect(ends.map((end) => [end?.state, end?.source, end?.reason])).toEqual([
      ['TASK_GONE', 'SOURCE_AGENT', 'REASON_CONTAINER_PREEMPTED'],
      ['TASK_LOST', 'SOURCE_AGENT', 'REASON_CONTAINER_PREEMPTED'],
      ['TASK_LOST', 'SOURCE_AGENT', 'REASON_CONTAINER_PREEMPTED'],
      ['TASK_LOST', 'SOURCE_AGENT', 'REASON_CONTAINER_PREEMPTED'],
    ]);
    expect(scene.master.states('safe').at(-1)).toBe('TASK_RUNNING');
    const metrics = JSON.parse((await scene.get('/metrics/snapshot')).text);
    expect(metrics).toMatchObject({ 'slave/executors_preempted': 4, 'slave/tasks_gone': 1, 'slave/tasks_lost': 3 });
  });

  test('is asked again after --qos_correction_interval_min, and what was being preempted stays so after kill -9', async () => {
    const scene = await Scene.set({ flags: watching('0.05', '1mins') });
    scene.master.run(AWARE, task('t1', { resources: revocable(0.1) }));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.pass(50_000);
    expect(scene.master.states('t1').at(-1)).toBe('TASK_RUNNING');
    scene.machine.heedsSignals = false;
    await scene.until(() => scene.machine.of('t1').signals.length > 0 || scene.machine.of('t1').isDestroyed);
    await scene.restart();
    await scene.untilState('t1', 'TASK_GONE');
  });

  test('is not one whose load is below the threshold', async () => {
    const scene = await Scene.set({ flags: watching('0.1', '0ns') });
    scene.master.run(AWARE, task('t1', { resources: revocable(0.1) }));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.pass(120_000);
    expect(scene.master.states('t1').at(-1)).toBe('TASK_RUNNING');
  });
});

describe('modules', () => {
  test.each([
    [[`--resource_estimator=${FIXED}`], 'resource_estimator'],
    [estimating('cpus:many'), 'resource_estimator'],
    [[`--qos_controller=${LOAD}`], 'qos_controller'],
    [watching('high', '0ns'), 'qos_controller'],
  ])('that lack a parameter end the agent before it starts: %j', async (flags, flag) => {
    const scene = await Scene.set({ flags, isRegistered: false });
    await scene.until(() => scene.agent.state === 'failed');
    expect(scene.agent.outcome).toMatchObject({ flag });
  });

  test.each([
    [`--modules=${modulesOf({ org_example_Other: {} })}`, "no module 'org_example_Other'"],
    ['--modules={"libraries":{}}', "'libraries' must be a list"],
    ['--resource_estimator=org_example_Other', 'resource_estimator'],
    ['--qos_controller=org_example_Other', 'qos_controller'],
  ])('that are not here are refused by name: %s', (flag, words) => {
    const args = ['--master=127.0.0.1:5050', '--work-dir=/w', flag];
    expect(() => parseAgentOptions({ args })).toThrow(words);
  });
});
