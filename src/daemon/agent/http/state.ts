// GET /state: the agent with its frameworks, executors and tasks in the original's JSON (mesos-api.md 9).
import { toJson } from '../../../mesos/codec.ts';
import {
  CommandInfo,
  DiscoveryInfo,
  DomainInfo,
  DrainConfig,
  type ExecutorInfo,
  Resource,
} from '../../../mesos/generated/v1.ts';
import { Resources, toBothFormats } from '../../../mesos/resources.ts';
import { json } from '../../serving/http/json-response.ts';
import type { Route } from '../../serving/http/router.ts';
import { attributesObject, flattened } from '../../serving/legacy-json/resources.ts';
import { hasLabels, labelList, taskObject } from '../../serving/legacy-json/task.ts';
import { VERSION_INFO } from '../../serving/process/version.ts';
import type { ExecutorRecord } from '../executors/executor.ts';
import { AGENT_CAPABILITIES, agentPid } from '../identity.ts';
import { usedResources } from '../metrics/agent-metrics.ts';
import type { FrameworkRecord } from '../tasks/books.ts';
import { allocationRole } from '../tasks/command-executor.ts';
import type { TaskRun } from '../tasks/task-run.ts';
import type { AgentViews } from './agent-service.ts';

type JsonObject = Record<string, unknown>;

/** Computed anew for each request. */
export function stateRoute(views: AgentViews, guard: Route['guard'] & {}): Route {
  return { path: '/state', guard, handle: (request) => json(request, stateObject(views)) };
}

function stateObject({ context, agent }: AgentViews): JsonObject {
  const { info, address, options, books, startedMs, world, draining, resources } = context;
  const { total } = resources;
  const used = usedResources(books);
  return {
    ...VERSION_INFO,
    start_time: (world.clock.nowMs() - (world.clock.monotonicMs() - startedMs)) / 1000,
    id: agent.agentId ?? '',
    pid: agentPid(address),
    hostname: address.hostname,
    capabilities: AGENT_CAPABILITIES.map(({ type }) => type),
    ...(info.domain && { domain: toJson(DomainInfo, info.domain) }),
    ...(draining.config && {
      drain_config: toJson(DrainConfig, draining.config),
      estimated_drain_start_time_seconds: draining.startedMs / 1000,
    }),
    resources: flattened(total.toMessages()),
    reserved_resources: byRole(total, (part) => flattened(part.toMessages())),
    unreserved_resources: flattened(total.unreserved().toMessages()),
    reserved_resources_full: byRole(total, fullResources),
    unreserved_resources_full: fullResources(total.unreserved()),
    reserved_resources_allocated: byRole(used, (part) => flattened(part.toMessages())),
    unreserved_resources_allocated: flattened(used.unreserved().toMessages()),
    resource_providers: [],
    attributes: attributesObject(info.attributes),
    ...(agent.master?.hostname !== undefined && { master_hostname: agent.master.hostname }),
    ...(options.logDir !== undefined && { log_dir: options.logDir }),
    ...(options.externalLogFile !== undefined && { external_log_file: options.externalLogFile }),
    flags: options.flagTexts,
    frameworks: [...books.frameworks.values()].map(frameworkObject),
    completed_frameworks: books.completedFrameworks.map(frameworkObject),
  };
}

function byRole<T>(resources: Resources, show: (part: Resources) => T): Record<string, T> {
  const parts: Record<string, T> = {};
  for (const [role, part] of resources.reservations()) parts[role] = show(part);
  return parts;
}

/** Messages as operators see them: with the old fields beside the new. */
function fullResources(resources: Resources): unknown[] {
  return resources.toMessages().map((message) => toJson(Resource, toBothFormats(message)));
}

function frameworkObject(framework: FrameworkRecord): JsonObject {
  const { info } = framework;
  const hasRoles = (info.capabilities ?? []).some(({ type }) => type === 'MULTI_ROLE');
  return {
    id: framework.frameworkId,
    name: info.name,
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    hostname: info.hostname ?? '',
    ...(info.principal !== undefined && { principal: info.principal }),
    ...(hasRoles ? { roles: info.roles ?? [] } : { role: info.role ?? '*' }),
    executors: [
      ...[...framework.runs.values()].filter(({ host }) => host === undefined).map(liveExecutor),
      ...[...framework.executors.values()].map(hostExecutor),
    ],
    completed_executors: [
      ...framework.completed.map((run) =>
        executorObject(run, flattened(run.executor.resources ?? []), { completed_tasks: [taskObject(run.task)] }),
      ),
      ...framework.completedExecutors.map((gone) =>
        executorObject(gone, flattened(gone.executor.resources ?? []), {
          ...typeOf(gone.executor),
          completed_tasks: gone.tasks.map(({ task }) => taskObject(task)),
        }),
      ),
    ],
  };
}

function liveExecutor(run: TaskRun): JsonObject {
  const resources = Resources.of(run.executor.resources).plus(
    run.isTerminal ? Resources.EMPTY : Resources.of(run.info.resources),
  );
  return executorObject(
    run,
    flattened(resources.toMessages()),
    isWaiting(run) ? { queued_tasks: [queuedTask(run)] } : { tasks: [taskObject(run.message())] },
  );
}

/** A custom executor or one of task groups: all of its tasks below it. */
function hostExecutor(executor: ExecutorRecord): JsonObject {
  const { info, containerId, directory, completed } = executor;
  const runs = [...executor.tasks.values()];
  const parts = runs.filter((run) => !run.isTerminal).map((run) => Resources.of(run.info.resources));
  const resources = Resources.sum([Resources.of(info.resources), ...parts]);
  return executorObject({ executor: info, containerId, directory }, flattened(resources.toMessages()), {
    ...typeOf(info),
    tasks: runs.filter((run) => !isWaiting(run)).map((run) => taskObject(run.message())),
    queued_tasks: runs.filter(isWaiting).map(queuedTask),
    completed_tasks: completed.map(({ task }) => taskObject(task)),
  });
}

/** Those of command tasks have none. */
function typeOf({ type }: ExecutorInfo): JsonObject {
  return type === undefined ? {} : { type };
}

function isWaiting(run: TaskRun): boolean {
  return !run.isTerminal && (run.phase === 'queued' || run.phase === 'launching');
}

interface ShownExecutor {
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
}

function executorObject(run: ShownExecutor, resources: JsonObject, tasks: JsonObject): JsonObject {
  const { executor } = run;
  const role = executor.resources?.[0]?.allocation_info?.role;
  return {
    id: executor.executor_id.value,
    name: executor.name ?? '',
    source: executor.source ?? '',
    container: run.containerId,
    directory: run.directory,
    resources,
    ...(role !== undefined && { role }),
    ...(hasLabels(executor.labels) && { labels: labelList(executor.labels) }),
    tasks: [],
    queued_tasks: [],
    completed_tasks: [],
    ...tasks,
  };
}

function queuedTask(run: TaskRun): JsonObject {
  const { info } = run;
  return {
    id: run.taskId,
    name: info.name,
    slave_id: run.agentId,
    resources: flattened(info.resources ?? []),
    role: allocationRole(info),
    ...(info.command && { command: toJson(CommandInfo, info.command) }),
    ...(info.discovery && { discovery: toJson(DiscoveryInfo, info.discovery) }),
  };
}
