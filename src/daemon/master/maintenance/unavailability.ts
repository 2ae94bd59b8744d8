// When an agent will be away: what its machine's place in the maintenance schedule says (mesos-semantics.md 13.1).
import { ipOfPid } from '../../../mesos/agent-pid.ts';
import type { Unavailability } from '../../../mesos/generated/v1.ts';
import { machineKey } from '../../../mesos/machine.ts';
import { rescindInverseOffer } from '../books/inverse-offers.ts';
import { rescindOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { ScheduledMachine } from '../state/maintenance.ts';

/** Key of the machine of an agent that announces itself so. */
export function machineOf(hostname: string, pid: string): string {
  return machineKey({ hostname, ip: ipOfPid(pid) });
}

/** Undefined for agents of machines that are in no schedule. */
export function scheduledMachineOf(
  { state: { maintenance } }: Pick<MasterCore, 'state'>,
  agent: Pick<MasterAgent, 'machine'>,
): ScheduledMachine | undefined {
  return maintenance.machines.get(agent.machine);
}

/** Undefined for an agent that stays. */
export function unavailabilityOf(core: Pick<MasterCore, 'state'>, agent: MasterAgent): Unavailability | undefined {
  return scheduledMachineOf(core, agent)?.unavailability;
}

/** The schedule may say something else of these machines: everybody who was offered something there is told anew. */
export function tellUnavailability(core: MasterCore, machines: Iterable<string>): void {
  for (const machine of machines) {
    for (const agent of core.state.agents.byMachine.get(machine) ?? []) {
      for (const offer of [...agent.offers]) rescindOffer(core, offer);
      for (const offer of [...agent.inverseOffers]) rescindInverseOffer(core, offer);
      core.allocator.updateUnavailability(agent.agentId, unavailabilityOf(core, agent));
    }
  }
  core.requestAllocation();
}
