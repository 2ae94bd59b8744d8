// What a run answers, JSON-shaped: times in seconds, parts from 0 to 1. The same file and seed give the same, bit for bit.
import type { FrameworkRecord } from './run/record.ts';
import type { RunResult } from './run/run.ts';
import type { Amounts } from './workload.ts';

/** Seconds; all 0 when there were none. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What frameworks and roles have in common. */
export interface Figures {
  readonly tasksFinished: number;
  /** Without a place at the end, and with one. */
  readonly tasksWaiting: number;
  readonly tasksRunning: number;
  readonly jobsFinished: number;
  readonly jobsUnfinished: number;
  /** Of tasks, from when they could have started to their start. */
  readonly waiting: Spread;
  /** Of jobs, from their coming to the end of their last task. */
  readonly completion: Spread;
  /** Part of what the cluster has, by resource, mean over the time. */
  readonly utilisation: Amounts;
  /** Part of the cluster, of what it has the largest part of: mean, and mean of each sixtieth of the time. */
  readonly dominantShare: number;
  readonly dominantShareOverTime: readonly number[];
  /** Part of the tasks with a preference that ran where they liked to; undefined: none had one. */
  readonly locality?: number;
}

export interface PolicyReport {
  readonly policy: string;
  readonly kind: string;
  readonly ending: RunResult['ending'];
  readonly endSeconds: number;
  readonly agents: number;
  readonly resources: Amounts;
  readonly whole: Figures;
  readonly utilisationOverTime: Readonly<Record<string, readonly number[]>>;
  /**
   * Of those with tasks waiting, at each allocation where there were two or more: Jain's index of their shares by weight (1: all
   * alike), and how far the largest is above the smallest. Undefined: there were never two.
   */
  readonly fairness?: {
    readonly among: 'roles' | 'frameworks';
    readonly jain: number;
    readonly gap: number;
    readonly largestGap: number;
    readonly samples: number;
  };
  readonly roles: readonly (Figures & { readonly role: string })[];
  readonly frameworks: readonly (Figures & { readonly framework: string; readonly role: string })[];
}

const PARTS = 60;

export function reportOf(result: RunResult): PolicyReport {
  const { policy, ending, endMs, frameworks, fairness, fairnessAmong } = result;
  const measured = fairness.answer();
  return {
    policy: policy.name,
    kind: policy.kind,
    ending,
    endSeconds: rounded(endMs / 1000),
    agents: result.agentCount,
    resources: result.totals,
    whole: figuresOf(frameworks, result.cluster, endMs),
    utilisationOverTime: mapped(result.cluster.utilisationOverTime(PARTS, endMs), (parts) => parts.map(rounded)),
    ...(measured && { fairness: { among: fairnessAmong, ...mapped(measured, rounded) } }),
    roles: [...result.roles].map(([role, account]) => {
      const members = frameworks.filter(({ spec }) => spec.role === role);
      return { role, ...figuresOf(members, account, endMs) };
    }),
    frameworks: frameworks.map((record) => ({
      framework: record.spec.name,
      role: record.spec.role,
      ...figuresOf([record], record.account, endMs),
    })),
  };
}

function figuresOf(records: readonly FrameworkRecord[], account: FrameworkRecord['account'], endMs: number): Figures {
  const sum = (figure: (record: FrameworkRecord) => number): number =>
    records.reduce((total, record) => total + figure(record), 0);
  const jobsFinished = sum(({ completionsMs }) => completionsMs.length);
  const tasksFinished = sum((record) => record.tasksFinished);
  const withPreference = sum((record) => record.tasksWithPreference);
  return {
    tasksFinished,
    tasksWaiting: sum((record) => record.tasksWaiting),
    tasksRunning: sum(({ waitsMs }) => waitsMs.length) - tasksFinished,
    jobsFinished,
    jobsUnfinished: sum(({ jobsCome }) => jobsCome) - jobsFinished,
    waiting: spreadOf(records.map(({ waitsMs }) => waitsMs)),
    completion: spreadOf(records.map(({ completionsMs }) => completionsMs)),
    utilisation: mapped(account.utilisation(endMs), rounded),
    dominantShare: rounded(account.meanShare(endMs)),
    dominantShareOverTime: account.shareOverTime(PARTS, endMs).map(rounded),
    ...(withPreference > 0 && { locality: rounded(sum((record) => record.tasksLocal) / withPreference) }),
  };
}

/** p95: at most 5 % are more. */
function spreadOf(lists: readonly (readonly number[])[]): Spread {
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  const sorted = new Float64Array(count);
  let at = 0;
  for (const list of lists) for (const value of list) sorted[at++] = value;
  sorted.sort();
  const rank = (part: number): number => rounded((sorted[Math.max(0, Math.ceil(part * count) - 1)] ?? 0) / 1000);
  const total = sorted.reduce((sum, value) => sum + value, 0);
  return {
    count,
    mean: count === 0 ? 0 : rounded(total / count / 1000),
    p50: rank(0.5),
    p95: rank(0.95),
    max: rank(1),
  };
}

function mapped<K extends string, A, B>(record: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, change(value)])) as Record<K, B>;
}

/** Nobody reads more than six digits. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
