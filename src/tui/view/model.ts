// The cluster as the screens see it: rows by id, filled by the feeds, read by everyone else. Rows are small and changed in
// place by the view store; each topic has a version that grows with every change, so that nobody compares rows to find out.
import type { MutableAmounts } from './amounts.ts';

/** What may change by itself. A screen says which of them it shows, and is drawn again only when one of these has changed. */
export type Topic =
  | 'feeds'
  | 'leader'
  | 'agents'
  | 'frameworks'
  | 'roles'
  | 'offers'
  | 'tasks'
  | 'apps'
  | 'deployments'
  | 'jobs'
  | 'haproxy'
  | 'events';

/** Times in ms since 1970. */
export interface AgentRow {
  readonly id: string;
  hostname: string;
  /** `host:port` of its HTTP API; `http://` goes before it. */
  address: string;
  region: string | undefined;
  zone: string | undefined;
  version: string;
  /** `unreachable`, `draining`, `drained`, `deactivated` as the master tells them. */
  state: 'active' | 'disconnected' | 'unreachable' | 'draining' | 'drained' | 'deactivated';
  registeredMs: number | undefined;
  reregisteredMs: number | undefined;
  total: MutableAmounts;
  allocated: MutableAmounts;
  offered: MutableAmounts;
  /** `name:value`, in the master's order. */
  attributes: readonly string[];
  /** Whole resources as text for the agent's own page, e.g. `ports(*):[31000-32000]`. */
  resources: readonly string[];
  taskCount: number;
}

export interface FrameworkRow {
  readonly id: string;
  name: string;
  user: string;
  roles: readonly string[];
  principal: string | undefined;
  hostname: string;
  webuiUrl: string | undefined;
  state: 'active' | 'inactive' | 'disconnected' | 'completed';
  registeredMs: number | undefined;
  capabilities: readonly string[];
  allocated: MutableAmounts;
  offered: MutableAmounts;
  taskCount: number;
  offersSent: number;
}

/** A role of the fair-share tree, or one framework in it. From our master's own endpoint; elsewhere computed as far as it can be. */
export interface ShareRow {
  /** `role` for a role, `role/framework id` for a framework in it. */
  readonly id: string;
  readonly kind: 'role' | 'framework';
  readonly role: string;
  readonly frameworkId: string | undefined;
  weight: number;
  /** (role) What it is guaranteed and may have at most, e.g. `cpus 3 of 4-16`; undefined without quota, or where nobody tells. */
  quota?: string;
  /** Of the cluster, 0–1: the largest of its shares (DRF, Ghodsi et al. 2011). */
  dominantShare: number;
  dominantResource: string | undefined;
  allocated: MutableAmounts;
  isSuppressed: boolean;
  /** Refusals that are in force, and when the next of them ends. */
  filterCount: number;
  nextFilterEndsMs: number | undefined;
  /** Place in the order in which the next allocation would visit it, from 1; undefined when it takes no part. */
  position: number | undefined;
  /** Why there, or why not at all, in plain words. */
  reason: string;
}

export interface OfferRow {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  readonly amounts: MutableAmounts;
  readonly ports: string;
  readonly sentMs: number | undefined;
}

/** One thing that happened to an offer. */
export interface OfferEvent {
  readonly atMs: number;
  readonly kind: 'offered' | 'accepted' | 'declined' | 'rescinded' | 'withdrawn';
  readonly offerId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  readonly amounts: MutableAmounts;
  /** (declined, accepted) For how long the rest is not offered again. */
  readonly refuseSeconds: number | undefined;
  /** (accepted) What was done with it, e.g. `LAUNCH 2 tasks`. */
  readonly operations: string | undefined;
}

export interface TaskRow {
  /** Framework and task id: unique in the cluster. */
  readonly key: string;
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly executorId: string | undefined;
  name: string;
  role: string;
  /** `TASK_RUNNING` … */
  state: string;
  /** Of a health check; undefined when there is none or it has not said anything. */
  healthy: boolean | undefined;
  amounts: MutableAmounts;
  /** First and latest status. */
  startedMs: number | undefined;
  changedMs: number | undefined;
  /** Of the latest status. */
  message: string;
  reason: string | undefined;
}

export type InstanceMark =
  | 'waiting'
  | 'staged'
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'old'
  | 'killed'
  | 'unreachable';

export interface AppRow {
  /** `/group/app`. */
  readonly id: string;
  instances: number;
  running: number;
  healthy: number;
  unhealthy: number;
  staged: number;
  amounts: MutableAmounts;
  hasHealthChecks: boolean;
  deploymentIds: readonly string[];
  versionMs: number | undefined;
  /** Last failure's words, and when. */
  lastFailure: string | undefined;
  lastFailureMs: number | undefined;
  /** Why it waits, when it does: from the launch queue. */
  waitsFor: string | undefined;
  waitsSinceMs: number | undefined;
  labels: Readonly<Record<string, string>>;
}

export interface DeploymentRow {
  readonly id: string;
  apps: readonly string[];
  step: number;
  steps: number;
  startedMs: number | undefined;
  actions: readonly {
    readonly action: string;
    readonly appId: string;
    readonly target: number | undefined;
    readonly marks: readonly InstanceMark[];
    readonly waitsFor: string | undefined;
  }[];
}

/** A job of Chronos. */
export interface JobRow {
  /** Its name. */
  readonly id: string;
  kind: 'scheduled' | 'dependent';
  /** How it ended last; `fresh`: it has not run yet. */
  status: 'success' | 'failure' | 'fresh';
  /** `idle`, `queued` or `2 running`. */
  state: string;
  /** Undefined when no time is set for it, or where nobody tells. */
  nextRunMs: number | undefined;
  /** What is left of its schedule; empty for one that runs after others. */
  schedule: string;
  parents: readonly string[];
  isDisabled: boolean;
  /** Why no agent can ever run it, when that is so. */
  unplaceable: string | undefined;
}

