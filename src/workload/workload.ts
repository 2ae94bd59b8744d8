// What `mctl simulate` runs: agents, roles and frameworks with their jobs, as a file describes them (input/ reads it). Times
// are in ms of virtual time, amounts in units and MB.

/** How numbers are drawn. Of durations: in ms. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
  | { readonly kind: 'pareto'; readonly minimum: number; readonly shape: number; readonly maximum: number | undefined }
  | { readonly kind: 'choice'; readonly values: readonly { readonly value: number; readonly weight: number }[] };

/** name → scalar. */
export type Amounts = Readonly<Record<string, number>>;

/** Agents that are alike. */
export interface AgentGroup {
  readonly name: string;
  readonly count: number;
  readonly resources: Amounts;
  readonly attributes: Readonly<Record<string, string>>;
  /** They get the attribute `rack`, `rack1` to `rackN`, in turn. */
  readonly racks: number | undefined;
  readonly region: string | undefined;
  readonly zone: string | undefined;
}

export interface RoleSpec {
  readonly name: string;
  readonly weight: number;
  readonly guarantee: Amounts;
  readonly limit: Amounts;
}

/** Where a task had better run. */
export interface Preference {
  /** Its data is on so many agents, drawn for each task; undefined: agents with these attributes are as good as each other. */
  readonly replicas: number | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** How long a job refuses other agents before it takes one (delay scheduling). */
  readonly waitMs: number;
  /** How many times as long a task takes elsewhere. */
  readonly slowdown: number;
}

/** Jobs that are alike, one after the other. */
export interface JobSpec {
  readonly name: string;
  /** Undefined: they come until the time is over. */
  readonly count: number | undefined;
  /** When the first one comes. */
  readonly start: Distribution;
  readonly arrivals:
    | { readonly kind: 'every'; readonly gap: Distribution }
    /** After the one before has finished. */
    | { readonly kind: 'after'; readonly gap: Distribution };
  readonly tasks: Distribution;
  readonly resources: Amounts;
  readonly duration: Distribution;
  /** A job starts when so many of its tasks have a place, all at once. */
  readonly minParallel: number;
  readonly maxParallel: number;
  /** How long places are kept for tasks that wait for the others. */
  readonly patienceMs: number;
  readonly prefers: Preference | undefined;
}

export interface FrameworkSpec {
  readonly name: string;
  readonly role: string;
  /** Names of FrameworkInfo.Capability.Type. */
  readonly capabilities: readonly string[];
  /** Its jobs: the oldest first, or whoever has the fewest tasks running. */
  readonly order: 'fifo' | 'fair';
  readonly refuseSeconds: number;
  /** It wants no offers smaller than this; undefined: than its smallest task. */
  readonly minimumOffer: Amounts | undefined;
  /** Agents without these attributes are not offered to it. */
  readonly where: Readonly<Record<string, string>>;
  /** Its part when agents are divided, compared with others. */
  readonly partition: number;
  /** It has its partition whatever the policy, and nobody else has it. */
  readonly isApart: boolean;
  readonly jobs: readonly JobSpec[];
}

/** Who decides: fairness, the lot, or a division of the agents made before. */
export type PolicyKind = 'drf' | 'random' | 'static';

export interface Policy {
  readonly name: string;
  readonly kind: PolicyKind;
  /** Instead of what the file says for every preference; for comparisons of delays. */
  readonly waitMs: number | undefined;
}

export interface Workload {
  readonly name: string;
  readonly seed: number;
  /** Undefined: until all jobs have finished. */
  readonly durationMs: number | undefined;
  readonly intervalMs: number;
  readonly region: string | undefined;
  readonly agents: readonly AgentGroup[];
  readonly roles: readonly RoleSpec[];
  readonly frameworks: readonly FrameworkSpec[];
  readonly policies: readonly Policy[];
}
