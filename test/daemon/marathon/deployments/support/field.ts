// Deployments at work: the engine and the scale checks on the real book of instances and the real kills, with tasks,
// checks, time and the root group in the hands of a test. `restart` ends the process and starts the next from the store.
import type { SchedulerCalls } from '../../../../../src/client/scheduler/calls.ts';
import type { MarathonCore } from '../../../../../src/daemon/marathon/core.ts';
import { DeploymentEngine } from '../../../../../src/daemon/marathon/deployments/engine.ts';
import { makePlan } from '../../../../../src/daemon/marathon/deployments/plan.ts';
import { ScaleChecker } from '../../../../../src/daemon/marathon/deployments/scale-checks.ts';
import type { MarathonEvent } from '../../../../../src/daemon/marathon/events/event.ts';
import { InstanceBook } from '../../../../../src/daemon/marathon/instances/instance-book.ts';
import { TaskKills } from '../../../../../src/daemon/marathon/instances/kills.ts';
import { withStatus } from '../../../../../src/daemon/marathon/instances/transitions.ts';
import { Counters } from '../../../../../src/daemon/marathon/metrics/counters.ts';
import type { App } from '../../../../../src/daemon/marathon/model/app.ts';
import type { AppChange, DeploymentPlan } from '../../../../../src/daemon/marathon/model/deployment.ts';
import {
  type Instance,
  type InstanceAgent,
  type InstanceId,
  isActive,
  isScheduled,
  taskIdOf,
} from '../../../../../src/daemon/marathon/model/instance.ts';
import { type PathId, resolvePath } from '../../../../../src/daemon/marathon/model/path-id.ts';
import {
  emptyRoot,
  putApp,
  type RootGroup,
  removeApp,
  settled as stored,
} from '../../../../../src/daemon/marathon/model/root-group.ts';
import { type Timestamp, timestamp } from '../../../../../src/daemon/marathon/model/time.ts';
import { Storage } from '../../../../../src/daemon/serving/storage/storage.ts';
import type { TaskState } from '../../../../../src/mesos/generated/v1.ts';
import type { Log, World } from '../../../../../src/world/world.ts';
import { makeApp } from '../../instances/support/app.ts';
import { FakeHealth, FakeReadiness } from '../../support/fake-checks.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

interface Parts {
  readonly storage: Storage;
  readonly instances: InstanceBook;
  readonly kills: TaskKills;
  readonly health: FakeHealth;
  readonly readiness: FakeReadiness;
  readonly engine: DeploymentEngine;
  readonly checker: ScaleChecker;
}

/** What an app becomes: a config change when anything but `instances` is given. */
export type Change = Partial<Omit<App, 'id' | 'version' | 'versionInfo'>>;

export interface DeployOptions {
  readonly force?: boolean;
  readonly restart?: readonly string[];
  readonly kill?: Readonly<Record<string, readonly InstanceId[]>>;
}

const AGENT: InstanceAgent = { id: 'a1', host: 'agent1', attributes: [] };

export class Field {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore();
  readonly counters = new Counters();
  /** Since the process started. */
  events: MarathonEvent[] = [];
  /** Errors logged. */
  readonly errors: string[] = [];
  /** Apps whose back-off was reset, in order. */
  readonly resets: PathId[] = [];
  delayedUntilMs: number | undefined;
  root: RootGroup = emptyRoot(timestamp(0));
  /** Whether killed tasks end; those killed meanwhile are in `dying`. */
  doKillsEnd = true;
  readonly dying = new Set<string>();
  readonly killed: string[] = [];
  readonly #kept = new Map<string, App>();
  #ids = 0;
  #parts: Parts | undefined;

  static async start(): Promise<Field> {
    const field = new Field();
    await field.restart();
    return field;
  }

