// A framework's stream is over: no offers any more, and `failover_timeout` to come back in (mesos-semantics.md 2).
import { discardInverseOffer } from '../books/inverse-offers.ts';
import { rescindOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import type { SchedulerConnection } from '../scheduler/connection.ts';
import type { MasterFramework } from '../state/framework.ts';
import { removeFramework } from './removal.ts';

/** To be called when any scheduler stream has ended; those that are nobody's current one are of no consequence. */
export function schedulerStreamEnded(core: MasterCore, connection: SchedulerConnection): void {
  if (connection.frameworkId === undefined || core.isOver()) return;
  const framework = core.state.frameworks.get(connection.frameworkId);
  if (framework === undefined || framework.connection !== connection) return;
  framework.connection = undefined;
  framework.state = 'DISCONNECTED';
  framework.active = false;
  core.allocator.deactivateFramework(framework.frameworkId);
  for (const offer of [...framework.offers]) rescindOffer(core, offer);
  for (const offer of [...framework.inverseOffers]) discardInverseOffer(core, offer);

  const timeoutMs = Math.max(0, (framework.info.failover_timeout ?? 0) * 1000);
  if (timeoutMs > 0) core.events.frameworkUpdated(framework);
  core.log.info('framework disconnected', { frameworkId: framework.frameworkId, failoverTimeoutMs: timeoutMs });
  framework.failoverTimer = core.world.clock.setTimer(timeoutMs, () => failoverTimeout(core, framework));
}

function failoverTimeout(core: MasterCore, framework: MasterFramework): void {
  framework.failoverTimer = undefined;
  // Subscribing again cancels the timer, so it is still away.
  core.log.info('framework did not come back in time', { frameworkId: framework.frameworkId });
  removeFramework(core, framework);
}
