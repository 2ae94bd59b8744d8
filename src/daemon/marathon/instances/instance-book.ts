// The book of all instances (marathon.md 16): the only writer of their state. A change is in memory at once, written in the
// same turn, and told to everyone in order.
import type { Log, World } from '../../../world/world.ts';
import type { Groups, InstanceChange, InstanceCounts, Instances, MarathonCore, Unsubscribe } from '../core.ts';
import type { App } from '../model/app.ts';
import {
  type Goal,
  type Instance,
  type InstanceAgent,
  type InstanceId,
  type InstanceTask,
  isActive,
  isUnreachable,
  taskIdOf,
} from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';
import { MutableCounts, NO_INSTANCES } from './book/instance-counts.ts';
import { creationOrder, InstanceIds } from './book/instance-ids.ts';
import { INSTANCES, type InstanceRecord, readInstance, withApp, writeInstance } from './book/instance-record.ts';
import { removedApp, standIn } from './book/lost-definition.ts';

/** What the book takes. */
export type BookCore = Pick<MarathonCore, 'storage' | 'log'> & {
  readonly groups: Pick<Groups, 'app' | 'appVersion'>;
  readonly world: Pick<World, 'clock' | 'random'>;
};

interface AppPage {
  /** In order of creation. */
  readonly instances: Map<InstanceId, Instance>;
  readonly counts: MutableCounts;
  /** `instances` as a list, until the next change. */
  list: readonly Instance[] | undefined;
}

/** Empty until `load`. */
export class InstanceBook implements Instances {
  readonly totals = new MutableCounts();
  readonly #core: BookCore;
  readonly #ids: InstanceIds;
  readonly #instances = new Map<InstanceId, Instance>();
  readonly #pages = new Map<PathId, AppPage>();
  readonly #readers = new Set<(change: InstanceChange) => void>();
  readonly #untold: InstanceChange[] = [];
  #isTelling = false;

  constructor(core: BookCore) {
    this.#core = core;
    this.#ids = new InstanceIds(core.world);
  }

  /**
   * Reads what is stored, once, after the groups. Instances of apps that are gone are decommissioned; Kills ends their
   * tasks when it starts. Throws InstanceRecordError.
   */
  async load(): Promise<void> {
    const entries = await this.#core.storage.read(INSTANCES);
    const records = [...entries].map(([key, text]) => readInstance(key, text));
    const order = new Map(records.map(({ id }) => [id, creationOrder(id)]));
    records.sort((a, b) => ((order.get(a.id) ?? '') < (order.get(b.id) ?? '') ? -1 : 1));
    const definitions = new Definitions(this.#core);
    for (const record of records) {
      const { app, isRemoved } = await definitions.of(record);
      this.#ids.follow(record.id);
      this.#keep(withApp(record, app));
      if (isRemoved) this.setGoal(record.id, 'Decommissioned');
    }
  }

  get size(): number {
    return this.#instances.size;
  }

  get(id: InstanceId): Instance | undefined {
    return this.#instances.get(id);
  }

  /** Of its present incarnation, or of the last one. */
  byTaskId(taskId: string): Instance | undefined {
    const instance = this.ofTask(taskId);
    return instance?.task?.id === taskId ? instance : undefined;
  }

  /** The instance that this is or was a task of, whichever incarnation. */
  ofTask(taskId: string): Instance | undefined {
    // Every id that was ever given out has this form (taskIdOf).
    const end = taskId.lastIndexOf('._app.');
    return end < 0 ? undefined : this.#instances.get(taskId.slice(0, end) as InstanceId);
  }

  ofApp(appId: PathId): readonly Instance[] {
    const page = this.#pages.get(appId);
    if (page === undefined) return [];
    page.list ??= [...page.instances.values()];
    return page.list;
  }

  all(): Iterable<Instance> {
    return this.#instances.values();
  }

  countsOf(appId: PathId): InstanceCounts {
    return this.#pages.get(appId)?.counts.snapshot() ?? NO_INSTANCES;
  }

  schedule(app: App, count: number): readonly Instance[] {
    const sinceMs = this.#nowMs();
    const added: Instance[] = [];
    for (let left = count; left > 0; left -= 1) {
      const instance: Instance = { id: this.#ids.next(app.id), app, goal: 'Running', condition: 'Scheduled', sinceMs };
      added.push(instance);
      this.#write(instance);
    }
    return added;
  }

  provision(
    id: InstanceId,
    launch: Pick<InstanceTask, 'hostPorts' | 'containerPorts'> & { agent: InstanceAgent; taskId: string; app: App },
  ): Instance {
    const before = this.#known(id);
    if (isActive(before) || isUnreachable(before))
      throw new Error(`${id} is ${before.condition}: it has a task already`);
    const incarnation = (before.task?.incarnation ?? 0) + 1;
    const { agent, taskId, hostPorts, containerPorts = [], app } = launch;
    if (taskId !== taskIdOf(id, incarnation)) throw new Error(`${taskId} is not the next task of ${id}`);
    const nowMs = this.#nowMs();
    const { activeSinceMs: _, healthy: __, unreachableSinceMs: ___, ...rest } = before;
    const task: InstanceTask = {
      id: taskId,
      incarnation,
      stagedAtMs: nowMs,
      hostPorts,
      ...(containerPorts.length > 0 && { containerPorts }),
    };
    const after: Instance = { ...rest, app, agent, condition: 'Provisioned', sinceMs: nowMs, task };
    this.#write(after);
    return after;
  }

  unprovision(id: InstanceId, taskId: string): void {
    const before = this.get(id);
    if (before?.condition !== 'Provisioned' || before.task?.id !== taskId) return;
    // The task stays for its number: should it have been launched after all, it is told from the next one.
    const { agent: _, ...rest } = before;
    if (before.goal === 'Decommissioned') this.expunge(id);
    else this.#write({ ...rest, condition: 'Scheduled', sinceMs: this.#nowMs() });
  }

  setGoal(id: InstanceId, goal: Goal): void {
    const before = this.get(id);
    if (before === undefined || before.goal === goal || before.goal === 'Decommissioned') return;
    if (goal === 'Decommissioned' && !isActive(before) && !isUnreachable(before)) this.expunge(id);
    else this.#write({ ...before, goal });
  }

  expunge(id: InstanceId): void {
    const before = this.#instances.get(id);
    if (before === undefined) return;
    void this.#core.storage.remove(`${INSTANCES}${id}`);
    this.#forget(before);
    this.#tell({ before, after: undefined });
  }

  /** A new value of an instance that is there, as transitions.ts answers it; `isOver`: its record goes right after. */
  apply(after: Instance, isOver = false): void {
    this.#known(after.id);
    this.#write(after);
    if (isOver) this.expunge(after.id);
  }

  onChange(fn: (change: InstanceChange) => void): Unsubscribe {
    this.#readers.add(fn);
    return () => this.#readers.delete(fn);
  }

  #known(id: InstanceId): Instance {
    const instance = this.#instances.get(id);
    if (instance === undefined) throw new Error(`There is no instance ${id}`);
    return instance;
  }

  #write(after: Instance): void {
    const before = this.#instances.get(after.id);
    void this.#core.storage.put(`${INSTANCES}${after.id}`, writeInstance(after));
    this.#keep(after);
    this.#tell({ before, after });
  }

