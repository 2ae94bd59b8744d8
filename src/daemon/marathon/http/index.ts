// Which path is answered by what (marathon.md 2).
import type { HttpHandler } from '../../../world/net.ts';
import type { Marathon } from '../marathon.ts';
import { notFound } from '../refusals.ts';
import { byMethod, json } from './answers.ts';
import { appsRoute } from './routes/apps/index.ts';
import { deploymentsRoute } from './routes/deployments.ts';
import { groupsRoute } from './routes/groups.ts';
import { ownRoute } from './routes/own.ts';
import { helpRoute, publicRoute, rootRoute, uiRoute } from './routes/pages.ts';
import { queueRoute } from './routes/queue.ts';
import { configRoute, infoRoute, leaderRoute, loggingRoute, pingRoute, type SystemControl } from './routes/system.ts';
import { tasksRoute } from './routes/tasks.ts';
import { createMarathonService, type Resource, type Resources } from './service.ts';
import { Traffic } from './traffic.ts';
import { metricsJson, metricsText, metricValues } from './views/metrics.ts';

/**
 * The whole API of a Marathon that leads. What is not in the table is answered with 404: paths that the original gave up
 * long ago, and /v2/pods, whose clients ask by HEAD whether there are pods, which there are not here.
 */
export function createApi(marathon: Marathon, control: SystemControl): HttpHandler {
  const { world, options } = marathon;
  const traffic = new Traffic(world.clock, marathon.counters);
  const resources: Resources = {
    '': rootRoute,
    ui: uiRoute,
    help: helpRoute,
    public: publicRoute,
    ping: pingRoute,
    config: configRoute(marathon),
    logging: loggingRoute(control),
    metrics: metricsRoute(marathon, traffic),
    'v2/apps': appsRoute(marathon),
    'v2/groups': groupsRoute(marathon),
    'v2/tasks': tasksRoute(marathon),
    'v2/deployments': deploymentsRoute(marathon),
    'v2/queue': queueRoute(marathon),
    'v2/info': infoRoute(marathon, control),
    'v2/leader': leaderRoute(control),
    'v2/plugins': (request, rest) => {
      if (rest[0] !== undefined) throw notFound(`No plugin with this pluginId: ${rest[0]}`);
      return byMethod(request.method, { GET: () => json({ plugins: [] }) });
    },
    'v2/events': (request, rest) => {
      if (rest.length > 0) throw notFound('URI not found');
      return marathon.streams.answer(request);
    },
    'mctl/v1': ownRoute(marathon),
  };
  return createMarathonService(world, resources, {
    leader: () => `http://${control.whereabouts().leader}`,
    maxConcurrentRequests: options.httpMaxConcurrentRequests,
    allowedOrigins: options.accessControlAllowOrigin?.value ?? [],
    compresses: options.httpCompression,
    traffic,
  });
}

function metricsRoute(marathon: Marathon, traffic: Traffic): Resource {
  const startedMs = marathon.world.clock.monotonicMs();
  const { groups, instances, kills, deployments, counters, options, world, overdue } = marathon;
  const values = () =>
    metricValues({ groups, instances, kills, deployments, counters, options, world, overdue, traffic, startedMs });
  return (request, rest) => {
    if (rest.length === 0) return byMethod(request.method, { GET: () => json(metricsJson(values())) });
    if (rest.length > 1 || rest[0] !== 'prometheus') throw notFound('URI not found');
    if (!options.metricsPrometheus) throw notFound('Prometheus reporter is disabled');
    const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
    return byMethod(request.method, { GET: () => ({ status: 200, headers, body: metricsText(values()) }) });
  };
}
