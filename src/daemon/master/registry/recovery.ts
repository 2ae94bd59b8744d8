// The first thing a leader does: the registry is read, the leadership proven by a write, and agents of the registry get
// their time to come back (mesos-semantics.md 7.3, 11.2).
import { machineKey } from '../../../mesos/machine.ts';
import { formatDuration } from '../../../mesos/text/duration.ts';
import { timeInfo } from '../../../mesos/time-info.ts';
import { markRecoveredUnreachable } from '../agents/unreachable.ts';
import type { MasterCore } from '../core.ts';
import { putMaster, readRegistry } from './records.ts';

/** Resolves when agents and frameworks may be served. Throws when the registry cannot be read. */
export async function recover(core: MasterCore, epoch: number): Promise<void> {
  const { state, log, world } = core;
  const entries = await core.registrar.fetch(epoch);
  const registry = readRegistry(entries);
  const electedTimeMs = world.clock.nowMs();
  await core.registrar.apply([putMaster(state.info, timeInfo(electedTimeMs))]);

  state.electedTimeMs = electedTimeMs;
  for (const [agentId, info] of registry.agents) state.agents.recovered.set(agentId, info);
  for (const [agentId, time] of registry.unreachable) state.agents.unreachable.set(agentId, time);
  for (const [agentId, time] of registry.gone) state.agents.gone.set(agentId, time);
  for (const machine of registry.machines) state.maintenance.machines.set(machineKey(machine.id), machine);
  for (const [agentId, why] of registry.deactivated) state.agents.deactivated.set(agentId, why);
  state.hasRegistryWeights = registry.weights.size > 0;
  const weights = state.hasRegistryWeights ? registry.weights : (core.options.weights?.value ?? new Map());
  for (const [role, weight] of weights) state.weights.set(role, weight);
  if (state.weights.size > 0) core.allocator.updateWeights(state.weights);
  for (const [role, quota] of registry.quotas) {
    state.quotas.set(role, quota);
    core.allocator.setQuota(role, quota);
  }
  core.recoveryPause.begin(core, registry.agents.size);
  state.recovered = true;
  log.info('recovered the registry', { agents: registry.agents.size, unreachable: registry.unreachable.size, epoch });
  if (registry.agents.size > 0) expectAgents(core, registry.agents.size);
}

function expectAgents(core: MasterCore, total: number): void {
  const timeoutMs = core.options.agentReregisterTimeoutMs;
  core.world.clock.setTimer(timeoutMs, () => {
    const missing = [...core.state.agents.recovered.keys()];
    const limit = core.options.recoveryAgentRemovalLimit;
    if (missing.length / total > limit) {
      core.fail(
        `Post-recovery agent removal limit exceeded! After ${formatDuration(timeoutMs)} there were ${missing.length} ` +
          `of ${total} agents recovered from the registry that did not re-register, more than the limit of ${limit * 100}%: ` +
          'investigate, or raise --recovery_agent_removal_limit',
      );
      return;
    }
    for (const agentId of missing) {
      core.state.counters.increment('master/slave_unreachable_scheduled');
      core.unreachableLimiter.schedule(() => void markRecoveredUnreachable(core, agentId));
    }
  });
}
