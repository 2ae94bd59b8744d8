// The agent that a command is about to change. Registered ones are found as everywhere; one that is away (unreachable, or not
// back since the master changed) by its whole id, as masters list no more of it.
import type { MasterClient } from '../../client/operator.ts';
import { findAgent } from '../tasks/find.ts';
import { type AgentEntry, clusterPicture } from '../views/cluster-picture.ts';

/** `entry` undefined: it is away, or nobody knows it. */
export interface FoundAgent {
  readonly id: string;
  /** As it is called in sentences. */
  readonly called: string;
  readonly entry: AgentEntry | undefined;
  readonly liveTasks: number;
}

const WHOLE_ID = /^.+-S\d+$/;

/** Throws Problem: `notFound`, `usage` when several fit. */
export async function findAgentToChange(master: MasterClient, given: string): Promise<FoundAgent> {
  const picture = await clusterPicture(master);
  if (!picture.agents.some(({ id }) => id === given) && WHOLE_ID.test(given)) {
    return { id: given, called: `agent ${given}`, entry: undefined, liveTasks: 0 };
  }
  const entry = findAgent(picture, given);
  const liveTasks = picture.tasks.filter(({ live, agentId }) => live && agentId === entry.id).length;
  return { id: entry.id, called: `agent ${entry.hostname} (${entry.id})`, entry, liveTasks };
}

/** For a question: `which has no tasks`, `and kill its 3 tasks`. */
export function tasksWords({ entry, liveTasks }: FoundAgent): string {
  return entry === undefined ? 'which is away' : killWords(liveTasks);
}

export function killWords(liveTasks: number): string {
  if (liveTasks === 0) return 'which has no tasks';
  return liveTasks === 1 ? 'and kill its task' : `and kill its ${liveTasks} tasks`;
}
