// An app as the API shows it (marathon.md 3.2–3.4): what is absent is left out, some lists and maps also when empty.
import type { App, Constraint, Container, HealthCheck, Network, PortDefinition, PortMapping } from '../model/app.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';

/** As in `GET /v2/apps/{id}`, without what others add (counts, deployments, tasks). */
export function renderApp(app: App): JsonObject {
  return {
    id: app.id,
    acceptedResourceRoles: app.acceptedResourceRoles,
    args: filled(app.args),
    backoffFactor: app.backoffFactor,
    backoffSeconds: app.backoffSeconds,
    check: app.check && { ...app.check },
    cmd: app.cmd,
    constraints: filled(app.constraints.map(renderConstraint)),
    container: app.container && renderContainer(app.container),
    cpus: app.cpus,
    dependencies: filled(app.dependencies),
    disk: app.disk,
    env: filledMap(app.env),
    executor: app.executor,
    executorResources: app.executorResources,
    fetch: filled(app.fetch.map((one) => ({ ...one }))),
    healthChecks: filled(app.healthChecks.map(renderHealthCheck)),
    instances: app.instances,
    labels: app.labels,
    maxLaunchDelaySeconds: app.maxLaunchDelaySeconds,
    mem: app.mem,
    gpus: app.gpus,
    networks: app.networks.map(renderNetwork),
    portDefinitions: app.portDefinitions?.map(renderPortDefinition),
    readinessChecks: filled(app.readinessChecks.map((one) => ({ ...one }))),
    requirePorts: app.requirePorts,
    resourceLimits: app.resourceLimits && { ...app.resourceLimits },
    role: app.role,
    secrets: filledMap(app.secrets),
    taskKillGracePeriodSeconds: app.taskKillGracePeriodSeconds,
    tty: app.tty,
    unreachableStrategy: app.unreachableStrategy,
    upgradeStrategy: { ...app.upgradeStrategy },
    user: app.user,
    version: app.version,
    versionInfo: app.versionInfo && { ...app.versionInfo },
    killSelection: app.killSelection,
  };
}

function renderConstraint({ field, operator, value }: Constraint): JsonValue {
  return value === undefined ? [field, operator] : [field, operator, value];
}

function renderContainer({ type, docker, volumes, portMappings, linuxInfo }: Container): JsonObject {
  return {
    type,
    docker: docker && { ...docker },
    volumes: volumes.map(({ containerPath, hostPath, mode }) => ({ containerPath, hostPath, mode })),
    portMappings: portMappings?.map(renderPortMapping),
    // Read from JSON, so it is JSON.
    linuxInfo: linuxInfo as JsonObject | undefined,
  };
}

function renderHealthCheck(check: HealthCheck): JsonObject {
  return { ...check };
}

function renderNetwork({ mode, name, labels }: Network): JsonObject {
  return { name, mode, labels: filledMap(labels) };
}

function renderPortDefinition({ port, labels, name, protocol }: PortDefinition): JsonObject {
  return { port, labels: filledMap(labels), name, protocol };
}

function renderPortMapping(mapping: PortMapping): JsonObject {
  const { containerPort, hostPort, labels, name, networkNames, protocol, servicePort } = mapping;
  return {
    containerPort,
    hostPort,
    labels: filledMap(labels),
    name,
    protocol,
    servicePort,
    networkNames: filled(networkNames),
  };
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function filledMap<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
  for (const _ in map) return map;
  return undefined;
}
