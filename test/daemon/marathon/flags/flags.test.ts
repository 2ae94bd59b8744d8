// Marathon's flags (marathon.md 21): each does what it says, says that it does nothing, or is refused by name.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { INERT_FLAGS } from '../../../../src/daemon/marathon/flags/inert.ts';
import { REFUSED_FLAGS } from '../../../../src/daemon/marathon/flags/refused.ts';
import { refuseUnsupported } from '../../../../src/daemon/marathon/flags/unsupported.ts';
import { MARATHON_FLAGS, parseMarathonOptions } from '../../../../src/daemon/marathon/flags.ts';

const options = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  parseMarathonOptions({ args: ['--master=m:5050', ...args], env });

/** What refuseUnsupported says of these. */
function refusal(args: readonly string[]): string {
  try {
    refuseUnsupported(options(args));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('what is not given is as in the original', () => {
  expect(options()).toMatchObject({
    httpPort: 8080,
    frameworkName: 'marathon',
    failoverTimeoutSeconds: 604_800,
    mesosRole: '*',
    checkpoint: true,
    ha: true,
    executor: '//cmd',
    localPortMin: 10_000,
    localPortMax: 20_000,
    mesosBridgeName: 'mesos-bridge',
    acceptedResourceRolesDefaultBehavior: 'any',
    newGroupEnforceRole: 'off',
    taskLaunchTimeoutMs: 300_000,
    taskLaunchConfirmTimeoutMs: 300_000,
    taskReservationTimeoutMs: 20_000,
    taskLostExpungeInitialDelayMs: 300_000,
    taskLostExpungeIntervalMs: 30_000,
    reconciliationInitialDelayMs: 15_000,
    reconciliationIntervalMs: 600_000,
    scaleAppsInitialDelayMs: 15_000,
    scaleAppsIntervalMs: 300_000,
    killChunkSize: 100,
    killRetryTimeoutMs: 30_000,
    maxRunningDeployments: 100,
    maxInstancesPerOffer: 5,
    offerMatchingTimeoutMs: 3000,
    declineOfferDurationMs: 120_000,
    minReviveOffersIntervalMs: 5000,
    suppressOffers: true,
    launchTokens: 100,
    launchTokenRefreshIntervalMs: 30_000,
    maxConcurrentMarathonHealthChecks: 256,
    eventStreamMaxOutstandingMessages: 1024,
    maintenanceMode: true,
    drainingSeconds: 0,
    gpuSchedulingBehavior: 'restricted',
    onElectedPrepareTimeoutMs: 180_000,
    leaderProxyConnectionTimeoutMs: 5000,
    leaderProxyReadTimeoutMs: 10_000,
    leaderProxyMaxOpenConnections: 64,
    zkTimeoutMs: 10_000,
    zkSessionTimeoutMs: 10_000,
    zkConnectionTimeoutMs: 10_000,
    zkMaxVersions: 50,
    zkMaxNodeSizeBytes: 1_024_000,
    zkCompression: true,
    zkCompressionThresholdBytes: 65_536,
    storeCache: true,
    groupVersionsCacheSize: 1000,
    maxQueuedRootGroupUpdates: 500,
    mesosHeartbeatIntervalMs: 15_000,
    mesosHeartbeatFailureThreshold: 5,
    gracefulShutdownTimeoutMs: 45_000,
    httpCompression: true,
    metricsNamePrefix: 'marathon',
    metricsPrometheus: true,
    loggingLevel: 'info',
  });
});

test('booleans are negated the way the original does it, on the command line and in the environment', () => {
  expect(options(['--disable_suppress_offers', '--disable-maintenance-mode'])).toMatchObject({
    suppressOffers: false,
    maintenanceMode: false,
  });
  const env = { MARATHON_DISABLE_CHECKPOINT: '', MARATHON_INSECURE_NO_AUTH: '', MARATHON_HTTP_PORT: '9090' };
  expect(options([], env)).toMatchObject({ checkpoint: false, insecureNoAuth: true, httpPort: 9090 });
});

test('variables that Marathon gives to its own tasks are none of its flags', () => {
  expect(options([], { MARATHON_APP_ID: '/x', MARATHON_APP_VERSION: 'v' })).toEqual(options());
});

test('old names still work', () => {
  expect(options(['--max_tasks_per_offer=7', '--default_role=web', '--max_versions=9'])).toMatchObject({
    maxInstancesPerOffer: 7,
    mesosRole: 'web',
    zkMaxVersions: 9,
  });
});

test('an unknown flag refuses the start', () => {
  expect(() => options(['--max_tasks_per_ofer=7'])).toThrow('Unknown flag --max_tasks_per_ofer');
});

test.each(Object.values(REFUSED_FLAGS).map(({ name, isBoolean }) => [name, isBoolean ? '' : '=x']))(
  '--%s is known, and refused when it is set',
  (name, value) => {
    expect(refusal([`--${name}${value}`])).toBe(`--${name} is not supported by this version: leave it out`);
  },
);

test('features that are not there are refused by name, and so are former ones', () => {
  expect(refusal(['--enable_features=vips,task_killing,gpu_resources'])).toBe('');
  expect(refusal(['--enable_features=secrets'])).toContain("'secrets' is not a feature of this version");
  expect(refusal(['--deprecated_features=text_plain_tasks'])).toBe('');
  expect(refusal(['--deprecated_features=app_c'])).toContain("'app_c' is not there any more");
});

test('every flag is read by somebody, or says that it has no effect', () => {
  const apart = new Set([...Object.keys(INERT_FLAGS), ...Object.keys(REFUSED_FLAGS)]);
  const sources = ['daemon/marathon', 'daemon/serving', 'cli/daemon'].flatMap((folder) =>
    readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/flags(\.ts$|\/)|views\/info/.test(file))
      .map((file) => readFileSync(`src/${folder}/${file}`, 'utf8')),
  );
  const text = [...sources, readFileSync('src/daemon/marathon/flags/unsupported.ts', 'utf8')].join('\n');
  const unread = Object.keys(MARATHON_FLAGS).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  expect(unread.filter((name) => !apart.has(name) && name !== 'mesosLeaderUiUrl')).toEqual([]);
  for (const { help } of Object.values(INERT_FLAGS)) expect(help).toMatch(/^Has no effect/);
});
