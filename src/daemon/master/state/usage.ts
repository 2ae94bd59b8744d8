// What frameworks use of an agent.
import { Resources } from '../../../mesos/resources.ts';
import type { ScalarSums } from './scalar-sums.ts';

/** Allocated form by framework id. Counted in a sum over all agents while its agent is registered. */
export class Usage extends Map<string, Resources> {
  #sums: ScalarSums | undefined;

  /** Counts from now on, until `leave`. */
  enter(sums: ScalarSums): void {
    this.leave();
    this.#sums = sums;
    for (const used of this.values()) sums.replace(Resources.EMPTY, used.nonShared());
    sums.replace(Resources.EMPTY, this.#shared());
  }

  leave(): void {
    const sums = this.#sums;
    this.#sums = undefined;
    for (const used of this.values()) sums?.replace(used.nonShared(), Resources.EMPTY);
    sums?.replace(this.#shared(), Resources.EMPTY);
  }

  override set(frameworkId: string, used: Resources): this {
    this.#replace(frameworkId, used, () => super.set(frameworkId, used));
    return this;
  }

  override delete(frameworkId: string): boolean {
    const isThere = this.has(frameworkId);
    this.#replace(frameworkId, Resources.EMPTY, () => super.delete(frameworkId));
    return isThere;
  }

  override clear(): void {
    for (const frameworkId of [...this.keys()]) this.delete(frameworkId);
  }

  #replace(frameworkId: string, after: Resources, apply: () => void): void {
    const before = this.get(frameworkId) ?? Resources.EMPTY;
    const hasShared = before.traits.hasShared || after.traits.hasShared;
    const sharedBefore = hasShared ? this.#shared() : Resources.EMPTY;
    apply();
    this.#sums?.replace(before.nonShared(), after.nonShared());
    if (hasShared) this.#sums?.replace(sharedBefore, this.#shared());
  }

  /** A volume that several frameworks use is there once. */
  #shared(): Resources {
    const parts: Resources[] = [];
    for (const used of this.values()) if (used.traits.hasShared) parts.push(used.shared());
    return Resources.sum(parts);
  }
}