  get it(): Parts {
    if (this.#parts === undefined) throw new Error('nothing runs');
    return this.#parts;
  }

  /** The process ends as it is, what was put in this turn included, and the next one starts. Tasks go on. */
  async restart(): Promise<void> {
    await settled();
    this.#parts?.engine.close();
    this.#parts?.checker.stop();
    this.#parts?.kills.stop();
    this.events = [];
    const parts = this.#make();
    await parts.instances.load();
    await parts.engine.load();
    parts.kills.start();
    parts.engine.resume();
    parts.checker.start();
    this.#parts = parts;
    await settled();
  }

  #make(): Parts {
    const log: Log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (message, fields) => void this.errors.push(`${message} ${JSON.stringify(fields)} ${fields?.error}`),
      child: () => log,
    };
    const world = {
      clock: this.clock,
      random: { bytes: (count: number) => new Uint8Array(count).fill(++this.#ids) },
      log,
    } as unknown as World;
    const field = this;
    const storage = new Storage(this.store, 1, (reason) => this.errors.push(reason));
    const calls = { kill: (taskId: string) => this.#kill(taskId) } as unknown as SchedulerCalls;
    const core = {
      world,
      log,
      storage,
      counters: this.counters,
      options: {
        scaleAppsInitialDelayMs: 15_000,
        scaleAppsIntervalMs: 300_000,
        killChunkSize: 100_000,
        killRetryTimeoutMs: 30_000,
      },
      events: { publish: (event: MarathonEvent) => void this.events.push(event) },
      groups: {
        get root() {
          return field.root;
        },
        app: (id: PathId) => this.root.apps.get(id),
        appVersion: (id: PathId, version: Timestamp) => Promise.resolve(this.#kept.get(`${id} ${version}`)),
      },
      backOffs: {
        delayedUntilMs: () => this.delayedUntilMs,
        reset: (id: PathId) => void this.resets.push(id),
        onChange: () => () => undefined,
      },
      mesos: { calls, isSubscribed: true },
      health: new FakeHealth(),
      readiness: new FakeReadiness(),
    } as unknown as MarathonCore & { readonly health: FakeHealth; readonly readiness: FakeReadiness };
    const instances = new InstanceBook(core);
    // What checks said of a task is nothing about the next one.
    instances.onChange(({ before, after }) => {
      if (before !== undefined && before.task?.id !== after?.task?.id) core.health.set(before.id, undefined);
    });
    const kills = new TaskKills({ ...core, instances });
    const engine = new DeploymentEngine({ ...core, instances, kills });
    const checker = new ScaleChecker({ ...core, instances, kills, deployments: engine });
    return {
      storage,
      instances,
      kills,
      health: core.health,
      readiness: core.readiness,
      engine,
      checker,
    };
  }

  // ------------------------------------------------------------------------------------------------- the root group

  /**
   * Changes apps (undefined: removes them) as the groups would, and starts the deployment. The change of the root is
   * atomic; throws, changing nothing, on a conflict.
   */
  deploy(changes: Readonly<Record<string, Change | undefined>>, options: DeployOptions = {}): DeploymentPlan {
    const version = timestamp(Math.max(this.clock.nowMs(), Date.parse(this.root.version) + 1));
    const before = this.root;
    const restart = (options.restart ?? []).map((id) => resolvePath(id));
    let after = before;
    const apps: AppChange[] = [];
    const all = { ...Object.fromEntries(restart.map((id) => [id, {}])), ...changes };
    for (const [name, change] of Object.entries(all)) {
      const id = resolvePath(name);
      const was = before.apps.get(id);
      const is = change === undefined ? undefined : this.#changed(id, was, change, version, restart.includes(id));
      after = is === undefined ? removeApp(after, id) : putApp(after, is);
      if (is !== was) apps.push({ id, before: was, after: is });
    }
    const plan = makePlan({
      id: `d${++this.#ids}`,
      version,
      before,
      after,
      changes: { apps, groups: [] },
      restart,
      instancesToKill: new Map(Object.entries(options.kill ?? {}).map(([id, ids]) => [resolvePath(id), ids])),
    });
    const conflicts = this.it.engine.conflicts(plan);
    if (conflicts.length > 0 && options.force !== true) throw new Error(`locked by ${conflicts.join()}`);
    this.root = stored(after, version);
    for (const { after: is } of apps) if (is !== undefined) this.#kept.set(`${is.id} ${is.version}`, is);
    this.it.engine.start(plan, conflicts);
    return plan;
  }

  #changed(id: PathId, was: App | undefined, change: Change, version: Timestamp, isRestart: boolean): App {
    if (was === undefined) return makeApp(id, { ...change, version });
    const isConfig = isRestart || Object.keys(change).some((name) => name !== 'instances');
    const isScaled = change.instances !== undefined && change.instances !== was.instances;
    if (!isConfig && !isScaled) return was;
    const lastConfigChangeAt = isConfig ? version : (was.versionInfo?.lastConfigChangeAt ?? was.version);
    return { ...was, ...change, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt } };
  }

  /** Definitions are no longer kept, as if they had been collected. */
  forgetVersions(): void {
    this.#kept.clear();
  }

  app(id: string): App {
    const app = this.root.apps.get(resolvePath(id));
    if (app === undefined) throw new Error(`no app ${id}`);
    return app;
  }

  // ----------------------------------------------------------------------------------------------------------- tasks

  ofApp(id: string): readonly Instance[] {
    return this.it.instances.ofApp(resolvePath(id));
  }

  /** Instances of the app's present configuration that are to run. */
  fresh(id: string): readonly Instance[] {
    const config = this.app(id).versionInfo?.lastConfigChangeAt;
    return this.ofApp(id).filter((one) => one.goal === 'Running' && one.app.versionInfo?.lastConfigChangeAt === config);
  }

  scheduled(id: string): readonly Instance[] {
    return this.ofApp(id).filter(isScheduled);
  }

  /** Those whose task may run. */
  active(id: string): readonly Instance[] {
    return this.ofApp(id).filter(isActive);
  }

  instance(id: InstanceId): Instance {
    const instance = this.it.instances.get(id);
    if (instance === undefined) throw new Error(`no instance ${id}`);
    return instance;
  }

  /** As the launch queue does for up to `count` instances of the app that wait. */
  async launch(id: string, count = Number.POSITIVE_INFINITY, agent = AGENT): Promise<Instance[]> {
    const waiting = this.scheduled(id).slice(0, count === Number.POSITIVE_INFINITY ? undefined : count);
    const launched = waiting.map(({ id: instanceId, task, app }) => {
      const taskId = taskIdOf(instanceId, (task?.incarnation ?? 0) + 1);
      return this.it.instances.provision(instanceId, { agent, taskId, hostPorts: [], app });
    });
    await settled();
    return launched;
  }

  async tell({ id }: Pick<Instance, 'id'>, state: TaskState): Promise<void> {
    this.#tell(id, state);
    await settled();
  }

  /** Launches what waits and has it running; checks say nothing yet. */
  async run(id: string, count = Number.POSITIVE_INFINITY, agent = AGENT): Promise<Instance[]> {
    const launched = await this.launch(id, count, agent);
    for (const instance of launched) this.#tell(instance.id, 'TASK_RUNNING');
    await settled();
    return launched;
  }

  /** Puts up an app with so many running instances, the deployment done. */
  async running(id: string, change: Change): Promise<readonly Instance[]> {
    this.deploy({ [id]: change });
    for (let round = 0; round < 10_000 && this.it.engine.running.length > 0; round += 1) {
      await settled();
      await this.run(id);
      for (const instance of this.ofApp(id)) this.it.health.set(instance.id, true);
      for (const instance of this.ofApp(id)) this.it.readiness.ready(instance.id);
    }
    await settled();
    return this.ofApp(id);
  }

  /** Tasks that were killed while `doKillsEnd` was false end now, at most `count`. */
  async endDying(count = Number.POSITIVE_INFINITY): Promise<void> {
    for (const taskId of [...this.dying].slice(0, count === Number.POSITIVE_INFINITY ? undefined : count))
      this.#end(taskId);
    await settled();
  }

  /** Tells what was said of tasks since the start: `app condition` lines, sorted. */
  conditions(id: string): string[] {
    return this.ofApp(id).map(({ condition }) => condition);
  }

  /** Types of the events told so far. */
  get told(): string[] {
    return this.events.map(({ type }) => type);
  }

  #tell(id: InstanceId, state: TaskState): void {
    const instance = this.it.instances.get(id);
    if (instance?.task === undefined) return;
    const status = { task_id: { value: instance.task.id }, state };
    const transition = withStatus(instance, status, this.clock.nowMs());
    if (transition.kind === 'update') this.it.instances.apply(transition.instance, transition.isOver);
  }

  async #kill(taskId: string) {
    this.killed.push(taskId);
    this.dying.add(taskId);
    if (this.doKillsEnd) setImmediate(() => this.#end(taskId));
    return { ok: true };
  }

  #end(taskId: string): void {
    this.dying.delete(taskId);
    const instance = this.it.instances.byTaskId(taskId);
    if (instance !== undefined) this.#tell(instance.id, 'TASK_KILLED');
  }
}
