// Stand-ins for definitions that are not stored any more: instances may outlive the versions of their app that are kept.
import type { App } from '../../model/app.ts';
import type { InstanceRecord } from './instance-record.ts';

/**
 * `current` is the app as it is now. When it has the configuration that the instance was made with, only the number of
 * instances can differ; otherwise the instance counts as one of an outdated configuration, which it is.
 */
export function standIn({ app: { version, configVersion } }: InstanceRecord, current: App): App {
  const lastScalingAt = current.versionInfo?.lastScalingAt ?? version;
  return {
    ...current,
    version,
    versionInfo: {
      lastScalingAt: lastScalingAt < version ? lastScalingAt : version,
      lastConfigChangeAt: configVersion,
    },
  };
}

/** An app that is gone altogether: as much as is needed to end its instances and to show them until then. */
export function removedApp({ app: { id, version, configVersion, role } }: InstanceRecord): App {
  return {
    id,
    args: [],
    env: {},
    instances: 0,
    cpus: 0,
    mem: 0,
    disk: 0,
    gpus: 0,
    executor: '',
    constraints: [],
    fetch: [],
    networks: [{ mode: 'host', labels: {} }],
    portDefinitions: [],
    requirePorts: false,
    healthChecks: [],
    readinessChecks: [],
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    dependencies: [],
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    labels: {},
    role,
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    secrets: {},
    version,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: configVersion },
  };
}
