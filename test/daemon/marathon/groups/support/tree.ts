// A GroupTree over a store in memory, with a clock set by hand and deployments that only take notes.
import { MAX_VALUE_BYTES, type Store, type StoreChange } from '../../../../../src/cluster/store.ts';
import { appDefaults, appFromUpdate, parseAppUpdate } from '../../../../../src/daemon/marathon/apps/index.ts';
import type { Deployments, RunningDeployment, UpdateOptions } from '../../../../../src/daemon/marathon/core.ts';
import type { MarathonEvent } from '../../../../../src/daemon/marathon/events/event.ts';
import { type MarathonOptions, parseMarathonOptions } from '../../../../../src/daemon/marathon/flags.ts';
import { defaultRole, GroupTree, type IsInUse } from '../../../../../src/daemon/marathon/groups/index.ts';
import { Counters } from '../../../../../src/daemon/marathon/metrics/counters.ts';
import type { App } from '../../../../../src/daemon/marathon/model/app.ts';
import { affectedApps, type DeploymentPlan } from '../../../../../src/daemon/marathon/model/deployment.ts';
import { type PathId, ROOT, resolvePath } from '../../../../../src/daemon/marathon/model/path-id.ts';
import { putApp, type RootGroup } from '../../../../../src/daemon/marathon/model/root-group.ts';
import type { Timestamp } from '../../../../../src/daemon/marathon/model/time.ts';
import { Refusal } from '../../../../../src/daemon/marathon/refusals.ts';
import { Storage } from '../../../../../src/daemon/serving/storage/storage.ts';
import type { World } from '../../../../../src/world/world.ts';

export const path = (text: string): PathId => resolvePath(text);

/** What is durable, and every commit. */
export class MemoryStore implements Store {
  readonly entries = new Map<string, Uint8Array>();
  readonly commits: (readonly StoreChange[])[] = [];

  async read(prefix: string) {
    const found = [];
    for (const [key, value] of this.entries) if (key.startsWith(prefix)) found.push({ key, value, version: 1 });
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async commit(changes: readonly StoreChange[]): Promise<void> {
    this.commits.push(changes);
    for (const change of changes) {
      if (change.kind === 'delete') this.entries.delete(change.key);
      else if (change.value.length > MAX_VALUE_BYTES) throw new Error(`${change.key} is too large`);
      else this.entries.set(change.key, change.value);
    }
  }

  async close(): Promise<void> {
    this.entries.clear();
  }

  keys(prefix = ''): string[] {
    return [...this.entries.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

/** Deployments that run until told otherwise. */
export class NotedDeployments implements Deployments {
  running: RunningDeployment[] = [];
  readonly started: DeploymentPlan[] = [];
  readonly cancelled: string[] = [];

  get(id: string) {
    return this.running.find(({ plan }) => plan.id === id);
  }

  locking(appId: PathId) {
    return this.running.filter(({ plan }) => affectedApps(plan).has(appId)).map(({ plan }) => plan.id);
  }

  conflicts(plan: DeploymentPlan) {
    return [...new Set([...affectedApps(plan)].flatMap((id) => this.locking(id)))];
  }

  start(plan: DeploymentPlan, cancel: readonly string[]) {
    for (const id of cancel) this.cancel(id);
    this.started.push(plan);
    if (plan.steps.length > 0) this.running.push({ plan, currentStep: 0, step: undefined });
  }

  cancel(id: string) {
    this.cancelled.push(id);
    this.running = this.running.filter(({ plan }) => plan.id !== id);
  }

  progress() {
    return undefined;
  }

  refersTo(appId: PathId, version: Timestamp) {
    return this.running.some(({ plan }) =>
      plan.changes.apps.some(({ id, before }) => id === appId && before?.version === version),
    );
  }

  onEnd() {
    return () => undefined;
  }

  finishAll() {
    this.running = [];
  }
}

export interface Harness {
  readonly tree: GroupTree;
  readonly store: MemoryStore;
  readonly deployments: NotedDeployments;
  readonly events: MarathonEvent[];
  /** Apps whose failures are nobody's business any more. */
  readonly forgotten: PathId[];
  readonly options: MarathonOptions;
  readonly clock: { nowMs: number };
  /** Puts apps of this JSON into the tree, finishing the deployment. */
  put(...apps: readonly AppJson[]): Promise<DeploymentPlan>;
  /** Applies a change, finishing the deployment. */
  change(
    change: (root: RootGroup, version: Timestamp) => RootGroup,
    how?: Partial<UpdateOptions>,
  ): Promise<DeploymentPlan>;
  app(id: string): App;
  /** A second tree over what is durable. */
  restarted(): Promise<Harness>;
}

export type AppJson = { readonly id: string } & Readonly<Record<string, unknown>>;

export interface HarnessOptions {
  readonly args?: readonly string[];
  readonly store?: MemoryStore;
  readonly isInUse?: IsInUse;
  readonly clock?: { nowMs: number };
}

export const START_MS = Date.parse('2021-01-01T00:00:00Z');

/** An app of the model from its JSON, as a request would make it. */
export function appOf(root: RootGroup, json: AppJson, version: Timestamp, options: MarathonOptions): App {
  const update = parseAppUpdate({ cmd: 'sleep 1', ...json }, { group: ROOT });
  const id = path(json.id);
  return appFromUpdate(update, id, appDefaults(options, defaultRole(root, id, options)), version);
}

export async function harness(given: HarnessOptions = {}): Promise<Harness> {
  const { args = [], store = new MemoryStore(), isInUse = () => false, clock = { nowMs: START_MS } } = given;
  const options = parseMarathonOptions({ args: ['--master=127.0.0.1:5050', ...args], env: {} });
  const deployments = new NotedDeployments();
  const events: MarathonEvent[] = [];
  const forgotten: PathId[] = [];
  let ids = 0;
  const world = {
    clock: { nowMs: () => clock.nowMs },
    random: { uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` },
  } as unknown as World;
  const failures: string[] = [];
  const storage = new Storage(store, 1, (reason) => failures.push(reason));
  const tree = new GroupTree(
    {
      world,
      options,
      storage,
      deployments,
      counters: new Counters(),
      events: { publish: (event) => events.push(event) },
      failures: { forget: (id) => forgotten.push(id) },
    },
    (id, version) => isInUse(id, version) || deployments.refersTo(id, version),
  );
  await tree.load();
  await storage.flushed();

  const change: Harness['change'] = async (fn, how = {}) => {
    clock.nowMs += 1000;
    const plan = await tree.update(fn, { force: false, ...how });
    deployments.finishAll();
    return plan;
  };
  return {
    tree,
    store,
    deployments,
    events,
    forgotten,
    options,
    clock,
    change,
    put: (...apps) =>
      change((root, version) => apps.reduce((sum, json) => putApp(sum, appOf(sum, json, version, options)), root)),
    app: (id) => {
      const app = tree.app(path(id));
      if (app === undefined) throw new Error(`no app ${id}`);
      return app;
    },
    restarted: () => harness({ ...given, store, clock }),
  };
}

/** The Refusal that `act` ends with. */
export async function refusalOf(act: () => unknown): Promise<Refusal> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Plain form of a root: apps with their versions, groups with their members; nothing of how it came to be. */
export function shown(root: RootGroup) {
  return {
    version: root.version,
    apps: Object.fromEntries([...root.apps].sort(([a], [b]) => (a < b ? -1 : 1))),
    groups: [...root.groups.values()]
      .map(({ id, apps, groups, dependencies, enforceRole }) => ({
        id,
        apps: [...apps].sort(),
        groups: [...groups].sort(),
        dependencies,
        enforceRole,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
