// Marathon's flags (marathon.md 21): names and defaults of the original. `--disable_x` and, in the environment,
// `MARATHON_DISABLE_X` or an empty MARATHON_X are understood too. Each does what it says, or says that it has no effect
// (flags/inert.ts), or is refused when it would have to act (flags/unsupported.ts).
import * as kind from '../serving/flag-kinds.ts';
import { type FlagSources, type FlagValues, parseFlags } from '../serving/flags.ts';
import { CANDIDATE_FLAGS } from './flags/candidates.ts';
import { commaList } from './flags/comma-list.ts';
import { INERT_FLAGS } from './flags/inert.ts';
import { withoutNegations } from './flags/negations.ts';
import { REFUSED_FLAGS } from './flags/refused.ts';

/** Features that can be switched on here. */
export const FEATURES = ['vips', 'task_killing', 'gpu_resources'] as const;
export type Feature = (typeof FEATURES)[number];

/** Names ending in `Ms` are milliseconds. */
export const MARATHON_FLAGS = {
  master: kind.url('master', {
    required: true,
    help: 'Mesos masters: host:port,host:port, zk://[user:password@]host:port,…/path, or file:///path of a file with one.',
  }),
  workDir: kind.text('work_dir', { help: 'Directory of the durable state. Required without --zk.' }),
  hostname: kind.text('hostname', { help: 'Name told to others; default: the address listened on.' }),
  httpAddress: kind.text('http_address', { default: '127.0.0.1', help: 'Address to listen on.' }),
  httpPort: kind.integer('http_port', {
    default: '8080',
    min: 0,
    max: 65535,
    help: 'Port to listen on; 0 takes a free one.',
  }),
  insecureNoAuth: kind.boolean('insecure_no_auth', {
    default: 'false',
    help: 'Allow listening beyond loopback; there is no authentication yet.',
  }),
  httpMaxConcurrentRequests: kind.integer('http_max_concurrent_requests', {
    min: 1,
    help: 'Requests beyond this many at once get 503.',
  }),
  accessControlAllowOrigin: kind.parsed('access_control_allow_origin', commaList, {
    help: 'Origins that browsers may call from.',
  }),
  frameworkName: kind.text('framework_name', { default: 'marathon', help: 'Name the master knows us by.' }),
  failoverTimeoutSeconds: kind.number('failover_timeout', {
    default: '604800',
    min: 0,
    help: 'Seconds the master keeps our tasks while we are away.',
  }),
  mesosRole: kind.text('mesos_role', {
    default: '*',
    aliases: ['default_role'],
    help: 'Role of services that name none.',
  }),
  mesosUser: kind.text('mesos_user', { help: 'User that tasks run as; default: the one this process runs as.' }),
  checkpoint: kind.boolean('checkpoint', { default: 'true', help: 'Tasks survive a restart of their agent.' }),
  executor: kind.text('executor', { default: '//cmd', help: 'Executor of apps that name none.' }),
  localPortMin: kind.integer('local_port_min', {
    default: '10000',
    min: 1,
    max: 65535,
    help: 'Lowest service port given out.',
  }),
  localPortMax: kind.integer('local_port_max', {
    default: '20000',
    min: 1,
    max: 65535,
    help: 'Highest service port given out.',
  }),
  enableFeatures: kind.parsed('enable_features', commaList, { help: `Features to switch on: ${FEATURES.join(', ')}.` }),
  deprecatedFeatures: kind.parsed('deprecated_features', commaList, {
    help: 'Former features to keep; there are none.',
  }),
  webuiUrl: kind.text('webui_url', { help: 'URL of our web UI, told to the master.' }),
  mesosLeaderUiUrl: kind.text('mesos_leader_ui_url', { help: "URL of the master's web UI, for links." }),
  envVarsPrefix: kind.text('env_vars_prefix', {
    help: 'Put before PORT*, PORTS and HOST in the environment of tasks.',
  }),
  defaultNetworkName: kind.text('default_network_name', { help: 'Container network of apps that name none.' }),
  mesosBridgeName: kind.text('mesos_bridge_name', {
    default: 'mesos-bridge',
    help: 'Name of the bridge network of Mesos containers.',
  }),
  acceptedResourceRolesDefaultBehavior: kind.choice(
    'accepted_resource_roles_default_behavior',
    ['any', 'unreserved', 'reserved'],
    {
      default: 'any',
      help: 'Resources of which roles apps take that do not say so.',
    },
  ),
  newGroupEnforceRole: kind.choice('new_group_enforce_role', ['off', 'top'], {
    default: 'off',
    help: 'Whether new top-level groups make their name the role of their services.',
  }),
  taskLaunchTimeoutMs: kind.integer('task_launch_timeout', {
    default: '300000',
    min: 1,
    help: 'ms in TASK_STAGING or TASK_STARTING before a task is killed.',
  }),
  taskLaunchConfirmTimeoutMs: kind.integer('task_launch_confirm_timeout', {
    default: '300000',
    min: 1,
    help: 'ms without any status before a launched task is killed.',
  }),
  reconciliationInitialDelayMs: kind.integer('reconciliation_initial_delay', {
    default: '15000',
    min: 0,
    help: 'ms until the first task reconciliation.',
  }),
  reconciliationIntervalMs: kind.integer('reconciliation_interval', {
    default: '600000',
    min: 1,
    help: 'ms between task reconciliations.',
  }),
  scaleAppsInitialDelayMs: kind.integer('scale_apps_initial_delay', {
    default: '15000',
    min: 0,
    help: 'ms until all apps are first looked at for missing or surplus instances.',
  }),
  scaleAppsIntervalMs: kind.integer('scale_apps_interval', {
    default: '300000',
    min: 1,
    help: 'ms between looks at all apps.',
  }),
  killChunkSize: kind.integer('kill_chunk_size', {
    default: '100',
    min: 1,
    help: 'Most kills that are not answered yet.',
  }),
  killRetryTimeoutMs: kind.integer('kill_retry_timeout', {
    default: '30000',
    min: 1,
    help: 'ms after which a kill is sent again.',
  }),
  maxRunningDeployments: kind.integer('max_running_deployments', {
    default: '100',
    min: 1,
    help: 'Most deployments that run side by side.',
  }),
  maxInstancesPerOffer: kind.integer('max_instances_per_offer', {
    default: '5',
    min: 1,
    aliases: ['max_tasks_per_offer'],
    help: 'Most instances launched with one offer.',
  }),
  declineOfferDurationMs: kind.integer('decline_offer_duration', {
    default: '120000',
    min: 0,
    help: 'ms for which a declined offer is not made again.',
  }),
  minReviveOffersIntervalMs: kind.integer('min_revive_offers_interval', {
    default: '5000',
    min: 0,
    help: 'ms between two revives.',
  }),
  suppressOffers: kind.boolean('suppress_offers', {
    default: 'true',
    help: 'Ask for no offers while nothing is to be launched.',
  }),
  launchTokens: kind.integer('launch_tokens', {
    default: '100',
    min: 1,
    help: 'Launches at once before any of them runs.',
  }),
  launchTokenRefreshIntervalMs: kind.integer('launch_token_refresh_interval', {
    default: '30000',
    min: 1,
    help: 'ms after which all launch tokens are there again.',
  }),
  maxConcurrentMarathonHealthChecks: kind.integer('max_concurrent_marathon_health_checks', {
    default: '256',
    min: 1,
    help: 'Most health probes in flight.',
  }),
  eventStreamMaxOutstandingMessages: kind.integer('event_stream_max_outstanding_messages', {
    default: '1024',
    min: 1,
    help: 'Unsent events after which a slow listener is cut off.',
  }),
  maintenanceMode: kind.boolean('maintenance_mode', {
    default: 'true',
    help: 'Do not use agents that are about to be maintained.',
  }),
  drainingSeconds: kind.integer('draining_seconds', {
    default: '0',
    min: 0,
    help: 'Seconds before a maintenance from which an agent is not used.',
  }),
  gpuSchedulingBehavior: kind.choice('gpu_scheduling_behavior', ['restricted', 'unrestricted'], {
    default: 'restricted',
    help: 'Whether apps without GPUs stay off agents with some.',
  }),
  onElectedPrepareTimeoutMs: kind.integer('on_elected_prepare_timeout', {
    default: '180000',
    min: 1,
    help: 'ms to load the state when elected.',
  }),
  zkMaxVersions: kind.integer('zk_max_versions', {
    default: '50',
    min: 1,
    max: 500,
    aliases: ['max_versions'],
    help: 'Versions of the root group, and of each app, that are kept.',
  }),
  maxQueuedRootGroupUpdates: kind.integer('max_queued_root_group_updates', {
    default: '500',
    min: 1,
    help: 'Most changes that wait to become durable; more are refused with 503.',
  }),
  maxApps: kind.integer('max_apps', { min: 0, help: 'Most apps there may be.' }),
  maxInstancesPerApp: kind.integer('max_instances_per_app', {
    default: '50000',
    min: 1,
    help: 'Most instances an app may ask for: a slip of the keyboard is refused.',
  }),
  mesosHeartbeatFailureThreshold: kind.integer('mesos_heartbeat_failure_threshold', {
    default: '5',
    min: 1,
    help: 'Heartbeats missed before the connection counts as lost.',
  }),
  httpCompression: kind.boolean('http_compression', { default: 'true', help: 'Compress answers for those who ask.' }),
  metricsPrometheus: kind.boolean('metrics_prometheus', { default: 'true', help: 'Answer /metrics/prometheus.' }),
  metricsNamePrefix: kind.text('metrics_name_prefix', {
    default: 'marathon',
    help: 'First part of the names of metrics.',
  }),
  logDir: kind.text('log_dir', { help: 'Directory of log files.' }),
  loggingLevel: kind.choice('logging_level', ['debug', 'info', 'warn', 'error'], {
    default: 'info',
    help: 'Log messages at or above this level.',
  }),
  quiet: kind.boolean('quiet', { default: 'false', help: 'No log on stderr.' }),
  ...CANDIDATE_FLAGS,
  ...INERT_FLAGS,
  ...REFUSED_FLAGS,
};

/** What a Marathon is started with. `flagTexts` is shown by `/v2/info`. */
export type MarathonOptions = FlagValues<typeof MARATHON_FLAGS> & {
  readonly flagTexts: Readonly<Record<string, string>>;
};

/** From `--name=value` arguments and MARATHON_* variables. Throws FlagError. */
export function parseMarathonOptions(sources: FlagSources): MarathonOptions {
  const { options, texts } = parseFlags(MARATHON_FLAGS, {
    ...withoutNegations(MARATHON_FLAGS, sources),
    envPrefix: 'MARATHON_',
  });
  return { ...options, flagTexts: texts };
}
