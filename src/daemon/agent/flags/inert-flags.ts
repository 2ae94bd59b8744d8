// Flags of the original that have no effect here yet, or never will: known, so that start scripts keep working and /flags
// tells what tools look for.
import * as kind from '../../serving/flag-kinds.ts';

const NOTHING = 'Has no effect here.';
const on = <const N extends string>(name: N, value: 'true' | 'false') =>
  kind.boolean(name, { default: value, help: NOTHING });
const word = (name: string, value: string) => kind.text(name, { default: value, help: NOTHING });
const time = (name: string, value: string) => kind.duration(name, { default: value, min: 0, help: NOTHING });
const unset = (name: string) => kind.text(name, { help: NOTHING });

/** A part of AGENT_FLAGS. Values are parsed, so that a mistake is told, and not used. */
export const INERT_FLAGS = {
  appcSimpleDiscoveryUriPrefix: word('appc_simple_discovery_uri_prefix', 'http://'),
  appcStoreDir: word('appc_store_dir', '/tmp/mesos/store/appc'),
  authenticateHttpExecutors: unset('authenticate_http_executors'),
  authenticateHttpReadonly: on('authenticate_http_readonly', 'false'),
  authenticateHttpReadwrite: on('authenticate_http_readwrite', 'false'),
  authenticatee: word('authenticatee', 'crammd5'),
  authenticationBackoffFactorMs: time('authentication_backoff_factor', '1secs'),
  authenticationTimeoutMaxMs: time('authentication_timeout_max', '1mins'),
  authenticationTimeoutMinMs: time('authentication_timeout_min', '5secs'),
  authorizer: word('authorizer', 'local'),
  acls: unset('acls'),
  credential: unset('credential'),
  httpCredentials: unset('http_credentials'),
  jwtSecretKey: unset('jwt_secret_key'),
  firewallRules: unset('firewall_rules'),
  docker: word('docker', 'docker'),
  dockerIgnoreRuntime: on('docker_ignore_runtime', 'false'),
  dockerKillOrphans: on('docker_kill_orphans', 'true'),
  dockerRemoveDelayMs: time('docker_remove_delay', '6hrs'),
  dockerSocket: word('docker_socket', '/var/run/docker.sock'),
  dockerStopTimeoutMs: time('docker_stop_timeout', '0ns'),
  dockerVolumeCheckpointDir: word('docker_volume_checkpoint_dir', '/var/run/mesos/isolators/docker/volume'),
  dockerVolumeChown: on('docker_volume_chown', 'false'),
  help: on('help', 'false'),
  httpCommandExecutor: on('http_command_executor', 'false'),
  httpExecutorDomainSockets: on('http_executor_domain_sockets', 'false'),
  hooks: unset('hooks'),
  initializeDriverLogging: on('initialize_driver_logging', 'true'),
  launcherDir: word('launcher_dir', '/usr/libexec/mesos'),
  logbufsecs: kind.integer('logbufsecs', { default: '0', min: 0, help: NOTHING }),
  memoryProfiling: on('memory_profiling', 'false'),
  modulesDir: unset('modules_dir'),
  networkCniMetrics: on('network_cni_metrics', 'true'),
  perfDurationMs: time('perf_duration', '10secs'),
  perfIntervalMs: time('perf_interval', '1mins'),
  secretResolver: unset('secret_resolver'),
  systemdEnableSupport: on('systemd_enable_support', 'true'),
  systemdRuntimeDirectory: word('systemd_runtime_directory', '/run/systemd/system'),
  version: on('version', 'false'),
};
