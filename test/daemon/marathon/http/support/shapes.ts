// The JSON that clients of the original may be sent, member by member (marathon.md 3–8): nothing may be there that is not
// named here, since generated clients refuse what they do not know.
import { z } from 'zod';

export const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
export const pathId = z.string().regex(/^\/[a-z0-9./-]*$/);
const strings = z.record(z.string(), z.string());
const port = z.int().min(0).max(65535);
const reference = z.strictObject({ id: uuid });

const times = {
  gracePeriodSeconds: z.number(),
  intervalSeconds: z.number(),
  timeoutSeconds: z.number(),
  maxConsecutiveFailures: z.int(),
  delaySeconds: z.number(),
};
const target = {
  port: port.optional(),
  portIndex: z.int().optional(),
  ipProtocol: z.enum(['IPv4', 'IPv6']).optional(),
};
export const healthCheck = z.union([
  z.strictObject({
    ...times,
    ...target,
    protocol: z.enum(['HTTP', 'HTTPS', 'MESOS_HTTP', 'MESOS_HTTPS']),
    path: z.string().optional(),
    ignoreHttp1xx: z.boolean().optional(),
  }),
  z.strictObject({ ...times, ...target, protocol: z.enum(['TCP', 'MESOS_TCP']) }),
  z.strictObject({
    ...times,
    ...target,
    protocol: z.literal('COMMAND'),
    command: z.strictObject({ value: z.string() }),
  }),
]);

