// The JSON of every event, exactly as the original has it: existing listeners refuse members that they do not know
// (marathon.md 9.2). Members that have no value are left out; `healthy` alone may be null.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import { planJson, stepJson } from '../deployments/plan-json.ts';
import type { App, HealthCheck } from '../model/app.ts';
import type { Instance } from '../model/instance.ts';
import { ipAddressesOf } from '../model/ip-addresses.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { timestamp } from '../model/time.ts';
import type { MarathonEvent } from './event.ts';

/** How apps are shown. */
export type RenderApp = (app: App) => JsonValue;

/** One line of JSON. */
export function eventText(event: MarathonEvent, nowMs: number, renderApp: RenderApp): string {
  const members = membersOf(event, renderApp);
  return JSON.stringify({ ...members, eventType: event.type, timestamp: timestamp(nowMs) });
}

function membersOf(event: MarathonEvent, renderApp: RenderApp): JsonObject {
  switch (event.type) {
    case 'api_post_event':
      return { clientIp: event.clientIp, uri: event.uri, appDefinition: renderApp(event.app) };
    case 'status_update_event':
      return statusUpdate(event.instance, event.status);
    case 'instance_changed_event':
      return instanceChanged(event.instance);
    case 'instance_health_changed_event':
      return {
        instanceId: event.instance.id,
        runSpecId: event.instance.app.id,
        healthy: event.healthy ?? null,
        runSpecVersion: event.instance.app.version,
      };
    case 'unknown_instance_terminated_event':
      return { instanceId: event.instanceId, runSpecId: event.appId, condition: event.condition };
    case 'failed_health_check_event':
      // The original says "task" and means the instance (marathon.md 26, 36).
      return { appId: event.instance.app.id, taskId: event.instance.id, healthCheck: checkJson(event.healthCheck) };
    case 'health_status_changed_event':
      return {
        appId: event.instance.app.id,
        instanceId: event.instance.id,
        version: event.instance.app.version,
        alive: event.alive,
      };
    case 'unhealthy_instance_kill_event':
      return unhealthyKill(event.instance, event.reason);
    case 'add_health_check_event':
      return { appId: event.appId, version: event.version, healthCheck: checkJson(event.healthCheck) };
    case 'remove_health_check_event':
    case 'app_terminated_event':
      return { appId: event.appId };
    case 'deployment_info':
    case 'deployment_step_success':
    case 'deployment_step_failure':
      return { plan: planJson(event.plan), currentStep: stepJson(event.currentStep) };
    case 'deployment_success':
      return { id: event.plan.id, plan: planJson(event.plan) };
    case 'deployment_failed':
      return { id: event.plan.id, plan: planJson(event.plan), reason: event.reason };
    case 'group_change_success':
      return { groupId: event.groupId, version: event.version };
    case 'group_change_failed':
      return { groupId: event.groupId, version: event.version, reason: event.reason };
    case 'scheduler_registered_event':
      return { frameworkId: event.frameworkId, master: event.master };
    case 'scheduler_reregistered_event':
      return { master: event.master };
    case 'scheduler_disconnected_event':
      return {};
    case 'event_stream_attached':
    case 'event_stream_detached':
      return { remoteAddress: event.remoteAddress };
    default:
      return unreachable(event);
  }
}

function statusUpdate({ app, agent, task }: Instance, status: TaskStatus): JsonObject {
  return {
    slaveId: status.agent_id?.value ?? agent?.id ?? '',
    taskId: status.task_id.value,
    taskStatus: status.state,
    message: status.message ?? '',
    appId: app.id,
    host: agent?.host ?? '',
    ipAddresses: ipAddressesOf(status),
    ports: task?.hostPorts ?? [],
    version: app.version,
  };
}

function instanceChanged({ id, condition, app, agent }: Instance): JsonObject {
  return {
    instanceId: id,
    condition,
    runSpecId: app.id,
    agentId: agent?.id,
    host: agent?.host,
    runSpecVersion: app.version,
  };
}

function unhealthyKill({ id, app, agent, task }: Instance, reason: string): JsonObject {
  return {
    appId: app.id,
    taskId: task?.id ?? id,
    instanceId: id,
    version: app.version,
    reason,
    host: agent?.host ?? '',
    slaveId: agent?.id,
  };
}

/** Members of the model are those of the API. */
function checkJson(check: HealthCheck): JsonValue {
  return { ...check };
}

function unreachable(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event satisfies never)}`);
}
