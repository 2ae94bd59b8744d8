// START_MAINTENANCE and STOP_MAINTENANCE: machines go down, with their agents, and come up again (mesos-semantics.md 13.1).
import type { MachineID } from '../../../mesos/generated/v1.ts';
import { machineKey, machineText } from '../../../mesos/machine.ts';
import { validateMachines } from '../../../mesos/validation/maintenance.ts';
import type { Problem } from '../../../mesos/validation/problem.ts';
import { removeAgent } from '../agents/removal.ts';
import type { MasterCore } from '../core.ts';
import { deleteAgent, deleteMachine, putMachine } from '../registry/records.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { ScheduledMachine } from '../state/maintenance.ts';
import { scheduledMachineOf, tellUnavailability } from './unavailability.ts';

const BY_OPERATOR = "Operator initiated 'Machine DOWN'";

/** Agents of these machines are told to shut down and are removed; none of them is let in again. Answers why it is refused. */
export function startMaintenance(core: MasterCore, ids: readonly MachineID[]): Promise<Problem> {
  const { maintenance } = core.state;
  return maintenance.inTurn(async () => {
    const problem =
      validateMachines(ids) ?? modeProblem(core, ids, 'DRAINING', 'is not in DRAINING mode and cannot be brought down');
    if (problem !== undefined) return problem;
    const machines = ids.flatMap((id) => maintenance.find(id) ?? []);
    const down = machines.map((machine): ScheduledMachine => ({ ...machine, mode: 'DOWN' }));
    const claimed = await claimAgents(core, ids.map(machineKey));
    const agents = claimed.flatMap((agentId) => core.state.agents.registered.get(agentId) ?? []);
    await core.registrar.apply([...down.map(putMachine), ...agents.map(({ agentId }) => deleteAgent(agentId))]);

    for (const agentId of claimed) core.state.agents.inTransition.delete(agentId);
    for (const machine of down) maintenance.machines.set(machineKey(machine.id), machine);
    for (const agent of agents) sendAway(core, agent);
    // Let in while that was written.
    for (const { id } of down) {
      for (const agent of core.state.agents.byMachine.get(machineKey(id)) ?? [])
        void removeFromDownMachine(core, agent);
    }
    return undefined;
  });
}

/** Machines are up, and out of the schedule. Answers why it is refused. */
export function stopMaintenance(core: MasterCore, ids: readonly MachineID[]): Promise<Problem> {
  const { maintenance } = core.state;
  return maintenance.inTurn(async () => {
    const problem =
      validateMachines(ids) ?? modeProblem(core, ids, 'DOWN', 'is not in DOWN mode and cannot be brought up');
    if (problem !== undefined) return problem;
    await core.registrar.apply(ids.map(deleteMachine));
    const keys = ids.map(machineKey);
    for (const key of keys) maintenance.machines.delete(key);
    tellUnavailability(core, keys);
    return undefined;
  });
}

/** Whether agents of this machine are sent away. */
export function isDown(core: MasterCore, machine: string): boolean {
  return scheduledMachineOf(core, { machine })?.mode === 'DOWN';
}

/** Of an agent that was being let in when its machine went down. */
export async function removeFromDownMachine(core: MasterCore, agent: MasterAgent): Promise<void> {
  const { agents } = core.state;
  await agents.inTransition.claim(agent.agentId);
  if (agents.registered.get(agent.agentId) === agent) await core.registrar.apply([deleteAgent(agent.agentId)]);
  agents.inTransition.delete(agent.agentId);
  sendAway(core, agent);
}

function sendAway(core: MasterCore, agent: MasterAgent): void {
  agent.connection?.shutdown(BY_OPERATOR);
  removeAgent(core, agent, BY_OPERATOR);
}

function modeProblem(core: MasterCore, ids: readonly MachineID[], mode: 'DRAINING' | 'DOWN', what: string): Problem {
  const { maintenance, agents } = core.state;
  for (const id of ids) {
    const machine = maintenance.find(id);
    if (machine?.mode === mode) continue;
    const isKnown = machine !== undefined || agents.byMachine.has(machineKey(id));
    return `Machine '${machineText(id)}' ${isKnown ? what : 'is not part of a maintenance schedule'}`;
  }
  return undefined;
}

/** Ids of all agents there, in none but our hands when it resolves. */
async function claimAgents({ state: { agents } }: MasterCore, machines: readonly string[]): Promise<string[]> {
  const claimed = new Set<string>();
  const unclaimed = (): MasterAgent | undefined => {
    for (const machine of machines) {
      for (const agent of agents.byMachine.get(machine) ?? []) if (!claimed.has(agent.agentId)) return agent;
    }
    return undefined;
  };
  for (let agent = unclaimed(); agent !== undefined; agent = unclaimed()) {
    await agents.inTransition.claim(agent.agentId);
    claimed.add(agent.agentId);
  }
  return [...claimed];
}
