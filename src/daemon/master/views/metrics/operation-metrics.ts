// The metrics of offer operations: all of them together, and by type (mesos-api.md 11). The names are there from the start,
// those of operations that are refused (disks of resource providers) too.
import type { Offer_Operation, OperationState } from '../../../../mesos/generated/v1.ts';
import type { MetricSource } from '../../../serving/metrics/metric-registry.ts';
import type { OperationCounts } from '../../operations/operation-counts.ts';

type OperationType = Offer_Operation['type'];

const TYPES: readonly OperationType[] = [
  'CREATE',
  'CREATE_DISK',
  'DESTROY',
  'DESTROY_DISK',
  'GROW_VOLUME',
  'RESERVE',
  'SHRINK_VOLUME',
  'UNRESERVE',
];

/** In these operations are. Those of agents out of reach leave the books, so `unreachable` counts what agents report as such. */
const PRESENT: readonly OperationState[] = ['OPERATION_PENDING', 'OPERATION_RECOVERING', 'OPERATION_UNREACHABLE'];

/** To these operations have come. */
const ENDED: readonly OperationState[] = [
  'OPERATION_DROPPED',
  'OPERATION_ERROR',
  'OPERATION_FAILED',
  'OPERATION_FINISHED',
  'OPERATION_GONE_BY_OPERATOR',
];

/** Operations that are under way, and `total`: those and all that ended. */
export function operationGauges(counts: OperationCounts): MetricSource {
  return (add) => {
    for (const state of PRESENT) tell(counts, add, nameOf(state), [state]);
    tell(counts, add, 'total', [...PRESENT, ...ENDED]);
  };
}

/** Operations that ended since this master started, those that it refused (`error`) and frameworks never named included. */
export function operationCounters(counts: OperationCounts): MetricSource {
  return (add) => {
    for (const state of ENDED) tell(counts, add, nameOf(state), [state]);
  };
}

const nameOf = (state: OperationState): string => state.slice('OPERATION_'.length).toLowerCase();

function tell(
  counts: OperationCounts,
  add: Parameters<MetricSource>[0],
  name: string,
  states: readonly OperationState[],
): void {
  const countOf = (type: OperationType): number => states.reduce((sum, state) => sum + counts.of(type, state), 0);
  let all = 0;
  for (const type of counts.types()) all += countOf(type);
  add(`master/operations/${name}`, all);
  for (const type of TYPES) add(`master/operations/${(type ?? '').toLowerCase()}/${name}`, countOf(type));
}
