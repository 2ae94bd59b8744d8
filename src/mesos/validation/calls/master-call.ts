// Shape of the master's operator calls (mesos-api.md 6). The HTTP layer puts "Failed to validate master::Call: " before.
import type { Call, Call_Type } from '../../generated/master.ts';
import type { Problem } from '../problem.ts';
import { validateResources } from '../resource-form.ts';

/** Types that need the member of their own name; all others have none. */
const WITH_DETAILS: ReadonlySet<Call_Type> = new Set([
  'GET_METRICS',
  'SET_LOGGING_LEVEL',
  'LIST_FILES',
  'READ_FILE',
  'UPDATE_WEIGHTS',
  'RESERVE_RESOURCES',
  'UNRESERVE_RESOURCES',
  'CREATE_VOLUMES',
  'DESTROY_VOLUMES',
  'GROW_VOLUME',
  'SHRINK_VOLUME',
  'UPDATE_MAINTENANCE_SCHEDULE',
  'START_MAINTENANCE',
  'STOP_MAINTENANCE',
  'DRAIN_AGENT',
  'DEACTIVATE_AGENT',
  'REACTIVATE_AGENT',
  'UPDATE_QUOTA',
  'SET_QUOTA',
  'REMOVE_QUOTA',
  'TEARDOWN',
  'MARK_AGENT_GONE',
]);

/**
 * What is wrong with the call, in the original's words; undefined when it may be handled. Looks at the message alone,
 * not at what the master knows.
 */
export function validateMasterCall(call: Call): Problem {
  const type = call.type;
  if (type === undefined) return "Expecting 'type' to be present";
  const details = type.toLowerCase() as keyof Call;
  if (WITH_DETAILS.has(type) && call[details] === undefined) return `Expecting '${details}' to be present`;
  switch (type) {
    case 'RESERVE_RESOURCES':
      return validateResources(call.reserve_resources?.resources);
    case 'UNRESERVE_RESOURCES':
      return validateResources(call.unreserve_resources?.resources);
    case 'GROW_VOLUME':
      return call.grow_volume?.agent_id === undefined ? ONLY_AGENTS : undefined;
    case 'SHRINK_VOLUME':
      return call.shrink_volume?.agent_id === undefined ? ONLY_AGENTS : undefined;
    default:
      return undefined;
  }
}

const ONLY_AGENTS = "Expecting 'agent_id' to be present; only agent default resources are supported right now";
