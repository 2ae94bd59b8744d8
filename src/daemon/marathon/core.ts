// What the parts of Marathon know of each other: one interface a part, each kept by one class in its folder. Memory changes
// synchronously; what must be durable is written in the same turn (storage/), and whatever leaves the process (calls to
// Mesos, acknowledgements, HTTP answers) waits for `Storage.flushed`. So no part ever sees half of another's change.
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { SchedulerCalls } from '../../client/scheduler/calls.ts';
import type { CallOutcome } from '../../client/scheduler/errors.ts';
import type { Offer, TaskStatus } from '../../mesos/generated/v1.ts';
import type { Log, World } from '../../world/world.ts';
import type { Storage } from '../serving/storage/storage.ts';
import type { MarathonEvent } from './events/event.ts';
import type { MarathonOptions } from './flags.ts';
import type { Counters } from './metrics/counters.ts';
import type { App } from './model/app.ts';
import type { DeploymentPlan, DeploymentStep } from './model/deployment.ts';
import type { Goal, Instance, InstanceAgent, InstanceId, InstanceTask } from './model/instance.ts';
import type { PathId } from './model/path-id.ts';
import type { RejectReason } from './model/reject-reason.ts';
import type { RootGroup } from './model/root-group.ts';
import type { Timestamp } from './model/time.ts';

/** Everything a part may need; parts take what they use (`Pick<MarathonCore, …>`), so that tests bring little. */
export interface MarathonCore {
  readonly world: World;
  readonly log: Log;
  readonly options: MarathonOptions;
  /** What `--master` means: addresses, or the election that is followed. */
  readonly masters: MasterPlaces;
  readonly storage: Storage;
  readonly counters: Counters;
  readonly events: EventBus;
  readonly groups: Groups;
  readonly instances: Instances;
  readonly kills: Kills;
  readonly failures: TaskFailures;
  readonly backOffs: BackOffs;
  readonly health: Health;
  readonly readiness: Readiness;
  readonly deployments: Deployments;
  readonly scaleChecks: ScaleChecks;
  readonly launchQueue: LaunchQueue;
  readonly mesos: MesosLink;
  /** Ends this term of leadership: it cannot go on (a failed write, a lost framework). Codes: exit-codes.ts. */
  fail(reason: string, exitCode?: number): void;
}

/** Undoes a registration; harmless when repeated. */
export type Unsubscribe = () => void;

// ---------------------------------------------------------------------------------------------------------- events/

/** Carries what happened to whoever listens to /v2/events (marathon.md 9). */
export interface EventBus {
  /** Cheap when nobody listens. Never throws. */
  publish(event: MarathonEvent): void;
}

// ---------------------------------------------------------------------------------------------------------- groups/

/** The desired state, its history, and the one way to change it (marathon.md 4, 5, 11). */
export interface Groups {
  readonly root: RootGroup;
  app(id: PathId): App | undefined;
  /** Versions kept of an app, newest first; empty when there is none. */
  appVersions(id: PathId): Promise<readonly Timestamp[]>;
  /** Reads from the store; undefined when that version is not kept. */
  appVersion(id: PathId, version: Timestamp): Promise<App | undefined>;
  /** Versions of the root kept, newest first. */
  rootVersions(): readonly Timestamp[];
  rootVersion(version: Timestamp): Promise<RootGroup | undefined>;
  /**
   * One change of the root: synchronous up to the write. `change` gets the present root and the new version and answers
   * the new root (or throws Refusal). Then: service ports, version infos, validation of the tree, plan, conflict check,
   * write, deployment. Resolves with the accepted plan once durable; a change of nothing gives a plan without steps and
   * the present version. Throws Refusal (403, 409, 422, 500), with the root unchanged.
   */
  update(change: (root: RootGroup, version: Timestamp) => RootGroup, how: UpdateOptions): Promise<DeploymentPlan>;
  /** The plan that `update` would make; changes nothing. Throws as `update`, 409 and 403 excepted. */
  plan(change: (root: RootGroup, version: Timestamp) => RootGroup, how?: Partial<UpdateOptions>): DeploymentPlan;
  /** Sets enforceRole of a top-level group without a deployment (marathon.md 5.2, PATCH). */
  setEnforceRole(id: PathId, enforceRole: boolean): Promise<void>;
}

