// The desired state: kept in memory, changed in one synchronous pass, written in the same pass (marathon.md 4, 5, 11).
// request → change of the root → change/prepare.ts → plan → conflicts → kept/ → deployment.
import type { Groups, MarathonCore, TaskFailures, UpdateOptions } from '../core.ts';
import { makePlan } from '../deployments/plan.ts';
import type { App } from '../model/app.ts';
import type { DeploymentPlan, RootChanges } from '../model/deployment.ts';
import { type PathId, ROOT, segmentsOf } from '../model/path-id.ts';
import { emptyRoot, putApp, putGroup, type RootGroup, removeApp, removeGroup, settled } from '../model/root-group.ts';
import { millisOf, type Timestamp, timestamp } from '../model/time.ts';
import { invalidObject, locked, Refusal, tooManyDeployments, unknownGroup } from '../refusals.ts';
import { ownMembers, prepare } from './change/prepare.ts';
import { ServicePorts } from './change/service-ports.ts';
import { Definitions, type IsInUse } from './kept/definitions.ts';
import { type GroupRecord, groupKey, groupText, parseGroupText, RecordError } from './kept/records.ts';
import { RootHistory } from './kept/root-history.ts';

/** What the tree uses of the rest; not touched before `load`. */
export type GroupsCore = Pick<MarathonCore, 'world' | 'options' | 'storage' | 'events' | 'deployments' | 'counters'> & {
  readonly failures: Pick<TaskFailures, 'forget'>;
};

type Change = (root: RootGroup, version: Timestamp) => RootGroup;

/** What a request leads to, nothing of it done yet. */
interface Prepared {
  readonly before: RootGroup;
  readonly after: RootGroup;
  readonly changes: RootChanges;
  readonly plan: DeploymentPlan;
}

/** The only writer of the root group. */
export class GroupTree implements Groups {
  readonly #core: GroupsCore;
  readonly #definitions: Definitions;
  readonly #history: RootHistory;
  readonly #ports: ServicePorts;
  #root: RootGroup = emptyRoot(timestamp(0));
  #updatesUnderWay = 0;

  /** `isInUse`: whether an instance or a running deployment refers to a definition that is not an app's present one. */
  constructor(core: GroupsCore, isInUse: IsInUse) {
    const { storage, options } = core;
    this.#core = core;
    this.#definitions = new Definitions(storage, options.zkMaxVersions, isInUse);
    this.#history = new RootHistory(storage, this.#definitions, options.zkMaxVersions);
    this.#ports = new ServicePorts(options.localPortMin, options.localPortMax);
  }

