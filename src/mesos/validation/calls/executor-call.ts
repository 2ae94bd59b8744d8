// Shape of executor calls (mesos-api.md 5.2). The HTTP layer puts "Failed to validate Executor::Call: " before the text.
import type { Call } from '../../generated/executor.ts';
import { validateCheckStatusInfo } from '../checks.ts';
import type { Problem } from '../problem.ts';
import { validateUuid } from '../uuid.ts';

/** What is wrong with the call, in the original's words; undefined when it may be handled. */
export function validateExecutorCall(call: Call): Problem {
  switch (call.type) {
    case undefined:
      return "Expecting 'type' to be present";
    case 'SUBSCRIBE':
      return call.subscribe === undefined ? "Expecting 'subscribe' to be present" : undefined;
    case 'UPDATE':
      return call.update === undefined ? "Expecting 'update' to be present" : validateUpdate(call);
    case 'MESSAGE':
      return call.message === undefined ? "Expecting 'message' to be present" : undefined;
    default:
      return undefined;
  }
}

function validateUpdate({ executor_id, framework_id, update }: Call): Problem {
  const status = update?.status;
  if (status?.uuid === undefined) return "Expecting 'uuid' to be present";
  const uuid = validateUuid(status.uuid);
  if (uuid !== undefined) return uuid;
  if (status.executor_id !== undefined && status.executor_id.value !== executor_id.value) {
    return `ExecutorID in Call: ${executor_id.value} does not match ExecutorID in TaskStatus: ${status.executor_id.value}`;
  }
  const sender = `from executor ${executor_id.value} of framework ${framework_id.value}`;
  if (status.source !== 'SOURCE_EXECUTOR') {
    return `Received Call ${sender} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  }
  if (status.state === 'TASK_STAGING') return `Received TASK_STAGING ${sender} which is not allowed`;
  return status.check_status === undefined ? undefined : validateCheckStatusInfo(status.check_status);
}
