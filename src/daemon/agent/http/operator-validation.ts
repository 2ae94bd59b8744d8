// What must be in an agent::Call before it is acted on (mesos-api.md 7).
import type { Call, Call_Type } from '../../../mesos/generated/agent.ts';

/** The member that a call of each type cannot do without. */
const REQUIRED: Partial<Record<Call_Type, keyof Call>> = {
  GET_METRICS: 'get_metrics',
  SET_LOGGING_LEVEL: 'set_logging_level',
  LIST_FILES: 'list_files',
  READ_FILE: 'read_file',
  LAUNCH_NESTED_CONTAINER: 'launch_nested_container',
  WAIT_NESTED_CONTAINER: 'wait_nested_container',
  KILL_NESTED_CONTAINER: 'kill_nested_container',
  REMOVE_NESTED_CONTAINER: 'remove_nested_container',
  LAUNCH_NESTED_CONTAINER_SESSION: 'launch_nested_container_session',
  ATTACH_CONTAINER_OUTPUT: 'attach_container_output',
  LAUNCH_CONTAINER: 'launch_container',
  WAIT_CONTAINER: 'wait_container',
  KILL_CONTAINER: 'kill_container',
  REMOVE_CONTAINER: 'remove_container',
  ADD_RESOURCE_PROVIDER_CONFIG: 'add_resource_provider_config',
  UPDATE_RESOURCE_PROVIDER_CONFIG: 'update_resource_provider_config',
  REMOVE_RESOURCE_PROVIDER_CONFIG: 'remove_resource_provider_config',
  MARK_RESOURCE_PROVIDER_GONE: 'mark_resource_provider_gone',
  PRUNE_IMAGES: 'prune_images',
};

/** Why a call is refused; undefined when it may go on. */
export function callProblem(call: Call): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  const member = REQUIRED[call.type];
  if (member !== undefined && call[member] === undefined) return `Expecting '${member}' to be present`;
  return undefined;
}
