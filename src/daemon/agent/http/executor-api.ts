// POST /api/v1/executor: the checks of the executor API in the original's order and words (mesos-api.md 5.1). What a call
// does is src/daemon/agent/executors/custom.
import { Call } from '../../../mesos/generated/executor.ts';
import { validateExecutorCall } from '../../../mesos/validation/calls/executor-call.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { type CallExchange, callRoute, notAcceptableTypes } from '../../serving/calls/call-endpoint.ts';
import { accepted, badRequest, forbidden, refusal, serviceUnavailable } from '../../serving/http/responses.ts';
import type { Route } from '../../serving/http/router.ts';
import { MAX_UPDATE_BYTES } from '../executors/custom/update-limit.ts';
import type { AgentViews } from './agent-service.ts';

/** Executors may subscribe while the agent still waits for them, but not before it knows whom to expect. */
export function executorRoute(views: AgentViews): Route {
  return callRoute<Call>({
    path: '/api/v1/executor',
    type: Call,
    callName: 'Executor::Call',
    guard: () => (views.agent.hasRecoveredState ? undefined : notRecovered()),
    validate: validateExecutorCall,
    handle: (call, exchange) => answer(views, call, exchange),
  });
}

function answer({ context, agent }: AgentViews, call: Call, exchange: CallExchange): HttpResponse {
  if (call.type === 'SUBSCRIBE' && exchange.accepted === undefined) return notAcceptableTypes();
  if (call.type === 'HEARTBEAT') return accepted();
  if (call.type !== 'SUBSCRIBE' && agent.state === 'RECOVERING') return notRecovered();
  const framework = context.books.frameworks.get(call.framework_id.value);
  if (framework === undefined) return badRequest('Framework cannot be found');
  const executor = framework.executors.get(call.executor_id.value);
  const { executors } = agent;
  if (executor === undefined || executor.kind !== 'custom' || executors === undefined) {
    // Those of command tasks and task groups live in this process, and never subscribe.
    const isOurs = executor !== undefined || framework.runs.get(call.executor_id.value)?.host === undefined;
    const isThere = executor !== undefined || framework.runs.has(call.executor_id.value);
    return isOurs && isThere ? forbidden('Executor is not subscribed') : badRequest('Executor cannot be found');
  }
  // By its type alone: members of other types were not looked at.
  const { type, subscribe, update, message } = call;
  if (type === 'SUBSCRIBE' && subscribe !== undefined && exchange.accepted !== undefined) {
    const agentIsEnding = agent.state === 'TERMINATING';
    return executors.subscribe(executor, framework.info, subscribe, {
      contentType: exchange.accepted,
      agentIsEnding,
    });
  }
  if (!executors.isSubscribed(executor)) return forbidden('Executor is not subscribed');
  const { length } = exchange.request.body;
  if (length > MAX_UPDATE_BYTES) {
    // What no master would take must not come into the books: it would be sent again for ever.
    return refusal(413, `Calls other than SUBSCRIBE may have ${MAX_UPDATE_BYTES} bytes, this one has ${length}`);
  }
  if (type === 'UPDATE' && update !== undefined) executors.update(executor, update.status, length);
  else if (type === 'MESSAGE' && message !== undefined) executors.messageFrom(executor, message.data);
  return accepted();
}

function notRecovered(): HttpResponse {
  return serviceUnavailable('Agent has not finished recovery');
}