const container = z.strictObject({
  type: z.enum(['DOCKER', 'MESOS']),
  docker: z
    .strictObject({
      image: z.string(),
      forcePullImage: z.boolean(),
      privileged: z.boolean().optional(),
      parameters: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
      pullConfig: z.strictObject({ secret: z.string() }).optional(),
      credential: z.strictObject({ principal: z.string(), secret: z.string().optional() }).optional(),
    })
    .optional(),
  portMappings: z
    .array(
      z.strictObject({
        containerPort: port,
        hostPort: port.optional(),
        servicePort: port,
        protocol: z.enum(['tcp', 'udp', 'udp,tcp']),
        name: z.string().optional(),
        labels: strings.optional(),
        networkNames: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  volumes: z.array(z.strictObject({ containerPath: z.string(), hostPath: z.string(), mode: z.enum(['RO', 'RW']) })),
  linuxInfo: z.unknown().optional(),
});

const definition = {
  id: pathId,
  cmd: z.string().optional(),
  args: z.array(z.string()).nonempty().optional(),
  user: z.string().optional(),
  env: z.record(z.string(), z.union([z.string(), z.strictObject({ secret: z.string() })])).optional(),
  instances: z.int().min(0),
  cpus: z.number(),
  mem: z.number(),
  disk: z.number(),
  gpus: z.int(),
  resourceLimits: z
    .strictObject({
      cpus: z.union([z.number(), z.literal('unlimited')]).optional(),
      mem: z.union([z.number(), z.literal('unlimited')]).optional(),
    })
    .optional(),
  executor: z.string(),
  executorResources: z.strictObject({ cpus: z.number(), mem: z.number(), disk: z.number() }).optional(),
  constraints: z.array(z.array(z.string()).min(2).max(3)).nonempty().optional(),
  fetch: z
    .array(
      z.strictObject({
        uri: z.string(),
        extract: z.boolean(),
        executable: z.boolean(),
        cache: z.boolean(),
        destPath: z.string().optional(),
      }),
    )
    .nonempty()
    .optional(),
  container: container.optional(),
  networks: z
    .array(
      z.strictObject({
        mode: z.enum(['host', 'container', 'container/bridge']),
        name: z.string().optional(),
        labels: strings.optional(),
      }),
    )
    .nonempty(),
  portDefinitions: z
    .array(
      z.strictObject({
        port,
        protocol: z.enum(['tcp', 'udp', 'udp,tcp']),
        name: z.string().optional(),
        labels: strings.optional(),
      }),
    )
    .optional(),
  requirePorts: z.boolean(),
  healthChecks: z.array(healthCheck).nonempty().optional(),
  check: z
    .strictObject({
      intervalSeconds: z.number(),
      timeoutSeconds: z.number(),
      delaySeconds: z.number(),
      http: z
        .strictObject({
          port: port.optional(),
          portIndex: z.int().optional(),
          path: z.string().optional(),
          scheme: z.enum(['HTTP', 'HTTPS']).optional(),
        })
        .optional(),
      tcp: z.strictObject({ port: port.optional(), portIndex: z.int().optional() }).optional(),
      exec: z
        .strictObject({
          command: z.union([z.strictObject({ shell: z.string() }), z.strictObject({ argv: z.array(z.string()) })]),
        })
        .optional(),
    })
    .optional(),
  readinessChecks: z
    .array(
      z.strictObject({
        name: z.string(),
        protocol: z.enum(['HTTP', 'HTTPS']),
        path: z.string(),
        portName: z.string(),
        intervalSeconds: z.number(),
        timeoutSeconds: z.number(),
        httpStatusCodesForReady: z.array(z.int()),
        preserveLastResponse: z.boolean(),
      }),
    )
    .length(1)
    .optional(),
  backoffSeconds: z.number(),
  backoffFactor: z.number(),
  maxLaunchDelaySeconds: z.number(),
  taskKillGracePeriodSeconds: z.number().optional(),
  dependencies: z.array(pathId).nonempty().optional(),
  upgradeStrategy: z.strictObject({ minimumHealthCapacity: z.number(), maximumOverCapacity: z.number() }),
  labels: strings,
  acceptedResourceRoles: z.array(z.string()).nonempty().optional(),
  role: z.string(),
  killSelection: z.enum(['YOUNGEST_FIRST', 'OLDEST_FIRST']),
  unreachableStrategy: z.union([
    z.literal('disabled'),
    z.strictObject({ inactiveAfterSeconds: z.number(), expungeAfterSeconds: z.number() }),
  ]),
  secrets: z.record(z.string(), z.strictObject({ source: z.string() })).optional(),
  tty: z.boolean().optional(),
  version: time,
};
const versionInfo = z.strictObject({ lastScalingAt: time, lastConfigChangeAt: time });

/** An app of the stored tree. */
export const app = z.strictObject({ ...definition, versionInfo });

export const task = z.strictObject({
  id: z.string(),
  appId: pathId,
  host: z.string(),
  region: z.string().optional(),
  zone: z.string().optional(),
  slaveId: z.string(),
  role: z.string(),
  state: z.string().regex(/^TASK_[A-Z_]+$/),
  ports: z.array(port),
  servicePorts: z.array(port).optional(),
  ipAddresses: z.array(z.strictObject({ ipAddress: z.string(), protocol: z.enum(['IPv4', 'IPv6']) })),
  stagedAt: time.optional(),
  startedAt: time.optional(),
  version: time.optional(),
  healthCheckResults: z
    .array(
      z.strictObject({
        alive: z.boolean(),
        consecutiveFailures: z.int(),
        firstSuccess: time.optional(),
        lastSuccess: time.optional(),
        lastFailure: time.optional(),
        lastFailureCause: z.string().optional(),
        instanceId: z.string(),
      }),
    )
    .nonempty()
    .optional(),
  checkResult: z
    .union([
      z.strictObject({ http: z.strictObject({ statusCode: z.int() }) }),
      z.strictObject({ tcp: z.strictObject({ succeeded: z.boolean() }) }),
      z.strictObject({ command: z.strictObject({ exitCode: z.int() }) }),
    ])
    .optional(),
});

const readinessResult = z.strictObject({
  name: z.string(),
  taskId: z.string(),
  ready: z.boolean(),
  lastResponse: z.strictObject({ status: z.int(), contentType: z.string(), body: z.string() }).optional(),
});
const stats = z
  .strictObject({
    stats: z.strictObject({
      counts: z.strictObject({ staged: z.int(), running: z.int(), healthy: z.int(), unhealthy: z.int() }),
      lifeTime: z.strictObject({ averageSeconds: z.number(), medianSeconds: z.number() }).optional(),
    }),
  })
  .optional();
const taskStats = z.strictObject({
  startedAfterLastScaling: stats,
  withLatestConfig: stats,
  withOutdatedConfig: stats,
  totalSummary: stats,
});
const counts = { tasksStaged: z.int(), tasksRunning: z.int(), tasksHealthy: z.int(), tasksUnhealthy: z.int() };

export const appInfo = app.extend({
  tasksStaged: counts.tasksStaged.optional(),
  tasksRunning: counts.tasksRunning.optional(),
  tasksHealthy: counts.tasksHealthy.optional(),
  tasksUnhealthy: counts.tasksUnhealthy.optional(),
  deployments: z.array(reference).optional(),
  tasks: z.array(task).optional(),
  readinessCheckResults: z.array(readinessResult).optional(),
  lastTaskFailure: z
    .strictObject({
      appId: pathId,
      taskId: z.string(),
      state: z.string(),
      message: z.string(),
      host: z.string(),
      slaveId: z.string().optional(),
      version: time,
      timestamp: time,
    })
    .optional(),
  tasksStats: taskStats.optional(),
  taskStats: taskStats.optional(),
});

/** What POST /v2/apps answers: not yet what is stored. */
export const createdApp = z.strictObject({ ...definition, ...counts, deployments: z.array(reference).length(1) });

const step = z.strictObject({
  actions: z.array(
    z.strictObject({
      action: z.enum(['StartApplication', 'StopApplication', 'ScaleApplication', 'RestartApplication']),
      app: pathId,
    }),
  ),
});
export const steps = z.array(step);
export const plan = z.strictObject({ id: uuid, version: time, steps });
export { step };

export const deployment = z.strictObject({
  id: uuid,
  version: time,
  affectedApps: z.array(pathId),
  affectedPods: z.array(z.string()),
  steps,
  currentActions: z.array(
    z.strictObject({ action: z.string(), app: pathId, readinessCheckResults: z.array(readinessResult) }),
  ),
  currentStep: z.int(),
  totalSteps: z.int(),
});
export const deploymentResult = z.strictObject({ version: time, deploymentId: uuid });

const values = {
  name: z.string(),
  scalar: z.number().optional(),
  ranges: z.array(z.strictObject({ begin: z.int(), end: z.int() })).optional(),
  set: z.array(z.string()).optional(),
};
const rejects = z.array(z.strictObject({ reason: z.string(), declined: z.int(), processed: z.int() })).length(10);
export const queueItem = z.strictObject({
  app,
  count: z.int(),
  role: z.string(),
  since: time,
  delay: z.strictObject({ timeLeftSeconds: z.int().min(0), overdue: z.boolean() }),
  processedOffersSummary: z.strictObject({
    processedOffersCount: z.int(),
    unusedOffersCount: z.int(),
    lastUnusedOfferAt: time.optional(),
    lastUsedOfferAt: time.optional(),
    rejectSummaryLastOffers: rejects,
    rejectSummaryLaunchAttempt: rejects,
  }),
  lastUnusedOffers: z
    .array(
      z.strictObject({
        offer: z.strictObject({
          id: z.string(),
          agentId: z.string(),
          hostname: z.string(),
          resources: z.array(z.strictObject({ ...values, role: z.string() })),
          attributes: z.array(z.strictObject({ ...values, text: z.string().optional() })),
        }),
        reason: z.array(z.string()),
        timestamp: time,
      }),
    )
    .optional(),
});

export interface Group {
  readonly id: string;
  readonly [member: string]: unknown;
}
export const group: z.ZodType<Group> = z.lazy(() =>
  z.strictObject({
    id: pathId,
    version: time,
    dependencies: z.array(pathId),
    apps: z.array(appInfo).optional(),
    groups: z.array(group).optional(),
    pods: z.array(z.never()).optional(),
    enforceRole: z.boolean().optional(),
  }),
);
