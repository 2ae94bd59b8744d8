// Unreachable and gone agents are not remembered for ever (mesos-semantics.md 11.1).
import type { StoreChange } from '../../../cluster/store.ts';
import type { TimeInfo } from '../../../mesos/generated/v1.ts';
import type { MasterCore } from '../core.ts';
import { deleteGone, deleteUnreachable } from './records.ts';

/** Looks every `--registry_gc_interval`. */
export function collectGarbage(core: MasterCore): void {
  core.world.clock.every(core.options.registryGcIntervalMs, () => void collect(core));
}

async function collect(core: MasterCore): Promise<void> {
  const { unreachable, gone, deactivated, inTransition } = core.state.agents;
  const oldUnreachable = outdated(core, unreachable).filter((agentId) => !inTransition.has(agentId));
  const oldGone = outdated(core, gone).filter((agentId) => !inTransition.has(agentId));
  const changes: StoreChange[] = [...oldUnreachable.map(deleteUnreachable), ...oldGone.map(deleteGone)];
  if (changes.length === 0) return;
  for (const agentId of [...oldUnreachable, ...oldGone]) inTransition.add(agentId);
  await core.registrar.apply(changes);
  for (const agentId of [...oldUnreachable, ...oldGone]) inTransition.delete(agentId);
  for (const agentId of oldUnreachable) {
    unreachable.delete(agentId);
    deactivated.delete(agentId);
  }
  for (const agentId of oldGone) gone.delete(agentId);
  core.log.info('forgot old agents', { unreachable: oldUnreachable.length, gone: oldGone.length });
}

/** Those beyond the age, and the oldest beyond the count. */
function outdated(core: MasterCore, agents: ReadonlyMap<string, TimeInfo>): string[] {
  const { registryMaxAgentAgeMs, registryMaxAgentCount } = core.options;
  const oldestNs = (core.world.clock.nowMs() - registryMaxAgentAgeMs) * 1e6;
  const byAge = [...agents].sort(([, a], [, b]) => a.nanoseconds - b.nanoseconds);
  const surplus = Math.max(0, byAge.length - registryMaxAgentCount);
  return byAge.filter(([, time], index) => index < surplus || time.nanoseconds < oldestNs).map(([agentId]) => agentId);
}
