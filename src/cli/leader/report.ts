// Who leads a service, and who else would, as `mctl leader` tells it.
import type { Problem } from '../problem.ts';

/** One that stands for election, or the one that leads without. Unknown is null. */
export interface CandidateReport {
  /** `host:port` */
  readonly address: string | null;
  readonly id: string | null;
  readonly version: string | null;
  readonly leads: boolean;
  /** Of the leadership that it has or would have. */
  readonly epoch: number | null;
  /** When it began to stand; ms since 1970. */
  readonly sinceMs: number | null;
}

/** What is known of a service's leadership. */
export interface LeadershipReport {
  readonly kind: 'leadership';
  /** Where the election is held, without credentials; null: there is none, as far as is known. */
  readonly election: string | null;
  /** Who leads first. */
  readonly candidates: readonly CandidateReport[];
  /** When the leader was elected, if it says so; ms since 1970. */
  readonly electedMs: number | null;
  /** Why there is not more to say. */
  readonly note?: string;
}

/** `none`: the cluster does not have the service. `trouble`: it cannot be found out. */
export type ServiceReport =
  | LeadershipReport
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'trouble'; readonly problem: Problem };

/** Where reports come from. */
export interface ReportSource {
  /** As things are now; waited for at first. Never rejects for what a report can say. */
  report(): Promise<ServiceReport>;
  /** Calls `fn` when the next report may be another one, where that is known without asking. */
  onChange(fn: () => void): void;
  close(): Promise<void>;
}

/** Who leads, if anybody does. */
export function leaderOf({ candidates }: LeadershipReport): CandidateReport | undefined {
  return candidates.find(({ leads }) => leads);
}
