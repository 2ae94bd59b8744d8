// A job as Chronos knows it: the definition that somebody posted, and what the scheduler has written beside it. The name is the
// identity (chronos.md 1.1). Values are whole when they are of these types: parsing and defaults are the border's business.

/** chronos.md 2.1. `mem` and `disk` in MB; 0 means the server's default, as does a user of "". */
export interface JobDefinition {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly shell: boolean;
  /** "" is the command executor. */
  readonly executor: string;
  readonly executorFlags: string;
  readonly taskInfoData: string;
  readonly description: string;
  /** Mail addresses, separated by commas. */
  readonly owner: string;
  readonly ownerName: string;
  /** Attempts after the first. */
  readonly retries: number;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly softError: boolean;
  readonly highPriority: boolean;
  readonly concurrent: boolean;
  /** 0: none. */
  readonly maxCompletionTimeSeconds: number;
  /** How late an occurrence may still start, in ms; undefined: the latest missed one runs however late (chronos.md 4.4.2–3). */
  readonly epsilonMs: number | undefined;
  /** The duration as written, for output. */
  readonly epsilon: string | undefined;
  readonly async: boolean;
  readonly runAsUser: string;
  readonly environmentVariables: readonly { readonly name: string; readonly value: string }[];
  readonly uris: readonly string[];
  readonly fetch: readonly FetchItem[];
  readonly constraints: readonly JobConstraint[];
  readonly container: JobContainer | undefined;
  readonly dataProcessingJobType: boolean;
  /** [ours] */
  readonly notify: JobNotices | undefined;
  /** [ours] First delay of a retry; undefined: `--failure_retry`. */
  readonly retryDelayMs: number | undefined;
  /** [ours] Each further delay is so many times the one before. */
  readonly retryFactor: number;
  readonly when: ScheduledWhen | DependentWhen;
}

/**
 * `text`: the schedule as accepted, with an empty start filled in; `zoneId`: "" for none. `written`: as it was written, where it had
 * no start.
 */
export interface ScheduledWhen {
  readonly kind: 'scheduled';
  readonly text: string;
  readonly zoneId: string;
  readonly written?: string;
}

/** Never empty, no name twice, sorted. */
export interface DependentWhen {
  readonly kind: 'dependent';
  readonly parents: readonly string[];
}

export interface FetchItem {
  readonly uri: string;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly extract: boolean;
  readonly outputFile: string;
}

/** chronos.md 9.8. */
export interface JobConstraint {
  readonly attribute: string;
  readonly operator: 'EQUALS' | 'LIKE' | 'UNLIKE';
  readonly value: string;
}

/** chronos.md 2.4. */
export interface JobContainer {
  readonly type: 'DOCKER' | 'MESOS';
  readonly image: string;
  readonly network: 'HOST' | 'BRIDGE' | 'USER';
  readonly networkName: string | undefined;
  readonly networkInfos: readonly {
    readonly name: string | undefined;
    readonly protocol: 'IPv4' | 'IPv6' | undefined;
    readonly labels: readonly { readonly key: string; readonly value: string }[];
    readonly portMappings: readonly {
      readonly hostPort: number;
      readonly containerPort: number;
      readonly protocol: string | undefined;
    }[];
  }[];
  readonly volumes: readonly {
    readonly containerPath: string;
    readonly hostPath: string | undefined;
    readonly mode: 'RW' | 'RO';
    readonly external:
      | {
          readonly name: string;
          readonly provider: string;
          readonly options: readonly { readonly key: string; readonly value: string }[];
        }
      | undefined;
  }[];
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  readonly forcePullImage: boolean;
}

/** [ours] chronos.md 12.10: what is told, and through which of the configured channels; undefined channels: all. */
export interface JobNotices {
  readonly on: readonly NoticeOccasion[];
  readonly channels: readonly string[] | undefined;
}

export type NoticeOccasion = 'failure' | 'recovered' | 'late' | 'disabled' | 'removed' | 'success';

/** What the runs of a job have come to. */
export interface JobCounters {
  readonly successCount: number;
  readonly errorCount: number;
  readonly errorsSinceLastSuccess: number;
  readonly lastSuccessMs: number | undefined;
  readonly lastErrorMs: number | undefined;
}

/** A definition with everything the scheduler has written beside it. One record of the store. */
export interface Job extends JobCounters {
  readonly definition: JobDefinition;
  /** Grows when a name is used again after a delete: results of the former job are not those of this one (chronos.md 7.9). */
  readonly generation: number;
  /** Runs it ever had; the number of the last one. */
  readonly runCount: number;
  readonly isDisabled: boolean;
  /** (scheduled) The occurrence that comes next and has not been taken; undefined: none is left. */
  readonly next: { readonly index: number; readonly dueMs: number } | undefined;
  /** (scheduled) Occurrences that got no run of their own and are made up for at the end (`--finite_catchup`); absent: 0. */
  readonly uncounted?: number;
  /** (dependent) Successes of each parent that no run of this job has used up yet (chronos.md 6.2, 6.4). */
  readonly successesOf: Readonly<Record<string, number>>;
  /** When it was stored, or replaced. */
  readonly changedMs: number;
}
