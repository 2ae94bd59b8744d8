// GET /containers, /monitor/statistics and /containerizer/debug (mesos-api.md 9). The original answers two requests a second
// on the first two; ours has no such limit.
import { toJson } from '../../../mesos/codec.ts';
import {
  ContainerStatus,
  type ExecutorInfo,
  type NetworkInfo,
  ResourceStatistics,
} from '../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { json } from '../../serving/http/json-response.ts';
import { badRequest } from '../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../serving/http/router.ts';
import { containerIdOf } from '../containers/container-id.ts';
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

/** A container that is not nested in another, and whose it is. */
export interface ShownContainer {
  readonly containerId: string;
  readonly frameworkId: string;
  readonly executor: ExecutorInfo;
  /** Of its first process, once it has one. */
  readonly pid: number | undefined;
  /** Undefined = it is in the agent's network. */
  readonly networkInfos: readonly NetworkInfo[] | undefined;
}

/** Of command tasks and of executors: those that are there, or are about to be. */
export function topContainers({ context }: AgentViews): ShownContainer[] {
  const { books } = context;
  const isThere = ({ phase, host }: TaskRun) => host === undefined && (phase === 'running' || phase === 'launching');
  return [
    ...[...books.runs()].filter(isThere).map(({ containerId, frameworkId, executor, container }) => ({
      containerId,
      frameworkId,
      executor,
      pid: container?.process?.pid,
      networkInfos: container?.networkInfos,
    })),
    ...[...books.executors()]
      .filter(({ state }) => state !== 'terminated')
      .map(({ containerId, frameworkId, info, container }) => ({
        containerId,
        frameworkId,
        executor: info,
        pid: container?.process?.pid,
        networkInfos: container?.networkInfos,
      })),
  ];
}

/** What the containerizer knows of a container: nothing of networks for one in that of its agent. */
export function containerStatus({
  containerId,
  pid,
  networkInfos,
}: Pick<ShownContainer, 'containerId' | 'pid' | 'networkInfos'>): ContainerStatus {
  return {
    container_id: containerIdOf(containerId),
    ...(networkInfos && { network_infos: [...networkInfos] }),
    ...(pid !== undefined && { executor_pid: pid }),
  };
}

async function containers(views: AgentViews, request: RoutedRequest): Promise<HttpResponse> {
  const containerId = request.query.get('container_id');
  const frameworkId = request.query.get('framework_id');
  const executorId = request.query.get('executor_id');
  const isByContainer = containerId !== undefined;
  if ((isByContainer && (frameworkId ?? executorId) !== undefined) || (executorId !== undefined && !frameworkId)) {
    return badRequest("Expecting either 'container_id' or 'framework_id' with or without 'executor_id' in query.\n");
  }
  const shown = topContainers(views).filter(
    (container) =>
      (containerId === undefined || container.containerId === containerId) &&
      (frameworkId === undefined || container.frameworkId === frameworkId) &&
      (executorId === undefined || container.executor.executor_id.value === executorId),
  );
  const rows = shown.map(async (container) => ({
    container_id: container.containerId,
    ...(await row(views, container)),
    status: toJson(ContainerStatus, containerStatus(container)),
  }));
  return json(request, await Promise.all(rows));
}

async function statistics(views: AgentViews, request: RoutedRequest): Promise<HttpResponse> {
  return json(request, await Promise.all(topContainers(views).map((container) => row(views, container))));
}

async function row(views: AgentViews, shown: ShownContainer): Promise<Record<string, unknown>> {
  const { containerId, frameworkId, executor } = shown;
  const usage = await views.context.containerizer.usage(containerId);
  return {
    executor_id: executor.executor_id.value,
    executor_name: executor.name ?? '',
    framework_id: frameworkId,
    source: executor.source ?? '',
    ...(usage && { statistics: toJson(ResourceStatistics, usage) }),
  };
}

/** Launches that have begun and not ended. */
function pending({ context }: AgentViews): object[] {
  return [...context.books.runs()]
    .filter((run) => run.phase === 'launching' && run.hasContainer)
    .map((run) => ({ operation: 'launch', args: { containerId: run.containerId } }));
}
