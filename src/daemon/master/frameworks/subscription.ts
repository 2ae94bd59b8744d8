// SUBSCRIBE: a new framework, one that comes back, or one known only from its agents (mesos-semantics.md 2). What is wrong
// with a subscription is told as an ERROR event on the stream (mesos-api.md 4.1).
import type { Call_Subscribe } from '../../../mesos/generated/scheduler.ts';
import { countEvent, toFramework } from '../books/deliver.ts';
import { discardInverseOffer } from '../books/inverse-offers.ts';
import { discardOffer } from '../books/offers.ts';
import { trackRoles } from '../books/roles.ts';
import type { MasterCore } from '../core.ts';
import { HEARTBEAT_INTERVAL_MS, type SchedulerConnection } from '../scheduler/connection.ts';
import type { MasterFramework } from '../state/framework.ts';
import { allocatorOptions, newFramework } from './new-framework.ts';
import { subscriptionError } from './subscription-error.ts';
import { tellAgents, updateFramework } from './update.ts';

/** Answers on `connection`: SUBSCRIBED, or ERROR and the end of the stream. */
export function subscribe(core: MasterCore, call: Call_Subscribe, connection: SchedulerConnection): void {
  const { framework_info: info } = call;
  const frameworkId = info.id?.value ?? '';
  const known = core.state.frameworks.get(frameworkId);
  core.state.counters.increment(
    frameworkId === '' ? 'master/messages_register_framework' : 'master/messages_reregister_framework',
  );
  const error = subscriptionError(core, call, known);
  if (error !== undefined) {
    core.log.info('refused a subscription', { framework: info.name, frameworkId, reason: error });
    connection.fail(error);
    return;
  }
  if (known === undefined) addFramework(core, call, frameworkId, connection);
  else resubscribe(core, call, known, connection);
  core.requestAllocation();
}

function addFramework(core: MasterCore, call: Call_Subscribe, wantedId: string, connection: SchedulerConnection): void {
  const framework = newFramework(core, call.framework_info, {
    frameworkId: wantedId === '' ? core.ids.nextFrameworkId() : wantedId,
    state: 'CONNECTED',
    suppressedRoles: call.suppressed_roles ?? [],
    offerConstraints: call.offer_constraints,
  });
  connect(framework, connection);
  core.state.frameworks.set(framework.frameworkId, framework);
  trackRoles(core, framework);
  core.allocator.addFramework(framework.frameworkId, { ...allocatorOptions(core, framework), active: true });
  core.log.info('framework subscribed', { framework: framework.info.name, frameworkId: framework.frameworkId });
  welcome(core, framework, connection);
  core.events.frameworkAdded(framework);
}

function resubscribe(
  core: MasterCore,
  call: Call_Subscribe,
  framework: MasterFramework,
  connection: SchedulerConnection,
): void {
  const nowMs = core.world.clock.nowMs();
  framework.failoverTimer?.cancel();
  framework.failoverTimer = undefined;
  if (framework.state === 'RECOVERED') framework.registeredTimeMs = nowMs;
  framework.reregisteredTimeMs = nowMs;
  updateFramework(core, framework, call);
  const former = framework.connection;
  if (former !== undefined) {
    framework.connection = undefined;
    former.fail('Framework failed over');
  }
  // The new instance does not know of them, and the former may have answered in vain: given back without RESCIND.
  for (const offer of [...framework.offers]) discardOffer(core, offer);
  for (const offer of [...framework.inverseOffers]) discardInverseOffer(core, offer);

  connect(framework, connection);
  if (!framework.active) {
    framework.active = true;
    core.allocator.activateFramework(framework.frameworkId);
  }
  core.log.info('framework subscribed again', { framework: framework.info.name, frameworkId: framework.frameworkId });
  welcome(core, framework, connection);
  tellAgents(framework, core);
  core.events.frameworkUpdated(framework);
}

function connect(framework: MasterFramework, connection: SchedulerConnection): void {
  framework.connection = connection;
  framework.state = 'CONNECTED';
  connection.frameworkId = framework.frameworkId;
}

function welcome(core: MasterCore, framework: MasterFramework, connection: SchedulerConnection): void {
  framework.counters.increment('calls');
  framework.counters.increment('calls/subscribe');
  toFramework(framework, {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: framework.frameworkId },
      heartbeat_interval_seconds: HEARTBEAT_INTERVAL_MS / 1000,
      master_info: core.state.info,
    },
  });
  connection.startHeartbeats(() => countEvent(framework, { type: 'HEARTBEAT' }));
}
