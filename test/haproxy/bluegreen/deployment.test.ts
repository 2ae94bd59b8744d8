// Whole deployments against a played Marathon and two balancers that decide by the real model, in virtual time.
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/cli/problem.ts';
import { CART, type Ended, Stage } from './support/stage.ts';

/** The short form of what was changed. */
function changes({ marathon }: Stage): string[] {
  return marathon.changes.map((change) => change.replace(/cart-(blue|green)\.\d+/g, '$1'));
}

function problemOf({ outcome }: Ended): Problem {
  if (outcome instanceof Problem) return outcome;
  throw outcome instanceof Error ? outcome : new Error('it succeeded');
}

function succeeded({ outcome }: Ended): unknown {
  if (outcome instanceof Error) throw outcome;
  return outcome.view.data;
}

describe('3 blue become 3 green', () => {
  test('one, two, three, and never fewer than three up on any balancer', async () => {
    const stage = await Stage.open(3);
    const ended = await stage.run();
    expect(succeeded(ended)).toEqual({
      group: '/cart',
      state: 'succeeded',
      live: [{ id: '/cart-green', colour: 'green', instances: 3 }],
      removed: ['/cart-blue'],
    });
    expect(changes(stage)).toEqual([
      'POST /cart-green 1',
      'KILL blue',
      'PUT /cart-green 2',
      'KILL blue',
      'PUT /cart-green 3',
      'DELETE /cart-blue',
    ]);
    expect(ended.said).toEqual([
      'Created /cart-green with 1 of 3 instances',
      'Killed 1 instance of /cart-blue that had drained, scaled /cart-green to 2',
      'Killed 1 instance of /cart-blue that had drained, scaled /cart-green to 3',
      'Removed /cart-blue',
    ]);
    expect(stage.balancers.map(({ fewestUp }) => fewestUp)).toEqual([3, 3]);
  });

  test('tasks are killed only when no balancer has a connection to them', async () => {
    const stage = await Stage.open(3);
    const slow = stage.balancers[1];
    if (slow === undefined) throw new Error('no balancer');
    slow.connectionsMs = 60_000;
    const ended = await stage.run();
    succeeded(ended);
    expect(ended.waited.join('\n')).toMatch(/http:\/\/10\.0\.0\.\d:9090: cart-blue\.1 has 2 open connections/);
    expect(stage.simulation.nowMs).toBeGreaterThan(180_000);
  });

  test('connections that never end are cut after the longest wait', async () => {
    const stage = await Stage.open(3);
    for (const balancer of stage.balancers) balancer.connectionsMs = Number.POSITIVE_INFINITY;
    const ended = await stage.run({ pace: { initialInstances: 1, maxWaitMs: 20_000 } });
    succeeded(ended);
    expect(ended.said).toContain('Removed /cart-blue, whose connections were waited for long enough');
  });

  test('as many as are to begin with, and in even steps, where that is asked for', async () => {
    const stage = await Stage.open(8);
    succeeded(await stage.run({ pace: { initialInstances: 2, linearIncrease: 2, maxWaitMs: 300_000 } }));
    expect(changes(stage).filter((change) => !change.startsWith('KILL'))).toEqual([
      'POST /cart-green 2',
      'PUT /cart-green 4',
      'PUT /cart-green 8',
      'DELETE /cart-blue',
    ]);
    expect(stage.balancers[0]?.fewestUp).toBe(8);
  });

  test('a dry run says the same steps, and changes nothing', async () => {
    const stage = await Stage.open(3);
    const ended = await stage.run({ isDryRun: true });
    expect(succeeded(ended)).toMatchObject({
      state: 'would-change',
      definition: { id: '/cart-green', instances: 1, portDefinitions: [{ port: 10_051 }] },
      steps: [
        'Create /cart-green with 1 of 3 instances',
        'Kill 1 instance of /cart-blue once drained, and scale /cart-green to 2',
        'Kill 1 instance of /cart-blue once drained, and scale /cart-green to 3',
        'Remove /cart-blue once drained',
      ],
    });
    expect(stage.marathon.changes).toEqual([]);
  });
});

describe('the first colour of a group', () => {
  test('is created, and done when every balancer has it up', async () => {
    const stage = await Stage.open(0);
    expect(succeeded(await stage.run())).toMatchObject({ live: [{ id: '/cart-blue', instances: 3 }], removed: [] });
    expect(stage.marathon.changes).toEqual(['POST /cart-blue 3']);
    expect(stage.balancers.map(({ serving }) => serving.length)).toEqual([3, 3]);
  });
});

