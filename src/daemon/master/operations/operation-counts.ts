// How operations stand and how they ended, by type, for metrics: `master/operations/…` (mesos-api.md 11).
import type { Offer_Operation, OperationState } from '../../../mesos/generated/v1.ts';

type OperationType = Offer_Operation['type'];

const ENDS: ReadonlySet<OperationState> = new Set<OperationState>([
  'OPERATION_FINISHED',
  'OPERATION_FAILED',
  'OPERATION_ERROR',
  'OPERATION_DROPPED',
  'OPERATION_GONE_BY_OPERATOR',
]);

/** States that are no end: how many operations are in them. Ends: how many operations have come to them, each once. */
export class OperationCounts {
  readonly #counts = new Map<OperationType, Map<OperationState, number>>();

  /** 0 for what never was. */
  of(type: OperationType, state: OperationState): number {
    return this.#counts.get(type)?.get(state) ?? 0;
  }

  /** `before` undefined: it came into the books, or was refused. `after` undefined: it left them. */
  moved(type: OperationType, before: OperationState | undefined, after: OperationState | undefined): void {
    if (before === after || (before !== undefined && ENDS.has(before))) return;
    if (before !== undefined) this.#add(type, before, -1);
    if (after !== undefined) this.#add(type, after, 1);
  }

  types(): Iterable<OperationType> {
    return this.#counts.keys();
  }

  #add(type: OperationType, state: OperationState, change: 1 | -1): void {
    const counts = this.#counts.get(type) ?? new Map<OperationState, number>();
    this.#counts.set(type, counts);
    counts.set(state, (counts.get(state) ?? 0) + change);
  }
}
