// Nothing is emptied at one look (haproxy.md 10.2, 23.25). Pure.
import { createHash } from 'node:crypto';
import type { ApplySettings } from '../settings.ts';

/** What is, or would be, served. */
export interface Counts {
  readonly services: number;
  readonly servers: number;
}

/** Asked of every new picture before it is applied. */
export interface GuardQuestion {
  readonly before: Counts | undefined;
  readonly after: Counts;
  /** Same text, same picture. */
  readonly picture: string;
  /** The answer had no apps at all. */
  readonly hasNoApps: boolean;
  readonly pending: { readonly picture: string; readonly sinceMs: number } | undefined;
  readonly nowMs: number;
}

/** `hold`: `pending` is for the next look, which is worth taking in `againMs`. */
export type Verdict =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'hold';
      readonly why: string;
      readonly pending: { readonly picture: string; readonly sinceMs: number };
      readonly againMs: number;
    };

type Limits = Pick<ApplySettings, 'maxRemoval' | 'confirmAfterMs' | 'confirmEmptyAfterMs' | 'force'>;

/** Whether it may be applied now. */
export function guard(question: GuardQuestion, limits: Limits): Verdict {
  const { before, after, nowMs } = question;
  const loss = limits.force ? undefined : lossOf(before, after, question.hasNoApps, limits.maxRemoval);
  if (loss === undefined) return { kind: 'pass' };
  const picture = createHash('sha256').update(question.picture).digest('hex');
  const isSame = question.pending?.picture === picture && question.pending.sinceMs <= nowMs;
  const pending = isSame && question.pending !== undefined ? question.pending : { picture, sinceMs: nowMs };
  const neededMs = question.hasNoApps ? limits.confirmEmptyAfterMs : limits.confirmAfterMs;
  const leftMs = pending.sinceMs + neededMs - nowMs;
  if (leftMs <= 0) return { kind: 'pass' };
  return { kind: 'hold', why: loss, pending, againMs: leftMs };
}

function lossOf(before: Counts | undefined, after: Counts, hasNoApps: boolean, most: number): string | undefined {
  if (before === undefined || before.services === 0) return undefined;
  if (hasNoApps) return `Marathon has no apps, while ${before.services} services are served`;
  if (after.services === 0) return `no service is left of ${before.services}`;
  const lost = (one: number, other: number): boolean => one > 0 && (one - other) / one > most;
  if (lost(before.services, after.services)) return `${after.services} of ${before.services} services are left`;
  if (lost(before.servers, after.servers)) return `${after.servers} of ${before.servers} servers are left`;
  return undefined;
}
