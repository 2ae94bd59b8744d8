// What many instances cost a whole Marathon, in CPU time: nothing may look at all of them for each of them.
import { expect, test } from 'vitest';
import { settled } from '../support/virtual-clock.ts';
import { path, Whole } from '../support/whole.ts';

const [FEW, MANY] = [500, 5_000];
const LARGE = 'cpus:100000;mem:100000000;ports:[1-9]';

interface Costs {
  readonly up: number;
  readonly statuses: number;
  readonly restart: number;
  readonly down: number;
}

/** CPU milliseconds of each phase. */
async function costs(count: number): Promise<Costs> {
  const whole = await Whole.start(['--max_instances_per_offer=100000', '--kill_chunk_size=100000']);
  const measured = async (work: () => Promise<unknown>): Promise<number> => {
    const before = process.cpuUsage();
    await work();
    const { user } = process.cpuUsage(before);
    return user / 1_000;
  };
  const done = async (): Promise<void> => {
    for (let round = 0; round < 100 && whole.it.deployments.running.length > 0; round += 1) {
      if (whole.it.instances.totals.scheduled > 0) whole.master.offer(1, LARGE);
      await whole.clock.advance(1_000);
    }
    expect(whole.it.deployments.running).toEqual([]);
  };
  const change = (app: object) => async () => {
    await whole.deploy({ '/a': app });
    await done();
  };
  const constraints = [{ field: 'hostname', operator: 'GROUP_BY' as const }];
  const up = await measured(change({ instances: count, constraints }));
  const statuses = await measured(async () => {
    whole.master.tellAll('TASK_KILLING');
    await settled();
    whole.master.tellAll('TASK_RUNNING');
    await settled();
  });
  expect(whole.it.instances.countsOf(path('/a')).running).toBe(count);
  const restart = await measured(
    change({ cmd: 'two', upgradeStrategy: { minimumHealthCapacity: 0.9, maximumOverCapacity: 0.1 } }),
  );
  expect(whole.commands('/a')).toEqual(Array(count).fill('two'));
  const down = await measured(change({ instances: Math.floor(count / 2) }));
  expect(whole.master.tasks.size).toBe(Math.floor(count / 2));
  return { up, statuses, restart, down };
}

test('ten times the instances cost about ten times as much: to start, to follow, to replace, to end', async () => {
  await costs(200);
  const few = await costs(FEW);
  const many = await costs(MANY);
  // Linear is 10; what is beyond is left to garbage collection on busy machines. Quadratic would be 100.
  for (const phase of ['up', 'statuses', 'restart', 'down'] as const)
    expect(many[phase], phase).toBeLessThan(Math.max(20 * few[phase], 500));
});