/** How a change of the root is done. */
export interface UpdateOptions {
  /** Cancels the deployments in its way. */
  readonly force: boolean;
  /** Apps to be restarted although nothing of them changed. */
  readonly restart?: readonly PathId[];
  /** Instances to go first when their app shrinks. */
  readonly instancesToKill?: ReadonlyMap<PathId, readonly InstanceId[]>;
  /** Request path, for group_change_* events. */
  readonly groupId?: PathId;
  /**
   * Where apps stood in the request: prefixes of the paths of their violations, such as `/apps(0)`; may be filled while
   * `change` runs. Apps that are not in it stand at the top.
   */
  readonly places?: ReadonlyMap<PathId, string>;
}

// ------------------------------------------------------------------------------------------------------- instances/

/** `before` undefined = new; `after` undefined = its record is gone. */
export interface InstanceChange {
  readonly before: Instance | undefined;
  readonly after: Instance | undefined;
}

/** How many instances are in which state; each read costs the same however many there are. */
export interface InstanceCounts {
  readonly total: number;
  /** Wait to be launched, for the first time or again. */
  readonly scheduled: number;
  /** Launched, and not beyond TASK_STAGING yet: `tasksStaged` (marathon.md 3.8). */
  readonly staged: number;
  readonly starting: number;
  /** TASK_RUNNING: `tasksRunning`. */
  readonly running: number;
  readonly killing: number;
  readonly unreachable: number;
  readonly unreachableInactive: number;
  /** Goal Running and not UnreachableInactive: what a scale check compares with `instances` (marathon.md 12.9). */
  readonly counted: number;
}

/** All instances (marathon.md 16). Changes are in memory at once and written in the same turn. */
export interface Instances {
  readonly size: number;
  get(id: InstanceId): Instance | undefined;
  byTaskId(taskId: string): Instance | undefined;
  /** Instances of an app in order of creation. */
  ofApp(appId: PathId): readonly Instance[];
  all(): Iterable<Instance>;
  /** All zero when the app has none. */
  countsOf(appId: PathId): InstanceCounts;
  /** Of all apps together. */
  readonly totals: InstanceCounts;
  /** Adds instances that wait to be launched. */
  schedule(app: App, count: number): readonly Instance[];
  /** A launch was decided: next incarnation, condition Provisioned. Contact Mesos only after `Storage.flushed`. */
  provision(
    id: InstanceId,
    launch: Pick<InstanceTask, 'hostPorts' | 'containerPorts'> & { agent: InstanceAgent; taskId: string; app: App },
  ): Instance;
  /** The launch did not happen: back to Scheduled. Ignored unless Provisioned with this task. */
  unprovision(id: InstanceId, taskId: string): void;
  /**
   * Goals are final in one direction: Decommissioned never changes again. An instance that becomes Decommissioned with no
   * task that may run is expunged at once; the caller asks Kills for the others.
   */
  setGoal(id: InstanceId, goal: Goal): void;
  /** Removes the record whatever its state. */
  expunge(id: InstanceId): void;
  /**
   * Calls `fn` after each change, in order, from inside the change. `fn` may change instances itself: those changes are
   * in memory at once, and told after the present one has been told to everyone. An `fn` that throws is logged. A task
   * that ends and takes its record with it is told twice: once with its last condition, once without `after`.
   */
  onChange(fn: (change: InstanceChange) => void): Unsubscribe;
}

/** Why tasks are killed; shown in the log. */
export type KillReason = 'scale' | 'upgrade' | 'user' | 'unhealthy' | 'overdue' | 'unknown' | 'unreachable' | 'stop';