describe('a crash', () => {
  const seen = async () => {
    const stage = await Stage.open(3);
    await stage.run();
    return stage.marathon.changes.length;
  };

  test('after any step is gone on with from the labels alone', async () => {
    const count = await seen();
    expect(count).toBe(6);
    for (let step = 1; step < count; step += 1) {
      const stage = await Stage.open(3);
      // The request is carried out, and its answer is never seen.
      stage.marathon.onChange = () => {
        if (stage.marathon.changes.length === step) stage.tool?.crash();
      };
      void stage.begin();
      await stage.simulation.runUntil(() => stage.tool?.state === 'dead');
      await stage.simulation.run({ forMs: 7_000 });
      const ended = await stage.run({ wish: 'resume', definition: undefined });
      expect(succeeded(ended), `after ${stage.marathon.changes[step - 1]}`).toMatchObject({
        live: [{ id: '/cart-green', instances: 3 }],
      });
      expect(stage.balancers.map(({ fewestUp }) => fewestUp)).toEqual([3, 3]);
    }
  });

  test('after the last step leaves nothing to go on with', async () => {
    const stage = await Stage.open(3);
    await stage.run();
    expect(succeeded(await stage.run({ wish: 'resume', definition: undefined }))).toMatchObject({ state: 'unchanged' });
  });

  test('is in the way of a new deployment until it is gone on with or taken back', async () => {
    const stage = await Stage.open(3);
    stage.marathon.onChange = () => stage.tool?.crash();
    void stage.begin();
    await stage.simulation.runUntil(() => stage.tool?.state === 'dead');
    const { outcome } = await stage.run();
    expect(outcome).toMatchObject({ code: 'conflict', message: 'A deployment of /cart is under way.' });
  });
});

describe('a shared deployment', () => {
  const share = async () => {
    const stage = await Stage.open(4);
    expect(succeeded(await stage.run({ newInstances: 2 }))).toMatchObject({
      live: [
        { id: '/cart-blue', instances: 2 },
        { id: '/cart-green', instances: 2 },
      ],
      removed: [],
    });
    await stage.simulation.run({ forMs: 10_000 });
    expect(stage.balancers.map(({ serving }) => serving.length)).toEqual([4, 4]);
    return stage;
  };

  test('stops with both colours serving, and may be resumed without effect', async () => {
    const stage = await share();
    expect(changes(stage)).toEqual(['POST /cart-green 1', 'KILL blue', 'PUT /cart-green 2', 'KILL blue']);
    succeeded(await stage.run({ wish: 'resume', definition: undefined }));
    expect(stage.marathon.changes).toHaveLength(4);
    expect(stage.balancers[0]?.fewestUp).toBe(4);
  });

  test('goes by its own number of instances where the old app was scaled since it was deployed', async () => {
    const stage = await Stage.open(4, { HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '3' });
    succeeded(await stage.run({ newInstances: 2 }));
    succeeded(await stage.run({ wish: 'complete-prev', definition: undefined }));
    expect(stage.balancers.map(({ fewestUp }) => fewestUp)).toEqual([4, 4]);
  });

  test('is completed', async () => {
    const stage = await share();
    const ended = await stage.run({ wish: 'complete-cur', definition: undefined });
    expect(succeeded(ended)).toMatchObject({ live: [{ id: '/cart-green', instances: 4 }], removed: ['/cart-blue'] });
    expect(stage.balancers.map(({ fewestUp }) => fewestUp)).toEqual([4, 4]);
  });

  test('is given back', async () => {
    const stage = await share();
    const ended = await stage.run({ wish: 'complete-prev', definition: undefined });
    expect(succeeded(ended)).toMatchObject({ live: [{ id: '/cart-blue', instances: 4 }], removed: ['/cart-green'] });
    expect(changes(stage).slice(4)).toEqual(['PUT /cart-blue 4', 'DELETE /cart-green']);
    expect(stage.balancers.map(({ fewestUp }) => fewestUp)).toEqual([4, 4]);
  });

  test('comes to its end from wherever it crashed', async () => {
    for (let step = 1; step <= 4; step += 1) {
      const stage = await Stage.open(4);
      stage.marathon.onChange = () => {
        if (stage.marathon.changes.length === step) stage.tool?.crash();
      };
      void stage.begin({ newInstances: 2 });
      await stage.simulation.runUntil(() => stage.tool?.state === 'dead');
      succeeded(await stage.run({ wish: 'resume', definition: undefined }));
      expect([...stage.marathon.apps.values()].map(({ instances }) => instances)).toEqual([2, 2]);
      const wish = step % 2 === 0 ? 'complete-prev' : 'complete-cur';
      succeeded(await stage.run({ wish, definition: undefined }));
      expect([...stage.marathon.apps.keys()]).toEqual([wish === 'complete-cur' ? '/cart-green' : '/cart-blue']);
      expect(stage.balancers.map(({ fewestUp }) => fewestUp)).toEqual([4, 4]);
    }
  });
});

