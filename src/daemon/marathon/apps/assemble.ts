// A whole app from what was given of it: the rest from the app it changes or from the defaults; then what follows from
// several members together (marathon.md 3.2–3.5). Never refuses; `validateApp` does.
import {
  type App,
  type Check,
  type Container,
  type HealthCheck,
  type Network,
  type PortMapping,
  SINGLE_INSTANCE_LABEL,
} from '../model/app.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';
import type { AppDefaults, AppFields, AppUpdate } from './update.ts';

/** A new app: whatever the update does not say has its default. No `versionInfo` yet; service ports may be 0. */
export function appFromUpdate(update: AppUpdate, id: PathId, defaults: AppDefaults, version: Timestamp): App {
  return { id, ...complete({ ...defaultFields(update.fields, defaults), ...update.fields }, defaults), version };
}

/**
 * The app after an update. `partial`: each member given replaces the one there as a whole, the others stay, except that
 * `executorResources` and `resourceLimits` go when they are not repeated (marathon.md 3.7); otherwise the update is the
 * complete new definition. `id`, `version` and `versionInfo` stay: whoever stores the app sets new ones.
 */
export function applyAppUpdate(existing: App, update: AppUpdate, partial: boolean, defaults: AppDefaults): App {
  const { id, version, versionInfo, ...before } = existing;
  const fields = partial
    ? { ...stays(before, update.fields), ...update.fields }
    : { ...defaultFields(update.fields, defaults), ...update.fields };
  return { id, ...complete(fields, defaults), version, ...(versionInfo && { versionInfo }) };
}

/** Of an app that is there, what an update leaves as it is. */
function stays(before: AppFields, given: Partial<AppFields>): AppFields {
  const { executorResources, resourceLimits, ...rest } = before;
  if (given.networks === undefined) return rest;
  // Ports that were told for another kind of network mean nothing in the new one.
  const { portDefinitions, container, ...more } = rest;
  if (isHost(given.networks))
    return {
      ...more,
      ...(portDefinitions && { portDefinitions }),
      ...(container && { container: unmapped(container) }),
    };
  return { ...more, ...(container && { container }) };
}

function unmapped({ portMappings, ...container }: Container): Container {
  return container;
}

function defaultFields(given: Partial<AppFields>, { role }: AppDefaults): AppFields {
  const one = isSingleInstance(given.labels ?? {}) ? 0 : 1;
  return {
    args: [],
    env: {},
    instances: 1,
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    executor: '',
    constraints: [],
    fetch: [],
    networks: [],
    requirePorts: false,
    healthChecks: [],
    readinessChecks: [],
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    dependencies: [],
    upgradeStrategy: { minimumHealthCapacity: one, maximumOverCapacity: one },
    labels: {},
    role,
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    secrets: {},
  };
}

/** marathon.md 3.5. */
export function isSingleInstance(labels: App['labels']): boolean {
  return labels[SINGLE_INSTANCE_LABEL] === 'true';
}

/** Whether tasks are in their host's network; a mixture with others is none, and invalid. */
export function isHost(networks: readonly Network[]): boolean {
  return networks.every(({ mode }) => mode === 'host');
}

function complete(fields: AppFields, { defaultNetworkName }: AppDefaults): AppFields {
  const networks = fields.networks.length === 0 ? [HOST] : fields.networks.map((one) => named(one, defaultNetworkName));
  const withPorts = isHost(networks) ? onHost(fields) : inNetworks(fields, networks);
  const hasPorts = (withPorts.portDefinitions ?? withPorts.container?.portMappings ?? []).length > 0;
  return {
    ...withPorts,
    networks,
    healthChecks: hasPorts ? fields.healthChecks.map(withTarget) : fields.healthChecks,
    ...(fields.check && { check: hasPorts ? checkWithTarget(fields.check) : fields.check }),
  };
}

const HOST: Network = { mode: 'host', labels: {} };

function named(network: Network, defaultName: string | undefined): Network {
  if (network.mode !== 'container' || network.name !== undefined || defaultName === undefined) return network;
  return { ...network, name: defaultName };
}

/** One port when nobody said how many; none after an explicit `[]`. Mappings that were given stay, to be refused. */
function onHost(fields: AppFields): AppFields {
  const { container, portDefinitions = [{ port: 0, name: 'default', protocol: 'tcp', labels: {} }] } = fields;
  const empty = container?.portMappings?.length === 0;
  return { ...fields, portDefinitions, ...(container && empty && { container: unmapped(container) }) };
}

/** Definitions that were given stay, to be refused. */
function inNetworks(fields: AppFields, networks: readonly Network[]): AppFields {
  const { portDefinitions, container = { type: 'MESOS', volumes: [] }, ...rest } = fields;
  const { portMappings = [{ ...DEFAULT_MAPPING, name: 'default' }] } = container;
  const isBridge = networks.some(({ mode }) => mode === 'container/bridge');
  return {
    ...rest,
    ...(portDefinitions && portDefinitions.length > 0 && { portDefinitions }),
    container: { ...container, portMappings: isBridge ? portMappings.map(onBridge) : portMappings },
    requirePorts: false,
  };
}

const DEFAULT_MAPPING: PortMapping = {
  containerPort: 0,
  servicePort: 0,
  protocol: 'tcp',
  labels: {},
  networkNames: [],
};

/** On a bridge every port has one on the host. */
function onBridge(mapping: PortMapping): PortMapping {
  return mapping.hostPort === undefined ? { ...mapping, hostPort: 0 } : mapping;
}

function withTarget(check: HealthCheck): HealthCheck {
  const needsNone = check.protocol === 'COMMAND' || check.port !== undefined || check.portIndex !== undefined;
  return needsNone ? check : { ...check, portIndex: 0 };
}

function checkWithTarget(check: Check): Check {
  if ('http' in check && check.http.port === undefined && check.http.portIndex === undefined)
    return { ...check, http: { ...check.http, portIndex: 0 } };
  if ('tcp' in check && check.tcp.port === undefined && check.tcp.portIndex === undefined)
    return { ...check, tcp: { ...check.tcp, portIndex: 0 } };
  return check;
}
