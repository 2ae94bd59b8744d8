// DRAIN_AGENT, DEACTIVATE_AGENT, REACTIVATE_AGENT: an operator takes an agent out of the offers, alone or with all its tasks,
// and brings it back (mesos-semantics.md 13.2). Durable before it takes effect; agents that are away hear of it on their return.
import type { DrainConfig } from '../../../../mesos/generated/v1.ts';
import { machineText } from '../../../../mesos/machine.ts';
import type { MasterCore } from '../../core.ts';
import { scheduledMachineOf } from '../../maintenance/unavailability.ts';
import type { Deactivation } from '../../state/deactivation.ts';
import { capabilityNames } from '../registration/admission.ts';
import { checkDrained, tellDrain } from './draining.ts';
import { applyDeactivation } from './offering.ts';
import { recordOf } from './record.ts';

/** `refused`: it makes no sense (400). `conflict`: something else came before it (409). Nothing was done then. */
export type Decided = { readonly kind: 'done' } | { readonly kind: 'refused' | 'conflict'; readonly why: string };

const DONE: Decided = { kind: 'done' };
const UNKNOWN: Decided = { kind: 'refused', why: 'Unknown agent' };
const VANISHED: Decided = { kind: 'conflict', why: 'Agent was removed meanwhile' };

/** All tasks are killed and nothing is offered, until it is reactivated or, with `mark_gone`, gone. A second time: by the new rules. */
export function drainAgent(core: MasterCore, agentId: string, config: DrainConfig): Promise<Decided> {
  return decide(core, agentId, {
    objection: () => drainObjection(core, agentId),
    deactivation: () => ({ drain: { state: 'DRAINING', config } }),
    follow: () => {
      const agent = core.state.agents.registered.get(agentId);
      if (agent === undefined) return;
      tellDrain(core, agent);
      checkDrained(core, agent);
    },
  });
}

/** Nothing is offered any more; tasks go on, and so does a drain. */
export function deactivateAgent(core: MasterCore, agentId: string): Promise<Decided> {
  const { deactivated } = core.state.agents;
  return decide(core, agentId, {
    objection: () => (isKnown(core, agentId) ? undefined : UNKNOWN),
    deactivation: () => deactivated.get(agentId) ?? {},
  });
}

/** It may be offered again. */
export function reactivateAgent(core: MasterCore, agentId: string): Promise<Decided> {
  const { deactivated } = core.state.agents;
  const wasDeactivated = deactivated.has(agentId);
  return decide(core, agentId, {
    objection: () => {
      const deactivation = deactivated.get(agentId);
      if (wasDeactivated && !isKnown(core, agentId)) return VANISHED;
      if (deactivation === undefined) return { kind: 'refused', why: 'Agent is not deactivated' };
      if (deactivation.drain?.state === 'DRAINING') {
        return { kind: 'refused', why: 'Agent is still in the DRAINING state' };
      }
      return undefined;
    },
    deactivation: () => undefined,
    follow: () => {
      const agent = core.state.agents.registered.get(agentId);
      if (agent !== undefined) tellDrain(core, agent);
    },
  });
}

interface Decision {
  /** Asked when nothing else is being made of the agent. */
  readonly objection: () => Decided | undefined;
  /** Of the agent from now on; undefined: it may be offered. */
  readonly deactivation: () => Deactivation | undefined;
  readonly follow?: () => void;
}

async function decide(core: MasterCore, agentId: string, decision: Decision): Promise<Decided> {
  const { agents } = core.state;
  if (agents.markingGone.has(agentId)) return { kind: 'conflict', why: 'Agent is currently being marked gone' };
  await agents.inTransition.claim(agentId);
  const objection = decision.objection();
  if (objection !== undefined) {
    agents.inTransition.delete(agentId);
    return objection;
  }
  const deactivation = decision.deactivation();
  await core.registrar.apply(recordOf(core, agentId, deactivation));
  agents.inTransition.delete(agentId);
  applyDeactivation(core, agentId, deactivation);
  decision.follow?.();
  return DONE;
}

function drainObjection(core: MasterCore, agentId: string): Decided | undefined {
  if (!isKnown(core, agentId)) return UNKNOWN;
  const agent = core.state.agents.registered.get(agentId);
  if (agent !== undefined && !capabilityNames(agent).has('AGENT_DRAINING')) {
    return { kind: 'refused', why: 'Agent is not capable of draining' };
  }
  const machine = agent && scheduledMachineOf(core, agent);
  if (machine !== undefined) {
    const why = `Agent ${agentId} is part of a maintenance schedule under machine '${machineText(machine.id)}'`;
    return { kind: 'refused', why };
  }
  return undefined;
}

function isKnown({ state: { agents } }: MasterCore, agentId: string): boolean {
  return agents.registered.has(agentId) || agents.recovered.has(agentId) || agents.unreachable.has(agentId);
}
