// A framework changes what it said of itself, by subscribing again or by UPDATE_FRAMEWORK (mesos-semantics.md 2).
import { isDeepStrictEqual } from 'node:util';
import type { Call_UpdateFramework } from '../../../mesos/generated/scheduler.ts';
import type { FrameworkInfo } from '../../../mesos/generated/v1.ts';
import { toAgent } from '../books/deliver.ts';
import { rescindOffer } from '../books/offers.ts';
import { changeRoles } from '../books/roles.ts';
import type { MasterCore } from '../core.ts';
import type { MasterFramework } from '../state/framework.ts';
import { allocatorOptions, capabilitiesOf, rolesOf } from './new-framework.ts';

/**
 * Takes over everything but `user` and `checkpoint`, which never change; offers of roles that are left are rescinded. What it
 * says of itself stays the same object when it says nothing new: schedulers come for their suppressed roles every second.
 */
export function updateFramework(core: MasterCore, framework: MasterFramework, update: Call_UpdateFramework): void {
  const roles = rolesOf(update.framework_info);
  for (const offer of [...framework.offers]) if (!roles.has(offer.role)) rescindOffer(core, offer);

  const { user, checkpoint } = framework.info;
  const info: FrameworkInfo = { ...update.framework_info, id: { value: framework.frameworkId }, user };
  if (checkpoint === undefined) delete info.checkpoint;
  else info.checkpoint = checkpoint;
  if (!isDeepStrictEqual(info, framework.info)) framework.info = info;
  framework.capabilities = capabilitiesOf(info);
  framework.suppressedRoles = new Set(update.suppressed_roles ?? []);
  framework.offerConstraints = update.offer_constraints;
  changeRoles(core, framework, roles);
  core.allocator.updateFramework(framework.frameworkId, allocatorOptions(core, framework));
}

/** The agents that run something of it keep its FrameworkInfo and are told the new one. */
export function tellAgents(framework: MasterFramework, core: MasterCore): void {
  const agentIds = new Set(framework.executors.keys());
  for (const task of framework.tasks.values()) agentIds.add(task.agentId);
  for (const agentId of agentIds) {
    const agent = core.state.agents.registered.get(agentId);
    if (agent === undefined) continue;
    toAgent(agent, { type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: framework.info } });
  }
}
