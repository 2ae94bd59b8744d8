// Apps for tests of instances.
import type { App } from '../../../../../src/daemon/marathon/model/app.ts';
import { resolvePath } from '../../../../../src/daemon/marathon/model/path-id.ts';
import { type Timestamp, timestamp } from '../../../../../src/daemon/marathon/model/time.ts';

const V1 = '2021-01-01T00:00:00.000Z' as Timestamp;

/** An app with the defaults of the API. */
export function makeApp(id: string, more: Partial<App> = {}): App {
  const version = more.version ?? V1;
  return {
    id: resolvePath(id),
    cmd: 'sleep 1',
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
    role: '*',
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    secrets: {},
    version,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    ...more,
  };
}

/** A version that many ms after the first. */
export const versionAfter = (ms: number): Timestamp => timestamp(Date.parse(V1) + ms);