describe('a new colour that does not come up', () => {
  const broken = async () => {
    const stage = await Stage.open(3);
    // The first one is good, as releases are that break under load.
    let good: string | undefined;
    const isBroken = (id: string) => {
      if (id.startsWith('cart-green')) good ??= id;
      return id.startsWith('cart-green') && id !== good;
    };
    for (const balancer of stage.balancers) balancer.isBroken = isBroken;
    return stage;
  };

  test('takes nothing from the old one, and may be gone on with', async () => {
    const stage = await broken();
    const problem = problemOf(await stage.run({ pace: { initialInstances: 1, maxWaitMs: 30_000 } }));
    expect(problem.exitCode).toBe(10);
    expect(problem.text.why).toMatch(/1 of 2 instances of \/cart-green are up\n\/cart-blue has 2, \/cart-green has 2/);
    expect(stage.balancers.map(({ serving }) => serving.length)).toEqual([3, 3]);
  });

  test('is taken back when asked to, and the old one is as it was', async () => {
    const stage = await broken();
    const ended = await stage.run({ pace: { initialInstances: 1, maxWaitMs: 30_000 }, rollsBack: true });
    expect(problemOf(ended).exitCode).toBe(7);
    expect(changes(stage).slice(3)).toEqual(['PUT /cart-blue 3', 'PUT /cart-green 0 force', 'DELETE /cart-green']);
    await stage.simulation.run({ forMs: 5_000 });
    expect(stage.balancers.map(({ serving }) => serving.length)).toEqual([3, 3]);
  });

  test('is taken back by hand', async () => {
    const stage = await broken();
    problemOf(await stage.run({ pace: { initialInstances: 1, maxWaitMs: 30_000 } }));
    const ended = await stage.run({ wish: 'abort', definition: undefined });
    expect(succeeded(ended)).toMatchObject({ live: [{ id: '/cart-blue', instances: 3 }], removed: ['/cart-green'] });
  });

  test('ends with the time that was given', async () => {
    const stage = await broken();
    const begunAtMs = stage.simulation.nowMs;
    expect(problemOf(await stage.run({ timeoutMs: 60_000 })).exitCode).toBe(10);
    expect(stage.simulation.nowMs - begunAtMs).toBeLessThan(70_000);
  });
});

describe('a balancer', () => {
  test('that cannot be watched stops it before anything was changed', async () => {
    const stage = await Stage.open(3);
    const [first] = stage.balancers;
    if (first !== undefined) first.pids = undefined;
    const problem = problemOf(await stage.run());
    expect(problem.exitCode).toBe(8);
    expect(problem.text.why).toMatch(/processes are told neither there nor on port 9092/);
    expect(stage.marathon.changes).toEqual([]);
  });

  test('that goes away meanwhile stops it, and it goes on when it is back', async () => {
    const stage = await Stage.open(3);
    const [first] = stage.balancers;
    if (first === undefined) throw new Error('no balancer');
    stage.marathon.onChange = () => {
      first.pids = undefined;
    };
    const problem = problemOf(await stage.run({ pace: { initialInstances: 1, maxWaitMs: 60_000 } }));
    expect(problem.exitCode).toBe(8);
    expect(stage.marathon.changes).toEqual(['POST /cart-green 1']);
    stage.marathon.onChange = () => undefined;
    first.pids = '1 2';
    succeeded(await stage.run({ wish: 'resume' }));
  });

  test('with old processes is waited for', async () => {
    const stage = await Stage.open(3);
    const [first] = stage.balancers;
    if (first === undefined) throw new Error('no balancer');
    first.pids = '1 2 3\n';
    const ending = stage.begin();
    await stage.simulation.run({ forMs: 60_000 });
    expect(stage.marathon.changes).toEqual(['POST /cart-green 1']);
    first.pids = '1 3\n';
    const ended = await stage.simulation.settle(ending, 3_600_000);
    succeeded(ended);
    expect(ended.waited.join('\n')).toMatch(/3 processes of HAProxy/);
  });
});

