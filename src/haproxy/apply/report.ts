// What one turn came to, for whoever prints, mails or counts it.
import type { Problem } from '../model/model.ts';
import type { ApplyError } from './apply-error.ts';
import type { Wrong } from './news.ts';

/**
 * - `nothing`: everything was as it should be.
 * - `runtime`: servers were changed without a reload.
 * - `reload`: HAProxy has loaded the new files (or was started with them).
 * - `deferred`: a reload is due and must wait for the one before; what could be done at once is done.
 * - `rolled-back`: HAProxy refused the new files, those before are back.
 * - `failed`: nothing was changed; `failure` says why.
 */
export type TurnOutcome = 'nothing' | 'runtime' | 'reload' | 'deferred' | 'rolled-back' | 'failed';

/** What came of bringing HAProxy to new files. */
export interface Brought {
  readonly outcome: TurnOutcome;
  readonly why?: string;
  readonly failure?: ApplyError;
  readonly againMs?: number;
}

/** A service that is not served as its labels say. */
export interface Excluded {
  readonly appId: string;
  readonly portIndex?: number;
  /** Name of its backend, where it has come to have one. */
  readonly service?: string;
  readonly reason: string;
  /** It goes on with the labels it had when they were good. */
  readonly keepsLastGood: boolean;
}

/** Stages of a turn, in order; some are skipped when there is nothing for them to do. */
export type StageName =
  | 'lock'
  | 'read'
  | 'discover'
  | 'compose'
  | 'guard'
  | 'preflight'
  | 'validate'
  | 'plan'
  | 'replace'
  | 'runtime'
  | 'reload'
  | 'verify'
  | 'roll-back'
  | 'record';

/** Difference between two configs, counted. */
export interface ChangeCounts {
  readonly backendsAdded: number;
  readonly backendsRemoved: number;
  readonly serversAdded: number;
  readonly serversRemoved: number;
}

/** One turn. */
export interface TurnReport {
  readonly outcome: TurnOutcome;
  readonly failure?: ApplyError;
  /** What made a reload necessary, or what is waited for. */
  readonly why?: string;
  readonly changes: ChangeCounts;
  /** What is served now, as far as this turn knows. */
  readonly services: number;
  readonly servers: number;
  readonly excluded: readonly Excluded[];
  /** What was found wrong with labels and fields, excluded services included. */
  readonly problems: readonly Problem[];
  /** What was wrong at the last turn that ended well; absent when this one did not get as far as to look. */
  readonly wrongBefore?: Wrong;
  /** About the balancer itself, not about a service. */
  readonly warnings: readonly string[];
  /** The Marathon that answered. */
  readonly source?: string;
  readonly validations: number;
  readonly commands: number;
  readonly stages: readonly { readonly name: StageName; readonly ms: number }[];
  readonly totalMs: number;
  /** false: the turn before said the same; cron may stay silent. */
  readonly isNews: boolean;
  /** Another turn is wanted by then, whatever happens. */
  readonly againMs?: number;
}

/** What a command ends with; its owner knows the numbers. */
export type ExitMeaning = 'ok' | 'failed' | 'locked' | 'rolled-back' | 'unreachable';

/** Excluded services are no failure here. */
export function exitMeaning(report: Pick<TurnReport, 'outcome' | 'failure'>): ExitMeaning {
  switch (report.failure?.code) {
    case undefined:
      return 'ok';
    case 'locked':
      return 'locked';
    case 'source':
      return 'unreachable';
    case 'reload-failed':
    case 'held-back':
      return 'rolled-back';
    default:
      return 'failed';
  }
}

export const NO_CHANGES: ChangeCounts = {
  backendsAdded: 0,
  backendsRemoved: 0,
  serversAdded: 0,
  serversRemoved: 0,
};
