// Maintenance as operators see it and ask for it: the schedule, what frameworks said about it, machines down and up
// (mesos-api.md 6, 8.3).
import type { ClusterStatus, Schedule } from '../../../mesos/generated/maintenance.ts';
import { machineKey } from '../../../mesos/machine.ts';
import { timeInfo } from '../../../mesos/time-info.ts';
import type { Problem } from '../../../mesos/validation/problem.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { badRequest, ok } from '../../serving/http/responses.ts';
import type { ViewContext } from './control.ts';

/** What is scheduled, in the windows it was posted in. */
export function maintenanceSchedule({ state }: Pick<ViewContext, 'state'>): Schedule {
  return state.maintenance.schedule();
}

/** Machines that will be away with the last words of those who were asked to leave, and machines that are. */
export function maintenanceStatus({ state, control }: Pick<ViewContext, 'state' | 'control'>): ClusterStatus {
  const draining: NonNullable<ClusterStatus['draining_machines']> = [];
  const down: NonNullable<ClusterStatus['down_machines']> = [];
  for (const { id, mode } of state.maintenance.machines.values()) {
    if (mode === 'DOWN') {
      down.push(id);
      continue;
    }
    const agents = [...(state.agents.byMachine.get(machineKey(id)) ?? [])];
    const statuses = agents.flatMap(({ agentId }) => control.maintenance.inverseOfferStatuses(agentId));
    draining.push({
      id,
      ...(statuses.length > 0 && {
        statuses: statuses.map(({ status, frameworkId, atMs }) => ({
          status,
          framework_id: { value: frameworkId },
          timestamp: timeInfo(atMs),
        })),
      }),
    });
  }
  return {
    ...(draining.length > 0 && { draining_machines: draining }),
    ...(down.length > 0 && { down_machines: down }),
  };
}

/** 200 once it is durable, 400 when it makes no sense. */
export async function maintenanceAnswer(change: Promise<Problem>): Promise<HttpResponse> {
  const problem = await change;
  return problem === undefined ? ok() : badRequest(problem);
}
