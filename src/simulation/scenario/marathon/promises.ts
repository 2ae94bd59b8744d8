// What must hold at every moment of a Marathon's life, seen from inside: each change of an instance is looked at as it
// happens, the books are compared after each step.
import type { InstanceChange } from '../../../daemon/marathon/core.ts';
import type { Marathon } from '../../../daemon/marathon/marathon.ts';
import { type App, configVersionOf } from '../../../daemon/marathon/model/app.ts';
import type { DeploymentAction } from '../../../daemon/marathon/model/deployment.ts';
import {
  type Instance,
  type InstanceId,
  isActive,
  isScheduled,
  isUnreachable,
} from '../../../daemon/marathon/model/instance.ts';

/** Of one life of a Marathon. `wasKilledByUser`: clients may kill below what a rolling restart may. */
export interface PromiseContext {
  /** Instances that could not be reached at some time of any life: they may make for too many when they come back. */
  readonly lost: Set<InstanceId>;
  readonly wasKilledByUser: (appId: string) => boolean;
  readonly broken: (text: string) => void;
}

export class PromiseWatch {
  readonly #marathon: Marathon;
  readonly #context: PromiseContext;
  readonly #wereHealthy = new Set<string>();
  /** Most tasks that deployments allowed, by app, as long as what they left is more than the app's size. */
  readonly #limits = new Map<string, number>();

  constructor(marathon: Marathon, context: PromiseContext) {
    this.#marathon = marathon;
    this.#context = context;
    for (const instance of marathon.instances.all()) {
      this.#notice(instance);
      // What deployments left before this life began.
      const { id } = instance.app;
      if (instance.goal === 'Running') this.#limits.set(id, (this.#limits.get(id) ?? 0) + 1);
    }
    marathon.instances.onChange((change) => this.#changed(change));
    marathon.health.onChange((id) => {
      const instance = marathon.instances.get(id);
      if (instance !== undefined) this.#notice(instance);
    });
  }

  /** The books against each other. */
  check(): string[] {
    const { instances, groups, deployments, launchQueue } = this.#marathon;
    const broken: string[] = [];
    const counted = new Map<string, { total: number; counted: number; scheduled: number }>();
    for (const instance of instances.all()) {
      const { id, goal, condition, app } = instance;
      if (instances.get(id) !== instance) broken.push(`${id} is in the book twice`);
      const counts = counted.get(app.id) ?? { total: 0, counted: 0, scheduled: 0 };
      counts.total += 1;
      if (goal === 'Running' && condition !== 'UnreachableInactive') counts.counted += 1;
      if (isScheduled(instance)) counts.scheduled += 1;
      counted.set(app.id, counts);
    }
    for (const id of new Set([...counted.keys(), ...groups.root.apps.keys()])) {
      const appId = id as App['id'];
      const there = counted.get(id) ?? { total: 0, counted: 0, scheduled: 0 };
      const kept = instances.countsOf(appId);
      if (kept.total !== there.total || kept.counted !== there.counted || kept.scheduled !== there.scheduled)
        broken.push(`${id}: counts are ${JSON.stringify(kept)}, there are ${JSON.stringify(there)}`);
      const waiting = launchQueue.entry(appId)?.count ?? 0;
      const provisioned = instances
        .ofApp(appId)
        .filter(({ goal, condition }) => goal === 'Running' && condition === 'Provisioned').length;
      if (waiting < there.scheduled || waiting > there.scheduled + provisioned)
        broken.push(
          `${id}: ${waiting} are in the launch queue, ${there.scheduled} wait, ${provisioned} are provisioned`,
        );
    }
    for (const { plan } of deployments.running) {
      if (deployments.conflicts(plan).join() !== plan.id)
        broken.push(`deployment ${plan.id} runs beside ${deployments.conflicts(plan).join()}`);
    }
    return broken;
  }

  #changed({ before, after }: InstanceChange): void {
    if (after !== undefined) this.#notice(after);
    const app = (after ?? before)?.app;
    if (app !== undefined) this.#raiseLimit(app.id);
    if (after?.condition === 'Provisioned' && before?.condition !== 'Provisioned') {
      this.#checkCapacity(after);
      this.#checkUnique(after);
    }
    if (before?.goal === 'Running' && after?.goal !== 'Running') {
      this.#checkHealth(before);
      this.#checkSize(before);
    }
  }

  #notice(instance: Instance): void {
    if (isUnreachable(instance)) this.#context.lost.add(instance.id);
    if (instance.task !== undefined && this.#isHealthy(instance)) this.#wereHealthy.add(instance.task.id);
  }

