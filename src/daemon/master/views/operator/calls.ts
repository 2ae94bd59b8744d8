// POST /api/v1: which call is answered how (mesos-api.md 6).
import { Call, Response } from '../../../../mesos/generated/master.ts';
import type { Flag, Resource, WeightInfo } from '../../../../mesos/generated/v1.ts';
import { seconds } from '../../../../mesos/time-info.ts';
import { validateMasterCall } from '../../../../mesos/validation/calls/master-call.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import {
  type CallExchange,
  callRoute,
  messageResponse,
  notAcceptableTypes,
} from '../../../serving/calls/call-endpoint.ts';
import { slicedDocument } from '../../../serving/calls/document.ts';
import { listFiles, readFile } from '../../../serving/files/file-calls.ts';
import {
  badRequest,
  notFound,
  notImplemented,
  ok,
  okWithLent,
  serviceUnavailable,
} from '../../../serving/http/responses.ts';
import type { Route } from '../../../serving/http/router.ts';
import { VERSION_INFO } from '../../../serving/process/version.ts';
import type { Slices } from '../../../serving/slices/slices.ts';
import type { ViewContext } from '../control.ts';
import { recoveredLeaderGuard } from '../leading.ts';
import { maintenanceAnswer, maintenanceSchedule, maintenanceStatus } from '../maintenance.ts';
import { quotaStatus, removeQuota, setQuota, updateQuota } from '../quota.ts';
import { type RoleFacts, roleTable } from '../roles.ts';
import type { SharedReads } from '../shared-reads.ts';
import { weightInfos, weightsProblem } from '../weights.ts';
import { decision, drainAgent } from './agent-decisions.ts';
import { answerOperation, operationOf } from './operations.ts';
import { type StateCall, stateResponse } from './state.ts';
import type { OperatorSubscribers } from './subscribers.ts';

/** Calls that decide something. All others are questions. */
type Decision =
  | 'SET_LOGGING_LEVEL'
  | 'UPDATE_WEIGHTS'
  | 'UPDATE_MAINTENANCE_SCHEDULE'
  | 'START_MAINTENANCE'
  | 'STOP_MAINTENANCE'
  | 'UPDATE_QUOTA'
  | 'SET_QUOTA'
  | 'REMOVE_QUOTA'
  | 'RESERVE_RESOURCES'
  | 'UNRESERVE_RESOURCES'
  | 'CREATE_VOLUMES'
  | 'DESTROY_VOLUMES'
  | 'GROW_VOLUME'
  | 'SHRINK_VOLUME'
  | 'MARK_AGENT_GONE'
  | 'DRAIN_AGENT'
  | 'DEACTIVATE_AGENT'
  | 'REACTIVATE_AGENT'
  | 'TEARDOWN';

/** What the calls need beyond the views' context. */
export interface OperatorCallContext extends ViewContext {
  readonly reads: SharedReads;
  readonly slices: Slices;
  readonly subscribers: OperatorSubscribers;
}

/** Only a leader that has read its registry answers. 406 when neither JSON nor protobuf is accepted. */
export function operatorRoute(context: OperatorCallContext): Route {
  return callRoute<Call>({
    path: '/api/v1',
    type: Call,
    callName: 'master::Call',
    guard: recoveredLeaderGuard(context),
    validate: validateMasterCall,
    handle: (call, exchange) => {
      if (exchange.accepted === undefined) return notAcceptableTypes();
      return answer(context, call, exchange);
    },
  });
}

