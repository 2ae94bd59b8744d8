// Everything the agent answers over HTTP, as one handler (mesos-api.md 3.2).
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../world/net.ts';
import { RECORDIO_TYPE } from '../../serving/calls/media-types.ts';
import { fileRoutes } from '../../serving/files/routes.ts';
import { serviceUnavailable } from '../../serving/http/responses.ts';
import { Router } from '../../serving/http/router.ts';
import { createService } from '../../serving/http/service.ts';
import type { MetricRegistry } from '../../serving/metrics/metric-registry.ts';
import { metricRoutes } from '../../serving/metrics/routes.ts';
import type { LoggingLevel } from '../../serving/process/logging-level.ts';
import { processRoutes } from '../../serving/process/routes.ts';
import type { Agent } from '../agent.ts';
import type { AgentContext } from '../context.ts';
import type { OperatorContainers } from '../operator/operator-containers.ts';
import { containerRoutes } from './containers.ts';
import { executorRoute } from './executor-api.ts';
import { operatorRoute } from './operator-api.ts';
import { stateRoute } from './state.ts';

/** What the HTTP endpoints look at. */
export interface AgentViews {
  readonly context: AgentContext;
  readonly agent: Agent;
  readonly metrics: MetricRegistry;
  readonly logging: LoggingLevel;
  readonly operators: OperatorContainers;
}

/** The process of the original that these endpoints belong to; `/slave(1)/state` is `/state`. */
const PROCESS_IDS = ['slave(1)'];

/** Until recovery is over, endpoints that show tasks answer 503. */
export function agentService(views: AgentViews): HttpHandler {
  const { context } = views;
  const { world, options, files } = context;
  const guard = recoveryGuard(views.agent);
  const router = new Router(PROCESS_IDS)
    .add(...processRoutes({ host: world.host, flagTexts: options.flagTexts, logging: views.logging }))
    .add(...metricRoutes(views.metrics))
    .add(...fileRoutes(world, files))
    .add(...containerRoutes(views, guard))
    .add(stateRoute(views, guard), operatorRoute(views, guard), executorRoute(views));
  return createService(world, router);
}

/** Requests that are themselves streams: input of containers (mesos-api.md 7). */
export function streamsBody({ method, headers }: Pick<HttpRequest, 'method' | 'headers'>): boolean {
  return method === 'POST' && headers['content-type'] === RECORDIO_TYPE;
}

/** Nothing is said of tasks while they are still being looked for. */
function recoveryGuard(agent: Agent): () => HttpResponse | undefined {
  return () => (agent.state === 'RECOVERING' ? serviceUnavailable('Agent has not finished recovery') : undefined);
}
