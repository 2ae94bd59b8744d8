// The agent's flags (mesos-semantics.md 16.2): names, defaults and texts of the original. What has no effect here says so
// in its help; what would have to act and cannot is refused (flags/refused-flags.ts).
import * as kind from '../serving/flag-kinds.ts';
import { type FlagSources, type FlagValues, parseFlags } from '../serving/flags.ts';
import { CONTAINER_FLAGS } from './flags/container-flags.ts';
import { INERT_FLAGS } from './flags/inert-flags.ts';
import { NETWORK_FLAGS } from './flags/network-flags.ts';
import { OVERSUBSCRIPTION_FLAGS } from './flags/oversubscription-flags.ts';
import { refuseUnsupported } from './flags/refused-flags.ts';
import { parseVariables } from './flags/variables.ts';

const SECOND = 1000;

/** Option name → flag. Times are in ms, sizes in bytes; what may be absent has neither default nor `required`. */
export const AGENT_FLAGS = {
  master: kind.url('master', {
    required: true,
    help: 'Where the master is: host:port, http://host:port, zk://host:port,…/path, or file:///path of a file with one.',
  }),
  zkSessionTimeoutMs: kind.duration('zk_session_timeout', {
    default: '10secs',
    min: SECOND,
    help: 'ZooKeeper session timeout, with --master=zk://….',
  }),
  workDir: kind.text('work_dir', { required: true, help: 'Directory of sandboxes and of what survives a restart.' }),
  ip: kind.text('ip', { help: 'IP address to listen on; default: 127.0.0.1.' }),
  port: kind.integer('port', { default: '5051', min: 0, max: 65535, help: 'Port to listen on; 0 takes a free one.' }),
  advertiseIp: kind.text('advertise_ip', { help: 'IP address told to others instead of --ip.' }),
  advertisePort: kind.integer('advertise_port', { min: 1, max: 65535, help: 'Port told to others instead of --port.' }),
  hostname: kind.text('hostname', { help: 'Name told to others; default: looked up, or the IP address.' }),
  hostnameLookup: kind.boolean('hostname_lookup', {
    default: 'true',
    help: "Use this machine's name when --hostname is not given.",
  }),
  insecureNoAuth: kind.boolean('insecure_no_auth', {
    default: 'false',
    help: 'Listen beyond loopback although nobody is authenticated.',
  }),
  resources: kind.text('resources', { help: 'What to offer, e.g. cpus:4;mem:1024; what is not named is detected.' }),
  attributes: kind.text('attributes', { help: 'What distinguishes this machine, e.g. rack:r1;zone:z1.' }),
  defaultRole: kind.text('default_role', { default: '*', help: 'Role of the resources that name none.' }),

  registrationBackoffFactorMs: kind.duration('registration_backoff_factor', {
    default: '1secs',
    min: 0,
    help: 'First span of the random wait before registering; doubles up to a minute.',
  }),
  httpHeartbeatIntervalMs: kind.duration('http_heartbeat_interval', {
    default: '30secs',
    min: 100,
    help: "Between signs of life to those who listen to a container's output.",
  }),
  executorRegistrationTimeoutMs: kind.duration('executor_registration_timeout', {
    default: '1mins',
    min: 0,
    help: 'Time for an executor to subscribe.',
  }),
  executorReregistrationTimeoutMs: kind.duration('executor_reregistration_timeout', {
    default: '2secs',
    min: 0,
    max: 15 * SECOND,
    help: 'Time for executors to come back after a restart.',
  }),
  executorShutdownGracePeriodMs: kind.duration('executor_shutdown_grace_period', {
    default: '5secs',
    min: 0,
    help: 'Time for an executor to end by itself.',
  }),
  recover: kind.choice('recover', ['reconnect', 'cleanup'], {
    default: 'reconnect',
    help: 'After a restart: reconnect = take the tasks back, cleanup = kill them and exit.',
  }),
  recoveryTimeoutMs: kind.duration('recovery_timeout', {
    default: '15mins',
    min: 0,
    help: 'Time executors wait for the agent.',
  }),
  isStrict: kind.boolean('strict', { default: 'true', help: 'Refuse to start on a damaged checkpoint.' }),
  reconfigurationPolicy: kind.choice('reconfiguration_policy', ['equal', 'additive'], {
    default: 'equal',
    help: 'Which changes of resources and attributes keep the agent id.',
  }),
  maxCompletedExecutorsPerFramework: kind.integer('max_completed_executors_per_framework', {
    default: '150',
    min: 0,
    help: 'Completed executors remembered of each framework.',
  }),

  gcDelayMs: kind.duration('gc_delay', {
    default: '1weeks',
    min: 0,
    help: 'Longest life of a sandbox after its task.',
  }),
  gcDiskHeadroom: kind.number('gc_disk_headroom', {
    default: '0.1',
    min: 0,
    max: 1,
    help: 'Share of the disk to keep free by deleting sandboxes earlier.',
  }),
  diskWatchIntervalMs: kind.duration('disk_watch_interval', {
    default: '1mins',
    min: 1,
    help: 'How often the disk is looked at.',
  }),
  gcNonExecutorContainerSandboxes: kind.boolean('gc_non_executor_container_sandboxes', {
    default: 'false',
    help: 'Delete sandboxes of nested containers too.',
  }),

  executorEnvironmentVariables: kind.parsed('executor_environment_variables', parseVariables, {
    help: 'JSON object (or file) of variables for every task, instead of PATH.',
  }),
  domain: kind.text('domain', { help: 'Fault domain of this agent, as JSON or a file.' }),
  logDir: kind.text('log_dir', { help: 'Directory of log files.' }),
  externalLogFile: kind.text('external_log_file', { help: 'Log file that somebody else writes; shown as /slave/log.' }),
  loggingLevel: kind.choice('logging_level', ['INFO', 'WARNING', 'ERROR'], {
    default: 'INFO',
    help: 'Log messages at or above this level.',
  }),
  quiet: kind.boolean('quiet', { default: 'false', help: 'No log on stderr.' }),
  ...CONTAINER_FLAGS,
  ...NETWORK_FLAGS,
  ...OVERSUBSCRIPTION_FLAGS,
  ...INERT_FLAGS,
};

/** Every flag parsed; the units are in the names. */
export type AgentFlagValues = FlagValues<typeof AGENT_FLAGS>;

/** What an agent is started with. */
export interface AgentOptions extends AgentFlagValues {
  /** Name → text, for /flags. */
  readonly flagTexts: Readonly<Record<string, string>>;
}

/** Throws FlagError when a flag is unknown, does not fit, or asks for what this agent cannot do. */
export function parseAgentOptions(sources: FlagSources): AgentOptions {
  const { options, texts } = parseFlags(AGENT_FLAGS, sources);
  refuseUnsupported(texts);
  return { ...options, flagTexts: texts };
}
