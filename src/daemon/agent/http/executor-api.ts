// POST /api/v1/executor: the checks of the executor API in the original's order and words (mesos-api.md 5.1). What a call
// does is src/daemon/agent/executors/custom.
import { Call, type Call_Type } from '../../../mesos/generated/executor.ts';
import { validateUuid } from '../../../mesos/validation/uuid.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { type CallExchange, callRoute, notAcceptableTypes } from '../../serving/calls/call-endpoint.ts';
import { accepted, badRequest, forbidden, serviceUnavailable } from '../../serving/http/responses.ts';
import type { Route } from '../../serving/http/router.ts';
import type { AgentViews } from './agent-service.ts';

const REQUIRED: Partial<Record<Call_Type, keyof Call>> = {
  SUBSCRIBE: 'subscribe',
  UPDATE: 'update',
  MESSAGE: 'message',
};

/** Executors may subscribe while the agent still waits for them, but not before it knows whom to expect. */
export function executorRoute(views: AgentViews): Route {
  return callRoute<Call>({
    path: '/api/v1/executor',
    type: Call,
    callName: 'Executor::Call',
    guard: () => (views.agent.hasRecoveredState ? undefined : notRecovered()),
    validate: callProblem,
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
  if (call.subscribe !== undefined && exchange.accepted !== undefined) {
    const agentIsEnding = agent.state === 'TERMINATING';
    return executors.subscribe(executor, framework.info, call.subscribe, {
      contentType: exchange.accepted,
      agentIsEnding,
    });
  }
  if (!executors.isSubscribed(executor)) return forbidden('Executor is not subscribed');
  if (call.update !== undefined) executors.update(executor, call.update.status, exchange.request.body.length);
  else if (call.message !== undefined) executors.messageFrom(executor, call.message.data);
  return accepted();
}

function callProblem(call: Call): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  const member = REQUIRED[call.type];
  if (member !== undefined && call[member] === undefined) return `Expecting '${member}' to be present`;
  return call.update === undefined ? undefined : updateProblem(call);
}

function updateProblem(call: Call): string | undefined {
  const status = call.update?.status;
  if (status?.uuid === undefined) return "Expecting 'uuid' to be present";
  const problem = validateUuid(status.uuid);
  if (problem !== undefined) return problem;
  if (status.executor_id !== undefined && status.executor_id.value !== call.executor_id.value) {
    return `ExecutorID in Call: ${call.executor_id.value} does not match ExecutorID in TaskStatus: ${status.executor_id.value}`;
  }
  if (status.source !== 'SOURCE_EXECUTOR') {
    return `Received Call from executor ${call.executor_id.value} of framework ${call.framework_id.value} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  }
  if (status.state !== 'TASK_STAGING') return undefined;
  return `Received TASK_STAGING from executor ${call.executor_id.value} of framework ${call.framework_id.value} which is not allowed`;
}

function notRecovered(): HttpResponse {
  return serviceUnavailable('Agent has not finished recovery');
}
