// JSON shape of health checks, generic checks and readiness checks (marathon.md 17).
import * as z from 'zod';
import { count, interval, name, portName, target } from './members.ts';

export const healthCheck = z.object({
  protocol: z.enum(['HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP']).exactOptional(),
  path: z.string().exactOptional(),
  ...target,
  gracePeriodSeconds: count.exactOptional(),
  intervalSeconds: interval.exactOptional(),
  timeoutSeconds: interval.exactOptional(),
  maxConsecutiveFailures: count.exactOptional(),
  delaySeconds: count.exactOptional(),
  ignoreHttp1xx: z.boolean().exactOptional(),
  ipProtocol: z.enum(['IPv4', 'IPv6']).exactOptional(),
  command: z.object({ value: name }).exactOptional(),
});

export const check = z.object({
  http: z
    .object({ ...target, path: z.string().exactOptional(), scheme: z.enum(['HTTP', 'HTTPS']).exactOptional() })
    .exactOptional(),
  tcp: z.object(target).exactOptional(),
  exec: z
    .object({ command: z.union([z.object({ shell: name }), z.object({ argv: z.array(z.string()).min(1) })]) })
    .exactOptional(),
  intervalSeconds: interval.exactOptional(),
  timeoutSeconds: interval.exactOptional(),
  delaySeconds: count.exactOptional(),
});

export const readinessCheck = z.object({
  name: name.exactOptional(),
  protocol: z.enum(['HTTP', 'HTTPS']).exactOptional(),
  path: z.string().exactOptional(),
  portName: portName.exactOptional(),
  intervalSeconds: interval.exactOptional(),
  timeoutSeconds: interval.exactOptional(),
  httpStatusCodesForReady: z.array(z.int().min(100).max(999)).min(1).exactOptional(),
  preserveLastResponse: z.boolean().exactOptional(),
});

export type HealthCheckShape = z.infer<typeof healthCheck>;
export type CheckShape = z.infer<typeof check>;
export type ReadinessCheckShape = z.infer<typeof readinessCheck>;
