// What is wrong with an agent's report: something that could not be kept in the books or in the registry. Our own agents
// never say such things.
import { MAX_VALUE_BYTES } from '../../../../cluster/store.ts';
import { encode } from '../../../../mesos/codec.ts';
import type { Call_Subscribe } from '../../../../mesos/generated/agent_protocol.ts';
import {
  AgentInfo,
  type FrameworkInfo,
  type Resource,
  type Task,
  type TaskState,
} from '../../../../mesos/generated/v1.ts';
import { validateId } from '../../../../mesos/ids.ts';
import { validateFrameworkInfo } from '../../../../mesos/validation/framework.ts';
import { because, firstProblem, type Problem } from '../../../../mesos/validation/problem.ts';
import { validateResources } from '../../../../mesos/validation/resource-form.ts';

/** The registry keeps the id and the version of its format beside the AgentInfo. */
const MAX_INFO_BYTES = MAX_VALUE_BYTES - 1024;
/** `slave(1)@ip:port`. */
const PID = /^[^@\s]{1,255}@[^@\s]{1,255}:\d{1,5}$/;

/** The first problem, undefined when the report is fine. */
export function reportError(report: Call_Subscribe): Problem {
  // Tasks that are alike share theirs.
  const held = new Map<readonly Resource[] | undefined, Problem>();
  const heldByTask = (resources: readonly Resource[] | undefined): Problem => {
    if (!held.has(resources)) held.set(resources, heldError(resources));
    return held.get(resources);
  };
  return (
    identityError(report) ??
    totalError(report.agent_info.resources) ??
    totalError(report.total_resources) ??
    firstProblem(report.frameworks, (info) => because('Invalid framework: ', frameworkError(info))) ??
    firstProblem(report.tasks, (task) =>
      because(`Task '${task.task_id.value}': `, taskError(task) ?? heldByTask(task.resources)),
    ) ??
    firstProblem(report.executors, ({ executor_id, resources }) =>
      because(`Executor '${executor_id.value}': `, validateId(executor_id.value) ?? heldError(resources)),
    )
  );
}

function frameworkError(info: FrameworkInfo): Problem {
  return validateId(info.id?.value ?? '') ?? validateFrameworkInfo(info);
}

/** A task that an agent reports is not out of its reach. */
function taskError({ task_id, state }: Task): Problem {
  return isMastersToSay(state) ? `An agent cannot say ${state}` : validateId(task_id.value);
}

/** States that tell what the master does not know of a task: the agent that has the task does. */
export function isMastersToSay(state: TaskState | undefined): boolean {
  return state === 'TASK_UNREACHABLE' || state === 'TASK_UNKNOWN';
}

function identityError({ agent_info: info, pid }: Call_Subscribe): Problem {
  if (info.id !== undefined && info.id.value !== '') {
    const problem = validateId(info.id.value);
    if (problem !== undefined) return `Invalid agent id: ${problem}`;
  }
  if (!PID.test(pid)) return "Expecting 'pid' to be like slave(1)@ip:port";
  const bytes = encode(AgentInfo, info).length;
  return bytes > MAX_INFO_BYTES ? `AgentInfo has ${bytes} bytes, at most ${MAX_INFO_BYTES} are kept` : undefined;
}

/** Of the total resources of an agent. */
export function totalError(resources: readonly Resource[] | undefined): Problem {
  if (resources?.some((resource) => resource.allocation_info !== undefined)) {
    return 'The total resources of an agent must not be allocated to a role';
  }
  return because('Invalid total resources: ', validateResources(resources));
}

/** What is held is held for a role. */
function heldError(resources: readonly Resource[] | undefined): Problem {
  if (resources?.some((resource) => resource.allocation_info?.role === undefined)) {
    return "Resources need 'allocation_info.role'";
  }
  return because('Invalid resources: ', validateResources(resources));
}
