// Shape of scheduler calls, checked before anything else about them (mesos-api.md 4.3). The HTTP layer puts
// "Failed to validate scheduler::Call: " before the text and answers 400.
import type { Call, Call_Type } from '../../generated/scheduler.ts';
import type { Problem } from '../problem.ts';
import { validateUuid } from '../uuid.ts';

/** Types whose details are optional or do not exist. Each other type needs the member of its own name. */
const WITHOUT_DETAILS: ReadonlySet<Call_Type> = new Set(['UNKNOWN', 'TEARDOWN', 'REVIVE', 'SUPPRESS']);

/** `principal`: the authenticated one, undefined without authentication. */
export function validateSchedulerCall(call: Call, principal?: string): Problem {
  const type = call.type;
  if (type === undefined) return "Expecting 'type' to be present";
  if (type === 'SUBSCRIBE') return validateSubscribe(call, principal);
  if (call.framework_id === undefined) return "Expecting 'framework_id' to be present";
  const details = type.toLowerCase() as keyof Call;
  if (!WITHOUT_DETAILS.has(type) && call[details] === undefined) return `Expecting '${details}' to be present`;
  switch (type) {
    case 'ACKNOWLEDGE':
      return validateUuid(call.acknowledge?.uuid ?? '');
    case 'ACKNOWLEDGE_OPERATION_STATUS': {
      const acknowledge = call.acknowledge_operation_status;
      return (
        validateUuid(acknowledge?.uuid ?? '') ??
        (acknowledge?.agent_id === undefined ? "Expecting 'agent_id' to be present" : undefined)
      );
    }
    case 'UPDATE_FRAMEWORK':
      return call.framework_id.value === (call.update_framework?.framework_info.id?.value ?? '')
        ? undefined
        : "'framework_id' differs from 'update_framework.framework_info.id'";
    default:
      return undefined;
  }
}

function validateSubscribe(call: Call, principal: string | undefined): Problem {
  if (call.subscribe === undefined) return "Expecting 'subscribe' to be present";
  const info = call.subscribe.framework_info;
  // Absent and empty are the same: a first subscription.
  if ((info.id?.value ?? '') !== (call.framework_id?.value ?? '')) {
    return "'framework_id' differs from 'subscribe.framework_info.id'";
  }
  if (principal !== undefined && info.principal !== undefined && principal !== info.principal) {
    return `Authenticated principal '${principal}' does not match principal '${info.principal}' set in \`FrameworkInfo\``;
  }
  return undefined;
}
