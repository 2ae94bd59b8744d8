// Maintenance over the endpoints of the time before the v1 API (mesos-api.md 8.3).
import { fromJson, toJson } from '../../../../mesos/codec.ts';
import { ClusterStatus, Schedule } from '../../../../mesos/generated/maintenance.ts';
import { MachineID } from '../../../../mesos/generated/v1.ts';
import type { Problem } from '../../../../mesos/validation/problem.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import { bodyJson } from '../../../serving/http/body.ts';
import { json } from '../../../serving/http/json-response.ts';
import { badRequest } from '../../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../../serving/http/router.ts';
import type { ViewContext } from '../control.ts';
import { maintenanceAnswer, maintenanceSchedule, maintenanceStatus } from '../maintenance.ts';
import { codecText, jsonArray } from './operator-forms.ts';

type Guard = Route['guard'] & {};

/** /machine/down, /machine/up, /maintenance/schedule and /maintenance/status. */
export function maintenanceRoutes(context: ViewContext, guard: Guard): readonly Route[] {
  const { maintenance } = context.control;
  return [
    machinesRoute('/machine/down', guard, (machines) => maintenance.start(machines)),
    machinesRoute('/machine/up', guard, (machines) => maintenance.stop(machines)),
    {
      path: '/maintenance/schedule',
      methods: ['GET', 'POST'],
      guard,
      handle: (request) =>
        request.method === 'GET'
          ? json(request, toJson(Schedule, maintenanceSchedule(context)))
          : postSchedule(context, request),
    },
    {
      path: '/maintenance/status',
      methods: ['GET'],
      guard,
      handle: (request) => json(request, toJson(ClusterStatus, maintenanceStatus(context))),
    },
  ];
}

/** The body is a list of machines. */
function machinesRoute(
  path: string,
  guard: Guard,
  change: (machines: readonly MachineID[]) => Promise<Problem>,
): Route {
  return {
    path,
    methods: ['POST'],
    guard,
    handle: (request) => {
      const parsed = jsonArray(request, MachineID);
      return parsed.kind === 'refused' ? parsed.response : maintenanceAnswer(change(parsed.items));
    },
  };
}

function postSchedule(context: ViewContext, request: RoutedRequest): HttpResponse | Promise<HttpResponse> {
  let schedule: Schedule;
  try {
    schedule = fromJson(Schedule, bodyJson(request));
  } catch (error) {
    return badRequest(codecText(error));
  }
  return maintenanceAnswer(context.control.maintenance.updateSchedule(schedule));
}
