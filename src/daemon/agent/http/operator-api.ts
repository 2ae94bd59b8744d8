// POST /api/v1: which call of the agent's operator API is answered how (mesos-api.md 7).
import {
  Call,
  type Call_GetContainers,
  Response,
  type Response_GetContainers_Container,
} from '../../../mesos/generated/agent.ts';
import { timeInfo } from '../../../mesos/time-info.ts';
import { validateAgentCall } from '../../../mesos/validation/calls/agent-call.ts';
import type { HttpResponse } from '../../../world/net.ts';
import {
  type CallExchange,
  callRoute,
  messageResponse,
  notAcceptableTypes,
} from '../../serving/calls/call-endpoint.ts';
import { encodeDocument } from '../../serving/calls/document.ts';
import { listFiles, readFile } from '../../serving/files/file-calls.ts';
import { notImplemented, ok, okWith } from '../../serving/http/responses.ts';
import type { Route } from '../../serving/http/router.ts';
import { VERSION_INFO } from '../../serving/process/version.ts';
import { ContainerCalls } from '../operator/container-calls.ts';
import type { AgentViews } from './agent-service.ts';
import { containerStatus, topContainers } from './containers.ts';
import { type StateCall, stateResponse } from './operator-state.ts';

/** 406 when neither JSON nor protobuf is accepted. `guard`: not before recovery is over. */
export function operatorRoute(views: AgentViews, guard: Route['guard'] & {}): Route {
  const calls = new ContainerCalls(views.context, views.operators);
  return callRoute<Call>({
    path: '/api/v1',
    type: Call,
    callName: 'agent::Call',
    isAgentOperatorApi: true,
    guard,
    stream: (request, contentType) => calls.stream(request, contentType),
    validate: validateAgentCall,
    handle: (call, exchange) => calls.answer(call, exchange) ?? answer(views, calls, call, exchange),
  });
}

function answer(
  views: AgentViews,
  calls: ContainerCalls,
  call: Call,
  exchange: CallExchange,
): HttpResponse | Promise<HttpResponse> {
  const { context, agent } = views;
  const { world, files, options, info, draining } = context;
  const { type = 'UNKNOWN' } = call;
  if (exchange.accepted === undefined) return notAcceptableTypes();
  const reply = (response: Response) => messageResponse(exchange, Response, response);
  switch (type) {
    case 'UNKNOWN':
      return notImplemented();
    case 'GET_HEALTH':
      return reply({ type, get_health: { healthy: true } });
    case 'GET_FLAGS': {
      const flags = Object.entries(options.flagTexts).map(([name, value]) => ({ name, value }));
      return reply({ type, get_flags: { flags } });
    }
    case 'GET_VERSION':
      return reply({ type, get_version: { version_info: VERSION_INFO } });
    case 'GET_METRICS': {
      const metrics = views.metrics.snapshot().map(([name, value]) => ({ name, value }));
      return reply({ type, get_metrics: { metrics } });
    }
    case 'GET_LOGGING_LEVEL':
      return reply({ type, get_logging_level: { level: views.logging.level } });
    case 'SET_LOGGING_LEVEL':
      return setLoggingLevel(views, call);
    case 'LIST_FILES':
      return listFiles(files, world.host, call.list_files?.path ?? '').then((found) =>
        found.kind === 'ok' ? reply({ type, list_files: found.value }) : found.response,
      );
    case 'READ_FILE':
      return readFile(files, call.read_file ?? { path: '', offset: 0 }).then((found) =>
        found.kind === 'ok' ? reply({ type, read_file: found.value }) : found.response,
      );
    case 'GET_STATE':
    case 'GET_FRAMEWORKS':
    case 'GET_EXECUTORS':
    case 'GET_TASKS':
      return stateAnswer(views, type, exchange);
    case 'GET_CONTAINERS':
      return containers(views, calls, call.get_containers).then((list) =>
        reply(list.length === 0 ? { type } : { type, get_containers: { containers: list } }),
      );
    case 'GET_OPERATIONS':
      return reply({ type, get_operations: operationsOf(context.resources) });
    case 'GET_RESOURCE_PROVIDERS':
      return reply({ type, get_resource_providers: {} });
    case 'GET_AGENT': {
      const { agentId } = agent;
      const agent_info = agentId === undefined ? info : { ...info, id: { value: agentId } };
      const { config, startedMs } = draining;
      const drain = config && { drain_config: config, estimated_drain_start_time: timeInfo(startedMs) };
      return reply({ type, get_agent: { agent_info, ...drain } });
    }
    default:
      return notImplemented(`${type}: not supported yet by this version of mctl`);
  }
}

function operationsOf({ operations }: AgentViews['context']['resources']): Response['get_operations'] {
  return operations.length === 0 ? {} : { operations };
}

function stateAnswer(views: AgentViews, call: StateCall, exchange: CallExchange): HttpResponse {
  const { accepted } = exchange;
  if (accepted === undefined) return notAcceptableTypes();
  return okWith(accepted, encodeDocument(stateResponse(views.context.books, call), accepted));
}

function setLoggingLevel({ logging }: AgentViews, call: Call): HttpResponse {
  const { level, duration } = call.set_logging_level ?? { level: 0, duration: { nanoseconds: 0 } };
  logging.set(level, duration.nanoseconds / 1e6);
  return ok();
}

async function containers(
  views: AgentViews,
  calls: ContainerCalls,
  show: Call_GetContainers = {},
): Promise<Response_GetContainers_Container[]> {
  const list = topContainers(views).map(async (shown): Promise<Response_GetContainers_Container> => {
    const { containerId, frameworkId, executor } = shown;
    const usage = await views.context.containerizer.usage(containerId);
    return {
      framework_id: { value: frameworkId },
      executor_id: executor.executor_id,
      executor_name: executor.name ?? '',
      container_id: { value: containerId },
      container_status: containerStatus(shown),
      ...(usage && { resource_statistics: usage }),
    };
  });
  const { show_nested: nested = false, show_standalone: standalone = false } = show;
  return [...(await Promise.all(list)), ...(await calls.list({ nested, standalone }))];
}
