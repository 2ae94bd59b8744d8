// GET /containers, /monitor/statistics and /containerizer/debug (mesos-api.md 9). The original answers two requests a second
// on the first two; ours has no such limit.
import { toJson } from '../../../mesos/codec.ts';
import { ContainerStatus, ResourceStatistics } from '../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { json } from '../../serving/http/json-response.ts';
import { badRequest } from '../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../serving/http/router.ts';
import type { TaskRun } from '../tasks/task-run.ts';
import type { AgentViews } from './agent-service.ts';

/** Sizes in bytes, times in seconds, as the original names them. */
export function containerRoutes(views: AgentViews, guard: Route['guard'] & {}): readonly Route[] {
  return [
    { path: '/containers', guard, handle: (request) => containers(views, request) },
    { path: '/monitor/statistics', guard, handle: (request) => statistics(views, request) },
    { path: '/containerizer/debug', handle: (request) => json(request, { pending: pending(views) }) },
  ];
}

/** The runs that have a container, or are about to. */
export function runsWithContainer({ context }: AgentViews): TaskRun[] {
  return [...context.books.runs()].filter((run) => run.phase === 'running' || run.phase === 'launching');
}

/** What the containerizer knows of a container without its network. */
export function containerStatus(run: TaskRun): ContainerStatus {
  const pid = run.container?.process?.pid;
  return { container_id: { value: run.containerId }, ...(pid !== undefined && { executor_pid: pid }) };
}

async function containers(views: AgentViews, request: RoutedRequest): Promise<HttpResponse> {
  const containerId = request.query.get('container_id');
  const frameworkId = request.query.get('framework_id');
  const executorId = request.query.get('executor_id');
  const isByContainer = containerId !== undefined;
  if ((isByContainer && (frameworkId ?? executorId) !== undefined) || (executorId !== undefined && !frameworkId)) {
    return badRequest("Expecting either 'container_id' or 'framework_id' with or without 'executor_id' in query.\n");
  }
  const runs = runsWithContainer(views).filter(
    (run) =>
      (containerId === undefined || run.containerId === containerId) &&
      (frameworkId === undefined || run.frameworkId === frameworkId) &&
      (executorId === undefined || run.taskId === executorId),
  );
  const rows = runs.map(async (run) => ({
    container_id: run.containerId,
    ...(await row(views, run)),
    status: toJson(ContainerStatus, containerStatus(run)),
  }));
  return json(request, await Promise.all(rows));
}

async function statistics(views: AgentViews, request: RoutedRequest): Promise<HttpResponse> {
  return json(request, await Promise.all(runsWithContainer(views).map((run) => row(views, run))));
}

async function row(views: AgentViews, run: TaskRun): Promise<Record<string, unknown>> {
  const usage = await views.context.containerizer.usage(run.containerId);
  return {
    executor_id: run.executor.executor_id.value,
    executor_name: run.executor.name ?? '',
    framework_id: run.frameworkId,
    source: run.executor.source ?? '',
    ...(usage && { statistics: toJson(ResourceStatistics, usage) }),
  };
}

/** Launches that have begun and not ended. */
function pending({ context }: AgentViews): object[] {
  return [...context.books.runs()]
    .filter((run) => run.phase === 'launching')
    .map((run) => ({ operation: 'launch', args: { containerId: run.containerId } }));
}