  #keep(instance: Instance): void {
    const { id, app } = instance;
    const before = this.#instances.get(id);
    let page = this.#pages.get(app.id);
    if (page === undefined) {
      page = { instances: new Map(), counts: new MutableCounts(), list: undefined };
      this.#pages.set(app.id, page);
    }
    if (before !== undefined) {
      page.counts.subtract(before);
      this.totals.subtract(before);
    }
    this.#instances.set(id, instance);
    page.instances.set(id, instance);
    page.counts.add(instance);
    this.totals.add(instance);
    page.list = undefined;
  }

  #forget(instance: Instance): void {
    const { id, app } = instance;
    this.#instances.delete(id);
    this.totals.subtract(instance);
    const page = this.#pages.get(app.id);
    if (page === undefined) return;
    page.instances.delete(id);
    page.counts.subtract(instance);
    page.list = undefined;
    if (page.instances.size === 0) this.#pages.delete(app.id);
  }

  /** Everyone hears of changes in the same order: one made by a reader waits until all have heard of the present one. */
  #tell(change: InstanceChange): void {
    this.#untold.push(change);
    if (this.#isTelling) return;
    this.#isTelling = true;
    // What is added meanwhile is come to by the same loop.
    for (const next of this.#untold) {
      for (const reader of this.#readers) callReader(this.#core.log, reader, next);
    }
    this.#untold.length = 0;
    this.#isTelling = false;
  }

  #nowMs(): number {
    return Math.floor(this.#core.world.clock.nowMs());
  }
}

/** A reader that fails keeps nobody else from hearing (marathon.md 16.5). */
function callReader(log: Log, reader: (change: InstanceChange) => void, change: InstanceChange): void {
  try {
    reader(change);
  } catch (error) {
    const instanceId = (change.after ?? change.before)?.id;
    log.error('what follows from a change of an instance failed', { instanceId, error });
  }
}

/** Finds each definition once; instances of the same version share it. */
class Definitions {
  readonly #core: Pick<BookCore, 'groups' | 'log'>;
  readonly #found = new Map<string, App>();

  constructor(core: Pick<BookCore, 'groups' | 'log'>) {
    this.#core = core;
  }

  async of(record: InstanceRecord): Promise<{ readonly app: App; readonly isRemoved: boolean }> {
    const { id, version } = record.app;
    const current = this.#core.groups.app(id);
    const key = `${id}@${version}`;
    let app = this.#found.get(key);
    if (app === undefined) {
      app = current?.version === version ? current : await this.#search(id, version);
      if (app === undefined) {
        this.#core.log.warn('the definition of an instance is not kept any more', {
          instanceId: record.id,
          id,
          version,
        });
        app = current === undefined ? removedApp(record) : standIn(record, current);
      }
      this.#found.set(key, app);
    }
    return { app, isRemoved: current === undefined };
  }

  #search(id: PathId, version: Timestamp): Promise<App | undefined> {
    return this.#core.groups.appVersion(id, version);
  }
}
