// Agents that come, change and go, in both allocators.
import { Resources } from '../../../../src/mesos/resources.ts';
import type { Agent } from '../../reference/reference-books.ts';
import { type AgentCommand, ROLES } from '../commands.ts';
import { pick } from './pick.ts';
import { TOTALS } from './totals.ts';
import type { Twins } from './twins.ts';

const HALF = Resources.parse('cpus:0.5');

export function tellOfAgents(twins: Twins, command: AgentCommand): void {
  if (command.op === 'addAgent') {
    addAgent(twins, command);
    return;
  }
  const { ours, books } = twins;
  const agent = pick([...books.agents.values()], command.which);
  if (agent === undefined) return;
  switch (command.op) {
    case 'changeTotal':
      agent.total = pick(TOTALS, command.total) ?? agent.total;
      ours.updateAgent(agent.id, { total: agent.total });
      twins.trigger(agent.id);
      break;
    case 'removeAgent':
      removeAgent(twins, agent);
      break;
    case 'toggleAgent':
      agent.isActive = !agent.isActive;
      if (agent.isActive) ours.activateAgent(agent.id);
      else ours.deactivateAgent(agent.id);
      break;
    case 'changeAttributes':
      ours.updateAgent(agent.id, {
        attributes: [{ name: `rack${twins.nextNumber()}`, type: 'TEXT', text: { value: 'r' } }],
      });
      books.filters = books.filters.filter((filter) => filter.agent !== agent.id);
      twins.trigger(agent.id);
      break;
  }
}

function addAgent(twins: Twins, command: AgentCommand & { op: 'addAgent' }): void {
  const { ours, books } = twins;
  const number = twins.nextNumber();
  const id = `agent${number}`;
  const total = pick(TOTALS, command.total) ?? Resources.EMPTY;
  const region = command.isRemote ? 'there' : undefined;
  const user = pick([...books.frameworks.keys(), 'later'], command.uses) ?? 'later';
  const role = pick(ROLES, command.uses) ?? '*';
  const used = command.uses % 3 === 0 && total.contains(HALF) ? HALF : Resources.EMPTY;
  const hostname = `host${number % 3}`;
  const capabilities = new Set(command.isOld ? [] : ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT']);
  books.agents.set(id, { id, hostname, region, capabilities, total, isActive: true });
  ours.addAgent(id, {
    hostname,
    attributes: [],
    capabilities,
    total,
    used: [{ frameworkId: user, resources: used.allocatedTo(role) }],
    ...(region && { domain: { fault_domain: { region: { name: region }, zone: { name: 'z' } } } }),
  });
  if (!used.isEmpty) books.hold(id, user, role, used, 'allocated');
  twins.trigger(id);
}

function removeAgent(twins: Twins, { id }: Agent): void {
  const { books } = twins;
  twins.ours.removeAgent(id);
  books.agents.delete(id);
  books.holdings = books.holdings.filter((holding) => holding.agent !== id);
  books.filters = books.filters.filter((filter) => filter.agent !== id);
  twins.forget(id);
}
