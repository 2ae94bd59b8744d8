// What the validators of LAUNCH and LAUNCH_GROUP need to know of the cluster, as plain lookups the master gives.
import type { ContainerInfo, ExecutorInfo } from '../../generated/v1.ts';
import type { Resources } from '../../resources.ts';

/** What a launch is checked against, as of this moment. */
export interface LaunchContext {
  readonly frameworkId: string;
  /** The agent of the offers. */
  readonly agentId: string;
  /** Names of the agent's capabilities, e.g. `TASK_RESOURCE_LIMITS`. */
  readonly agentCapabilities: { has(capability: string): boolean };
  /** Tasks of this framework that live (any agent), by id. */
  readonly liveTasks: { has(taskId: string): boolean };
  /** Tasks of this framework on unreachable agents, by id. */
  readonly unreachableTasks: { has(taskId: string): boolean };
  /** Executors of this framework on this agent, by id. */
  readonly executors: { get(executorId: string): ExecutorInfo | undefined };
  /** Containers of the tasks this framework has under an executor of this agent, unreachable ones included. */
  readonly containersUnder: (executorId: string) => readonly (ContainerInfo | undefined)[];
  /** What remains of the offers, allocated to their role. */
  readonly offered: Resources;
}