  #isHealthy(instance: Instance): boolean {
    if (instance.condition !== 'Running') return false;
    return instance.app.healthChecks.length === 0 || this.#marathon.health.healthOf(instance) === true;
  }

  /** Restarting now, or about to be, or neither. */
  #action(appId: App['id']): { readonly now: DeploymentAction | undefined; readonly sizes: number[] } {
    const { deployments } = this.#marathon;
    const [id] = deployments.locking(appId);
    const run = id === undefined ? undefined : deployments.get(id);
    const change = run?.plan.changes.apps.find((one) => one.id === appId);
    const now = run?.step?.actions.find(({ app }) => app.id === appId);
    return { now, sizes: [change?.before?.instances ?? 0, change?.after?.instances ?? 0] };
  }

  /** marathon.md 12.5: by our own launches never more than maxCapacity; lost ones that came back are beyond our power. */
  #checkCapacity(launched: Instance): void {
    const { app } = launched;
    const { broken } = this.#context;
    const { instances, groups, deployments } = this.#marathon;
    if (groups.app(app.id) === undefined && deployments.locking(app.id).length === 0)
      broken(`${launched.id} is launched, but its app is gone`);
    const { now } = this.#action(app.id);
    const isRestart = now?.kind === 'RestartApplication';
    const allowed = this.#limits.get(app.id) ?? 0;
    const active = instances
      .ofApp(app.id)
      .filter((one) => isActive(one) && (isRestart || one.goal === 'Running') && !this.#context.lost.has(one.id));
    if (active.length > allowed)
      broken(
        `${launched.id} is launched: ${active.length} tasks of ${app.id}, at most ${allowed} allowed by ` +
          `${now?.kind ?? 'nothing'} of ${now === undefined ? '' : configVersionOf(now.app)}: ${active.map(described).join(', ')}`,
      );
  }

  #raiseLimit(appId: App['id']): void {
    const { now, sizes } = this.#action(appId);
    const size = this.#marathon.groups.app(appId)?.instances ?? 0;
    const limit = Math.max(size, ...sizes, now?.kind === 'RestartApplication' ? mostAtOnce(now.app) : 0);
    const present = this.#marathon.instances.ofApp(appId).filter(({ goal }) => goal === 'Running').length;
    const former = present > limit ? (this.#limits.get(appId) ?? 0) : 0;
    this.#limits.set(appId, Math.max(limit, former));
  }

  /** marathon.md 13.6: among instances that can be reached and are of the same configuration. */
  #checkUnique(launched: Instance): void {
    const { app, agent } = launched;
    if (!app.constraints.some(({ operator, field }) => operator === 'UNIQUE' && field === 'hostname')) return;
    const config = configVersionOf(app);
    const beside = this.#marathon.instances
      .ofApp(app.id)
      .filter((one) => one.id !== launched.id && isActive(one) && !isUnreachable(one))
      .filter((one) => one.agent?.host === agent?.host && configVersionOf(one.app) === config);
    if (beside.length > 0)
      this.#context.broken(
        `${launched.id} is launched beside ${beside[0]?.id} on ${agent?.host}, which must be UNIQUE`,
      );
  }

  /** marathon.md 12.9: of what there is too much, no more than that is ended; lost ones count for nothing. */
  #checkSize(victim: Instance): void {
    const { id } = victim.app;
    const { now } = this.#action(id);
    const app = now?.app ?? this.#marathon.groups.app(id);
    if (app === undefined || isUnreachable(victim) || this.#context.wasKilledByUser(id)) return;
    if (now !== undefined && now.kind !== 'ScaleApplication') return;
    const { counted } = this.#marathon.instances.countsOf(id);
    if (counted < app.instances)
      this.#context.broken(`${victim.id} is told to end: ${counted} of ${app.instances} instances of ${id} are left`);
  }

  /** marathon.md 12.5: a rolling restart leaves minHealthy by its own hand. */
  #checkHealth(victim: Instance): void {
    const { now } = this.#action(victim.app.id);
    if (now?.kind !== 'RestartApplication' || !this.#isHealthy(victim)) return;
    if (this.#context.wasKilledByUser(victim.app.id)) return;
    const { app } = now;
    const all = this.#marathon.instances.ofApp(app.id).filter(({ goal }) => goal === 'Running');
    // Beyond the app's size all may go, healthy or not.
    if (all.length >= app.instances) {
      if (configVersionOf(victim.app) === configVersionOf(app)) return;
    }
    const isNew = (one: Instance) => configVersionOf(one.app) === configVersionOf(app);
    const healthy = all.filter(
      (one) =>
        this.#isHealthy(one) ||
        (isNew(one) && one.condition === 'Running' && this.#wereHealthy.has(one.task?.id ?? '')),
    ).length;
    const minHealthy = leastHealthy(app);
    if (healthy < minHealthy)
      this.#context.broken(
        `${victim.id} is told to end: ${healthy} healthy instances of ${app.id} are left, ${minHealthy} are promised`,
      );
  }
}

function described({ id, goal, condition, app }: Instance): string {
  return `${id} ${goal} ${condition} of ${configVersionOf(app)}`;
}

/** Worked out here once more, not asked of what is tested. */
function leastHealthy({ instances, upgradeStrategy }: App): number {
  return Math.ceil(instances * upgradeStrategy.minimumHealthCapacity - 1e-9);
}

/** One more may run where none may go and none may come. */
function mostAtOnce(app: App): number {
  const { instances, upgradeStrategy } = app;
  const most = Math.floor(instances * (1 + upgradeStrategy.maximumOverCapacity) + 1e-9);
  return Math.max(most, instances) + 1;
}
