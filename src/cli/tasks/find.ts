// The task, agent or framework that an argument means, with what is needed to talk about it.
import { AgentClient, ApiError, type MasterClient, sandboxPath } from '../../client/operator.ts';
import type { Net } from '../../world/net.ts';
import { EXIT } from '../exit-codes.ts';
import { pick } from '../ids.ts';
import { Problem } from '../problem.ts';
import {
  type AgentEntry,
  type ClusterPicture,
  clusterPicture,
  type FrameworkEntry,
  type TaskEntry,
} from '../views/cluster-picture.ts';
import { askingAgent } from './agent-problems.ts';

/** A task and where it runs. */
export interface FoundTask {
  readonly task: TaskEntry;
  readonly picture: ClusterPicture;
}

/** Running tasks before ended ones of the same name. Throws Problem. */
export async function findTask(master: MasterClient, given: string): Promise<FoundTask> {
  const picture = await clusterPicture(master);
  const live = picture.tasks.filter((task) => task.live);
  const fits = (task: TaskEntry): boolean => task.id === given || task.name === given;
  // A name may have been used before; an id that runs again is the newer one.
  const candidates = live.some(fits) ? live : newestOfEachId(picture.tasks);
  return { task: pick('task', candidates, given), picture };
}

function newestOfEachId(tasks: readonly TaskEntry[]): TaskEntry[] {
  const newest = new Map<string, TaskEntry>();
  for (const task of tasks) {
    const key = `${task.frameworkId} ${task.id}`;
    const known = newest.get(key);
    if (known === undefined || (task.changedAtMs ?? 0) >= (known.changedAtMs ?? 0)) newest.set(key, task);
  }
  return [...newest.values()];
}

/** As `pick`, among ids and hostnames. Throws Problem. */
export function findAgent(picture: ClusterPicture, given: string): AgentEntry {
  return pick('agent', picture.agents, given);
}

/** As `pick`, among ids and names; completed frameworks stand back behind others of that name. Throws Problem. */
export function findFramework(picture: ClusterPicture, given: string): FrameworkEntry {
  const living = picture.frameworks.filter(({ state }) => state !== 'completed');
  return pick(
    'framework',
    living.some(({ id, name }) => id === given || name === given) ? living : picture.frameworks,
    given,
  );
}

/** The agent that a task runs on, or ran on. Throws Problem when it is not known any more. */
export function agentOf({ task, picture }: FoundTask): AgentEntry {
  const entry = picture.agents.find(({ id }) => id === task.agentId);
  if (entry !== undefined) return entry;
  throw new Problem(EXIT.unreachable, {
    what: `The agent of task '${task.id}' is gone.`,
    why: `The master does not know agent ${task.agentId} any more; the task and its files were there.`,
  });
}

/** Where a task's files are, and who shows them. */
export interface TaskSandbox {
  readonly agent: AgentClient;
  /** Virtual path on the agent, without a slash at the end. */
  readonly path: string;
}

/**
 * Where a task's files are. `timeoutMs` is for each answer of its agent; default 10 s. Throws Problem when that does not
 * answer, or is not known any more.
 */
export async function findSandbox(net: Net, found: FoundTask, timeoutMs: number | undefined): Promise<TaskSandbox> {
  const { task } = found;
  const entry = agentOf(found);
  const agent = new AgentClient({ net, addresses: [entry.url], timeoutMs: timeoutMs ?? 10_000 });
  const path = sandboxPath(task.frameworkId, task.executorId);
  // Tasks of a group have a directory each in their executor's sandbox.
  if (task.executorId === task.id) return { agent, path };
  const own = `${path}/tasks/${task.id}`;
  try {
    await askingAgent(task.id, () => agent.files.browse(own));
    return { agent, path: own };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not-found') return { agent, path };
    throw error;
  }
}