/** Sends kills and repeats them until the tasks have ended (marathon.md 16.6). */
export interface Kills {
  /**
   * Kills the tasks of instances. With `goal` that is set first; without, the goal stays, and an instance that is to run
   * is launched again with the next incarnation (marathon.md 3.7). `Decommissioned` is what `wipe=true` asks for.
   * Resolves when each is terminal or expunged. Unreachable tasks cannot be killed (marathon.md 16.6): their instances
   * are Decommissioned and expunged at once, and replaced by whoever misses them; only Stopped ones are left. Never
   * rejects.
   */
  kill(ids: readonly InstanceId[], reason: KillReason, goal?: 'Stopped' | 'Decommissioned'): Promise<void>;
  /** A task without an instance: killed, repeated until a terminal status comes. */
  killTask(taskId: string, agentId: string | undefined, reason: KillReason): void;
  /** Kills in flight, and attempts made for them. */
  readonly inFlight: { readonly tasks: number; readonly attempts: number };
}

/** Why an instance failed last, one an app, durable (marathon.md 3.9). */
export interface TaskFailure {
  readonly appId: PathId;
  readonly taskId: string;
  readonly state: string;
  readonly message: string;
  readonly host: string;
  readonly slaveId?: string;
  readonly version: Timestamp;
  readonly timestamp: Timestamp;
}

/** The last failure of each app, kept until the app is removed (marathon.md 3.9). */
export interface TaskFailures {
  of(appId: PathId): TaskFailure | undefined;
  /** Replaces the one before. Ignored for apps that are not there (any more). */
  record(failure: TaskFailure): void;
  /** To be called when an app is removed. */
  forget(appId: PathId): void;
}

// ------------------------------------------------------------------------------------------------------- launching/

/** Delays of apps whose tasks end too soon (marathon.md 14). Keyed by app and configuration version. */
export interface BackOffs {
  /** Wall-clock ms until which the app is not launched; undefined when it may be now. */
  delayedUntilMs(app: App): number | undefined;
  reset(appId: PathId): void;
  /** An app's delay was set, reset, or has passed. */
  onChange(fn: (appId: PathId) => void): Unsubscribe;
}

/** Matches offers with instances that wait (marathon.md 7.3, 13). */
export interface LaunchQueue {
  /** One entry an app that has instances to launch; costs what it answers. */
  entries(): readonly QueueEntry[];
  entry(appId: PathId): QueueEntry | undefined;
  /** New offers, all at once. */
  offers(offers: readonly Offer[]): void;
  rescinded(offerId: string): void;
  /** Subscribed (again): forgets offers, tells what is wanted. */
  connected(): void;
  disconnected(): void;
}

/** marathon.md 7.3; times are wall-clock ms. */
export interface QueueEntry {
  readonly app: App;
  readonly role: string;
  readonly count: number;
  readonly sinceMs: number;
  /** Absent: no delay. */
  readonly delayedUntilMs?: number;
  readonly processedOffers: number;
  readonly unusedOffers: number;
  readonly lastUnusedAtMs?: number;
  readonly lastUsedAtMs?: number;
  readonly rejectsOfLastOffers: readonly RejectCount[];
  readonly rejectsOfLaunchAttempt: readonly RejectCount[];
  /** The latest per agent. */
  readonly lastUnusedOffers: readonly UnusedOffer[];
}

/** One step of the funnel: of `processed` offers that got this far, `declined` ended here. */
export interface RejectCount {
  readonly reason: RejectReason;
  readonly declined: number;
  readonly processed: number;
}

export interface UnusedOffer {
  readonly offer: Offer;
  readonly reasons: readonly RejectReason[];
  readonly atMs: number;
}

// ---------------------------------------------------------------------------------------------------------- health/

/** Result of one health check of one instance (marathon.md 17.3); times are wall-clock ms. */
export interface HealthResult {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccessMs?: number;
  readonly lastSuccessMs?: number;
  readonly lastFailureMs?: number;
  readonly lastFailureCause?: string;
}

/** Health checks of both families, and what they say (marathon.md 17). */
export interface Health {
  /** One entry a definition that has results, in order of definition. */
  results(id: InstanceId): readonly HealthResult[];
  /** true: every check has a result and all are alive; undefined: some have none yet, or there are no checks; else false. */
  healthOf(instance: Instance): boolean | undefined;
  /** Instances of an app with results: all alive, or not all (marathon.md 3.8). Constant time. */
  countsOf(appId: PathId): { readonly healthy: number; readonly unhealthy: number };
  /** Called when `healthOf` of an instance may have changed. */
  onChange(fn: (id: InstanceId) => void): Unsubscribe;
}

