// POST /api/v1/scheduler, checks in the order of mesos-api.md 4.1.
import { Call } from '../../../mesos/generated/scheduler.ts';
import { validateSchedulerCall } from '../../../mesos/validation/calls/scheduler-call.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { type CallExchange, callRoute, notAcceptableTypes } from '../../serving/calls/call-endpoint.ts';
import { accepted, badRequest, forbidden } from '../../serving/http/responses.ts';
import type { Route } from '../../serving/http/router.ts';
import type { MasterCore } from '../core.ts';
import { schedulerStreamEnded } from '../frameworks/disconnection.ts';
import { removeFramework } from '../frameworks/removal.ts';
import { subscribe } from '../frameworks/subscription.ts';
import { acknowledgeOperation, reconcileOperations } from '../operations/feedback.ts';
import type { MasterFramework } from '../state/framework.ts';
import { accept } from './accept/accept.ts';
import { SchedulerConnection } from './connection.ts';
import { decline, revive, suppress } from './decline.ts';
import { answerInverseOffers } from './inverse-offers.ts';
import { reconcile } from './reconcile.ts';
import { acknowledge, kill, messageExecutor, shutdownExecutor } from './task-calls.ts';
import { answerUpdateFramework } from './update-framework.ts';

/**
 * SUBSCRIBE is answered with the event stream, UPDATE_FRAMEWORK with 200, other calls with 202. `guard`: only the
 * leader answers.
 */
export function schedulerRoute(core: MasterCore, guard: Route['guard']): Route {
  return callRoute<Call>({
    path: '/api/v1/scheduler',
    type: Call,
    callName: 'scheduler::Call',
    ...(guard !== undefined && { guard }),
    validate: (call) => validateSchedulerCall(call),
    handle: (call, exchange) =>
      call.type === 'SUBSCRIBE' ? answerSubscribe(core, call, exchange) : answerCall(core, call, exchange),
  });
}

function answerSubscribe(core: MasterCore, call: Call, exchange: CallExchange): HttpResponse {
  if (exchange.accepted === undefined) return notAcceptableTypes();
  if (exchange.request.headers['mesos-stream-id'] !== undefined) {
    return badRequest("Subscribe calls should not include the 'Mesos-Stream-Id' header");
  }
  const { clock, random } = core.world;
  const connection: SchedulerConnection = new SchedulerConnection(random.uuid(), exchange.accepted, clock, () =>
    schedulerStreamEnded(core, connection),
  );
  if (call.subscribe !== undefined) subscribe(core, call.subscribe, connection);
  return connection.response();
}

function answerCall(core: MasterCore, call: Call, exchange: CallExchange): HttpResponse {
  if (call.type === 'RECONCILE_OPERATIONS' && exchange.accepted === undefined) return notAcceptableTypes();
  const framework = core.state.frameworks.get(call.framework_id?.value ?? '');
  if (framework === undefined) return badRequest('Framework cannot be found');
  if (framework.connection === undefined) return forbidden('Framework is not subscribed');
  const streamId = exchange.request.headers['mesos-stream-id'];
  if (streamId === undefined) {
    return badRequest("All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  }
  if (streamId !== framework.connection.streamId) {
    return badRequest(
      `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${framework.frameworkId}`,
    );
  }
  framework.counters.increment('calls');
  framework.counters.increment(`calls/${(call.type ?? 'UNKNOWN').toLowerCase()}`);
  return take(core, framework, call);
}

/** Validation has seen that the member of the call's type is there. */
function take(core: MasterCore, framework: MasterFramework, call: Call): HttpResponse {
  switch (call.type) {
    case 'TEARDOWN':
      core.state.counters.increment('master/messages_unregister_framework');
      removeFramework(core, framework);
      break;
    case 'ACCEPT':
      accept(core, framework, call.accept ?? {});
      break;
    case 'DECLINE':
      decline(core, framework, call.decline ?? {});
      break;
    case 'REVIVE':
      revive(core, framework, call.revive?.roles ?? []);
      break;
    case 'SUPPRESS':
      suppress(core, framework, call.suppress?.roles ?? []);
      break;
    case 'KILL':
      if (call.kill !== undefined) kill(core, framework, call.kill);
      break;
    case 'SHUTDOWN':
      if (call.shutdown !== undefined) shutdownExecutor(core, framework, call.shutdown);
      break;
    case 'ACKNOWLEDGE':
      if (call.acknowledge !== undefined) acknowledge(core, framework, call.acknowledge);
      break;
    case 'RECONCILE':
      reconcile(core, framework, call.reconcile?.tasks ?? []);
      break;
    case 'RECONCILE_OPERATIONS':
      reconcileOperations(core, framework, call.reconcile_operations ?? {});
      break;
    case 'MESSAGE':
      if (call.message !== undefined) messageExecutor(core, framework, call.message);
      break;
    case 'REQUEST':
      // The hierarchical allocator takes no requests, neither does the original's.
      core.state.counters.increment('master/messages_resource_request');
      break;
    case 'ACCEPT_INVERSE_OFFERS':
      answerInverseOffers(core, framework, 'ACCEPT', call.accept_inverse_offers);
      break;
    case 'DECLINE_INVERSE_OFFERS':
      answerInverseOffers(core, framework, 'DECLINE', call.decline_inverse_offers);
      break;
    case 'ACKNOWLEDGE_OPERATION_STATUS':
      if (call.acknowledge_operation_status !== undefined) {
        acknowledgeOperation(core, framework, call.acknowledge_operation_status);
      }
      break;
    case 'UPDATE_FRAMEWORK':
      if (call.update_framework === undefined) break;
      return answerUpdateFramework(core, framework, call.update_framework);
    default:
      return badRequest(`Call type '${call.type ?? ''}' is not supported`);
  }
  return accepted();
}
