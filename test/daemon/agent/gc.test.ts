import { describe, expect, test } from 'vitest';
import { GcSchedule, maxAllowedAgeMs } from '../../../src/daemon/agent/gc/gc-schedule.ts';
import { FRAMEWORK, Scene, task } from './support/scene.ts';

const DAY = 86_400_000;

describe('what is deleted', () => {
  test('is what is older than the disk allows', () => {
    expect(maxAllowedAgeMs(7 * DAY, 0.1, 0)).toBeCloseTo(6.3 * DAY);
    expect(maxAllowedAgeMs(7 * DAY, 0.1, 0.5)).toBeCloseTo(2.8 * DAY);
    expect(maxAllowedAgeMs(7 * DAY, 0.1, 0.95)).toBe(0);
  });

  test('comes in order of age, and not when it is used again', () => {
    const schedule = new GcSchedule();
    schedule.add('/a', 0);
    schedule.add('/b', 10);
    schedule.add('/c', 20);
    schedule.remove('/b');
    expect(schedule.takeDue(120, 100)).toEqual(['/a', '/c']);
    expect(schedule.takeDue(1_000, 100)).toEqual([]);
  });

  test('is the oldest when there is too much to remember', () => {
    const schedule = new GcSchedule(2);
    for (const path of ['/a', '/b', '/c']) schedule.add(path, 0);
    expect(schedule.takeDue(1, 1_000)).toEqual(['/a']);
  });
});

describe('the sandbox of a finished task', () => {
  const exists = async (scene: Scene, path: string) => {
    const { world } = scene.simulation.host('agent').start('looker', async (looker) => looker);
    await scene.pass(1);
    return (await scene.simulation.settle(world.disk.stat(path))) !== undefined;
  };

  test('is deleted after --gc_delay, and not before', async () => {
    const scene = await Scene.set({ flags: ['--gc_delay=10mins', '--disk_watch_interval=10secs'] });
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    const { sandbox } = scene.machine.of('t1').config;
    await scene.pass(900_000);
    expect(await exists(scene, sandbox)).toBe(true);
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.untilState('t1', 'TASK_FINISHED');
    await scene.pass(60_000);
    expect(await exists(scene, sandbox)).toBe(true);
    await scene.pass(600_000);
    expect(await exists(scene, sandbox)).toBe(false);
  });

  test('is found and deleted by a later agent', async () => {
    const scene = await Scene.set({ flags: ['--gc_delay=10mins', '--disk_watch_interval=10secs'] });
    scene.master.run(FRAMEWORK, task('t1'));
    scene.master.run(FRAMEWORK, task('t2'));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.untilState('t2', 'TASK_RUNNING');
    const { sandbox } = scene.machine.of('t1').config;
    const live = scene.machine.of('t2').config.sandbox;
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.untilState('t1', 'TASK_FINISHED');
    await scene.pass(1_000);
    await scene.restart();
    await scene.pass(700_000);
    expect(await exists(scene, sandbox)).toBe(false);
    expect(await exists(scene, live)).toBe(true);
  });

  test('is not that of an executor, which lives on after a restart of the agent', async () => {
    const scene = await Scene.set({ flags: ['--gc_delay=10mins', '--disk_watch_interval=10secs'] });
    const executor = { executor_id: { value: 'pod' }, type: 'DEFAULT' as const, framework_id: { value: 'M-0000' } };
    scene.master.runGroup(FRAMEWORK, executor, [task('g1', { executor })]);
    await scene.untilState('g1', 'TASK_RUNNING');
    const [pod] = scene.machine.outer;
    await scene.pass(1_000);
    await scene.restart();
    await scene.pass(1_400_000);
    expect(await exists(scene, pod?.config.sandbox ?? '')).toBe(true);
  });

  test.each([
    ['', false],
    [', by a later agent too', true],
  ])('is deleted though a task of the same id runs again%s', async (_words, isRestarted) => {
    const scene = await Scene.set({ flags: ['--gc_delay=10mins', '--disk_watch_interval=10secs'] });
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    const { sandbox } = scene.machine.of('t1').config;
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.untilState('t1', 'TASK_FINISHED');
    await scene.pass(1_000);
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.until(() => scene.machine.containers.size === 2);
    const live = [...scene.machine.containers.values()].at(-1)?.config.sandbox ?? '';
    await scene.pass(1_000);
    if (isRestarted) await scene.restart();
    await scene.pass(700_000);
    expect(await exists(scene, sandbox)).toBe(false);
    expect(await exists(scene, live)).toBe(true);
  });
});
