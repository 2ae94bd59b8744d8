// Why an offer does not fit an app, with the numbers: one entry a thing that is missing. Reasons are those of the queue's
// funnel (marathon.md 7.3). JSON-serialisable; absent members are unknown or do not apply.
import type { Constraint } from '../model/app.ts';
import { REJECT_REASONS, type RejectReason } from '../model/reject-reason.ts';

/** Amounts are cpus, MiB, GPUs. */
export type ScalarName = 'cpus' | 'mem' | 'disk' | 'gpus';

/** One thing that an offer lacks; what is needed and what there is, as far as that says something. */
export type Shortfall =
  /** Nothing there is of a role the app takes from. */
  | { readonly reason: 'UnfulfilledRole'; readonly offered: readonly string[]; readonly accepted: readonly string[] }
  /** `value`: the agent's; absent = it has no such field. `placed`: how many of the app's instances have that value. */
  | {
      readonly reason: 'UnfulfilledConstraint';
      readonly kind: 'constraint';
      readonly constraint: Constraint;
      readonly value?: string;
      readonly placed?: number;
    }
  /** An app that names no region stays in the master's. */
  | {
      readonly reason: 'UnfulfilledConstraint';
      readonly kind: 'region';
      readonly region: string;
      readonly homeRegion: string;
    }
  /** Wall-clock ms; no end = for ever. Comes with AgentMaintenance. */
  | ({
      readonly reason: 'UnfulfilledConstraint' | 'AgentMaintenance';
      readonly kind: 'maintenance';
    } & MaintenanceWindow)
  | {
      readonly reason: 'InsufficientCpus' | 'InsufficientMemory' | 'InsufficientDisk' | 'InsufficientGpus';
      readonly resource: ScalarName;
      readonly needed: number;
      readonly available: number;
    }
  /** Host ports; `missing`: those asked for by number that are not there. */
  | {
      readonly reason: 'InsufficientPorts';
      readonly needed: number;
      readonly available: number;
      readonly missing: readonly number[];
    }
  /** The agent has GPUs, which are kept for apps that use them. */
  | { readonly reason: 'DeclinedScarceResources'; readonly gpus: number };

/** When an agent is not to be used, wall-clock ms; no end = for ever. */
export interface MaintenanceWindow {
  readonly startMs: number;
  readonly endMs?: number;
}

/** Each reason once, in the order of the funnel. */
export function reasonsOf(shortfalls: readonly Shortfall[]): RejectReason[] {
  return REJECT_REASONS.filter((reason) => shortfalls.some((shortfall) => shortfall.reason === reason));
}
