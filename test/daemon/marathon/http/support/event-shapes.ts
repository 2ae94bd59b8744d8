// Every event that may be sent, member by member (marathon.md 9.2).
import { z } from 'zod';
import { app, healthCheck, pathId, plan, step, time, uuid } from './shapes.ts';

const text = z.string();
const addresses = z.array(z.strictObject({ ipAddress: text, protocol: z.enum(['IPv4', 'IPv6']) }));
const progress = { plan, currentStep: step };

const MEMBERS: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  api_post_event: { clientIp: text, uri: text, appDefinition: app },
  status_update_event: {
    slaveId: text,
    taskId: text,
    taskStatus: text,
    message: text,
    appId: pathId,
    host: text,
    ipAddresses: addresses,
    ports: z.array(z.int()),
    version: time,
  },
  instance_changed_event: {
    instanceId: text,
    condition: text,
    runSpecId: pathId,
    agentId: text.optional(),
    host: text.optional(),
    runSpecVersion: time,
  },
  instance_health_changed_event: {
    instanceId: text,
    runSpecId: pathId,
    healthy: z.boolean().nullable(),
    runSpecVersion: time,
  },
  unknown_instance_terminated_event: { instanceId: text, runSpecId: pathId, condition: text },
  failed_health_check_event: { appId: pathId, taskId: text, healthCheck },
  health_status_changed_event: { appId: pathId, instanceId: text, version: time, alive: z.boolean() },
  unhealthy_instance_kill_event: {
    appId: pathId,
    taskId: text,
    instanceId: text,
    version: time,
    reason: text,
    host: text,
    slaveId: text.optional(),
  },
  add_health_check_event: { appId: pathId, version: time, healthCheck },
  remove_health_check_event: { appId: pathId },
  app_terminated_event: { appId: pathId },
  deployment_info: progress,
  deployment_step_success: progress,
  deployment_step_failure: progress,
  deployment_success: { id: uuid, plan },
  deployment_failed: { id: uuid, plan, reason: text.optional() },
  group_change_success: { groupId: pathId, version: time },
  group_change_failed: { groupId: pathId, version: time, reason: text },
  scheduler_registered_event: { frameworkId: text, master: text },
  scheduler_reregistered_event: { master: text },
  scheduler_disconnected_event: {},
  event_stream_attached: { remoteAddress: text },
  event_stream_detached: { remoteAddress: text },
};

/** Undefined for an event that the original does not have. */
export function eventShape(type: string): z.ZodType | undefined {
  const members = MEMBERS[type];
  return members && z.strictObject({ ...members, eventType: z.literal(type), timestamp: time });
}
