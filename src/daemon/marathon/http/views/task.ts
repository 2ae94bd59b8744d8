// A task as the API shows it (marathon.md 6.1).
import type { TaskStatus } from '../../../../mesos/generated/v1.ts';
import type { MarathonCore } from '../../core.ts';
import { type App, servicePortsOf } from '../../model/app.ts';
import { type Condition, type Instance, type InstanceTask, isActive, isUnreachable } from '../../model/instance.ts';
import { ipAddressesOf } from '../../model/ip-addresses.ts';
import type { JsonValue } from '../../model/json.ts';
import { timestamp } from '../../model/time.ts';
import { healthResultJson } from './health-result.ts';

const STATES: Readonly<Record<Condition, string>> = {
  Scheduled: 'TASK_STAGING',
  Provisioned: 'TASK_STAGING',
  Staging: 'TASK_STAGING',
  Starting: 'TASK_STARTING',
  Running: 'TASK_RUNNING',
  Killing: 'TASK_KILLING',
  Unreachable: 'TASK_UNREACHABLE',
  UnreachableInactive: 'TASK_UNREACHABLE',
  Error: 'TASK_ERROR',
  Failed: 'TASK_FAILED',
  Finished: 'TASK_FINISHED',
  Killed: 'TASK_KILLED',
  Dropped: 'TASK_DROPPED',
  Gone: 'TASK_GONE',
  Unknown: 'TASK_UNKNOWN',
};

/** The Mesos state that the API shows for a condition (marathon.md 16.1). */
export function stateOf(condition: Condition): string {
  return STATES[condition];
}

/** Whether it is listed: it has a task somewhere, be that out of reach. What waits to be launched again is not a task. */
export function isListed(instance: Instance): boolean {
  const isThere = isActive(instance) || isUnreachable(instance);
  return instance.task !== undefined && instance.agent !== undefined && isThere;
}

/** `servicePorts` come from the app's present definition, so they are given by those who list tasks across apps. */
export function taskJson(
  core: Pick<MarathonCore, 'health' | 'groups'>,
  instance: Instance,
  { withServicePorts }: { readonly withServicePorts: boolean },
): JsonValue {
  const { app, task, agent } = instance;
  if (task === undefined || agent === undefined) throw new Error(`${instance.id} has no task to show`);
  const results = core.health.results(instance.id);
  return {
    id: task.id,
    appId: app.id,
    host: agent.host,
    ...(agent.region !== undefined && { region: agent.region }),
    ...(agent.zone !== undefined && { zone: agent.zone }),
    slaveId: agent.id,
    role: app.role,
    state: stateOf(instance.condition),
    // An inactive one holds nothing that anybody could use (marathon.md 6.1).
    ports: isActive(instance) ? task.hostPorts : [],
    ...(withServicePorts && { servicePorts: servicePortsOf(core.groups.app(app.id) ?? app) }),
    ipAddresses: ipAddressesOf(task.status),
    ...(isActive(instance) && timesOf(task, app)),
    ...(results.length > 0 && { healthCheckResults: results.map((result) => healthResultJson(instance.id, result)) }),
    ...checkResultOf(task.status),
  };
}

function timesOf({ stagedAtMs, startedAtMs }: InstanceTask, { version }: App): Record<string, JsonValue> {
  const stagedAt = timestamp(stagedAtMs);
  return { stagedAt, ...(startedAtMs !== undefined && { startedAt: timestamp(startedAtMs) }), version };
}

function checkResultOf(status: TaskStatus | undefined): { readonly checkResult?: JsonValue } {
  const check = status?.check_status;
  if (check?.http?.status_code !== undefined) return { checkResult: { http: { statusCode: check.http.status_code } } };
  if (check?.tcp?.succeeded !== undefined) return { checkResult: { tcp: { succeeded: check.tcp.succeeded } } };
  if (check?.command?.exit_code !== undefined)
    return { checkResult: { command: { exitCode: check.command.exit_code } } };
  return {};
}
