// What a task status says about checks that the agent runs (marathon.md 17.4).
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import { failure, NO_OUTCOME, type Outcome, SUCCESS } from './judge.ts';

/**
 * `isAlive`: what is believed so far. The agent tells of each failed probe with a status of its own; a status sent for
 * another reason (a reconciliation, another check) only repeats what was told, and counts only when it is news.
 */
export function outcomeOfReport(status: TaskStatus, isAlive: boolean | undefined): Outcome {
  const { healthy } = status;
  if (healthy === undefined) return NO_OUTCOME;
  const isOwnReport = status.reason === 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
  if (!isOwnReport && healthy === isAlive) return NO_OUTCOME;
  return healthy ? SUCCESS : failure(status.message ?? '');
}