describe('Marathon', () => {
  test('may be away for a while', async () => {
    const stage = await Stage.open(3);
    const ending = stage.begin();
    await stage.simulation.runUntil(() => stage.marathon.changes.length === 3);
    stage.marathon.isDown = true;
    await stage.simulation.run({ forMs: 60_000 });
    stage.marathon.isDown = false;
    const ended = await stage.simulation.settle(ending, 3_600_000);
    succeeded(ended);
    expect(ended.waited.join('\n')).toMatch(/Marathon does not answer/);
  });

  test('that stays away ends it', async () => {
    const stage = await Stage.open(3);
    const ending = stage.begin();
    await stage.simulation.runUntil(() => stage.marathon.changes.length === 1);
    stage.marathon.isDown = true;
    const { outcome } = await stage.simulation.settle(ending, 3_600_000);
    expect(outcome).toMatchObject({ name: 'MarathonError', code: 'unavailable' });
  });

  test('whose new app was removed by somebody else ends it', async () => {
    const stage = await Stage.open(3);
    const ending = stage.begin();
    await stage.simulation.runUntil(() => stage.marathon.changes.length === 3);
    stage.marathon.apps.delete('/cart-green');
    expect(problemOf(await stage.simulation.settle(ending, 3_600_000)).exitCode).toBe(6);
  });

  test('with a third app of the group refuses to begin, and to go on', async () => {
    const stage = await Stage.open(3);
    const labels = { HAPROXY_DEPLOYMENT_GROUP: '/cart' };
    const ending = stage.begin();
    await stage.simulation.runUntil(() => stage.marathon.changes.length === 3);
    stage.marathon.add('/cart-red', 1, labels, 10_052);
    const third = { code: 'conflict', message: 'The deployment group /cart has 3 live apps.' };
    expect((await stage.simulation.settle(ending, 3_600_000)).outcome).toMatchObject(third);
    expect((await stage.run({ wish: 'resume' })).outcome).toMatchObject(third);
    expect(stage.marathon.changes).toHaveLength(3);
  });
});

describe('the pre-kill hook', () => {
  test('gets the old app, the tasks and the new app before each kill', async () => {
    const stage = await Stage.open(3);
    const calls: unknown[] = [];
    stage.hook = (argv) => {
      const [old, ids, successor] = argv.slice(1).map((text) => JSON.parse(text));
      calls.push([old.id, ids, successor.id]);
      return 0;
    };
    succeeded(await stage.run({ hook: '/hook' }));
    expect(calls).toEqual([
      ['/cart-blue', ['cart-blue.1'], '/cart-green'],
      ['/cart-blue', ['cart-blue.2'], '/cart-green'],
      ['/cart-blue', ['cart-blue.3'], '/cart-green'],
    ]);
  });

  test('that says no stops it', async () => {
    const stage = await Stage.open(3);
    stage.hook = () => 3;
    const problem = problemOf(await stage.run({ hook: '/hook' }));
    expect(problem.exitCode).toBe(6);
    expect(problem.text.why).toMatch(/the pre-kill hook ended with 3: no/);
    expect(changes(stage)).toEqual(['POST /cart-green 1']);
  });

  test('that cannot be run stops it, and it is taken back when asked to', async () => {
    const stage = await Stage.open(3);
    const problem = problemOf(await stage.run({ hook: '/missing', rollsBack: true }));
    expect(problem.exitCode).toBe(7);
    expect([...stage.marathon.apps.keys()]).toEqual(['/cart-blue']);
  });
});

test('a definition of another number of instances does not change how many there are', async () => {
  const stage = await Stage.open(2);
  expect(succeeded(await stage.run({ definition: { ...CART, instances: 9 } }))).toMatchObject({
    live: [{ id: '/cart-green', instances: 2 }],
  });
});
