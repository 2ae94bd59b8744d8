// `mctl agent deactivate|reactivate|gone`, and how `drain` begins: one call to the master, and what its refusals mean.
import { ApiError, type MasterClient } from '../../client/operator.ts';
import type { Call } from '../../mesos/generated/master.ts';
import { EXIT } from '../exit-codes.ts';
import { capitalised } from '../output/sentence.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import type { AgentEntry } from '../views/cluster-picture.ts';
import type { FoundAgent } from './find.ts';

/** No offers of it; its tasks go on. Resolves with what it is then: one that is drained stays so. Throws Problem. */
export async function deactivateAgent(master: MasterClient, agent: FoundAgent): Promise<AgentEntry['state']> {
  await decide(master, agent, { type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id: { value: agent.id } } });
  const before = agent.entry?.state;
  return before === 'draining' || before === 'drained' ? before : 'deactivated';
}

/** It is offered again. Throws Problem: `conflict` while it is being drained, or when it was not deactivated. */
export async function reactivateAgent(master: MasterClient, agent: FoundAgent): Promise<void> {
  await decide(master, agent, { type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id: { value: agent.id } } });
}

/** It never comes back. Throws Problem. */
export async function markAgentGone(master: MasterClient, agent: FoundAgent): Promise<void> {
  await decide(master, agent, { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: agent.id } } });
}

/** Throws Problem. */
export async function decide(master: MasterClient, agent: FoundAgent, call: Call): Promise<void> {
  try {
    await master.call(call);
  } catch (error) {
    if (error instanceof ApiError) throw refusal(error, agent);
    throw error;
  }
}

function refusal(error: ApiError, { id, called }: FoundAgent): unknown {
  const problem = (code: Problem['exitCode'], what: string, next?: string): Problem =>
    new Problem(code, { what, ...(next !== undefined && { next }) }, { cause: error });
  const name = capitalised(called);
  if (error.said === 'Unknown agent' || error.code === 'not-found') {
    return problem(EXIT.notFound, `There is no agent '${id}'.`, 'mctl agent list');
  }
  if (error.said === 'Agent is not deactivated') return problem(EXIT.conflict, `${name} is not deactivated.`);
  if (error.said.includes('DRAINING state')) {
    return problem(EXIT.conflict, `${name} is still being drained.`, `mctl agent drain ${id}      (waits for its end)`);
  }
  if (error.said.includes('maintenance schedule')) {
    return problem(EXIT.conflict, `${name} is in a maintenance schedule.`, `mctl agent maintenance cancel ${id}`);
  }
  if (error.said.includes('not capable')) return problem(EXIT.failed, `${name} is too old to be drained.`);
  if (error.status === 409) return problem(EXIT.conflict, `${name} is leaving for good.`);
  return error;
}

/** What became of it. */
export function decisionView(agent: FoundAgent, state: string, next?: string): View {
  const { id, entry } = agent;
  const { hostname } = entry ?? {};
  return {
    data: { id, ...(hostname !== undefined && { hostname }), state },
    names: [id],
    body: {
      kind: 'details',
      items: [
        ['Agent', id],
        ['Hostname', hostname],
        ['State', state],
        ['Next', next],
      ],
    },
  };
}