function answer(
  context: OperatorCallContext,
  call: Call,
  exchange: CallExchange,
): HttpResponse | Promise<HttpResponse> {
  const { state, files } = context;
  const reply = (response: Response) => messageResponse(exchange, Response, response);
  const { type = 'UNKNOWN' } = call;
  switch (type) {
    case 'UNKNOWN':
      return notImplemented();
    case 'GET_HEALTH':
      return reply({ type, get_health: { healthy: true } });
    case 'GET_FLAGS':
      return reply({ type, get_flags: { flags: flagList(state.options.flagTexts) } });
    case 'GET_VERSION':
      return reply({ type, get_version: { version_info: VERSION_INFO } });
    case 'GET_METRICS':
      return reply({
        type,
        get_metrics: { metrics: context.metrics.snapshot().map(([name, value]) => ({ name, value })) },
      });
    case 'GET_LOGGING_LEVEL':
      return reply({ type, get_logging_level: { level: context.logging.level } });
    case 'LIST_FILES':
      return listFiles(files, context.world.host, call.list_files?.path ?? '').then((found) =>
        found.kind === 'ok' ? reply({ type, list_files: found.value }) : found.response,
      );
    case 'READ_FILE':
      return readFile(files, call.read_file ?? { path: '', offset: 0 }).then((found) =>
        found.kind === 'ok' ? reply({ type, read_file: found.value }) : found.response,
      );
    case 'GET_STATE':
    case 'GET_AGENTS':
    case 'GET_FRAMEWORKS':
    case 'GET_EXECUTORS':
    case 'GET_TASKS':
      return largeAnswer(context, type, exchange);
    case 'GET_OPERATIONS':
      return reply({ type, get_operations: operationList(state) });
    case 'GET_ROLES':
      return rolesAnswer(context, type, exchange);
    case 'GET_WEIGHTS': {
      const infos = weightInfos(state);
      return reply(infos.length === 0 ? { type } : { type, get_weights: { weight_infos: infos } });
    }
    case 'GET_MASTER':
      return reply({ type, get_master: masterFacts(context) });
    case 'SUBSCRIBE':
      return exchange.accepted === undefined ? notAcceptableTypes() : context.subscribers.subscribe(exchange.accepted);
    case 'GET_MAINTENANCE_STATUS':
      return reply({ type, get_maintenance_status: { status: maintenanceStatus(context) } });
    case 'GET_MAINTENANCE_SCHEDULE':
      return reply({ type, get_maintenance_schedule: { schedule: maintenanceSchedule(context) } });
    case 'GET_QUOTA':
      return reply({ type, get_quota: { status: quotaStatus(state) } });
    default:
      return carryOut(context, type, call);
  }
}

function carryOut(context: OperatorCallContext, type: Decision, call: Call): HttpResponse | Promise<HttpResponse> {
  const { control } = context;
  const { maintenance } = control;
  switch (type) {
    case 'SET_LOGGING_LEVEL':
      return setLoggingLevel(context, call);
    case 'UPDATE_WEIGHTS':
      return updateWeights(context, call.update_weights?.weight_infos ?? []);
    case 'UPDATE_MAINTENANCE_SCHEDULE':
      return maintenanceAnswer(maintenance.updateSchedule(call.update_maintenance_schedule?.schedule ?? {}));
    case 'START_MAINTENANCE':
      return maintenanceAnswer(maintenance.start(call.start_maintenance?.machines ?? []));
    case 'STOP_MAINTENANCE':
      return maintenanceAnswer(maintenance.stop(call.stop_maintenance?.machines ?? []));
    case 'UPDATE_QUOTA':
      return updateQuota(context, call.update_quota ?? {});
    case 'SET_QUOTA':
      return setQuota(context, call.set_quota?.quota_request ?? {});
    case 'REMOVE_QUOTA':
      return removeQuota(context, call.remove_quota?.role ?? '', 'Failed to remove quota');
    case 'RESERVE_RESOURCES':
    case 'UNRESERVE_RESOURCES':
    case 'CREATE_VOLUMES':
    case 'DESTROY_VOLUMES':
    case 'GROW_VOLUME':
    case 'SHRINK_VOLUME': {
      const { agentId, operation } = operationOf(call);
      return answerOperation(context, agentId, operation);
    }
    case 'MARK_AGENT_GONE':
      return markAgentGone(context, call.mark_agent_gone?.agent_id.value ?? '');
    case 'DRAIN_AGENT':
      return drainAgent(context, call.drain_agent);
    case 'DEACTIVATE_AGENT':
      return decision(control.deactivateAgent(call.deactivate_agent?.agent_id.value ?? ''));
    case 'REACTIVATE_AGENT':
      return decision(control.reactivateAgent(call.reactivate_agent?.agent_id.value ?? ''));
    case 'TEARDOWN':
      return teardown(context, call.teardown?.framework_id.value ?? '');
  }
}

