// What must be in a master::Call before it is acted on (mesos-api.md 6).
import type { Call, Call_Type } from '../../../../mesos/generated/master.ts';

/** The member that a call of each type cannot do without. */
const REQUIRED: Partial<Record<Call_Type, keyof Call>> = {
  GET_METRICS: 'get_metrics',
  SET_LOGGING_LEVEL: 'set_logging_level',
  LIST_FILES: 'list_files',
  READ_FILE: 'read_file',
  UPDATE_WEIGHTS: 'update_weights',
  RESERVE_RESOURCES: 'reserve_resources',
  UNRESERVE_RESOURCES: 'unreserve_resources',
  CREATE_VOLUMES: 'create_volumes',
  DESTROY_VOLUMES: 'destroy_volumes',
  GROW_VOLUME: 'grow_volume',
  SHRINK_VOLUME: 'shrink_volume',
  UPDATE_MAINTENANCE_SCHEDULE: 'update_maintenance_schedule',
  START_MAINTENANCE: 'start_maintenance',
  STOP_MAINTENANCE: 'stop_maintenance',
  DRAIN_AGENT: 'drain_agent',
  DEACTIVATE_AGENT: 'deactivate_agent',
  REACTIVATE_AGENT: 'reactivate_agent',
  UPDATE_QUOTA: 'update_quota',
  SET_QUOTA: 'set_quota',
  REMOVE_QUOTA: 'remove_quota',
  TEARDOWN: 'teardown',
  MARK_AGENT_GONE: 'mark_agent_gone',
};

/** Why a call is refused; undefined when it may go on. */
export function callProblem(call: Call): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  const member = REQUIRED[call.type];
  if (member !== undefined && call[member] === undefined) return `Expecting '${member}' to be present`;
  if (call.type === 'GROW_VOLUME' && call.grow_volume?.agent_id === undefined)
    return "Expecting 'agent_id' to be present";
  if (call.type === 'SHRINK_VOLUME' && call.shrink_volume?.agent_id === undefined) {
    return "Expecting 'agent_id' to be present";
  }
  return undefined;
}
