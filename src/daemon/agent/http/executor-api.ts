// POST /api/v1/executor: the checks of the executor API in the original's order and words (mesos-api.md 5.1). This agent runs
// command tasks itself and starts no executor yet, so every caller is one it does not know.
import { Call, type Call_Type } from '../../../mesos/generated/executor.ts';
import { validateUuid } from '../../../mesos/validation/uuid.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { type CallExchange, callRoute, notAcceptableTypes } from '../../serving/calls/call-endpoint.ts';
import { accepted, badRequest, forbidden } from '../../serving/http/responses.ts';
import type { Route } from '../../serving/http/router.ts';
import type { AgentViews } from './agent-service.ts';

const REQUIRED: Partial<Record<Call_Type, keyof Call>> = {
  SUBSCRIBE: 'subscribe',
  UPDATE: 'update',
  MESSAGE: 'message',
};

/** Every well-formed call is refused, for no executor is known. */
export function executorRoute(views: AgentViews, guard: Route['guard'] & {}): Route {
  return callRoute<Call>({
    path: '/api/v1/executor',
    type: Call,
    callName: 'Executor::Call',
    guard,
    validate: callProblem,
    handle: (call, exchange) => answer(views, call, exchange),
  });
}

function answer({ context }: AgentViews, call: Call, exchange: CallExchange): HttpResponse {
  if (call.type === 'SUBSCRIBE' && exchange.accepted === undefined) return notAcceptableTypes();
  if (call.type === 'HEARTBEAT') return accepted();
  const framework = context.books.frameworks.get(call.framework_id.value);
  if (framework === undefined) return badRequest('Framework cannot be found');
  if (!framework.runs.has(call.executor_id.value)) return badRequest('Executor cannot be found');
  // The only executors there are live in this process, and never subscribe.
  return forbidden('Executor is not subscribed');
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