/** 200, or 400 when there is no such framework. */
export function teardown(context: ViewContext, frameworkId: string): HttpResponse {
  return context.control.teardown(frameworkId) ? ok() : badRequest('No framework found with specified ID');
}

async function markAgentGone(context: ViewContext, agentId: string): Promise<HttpResponse> {
  switch (await context.control.markAgentGone(agentId)) {
    case 'gone':
      return ok();
    case 'unknown':
      return notFound(`Agent '${agentId}' not found`);
    case 'busy':
      return serviceUnavailable(`Agent '${agentId}' is being transitioned: try again`);
  }
}

/** 200 once the weights are durable, 400 when they cannot be set. */
export async function updateWeights(context: ViewContext, weights: readonly WeightInfo[]): Promise<HttpResponse> {
  const problem = weightsProblem(context.state, weights);
  if (problem !== undefined) return badRequest(problem);
  await context.control.updateWeights(weights.map(({ role, weight }) => ({ role: (role ?? '').trim(), weight })));
  return ok();
}

/** Computed in slices, of the state at the moment when that begins. */
async function largeAnswer(
  context: OperatorCallContext,
  call: StateCall,
  exchange: CallExchange,
): Promise<HttpResponse> {
  const { accepted } = exchange;
  if (accepted === undefined) return notAcceptableTypes();
  const compute = (bytes: number) => slicedDocument(stateResponse(context.state, call), accepted, bytes);
  return okWithLent(accepted, await context.reads.read(`${call} ${accepted}`, compute));
}

async function rolesAnswer(
  { reads, state }: OperatorCallContext,
  type: 'GET_ROLES',
  exchange: CallExchange,
): Promise<HttpResponse> {
  const { accepted } = exchange;
  if (accepted === undefined) return notAcceptableTypes();
  const body = await reads.read(`${type} ${accepted}`, function* () {
    const roles = (yield* roleTable(state)).map(roleMessage);
    const { body } = messageResponse(exchange, Response, { type, get_roles: { roles } });
    return body instanceof Uint8Array ? body : Buffer.from(String(body));
  });
  return okWithLent(accepted, body);
}

/** Levels come as unsigned numbers; the ones the original would wrap around are as good as the highest. */
function setLoggingLevel(context: ViewContext, call: Call): HttpResponse {
  const { level = 0, duration } = call.set_logging_level ?? {};
  context.logging.set(level, (duration?.nanoseconds ?? 0) / 1e6);
  return ok();
}

function masterFacts({ state }: ViewContext): Response['get_master'] {
  return {
    master_info: state.info,
    start_time: seconds(state.startTimeMs),
    ...(state.electedTimeMs !== undefined && { elected_time: seconds(state.electedTimeMs) }),
  };
}

function flagList(texts: Readonly<Record<string, string>>): Flag[] {
  return Object.entries(texts).map(([name, value]) => ({ name, value }));
}

function operationList(state: ViewContext['state']): Response['get_operations'] {
  const operations = [...state.operations.all()].map(({ message }) => message);
  return operations.length === 0 ? {} : { operations };
}

/** Only the four well-known resources, as the original has it. */
function roleMessage(facts: RoleFacts) {
  const resources: Resource[] = [];
  for (const name of ['cpus', 'disk', 'gpus', 'mem']) {
    const value = facts.resources[name];
    if (value !== undefined) resources.push({ name, type: 'SCALAR', scalar: { value } });
  }
  const { role: name, weight, frameworkIds } = facts;
  return { name, weight, frameworks: frameworkIds.map((value) => ({ value })), resources };
}
