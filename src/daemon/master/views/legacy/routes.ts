// The master's JSON endpoints that came before the v1 API (mesos-api.md 3.1, 8).
import type { HttpResponse } from '../../../../world/net.ts';
import { formOf } from '../../../serving/http/body.ts';
import { largeJson } from '../../../serving/http/json-response.ts';
import { redirectEndpoint } from '../../../serving/http/leader-redirect.ts';
import { badRequest, okWith } from '../../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../../serving/http/router.ts';
import type { Sliced } from '../../../serving/slices/sliced.ts';
import { leaderAddress, leaderGuard, recoveredLeaderGuard } from '../leading.ts';
import { type OperatorCallContext, teardown } from '../operator/calls.ts';
import { agentResourceRoutes } from './agent-resources.ts';
import { frontPage } from './front-page.ts';
import { maintenanceRoutes } from './maintenance-forms.ts';
import { quotaRoute, weightsRoute } from './operator-forms.ts';
import { rolesBody } from './roles.ts';
import { frameworksBody, slavesBody, stateBody, stateSummaryBody } from './state.ts';
import { taskQuery, tasksBody } from './tasks.ts';

/**
 * Those that read the whole state share one computation among the requests of a turn. Only the leader answers,
 * /redirect and / aside; what changes something, or tells what was set, waits for the registry to be read, which would
 * undo it.
 */
export function legacyRoutes(context: OperatorCallContext): readonly Route[] {
  const { state, reads, slices } = context;
  const guard = leaderGuard(context);
  const recovered = recoveredLeaderGuard(context);
  const shared = (
    path: string,
    compute: (request: RoutedRequest, expectedBytes: number) => Sliced<Uint8Array>,
  ): Route => ({
    path,
    guard,
    handle: async (request) =>
      largeJson(request, await reads.read(readKey(request), (bytes) => compute(request, bytes)), slices),
  });
  return [
    shared('/state', (_request, expectedBytes) => stateBody(state, context.leader(), expectedBytes)),
    shared('/state-summary', (_request, expectedBytes) => stateSummaryBody(state, expectedBytes)),
    shared('/slaves', (request, expectedBytes) => slavesBody(state, request.query.get('slave_id'), expectedBytes)),
    shared('/frameworks', (request, expectedBytes) =>
      frameworksBody(state, request.query.get('framework_id'), expectedBytes),
    ),
    shared('/tasks', (request) => tasksBody(state, taskQuery(request.query))),
    shared('/roles', () => rolesBody(state)),
    { path: '/redirect', handle: (request) => redirectEndpoint(leaderAddress(context), request) },
    { path: '/teardown', methods: ['POST'], guard: recovered, handle: (request) => teardownForm(context, request) },
    weightsRoute(context, recovered),
    quotaRoute(context, recovered),
    ...maintenanceRoutes(context, recovered),
    ...agentResourceRoutes(context, recovered),
    { path: '/', exact: true, handle: () => okWith('text/html', frontPage(state)) },
  ];
}

/** Requests with this key have the same body, but for the JSONP wrapping. */
function readKey(request: RoutedRequest): string {
  const query = [...request.query].filter(([name]) => name !== 'jsonp').sort();
  return `${request.path} ${JSON.stringify(query)}`;
}

function teardownForm(context: OperatorCallContext, request: RoutedRequest): HttpResponse {
  const frameworkId = formOf(request).get('frameworkId');
  if (frameworkId === undefined) return badRequest("Missing 'frameworkId' query parameter in the request body");
  return teardown(context, frameworkId);
}
