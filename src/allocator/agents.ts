// What happens when agents come, change and go: the books follow. What is triggered by it is the allocator's.
import { AgentRecord } from './agent.ts';
import type { Books } from './books.ts';
import { AllocatorError } from './errors.ts';
import type { AgentOptions, AgentUpdate } from './types.ts';

/** Throws AllocatorError when it is known already. */
export function addAgent(books: Books, id: string, options: AgentOptions): AgentRecord {
  if (books.agents.has(id)) throw new AllocatorError('AGENT_EXISTS', `Agent ${id} is known already`);
  const agent = new AgentRecord(id, options);
  books.agents.set(id, agent);
  books.changeTotal(agent.total, 1);
  for (const { frameworkId, resources } of options.used) {
    for (const role of resources.allocationRoles()) {
      books.give(agent, frameworkId, role, resources.ofAllocationRole(role).unallocated(), 'allocated');
    }
  }
  return agent;
}

/** Throws AllocatorError when it is unknown. */
export function updateAgent(books: Books, id: string, update: AgentUpdate): AgentRecord {
  const agent = books.agent(id);
  if (update.total !== undefined && !update.total.equals(agent.total)) {
    books.changeTotal(agent.total, -1);
    agent.adoptTotal(update.total);
    books.changeTotal(agent.total, 1);
  }
  if (update.capabilities !== undefined) agent.adoptCapabilities(update.capabilities);
  if ('domain' in update) agent.adoptDomain(update.domain);
  if (update.attributes !== undefined && JSON.stringify(update.attributes) !== JSON.stringify(agent.attributes)) {
    agent.attributes = update.attributes;
    books.filters.clearAgent(agent);
  }
  return agent;
}

/** Undefined when it was unknown. */
export function removeAgent(books: Books, id: string): AgentRecord | undefined {
  const agent = books.agents.get(id);
  if (agent === undefined) return undefined;
  books.filters.clearAgent(agent);
  books.forgetHoldings(agent);
  books.changeTotal(agent.total, -1);
  books.forgetAgent(agent);
  return agent;
}
