// JSON shape of an app, or of part of one: every member may be absent, unknown ones are ignored (marathon.md 3.2).
import * as z from 'zod';
import { check, healthCheck, readinessCheck } from './check-shapes.ts';
import { container, ipAddress, network, portDefinition } from './container-shape.ts';
import { amount, count, duration, labels, name, port } from './members.ts';

const limit = z.union([z.number(), z.string()]);

/** One app, whole or in part. */
export const appShape = z.object({
  id: z.string().exactOptional(),
  cmd: z.string().exactOptional(),
  args: z.array(z.string()).exactOptional(),
  user: z.string().exactOptional(),
  env: z.record(name, z.union([z.string(), z.object({ secret: name })])).exactOptional(),
  instances: count.exactOptional(),
  cpus: amount(0.001).exactOptional(),
  mem: amount().exactOptional(),
  disk: amount().exactOptional(),
  gpus: count.exactOptional(),
  resourceLimits: z.object({ cpus: limit.exactOptional(), mem: limit.exactOptional() }).exactOptional(),
  executor: z
    .string()
    .regex(/^(|\/\/cmd|\/?[^/]+(\/[^/]+)*)$/)
    .exactOptional(),
  executorResources: z
    .object({
      cpus: amount(0.1).exactOptional(),
      mem: amount(32).exactOptional(),
      disk: amount(10).exactOptional(),
    })
    .exactOptional(),
  constraints: z.array(z.array(z.string())).exactOptional(),
  fetch: z
    .array(
      z.object({
        uri: z.string().max(1024),
        extract: z.boolean().exactOptional(),
        executable: z.boolean().exactOptional(),
        cache: z.boolean().exactOptional(),
        destPath: name.exactOptional(),
      }),
    )
    .exactOptional(),
  uris: z.array(z.string().max(1024)).exactOptional(),
  container: container.exactOptional(),
  networks: z.array(network).exactOptional(),
  ipAddress: ipAddress.exactOptional(),
  portDefinitions: z.array(portDefinition).exactOptional(),
  ports: z.array(port).exactOptional(),
  requirePorts: z.boolean().exactOptional(),
  healthChecks: z.array(healthCheck).exactOptional(),
  check: check.exactOptional(),
  readinessChecks: z.array(readinessCheck).max(1).exactOptional(),
  backoffSeconds: duration.exactOptional(),
  backoffFactor: z.number().min(1).exactOptional(),
  maxLaunchDelaySeconds: duration.exactOptional(),
  taskKillGracePeriodSeconds: count.exactOptional(),
  dependencies: z.array(z.string()).exactOptional(),
  upgradeStrategy: z.object({ minimumHealthCapacity: z.number(), maximumOverCapacity: z.number() }).exactOptional(),
  labels: labels.exactOptional(),
  acceptedResourceRoles: z.array(z.string()).min(1).exactOptional(),
  role: z.string().min(1).exactOptional(),
  killSelection: z.enum(['YOUNGEST_FIRST', 'OLDEST_FIRST']).exactOptional(),
  unreachableStrategy: z
    .union([
      z.literal('disabled'),
      z.object({
        inactiveAfterSeconds: z.int().exactOptional(),
        expungeAfterSeconds: z.int().exactOptional(),
      }),
    ])
    .exactOptional(),
  secrets: z.record(name, z.object({ source: name })).exactOptional(),
  tty: z.boolean().exactOptional(),
  version: z.string().exactOptional(),
});

/** What it lets through. */
export type AppShape = z.infer<typeof appShape>;