export interface CandidateRow {
  readonly address: string;
  readonly id: string | undefined;
  isLeading: boolean;
  isReachable: boolean | undefined;
}

export interface LeaderRow {
  /** `host:port` of the leading master; undefined while none is known. */
  address: string | undefined;
  id: string | undefined;
  electedMs: number | undefined;
  version: string | undefined;
  clusterName: string | undefined;
  candidates: readonly CandidateRow[];
  /** How often it has changed while we looked. */
  changes: number;
}

/** One source of what is shown. */
export interface FeedRow {
  readonly name: 'master' | 'offers' | 'marathon' | 'chronos' | 'haproxy';
  state: 'connecting' | 'loading' | 'live' | 'polling' | 'broken' | 'absent';
  /** Where from, without credentials. */
  address: string | undefined;
  /** Why it is broken or absent, in one line. */
  why: string | undefined;
  /** (loading) How much has been read, 0–1. */
  loaded?: number;
  sinceMs: number;
}

export interface BackendRow {
  /** Of HAProxy's statistics, or of the rendered config when these cannot be asked. */
  readonly id: string;
  readonly backend: string;
  readonly server: string;
  state: string;
  sessions: number | undefined;
  requestsPerSecond: number | undefined;
  errors: number | undefined;
  isDraining: boolean;
}

export interface HaproxyView {
  configPath: string | undefined;
  lastSuccessMs: number | undefined;
  lastOutcome: string | undefined;
  lastErrorMs: number | undefined;
  lastError: string | undefined;
  reloads: number | undefined;
  services: number | undefined;
  servers: number | undefined;
  excluded: readonly string[];
}

/** A line of the events screen. */
export interface EventRow {
  readonly seq: number;
  readonly atMs: number;
  readonly source: 'master' | 'offers' | 'marathon' | 'chronos' | 'haproxy' | 'top';
  readonly kind: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
}

/** Screens that alarms lead to. */
export type AlarmPlace =
  | 'agents'
  | 'agent'
  | 'frameworks'
  | 'framework'
  | 'tasks'
  | 'task'
  | 'app'
  | 'deployment'
  | 'jobs'
  | 'job'
  | 'haproxy'
  | 'events';

/** Something an operator should look at. Made from the rows, none of it stored. */
export interface Alarm {
  readonly tone: 'warn' | 'bad';
  readonly text: string;
  readonly sinceMs: number | undefined;
  /** The screen that tells more. */
  readonly about?: { readonly screen: AlarmPlace; readonly subject?: string };
}

/** A state that a task was seen to come into. */
export interface TaskStep {
  readonly key: string;
  readonly atMs: number;
  readonly state: string;
  readonly healthy: boolean | undefined;
  readonly message: string;
}

/** What everyone but the view store sees. */
export interface ClusterView {
  readonly version: (topic: Topic) => number;
  readonly leader: Readonly<LeaderRow>;
  readonly feeds: ReadonlyMap<FeedRow['name'], Readonly<FeedRow>>;
  readonly agents: ReadonlyMap<string, Readonly<AgentRow>>;
  readonly frameworks: ReadonlyMap<string, Readonly<FrameworkRow>>;
  readonly shares: readonly Readonly<ShareRow>[];
  /** How many there are: `shares` has the first thousand at most. */
  readonly shareTotal: number;
  readonly tasks: ReadonlyMap<string, Readonly<TaskRow>>;
  readonly offers: ReadonlyMap<string, Readonly<OfferRow>>;
  /** How many are outstanding: `offers` may have only the first of them. */
  readonly offerTotal: number;
  /** The last thousand, oldest first. */
  readonly offerEvents: readonly OfferEvent[];
  readonly apps: ReadonlyMap<string, Readonly<AppRow>>;
  readonly deployments: ReadonlyMap<string, Readonly<DeploymentRow>>;
  readonly jobs: ReadonlyMap<string, Readonly<JobRow>>;
  readonly haproxy: Readonly<HaproxyView>;
  readonly backends: ReadonlyMap<string, Readonly<BackendRow>>;
  /** The last two thousand, oldest first. */
  readonly events: readonly EventRow[];
  readonly alarms: () => readonly Alarm[];
  /** Sums over all agents that are there. */
  readonly totals: {
    readonly total: MutableAmounts;
    readonly allocated: MutableAmounts;
    readonly offered: MutableAmounts;
  };
  /** Tasks by state, kept up to date. */
  readonly taskCounts: ReadonlyMap<string, number>;
  /** Used share 0–1 of cpus, mem, disk, gpus; one sample every 2 s, the last 120, oldest first. */
  readonly history: Readonly<Record<'cpus' | 'memMb' | 'diskMb' | 'gpus', readonly number[]>>;
  /** Keys of tasks changed after that version of `tasks`, some maybe twice; undefined: too many, look at all of them. */
  readonly tasksChangedSince?: (version: number) => readonly string[] | undefined;
  /** The steps of a task that were seen since the view is there, oldest first; the last five thousand of all tasks are kept. */
  readonly stepsOfTask?: (key: string) => readonly TaskStep[];
  /** Do several agents call themselves so? Then they are told apart by their ports. */
  readonly isSharedHost?: (hostname: string) => boolean;
  readonly tasksOfAgent: (agentId: string) => Iterable<Readonly<TaskRow>>;
  readonly tasksOfFramework: (frameworkId: string) => Iterable<Readonly<TaskRow>>;
  readonly tasksOfApp: (appId: string) => Iterable<Readonly<TaskRow>>;
}
