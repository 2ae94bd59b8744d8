// What is written down while a workload runs: of each framework, each role, and the whole.
import type { FrameworkSpec, RoleSpec } from '../workload.ts';
import { Account, type ClusterScale } from './account.ts';

/** Times in ms. */
export class FrameworkRecord {
  readonly spec: FrameworkSpec;
  readonly account: Account;
  /** From when a task could have started to its start, of all that have. */
  readonly waitsMs: number[] = [];
  /** From a job's coming to the end of its last task. */
  readonly completionsMs: number[] = [];
  jobsCome = 0;
  tasksFinished = 0;
  /** Tasks that cared where they ran, and how many of these ran there. */
  tasksWithPreference = 0;
  tasksLocal = 0;
  offers = 0;
  /** Offers of which nothing was used. */
  offersRefused = 0;
  /** Tasks that had no place at the end. */
  tasksWaiting = 0;

  constructor(spec: FrameworkSpec, scale: ClusterScale) {
    this.spec = spec;
    this.account = new Account(scale);
  }
}

interface Competitor {
  readonly account: Account;
  readonly weight: number;
  /** Whether somebody of it has tasks that wait for a place. */
  readonly isWaiting: () => boolean;
}

/** Only those count that want more than they have: who has all it wants may have less than others, and nobody is wronged. */
export class Fairness {
  readonly #competitors: readonly Competitor[];
  #samples = 0;
  #indexSum = 0;
  #gapSum = 0;
  #largestGap = 0;

  constructor(competitors: readonly Competitor[]) {
    this.#competitors = competitors;
  }

  sample(): void {
    let count = 0;
    let sum = 0;
    let squares = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (const { account, weight, isWaiting } of this.#competitors) {
      if (!isWaiting()) continue;
      const share = account.share / weight;
      count += 1;
      sum += share;
      squares += share * share;
      least = Math.min(least, share);
      most = Math.max(most, share);
    }
    if (count < 2 || sum === 0) return;
    this.#samples += 1;
    this.#indexSum += (sum * sum) / (count * squares);
    this.#gapSum += most - least;
    this.#largestGap = Math.max(this.#largestGap, most - least);
  }

  /** Means over the allocations at which at least two waited; undefined when there was none. */
  answer():
    | { readonly jain: number; readonly gap: number; readonly largestGap: number; readonly samples: number }
    | undefined {
    if (this.#samples === 0) return undefined;
    return {
      jain: this.#indexSum / this.#samples,
      gap: this.#gapSum / this.#samples,
      largestGap: this.#largestGap,
      samples: this.#samples,
    };
  }
}

/** `weight` of a role, 1 unless the file says another. */
export function weightOf(role: string, roles: readonly RoleSpec[]): number {
  return roles.find(({ name }) => name === role)?.weight ?? 1;
}
