// Shape of the agent's operator calls (mesos-api.md 7). The HTTP layer puts "Failed to validate agent::Call: " before.
import type { Call, Call_AttachContainerInput, Call_LaunchContainer, Call_Type } from '../../generated/agent.ts';
import type { CommandInfo, ContainerID, ContainerInfo, Resource } from '../../generated/v1.ts';
import { validateContainerId } from '../../ids.ts';
import { validateCommandInfo } from '../command-info.ts';
import { shareCgroups, validateContainerInfo } from '../container-info.ts';
import { because, firstProblem, type Problem } from '../problem.ts';
import { validateResources } from '../resource-form.ts';
import { isPersistentVolume, isReserved, validateGpus } from '../resources.ts';

/** Types that need the member of their own name. */
const WITH_DETAILS: ReadonlySet<Call_Type> = new Set([
  'GET_METRICS',
  'SET_LOGGING_LEVEL',
  'LIST_FILES',
  'READ_FILE',
  'LAUNCH_NESTED_CONTAINER',
  'WAIT_NESTED_CONTAINER',
  'KILL_NESTED_CONTAINER',
  'REMOVE_NESTED_CONTAINER',
  'LAUNCH_NESTED_CONTAINER_SESSION',
  'ATTACH_CONTAINER_INPUT',
  'ATTACH_CONTAINER_OUTPUT',
  'LAUNCH_CONTAINER',
  'WAIT_CONTAINER',
  'KILL_CONTAINER',
  'REMOVE_CONTAINER',
  'ADD_RESOURCE_PROVIDER_CONFIG',
  'UPDATE_RESOURCE_PROVIDER_CONFIG',
  'REMOVE_RESOURCE_PROVIDER_CONFIG',
  'MARK_RESOURCE_PROVIDER_GONE',
]);

/**
 * What is wrong with the call, in the original's words; undefined when it may be handled. Looks at the message alone,
 * not at what the agent has.
 */
export function validateAgentCall(call: Call): Problem {
  const type = call.type;
  if (type === undefined) return "Expecting 'type' to be present";
  const field = type.toLowerCase() as keyof Call;
  const details = call[field];
  if (details === undefined) return WITH_DETAILS.has(type) ? `Expecting '${field}' to be present` : undefined;
  switch (type) {
    case 'LAUNCH_NESTED_CONTAINER':
    case 'LAUNCH_NESTED_CONTAINER_SESSION':
      return validateNestedLaunch(field, details as NestedLaunch);
    case 'WAIT_NESTED_CONTAINER':
    case 'KILL_NESTED_CONTAINER':
    case 'REMOVE_NESTED_CONTAINER':
      return validateNestedId(field, (details as { container_id: ContainerID }).container_id);
    case 'ATTACH_CONTAINER_INPUT':
      return validateAttachInput(details as Call_AttachContainerInput);
    case 'LAUNCH_CONTAINER':
      return validateLaunch(details as Call_LaunchContainer);
    case 'ATTACH_CONTAINER_OUTPUT':
    case 'WAIT_CONTAINER':
    case 'KILL_CONTAINER':
    case 'REMOVE_CONTAINER':
      return validateId(field, (details as { container_id: ContainerID }).container_id);
    case 'ADD_RESOURCE_PROVIDER_CONFIG':
    case 'UPDATE_RESOURCE_PROVIDER_CONFIG':
      return (details as { info: { id?: unknown } }).info.id === undefined
        ? undefined
        : `Expecting '${field}.info.id' to be unset`;
    default:
      return undefined;
  }
}

interface NestedLaunch {
  container_id: ContainerID;
  command?: CommandInfo;
  container?: ContainerInfo;
}

function validateId(field: string, id: ContainerID): Problem {
  return because(`'${field}.container_id' is invalid: `, validateContainerId(id));
}

function validateNestedId(field: string, id: ContainerID): Problem {
  return (
    validateId(field, id) ??
    (id.parent === undefined ? `Expecting '${field}.container_id.parent' to be present` : undefined)
  );
}

function validateCommandAndContainer(field: string, launch: NestedLaunch): Problem {
  const { command, container } = launch;
  return (
    (command && because(`'${field}.command' is invalid: `, validateCommandInfo(command))) ??
    (container && because(`'${field}.container' is invalid: `, validateContainerInfo(container)))
  );
}

function validateNestedLaunch(field: string, launch: NestedLaunch): Problem {
  const problem = validateNestedId(field, launch.container_id) ?? validateCommandAndContainer(field, launch);
  if (problem !== undefined || shareCgroups(launch.container) !== false) return problem;
  if (field === 'launch_nested_container_session') {
    return `'${field}.container.linux_info' is invalid: 'share_cgroups' cannot be set to 'false' for nested container sessions`;
  }
  return isTwiceNested(launch.container_id)
    ? `'${field}' is invalid: ${TOO_DEEP} set 'share_cgroups' to 'false'`
    : undefined;
}

const SHARING = "nested containers with 'share_cgroups', which is the default, cannot";
const TOO_DEEP = 'containers nested at the second level or greater cannot';

function isTwiceNested(id: ContainerID): boolean {
  return id.parent?.parent !== undefined;
}

function validateAttachInput(attach: Call_AttachContainerInput): Problem {
  switch (attach.type) {
    case undefined:
      return "Expecting 'attach_container_input.type' to be present";
    case 'UNKNOWN':
      return "'attach_container_input.type' is unknown";
    case 'CONTAINER_ID':
      return validateId('attach_container_input', attach.container_id ?? { value: '' });
    case 'PROCESS_IO':
      return undefined;
  }
}

function validateLaunch(launch: Call_LaunchContainer): Problem {
  const isStandalone = launch.container_id.parent === undefined;
  return (
    validateId('launch_container', launch.container_id) ??
    because('Invalid resources: ', validateResources(launch.resources)) ??
    because('Invalid GPU resources: ', validateGpus(launch.resources)) ??
    (isStandalone ? firstProblem(launch.resources, validateStandaloneResource) : undefined) ??
    validateCommandAndContainer('launch_container', launch) ??
    because("'launch_container' is invalid: ", validateNesting(launch))
  );
}

/** Nobody accounts for what standalone containers use. */
function validateStandaloneResource(resource: Resource): Problem {
  if (isReserved(resource)) return "'launch_container.resources' must be unreserved";
  if (isPersistentVolume(resource)) return "'launch_container.resources' may not use persistent volumes";
  return resource.revocable === undefined ? undefined : "'launch_container.resources' must be non-revocable";
}

function validateNesting(launch: Call_LaunchContainer): Problem {
  const shares = shareCgroups(launch.container);
  if (isTwiceNested(launch.container_id)) {
    if ((launch.resources ?? []).length > 0) return `${TOO_DEEP} specify resources`;
    if (Object.keys(launch.limits ?? {}).length > 0) return `${TOO_DEEP} specify resource limits`;
    if (shares === false) return `${TOO_DEEP} set 'share_cgroups' to 'false'`;
  } else if (launch.container_id.parent !== undefined && shares !== false) {
    if ((launch.resources ?? []).length > 0) return `${SHARING} specify resources`;
    if (Object.keys(launch.limits ?? {}).length > 0) return `${SHARING} specify resource limits`;
  }
  return launch.container_id.parent === undefined && shares === true
    ? "containers without a parent cannot set 'share_cgroups' to 'true'"
    : undefined;
}
