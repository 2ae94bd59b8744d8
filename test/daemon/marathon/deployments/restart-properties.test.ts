// A rolling restart among failures, lost agents, moods of checks and ends of the process: what never happens, and that it
// comes to an end once the trouble does.
import { expect, it } from 'vitest';
import { restartLimits } from '../../../../src/daemon/marathon/deployments/rolling-restart.ts';
import { configVersionOf } from '../../../../src/daemon/marathon/model/app.ts';
import { type Instance, type InstanceId, isActive } from '../../../../src/daemon/marathon/model/instance.ts';
import fc from '../../../fast-check.ts';
import { settled } from '../support/virtual-clock.ts';
import { HEALTH_CHECK } from './support/checks.ts';
import { Field } from './support/field.ts';

const EVENTS = ['launch', 'run', 'healthy', 'unhealthy', 'fail', 'lose', 'endKill', 'endKills', 'restart'] as const;

const strategies = fc.record({
  minimumHealthCapacity: fc.constantFrom(0, 0.1, 0.5, 0.75, 1),
  maximumOverCapacity: fc.constantFrom(0, 0.1, 0.5, 1),
});

const runs = fc.record({
  before: fc.integer({ min: 1, max: 6 }),
  target: fc.integer({ min: 1, max: 6 }),
  strategy: strategies,
  hasChecks: fc.boolean(),
  waitsForLost: fc.boolean(),
  events: fc.array(fc.record({ kind: fc.constantFrom(...EVENTS), pick: fc.nat(20) }), { maxLength: 40 }),
});

type Run = typeof runs extends fc.Arbitrary<infer T> ? T : never;

/** Follows what is true of instances, whatever the process knows of it. */
class Truth {
  readonly field: Field;
  readonly minHealthy: number;
  readonly breaches: string[] = [];
  /** Task → whether it is well; new ones stay well once they were. */
  readonly #well = new Map<string, boolean>();

  constructor(field: Field, minHealthy: number) {
    this.field = field;
    this.minHealthy = minHealthy;
  }

  set({ id, task, app }: Instance, healthy: boolean): void {
    const isNew = configVersionOf(app) === configVersionOf(this.field.app('/a'));
    const wasWell = this.#well.get(task?.id ?? '') === true;
    this.#well.set(task?.id ?? '', healthy || (isNew && wasWell));
    this.field.it.health.set(id, healthy);
  }

  isWell(instance: Instance): boolean {
    if (instance.goal !== 'Running' || instance.condition !== 'Running') return false;
    return instance.app.healthChecks.length === 0 || this.#well.get(instance.task?.id ?? '') === true;
  }

  /** Sees to it that none that is needed is told to end; to be called for each process. */
  follow(): void {
    this.field.it.instances.onChange(({ before, after }) => {
      if (before === undefined || !this.isWell(before) || after?.goal === 'Running') return;
      const left = this.field.ofApp('/a').filter((one) => this.isWell(one)).length;
      if (left < this.minHealthy) this.breaches.push(`${before.id} was ended, ${left} are left`);
    });
  }
}

async function play(run: Run): Promise<void> {
  const field = await Field.start();
  const healthChecks = run.hasChecks ? [HEALTH_CHECK] : [];
  await field.running('/a', {
    instances: run.before,
    upgradeStrategy: run.strategy,
    healthChecks,
    unreachableStrategy: run.waitsForLost ? 'disabled' : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  });
  const { target } = run;
  const limits = restartLimits({
    target,
    healthy: run.before,
    current: run.before,
    strategy: run.strategy,
    isResident: false,
  });
  const isRaised = limits.minHealthy === target && run.strategy.maximumOverCapacity * target < 1;
  const capacity = Math.max(run.before, limits.maxCapacity, isRaised ? target + 1 : 0);
  const truth = new Truth(field, limits.minHealthy);
  for (const instance of field.ofApp('/a')) truth.set(instance, true);
  truth.follow();
  field.doKillsEnd = false;
  field.deploy({ '/a': { cmd: 'new', instances: target } });
  await settled();

  const check = () => {
    const present = field.ofApp('/a').filter((one) => one.goal === 'Running' || isActive(one));
    expect(present.length).toBeLessThanOrEqual(capacity);
    expect(truth.breaches).toEqual([]);
  };
  check();
  for (const { kind, pick } of run.events) {
    if (field.it.engine.running.length === 0) break;
    const actives = field.active('/a');
    const one = actives[pick % Math.max(1, actives.length)];
    if (kind === 'launch') await field.launch('/a', 1);
    else if (kind === 'endKill') await field.endDying(1);
    else if (kind === 'endKills') await field.endDying();
    else if (kind === 'restart') {
      await field.restart();
      truth.follow();
    } else if (one !== undefined) {
      if (kind === 'run') await field.tell(one, 'TASK_RUNNING');
      else if (kind === 'fail') await field.tell(one, 'TASK_FAILED');
      else if (kind === 'lose') await field.tell(one, 'TASK_UNREACHABLE');
      else truth.set(one, kind === 'healthy');
    }
    await settled();
    check();
  }
  // The trouble is over: what was lost comes back or is gone, everything starts and is well, every kill works.
  for (let i = 0; i < 60 && field.it.engine.running.length > 0; i += 1) {
    await field.run('/a');
    for (const one of field.active('/a')) {
      if (one.condition !== 'Running') await field.tell(one, 'TASK_RUNNING');
      truth.set(field.it.instances.get(one.id) ?? one, true);
    }
    await field.endDying();
    check();
  }
  expect(field.it.engine.running).toEqual([]);
  expect(field.fresh('/a')).toHaveLength(target);
  expect(field.ofApp('/a').map(({ id }: { id: InstanceId }) => id)).toHaveLength(target);
  expect(field.errors).toEqual([]);
}

it('a rolling restart ends no instance that is needed, starts none beyond its capacity, and comes to an end', async () => {
  await fc.assert(fc.asyncProperty(runs, play), { numRuns: 300 });
});
