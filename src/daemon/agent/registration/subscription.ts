// What an agent says of itself when it registers: who it is, and everything it has (mesos-semantics.md 8.6).
import type { Call_Subscribe } from '../../../mesos/generated/agent_protocol.ts';
import { MESOS_VERSION } from '../../serving/process/version.ts';
import type { AgentContext } from '../context.ts';
import { AGENT_CAPABILITIES, agentPid } from '../identity.ts';

/** As of now. `agentId`: undefined = it has none yet. */
export function subscription(
  { info, address, books, resources }: AgentContext,
  agentId: string | undefined,
  resourceVersion: string,
): Call_Subscribe {
  const runs = [...books.runs()].filter((run) => !run.isAbandoned);
  const executors = [...books.executors()].filter(({ isAbandoned, state }) => !isAbandoned && state !== 'terminated');
  const frameworkIds = new Set([...runs, ...executors].map(({ frameworkId }) => frameworkId));
  const { operations, total } = resources;
  return {
    agent_info: agentId === undefined ? info : { ...info, id: { value: agentId } },
    version: MESOS_VERSION,
    pid: agentPid(address),
    capabilities: [...AGENT_CAPABILITIES],
    tasks: runs.map((run) => run.message()),
    executors: executors.map(({ info }) => info),
    frameworks: [...books.frameworks.values()]
      .filter(({ frameworkId }) => frameworkIds.has(frameworkId))
      .map((framework) => framework.info),
    resource_version_uuid: resourceVersion,
    total_resources: total.toMessages(),
    ...(operations.length > 0 && { operations }),
  };
}