export interface ReadinessResult {
  readonly name: string;
  readonly taskId: string;
  readonly ready: boolean;
  readonly lastResponse?: { readonly status: number; readonly contentType: string; readonly body: string };
}

/** Readiness checks of instances that deployments start (marathon.md 17.6). */
export interface Readiness {
  /** Begins to ask once the instance runs, until it is ready, gone, or `stop` is called. `onReady` is called once. */
  watch(id: InstanceId, onReady: () => void): Unsubscribe;
  results(appId: PathId): readonly ReadinessResult[];
}

// ----------------------------------------------------------------------------------------------------- deployments/

/** Deployments under way (marathon.md 12). */
export interface Deployments {
  readonly running: readonly RunningDeployment[];
  get(id: string): RunningDeployment | undefined;
  /** Ids of running deployments that affect the app; constant time. */
  locking(appId: PathId): readonly string[];
  /** Ids of running deployments whose affected apps meet those of the plan. */
  conflicts(plan: DeploymentPlan): readonly string[];
  /**
   * Starts a plan that is being stored in this turn; running ones named in `cancel` end as failed first. A plan without
   * steps ends at once. What is to be written goes to Storage in the same turn.
   */
  start(plan: DeploymentPlan, cancel: readonly string[]): void;
  /** Ends it where it is; instances stay as they are. */
  cancel(id: string, reason: string): void;
  /** Running or finished lately (the last 100): step, instances, what is waited for. */
  progress(id: string): DeploymentProgress | undefined;
  /** Whether a running deployment needs that definition, which has to be kept then; constant time. */
  refersTo(appId: PathId, version: Timestamp): boolean;
  /** Calls `fn` when a deployment with steps has ended, however. Its apps are not locked any more. */
  onEnd(fn: (plan: DeploymentPlan) => void): Unsubscribe;
}

export interface RunningDeployment {
  readonly plan: DeploymentPlan;
  /** 0 before the first step began, else the number of the step, from 1. */
  readonly currentStep: number;
  readonly step: DeploymentStep | undefined;
}

/** What a person who follows a deployment wants to see. */
export interface DeploymentProgress {
  readonly id: string;
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly reason?: string;
  readonly currentStep: number;
  readonly totalSteps: number;
  readonly startedAt: Timestamp;
  readonly endedAt?: Timestamp;
  /** Of the current step, or of the last one. */
  readonly actions: readonly ActionProgress[];
}

export interface ActionProgress {
  readonly action: string;
  readonly appId: PathId;
  readonly target: number;
  readonly done: boolean;
  /** In plain words: "2 of 3 instances wait for an offer", "waits for instance … to become healthy"; absent when done. */
  readonly waitsFor?: string;
  readonly instances: readonly {
    readonly id: InstanceId;
    readonly mark: 'waiting' | 'staged' | 'running' | 'healthy' | 'unhealthy' | 'old' | 'killed' | 'unreachable';
    readonly host?: string;
  }[];
}

/** Keeps apps that no deployment holds at their size (marathon.md 12.9). */
export interface ScaleChecks {
  /** Looks at one app soon. */
  check(appId: PathId): void;
}

// ------------------------------------------------------------------------------------------------------------ mesos

/** The line to the master. Calls without a subscription are not sent and resolve with `ok: false`. */
export interface MesosLink {
  readonly calls: SchedulerCalls;
  readonly isSubscribed: boolean;
  readonly frameworkId: string | undefined;
  /** Master's domain region, when it has told one. */
  readonly masterRegion: string | undefined;
  /** Adds a role to those subscribed with; resolves when the master knows, or has refused it (which is logged). */
  needRole(role: string): Promise<void>;
  /** Whether the master knows that we have the role; a call about any other is void. */
  hasRole(role: string): boolean;
  /** Makes these the roles that no offers are made for, all others being open; needs a master that can UPDATE_FRAMEWORK. */
  suppressOnly(roles: readonly string[]): Promise<CallOutcome>;
}

/** A status update as it comes from Mesos. */
export type StatusUpdate = TaskStatus;