  /** Everything as it was left; in an empty store, nothing but the root group. Throws RecordError. */
  async load(): Promise<void> {
    const { storage, world } = this.#core;
    const [apps, texts] = await Promise.all([this.#definitions.load(), storage.read('groups/'), this.#history.load()]);
    const records = [...texts].map(([key, text]) => parseGroupText(key, text));
    const version = records.find(({ id }) => id === ROOT)?.version;
    if (version === undefined) {
      if (texts.size > 0 || apps.length > 0) throw new RecordError('damaged', 'groups/_root is missing');
      this.#root = emptyRoot(timestamp(world.clock.nowMs()));
      await this.#putGroup({ id: ROOT, members: { dependencies: [] }, version: this.#root.version });
      return;
    }
    let root = emptyRoot(version);
    for (const { id, members } of records) root = putGroup(root, id, members);
    for (const app of apps) {
      root = putApp(root, app);
      this.#ports.replace(undefined, app);
    }
    this.#root = settled(root, version);
  }

  get root(): RootGroup {
    return this.#root;
  }

  app(id: PathId): App | undefined {
    return this.#root.apps.get(id);
  }

  async appVersions(id: PathId): Promise<readonly Timestamp[]> {
    const present = this.app(id);
    return present === undefined ? [] : [present.version, ...this.#definitions.formerOf(id)];
  }

  async appVersion(id: PathId, version: Timestamp): Promise<App | undefined> {
    const present = this.app(id);
    return present?.version === version ? present : this.#definitions.read(id, version);
  }

  rootVersions(): readonly Timestamp[] {
    return [this.#root.version, ...this.#history.versions()];
  }

  async rootVersion(version: Timestamp): Promise<RootGroup | undefined> {
    const present = this.#root;
    if (version === present.version) return present;
    const difference = this.#history.differenceTo(version);
    if (difference === undefined) return undefined;
    const wanted = [...difference.apps].flatMap(([id, of]) => (of === undefined ? [] : [{ id, of }]));
    const apps = await Promise.all(
      wanted.map(async ({ id, of }) => {
        const now = present.apps.get(id);
        return now?.version === of ? now : this.#definitions.read(id, of);
      }),
    );
    // The root was forgotten while its definitions were read.
    if (this.#history.differenceTo(version) === undefined) return undefined;
    let root = present;
    for (const [id, of] of difference.apps) if (of === undefined) root = removeApp(root, id);
    const groups = [...difference.groups].sort(([a], [b]) => b.length - a.length);
    for (const [id, members] of groups)
      root = members === undefined ? removeGroup(root, id) : putGroup(root, id, members);
    for (const [i, app] of apps.entries()) {
      if (app === undefined) throw new RecordError('damaged', `a definition of ${wanted[i]?.id} is missing`);
      root = putApp(root, app);
    }
    return settled(root, version);
  }

  async update(change: Change, how: UpdateOptions): Promise<DeploymentPlan> {
    const { events, storage, options } = this.#core;
    const groupId = how.groupId ?? ROOT;
    const version = this.#nextVersion();
    let plan: DeploymentPlan;
    try {
      if (this.#updatesUnderWay >= options.maxQueuedRootGroupUpdates)
        throw new Refusal(503, `${options.maxQueuedRootGroupUpdates} changes wait to be written already`);
      plan = this.#accept(this.#prepare(change, version, how), how);
    } catch (error) {
      if (error instanceof Refusal)
        events.publish({ type: 'group_change_failed', groupId, version, reason: error.message });
      throw error;
    }
    this.#updatesUnderWay += 1;
    await storage.flushed();
    this.#updatesUnderWay -= 1;
    events.publish({ type: 'group_change_success', groupId, version: plan.version });
    return plan;
  }

  plan(change: Change, how: Partial<UpdateOptions> = {}): DeploymentPlan {
    return this.#prepare(change, this.#nextVersion(), how).plan;
  }

  async setEnforceRole(id: PathId, enforceRole: boolean): Promise<void> {
    const before = this.#root;
    const group = before.groups.get(id);
    if (group === undefined) throw unknownGroup(id);
    if (segmentsOf(id).length !== 1) throw invalidObject([{ path: '/', error: 'Path needs to be top-level' }]);
    if (group.enforceRole !== enforceRole) {
      const after = settled(putGroup(before, id, { enforceRole }), this.#nextVersion());
      const changes = [{ id, before: ownMembers(group), after: ownMembers(after.groups.get(id)) }];
      this.#replaceRoot(after, { apps: [], groups: changes });
      this.#dropUnneeded();
    }
    await this.#core.storage.flushed();
  }

  /** Drops definitions that running things have let go of; to be called when a deployment or an instance has ended. */
  collectGarbage(): void {
    this.#definitions.collect();
  }

  /** Grows with every change, whatever the clock does. */
  #nextVersion(): Timestamp {
    return timestamp(Math.max(this.#core.world.clock.nowMs(), millisOf(this.#root.version) + 1));
  }

  #prepare(change: Change, version: Timestamp, how: Partial<UpdateOptions>): Prepared {
    const { world, options } = this.#core;
    const { restart, instancesToKill, places } = how;
    const before = this.#root;
    const { after, changes } = prepare(before, change(before, version), {
      version,
      options,
      ports: this.#ports,
      ...(restart !== undefined && { restart }),
      ...(places !== undefined && { places }),
    });
    const plan = makePlan({
      id: world.random.uuid(),
      version: after.version,
      before,
      after,
      changes,
      ...(restart !== undefined && { restart }),
      ...(instancesToKill !== undefined && { instancesToKill }),
    });
    return { before, after, changes, plan };
  }

  /** From here on nothing is refused any more once the checks have passed. */
  #accept({ before, after, changes, plan }: Prepared, { force }: UpdateOptions): DeploymentPlan {
    const { deployments, options, counters } = this.#core;
    const conflicts = deployments.conflicts(plan);
    const cancelled = force ? conflicts : [];
    if (plan.steps.length > 0 && deployments.running.length - cancelled.length >= options.maxRunningDeployments)
      throw tooManyDeployments(options.maxRunningDeployments);
    if (conflicts.length > cancelled.length) {
      counters.add('deployments.dismissed.counter');
      throw locked(conflicts);
    }
    if (after !== before) this.#replaceRoot(after, changes);
    deployments.start(plan, cancelled);
    this.#dropUnneeded();
    return plan;
  }

  /** In memory and in the store, in one pass. */
  #replaceRoot(after: RootGroup, { apps, groups }: RootChanges): void {
    const { version } = after;
    this.#history.add({
      version,
      from: this.#root.version,
      apps: apps.map(({ id, before: was, after: is }) => ({ id, before: was?.version, after: is?.version })),
      groups,
    });
    for (const change of apps) {
      this.#definitions.change(change);
      this.#ports.replace(change.before, change.after);
    }
    // In the same write, so that no failure outlives its app (marathon.md 3.9).
    for (const { id, after: app } of apps) if (app === undefined) this.#core.failures.forget(id);
    for (const { id, after: members } of groups) {
      if (members === undefined) void this.#core.storage.remove(groupKey(id));
      else if (id !== ROOT) void this.#putGroup({ id, members });
    }
    void this.#putGroup({
      id: ROOT,
      members: ownMembers(after.groups.get(ROOT)) ?? { dependencies: [] },
      version,
    });
    this.#root = after;
  }

  /** After a change, once the deployment can say what it refers to. */
  #dropUnneeded(): void {
    this.#history.trim();
    this.#definitions.collect();
  }

  #putGroup(record: GroupRecord): Promise<void> {
    return this.#core.storage.put(groupKey(record.id), groupText(record));
  }
}
