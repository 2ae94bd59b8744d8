// The master's flags (mesos-semantics.md 16.1): names, defaults and texts of the original, each parsed into what the
// master works with. Flags of features that are not here yet are refused when they would have to act, never ignored.

import * as kind from '../serving/flag-kinds.ts';
import { type FlagSources, type FlagValues, type ParsedFlags, parseFlags } from '../serving/flags.ts';
import { parseResourceAlternatives } from './flags/min-allocatable.ts';
import { parseRateLimit } from './flags/rate-limit.ts';
import { parseRoles } from './flags/roles.ts';
import { parseWeights } from './flags/weights.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Option name → flag. Times are in ms, sizes in bytes; what may be absent has neither default nor `required`. */
export const MASTER_FLAGS = {
  ip: kind.text('ip', { help: 'IP address to listen on; without it the address of --hostname or of this machine.' }),
  port: kind.integer('port', { default: '5050', min: 0, max: 65535, help: 'Port to listen on; 0 takes a free one.' }),
  advertiseIp: kind.text('advertise_ip', { help: 'IP address told to agents and frameworks instead of --ip.' }),
  advertisePort: kind.integer('advertise_port', { min: 1, max: 65535, help: 'Port told to others instead of --port.' }),
  hostname: kind.text('hostname', { help: 'Name told to others; default: looked up, or the IP address.' }),
  hostnameLookup: kind.boolean('hostname_lookup', {
    default: 'true',
    help: "Use this machine's name when --hostname is not given.",
  }),
  workDir: kind.text('work_dir', {
    help: 'Directory of the registry. Required without --zk, unless --registry=in_memory.',
  }),
  zk: kind.url('zk', {
    help:
      'ZooKeeper of the masters, for election and registry: zk://[user:password@]host:port,…/path, or file:///path of a ' +
      'file that holds it. Without it this master leads alone.',
  }),
  zkSessionTimeoutMs: kind.duration('zk_session_timeout', {
    default: '10secs',
    min: SECOND,
    help: 'ZooKeeper session timeout.',
  }),
  quorum: kind.integer('quorum', {
    min: 1,
    help: "Size of the quorum of replicas of the original's log; has no effect here.",
  }),
  cluster: kind.text('cluster', { help: 'Name of the cluster, shown in the web UI.' }),
  logDir: kind.text('log_dir', { help: 'Directory of log files.' }),
  externalLogFile: kind.text('external_log_file', { help: 'Log file that somebody else writes; shown in the web UI.' }),
  loggingLevel: kind.choice('logging_level', ['INFO', 'WARNING', 'ERROR'], {
    default: 'INFO',
    help: 'Log messages at or above this level.',
  }),
  quiet: kind.boolean('quiet', { default: 'false', help: 'No log on stderr.' }),
  webuiDir: kind.text('webui_dir', {
    help: "Directory of the web UI's files; default: the ones that come with this program.",
  }),

  registry: kind.choice('registry', ['replicated_log', 'in_memory'], {
    default: 'replicated_log',
    help: 'Where the registry is kept: replicated_log = durably, with --zk there, else below --work_dir; in_memory = nowhere.',
  }),
  registryFetchTimeoutMs: kind.duration('registry_fetch_timeout', {
    default: '1mins',
    min: 1,
    help: 'Time to read the registry at start.',
  }),
  registryStoreTimeoutMs: kind.duration('registry_store_timeout', {
    default: '20secs',
    min: 1,
    help: 'Time for one registry write; after it the master exits.',
  }),
  registryStrict: kind.boolean('registry_strict', { default: 'false', help: 'Has no effect, as in the original.' }),
  logAutoInitialize: kind.boolean('log_auto_initialize', {
    default: 'true',
    help: 'Create the registry when there is none.',
  }),
  registryGcIntervalMs: kind.duration('registry_gc_interval', {
    default: '15mins',
    min: 1,
    help: 'How often old unreachable and gone agents are dropped.',
  }),
  registryMaxAgentAgeMs: kind.duration('registry_max_agent_age', {
    default: '2weeks',
    min: 0,
    help: 'Age after which unreachable and gone agents are forgotten.',
  }),
  registryMaxAgentCount: kind.integer('registry_max_agent_count', {
    default: '102400',
    min: 0,
    help: 'Most unreachable and most gone agents remembered.',
  }),

  agentPingTimeoutMs: kind.duration('agent_ping_timeout', {
    default: '15secs',
    min: SECOND,
    max: 15 * MINUTE,
    aliases: ['slave_ping_timeout'],
    help: 'Time between pings, and for an answer to one.',
  }),
  maxAgentPingTimeouts: kind.integer('max_agent_ping_timeouts', {
    default: '5',
    min: 1,
    aliases: ['max_slave_ping_timeouts'],
    help: 'Pings without an answer after which an agent is unreachable.',
  }),
  agentReregisterTimeoutMs: kind.duration('agent_reregister_timeout', {
    default: '10mins',
    min: 10 * MINUTE,
    aliases: ['slave_reregister_timeout'],
    help: 'Time for agents to come back after a failover or a broken connection.',
  }),
  recoveryAgentRemovalLimit: kind.percent('recovery_agent_removal_limit', {
    default: '100%',
    aliases: ['recovery_slave_removal_limit'],
    help: 'Share of agents that may be missing after a failover; with more the master exits.',
  }),
  agentRemovalRateLimit: kind.parsed('agent_removal_rate_limit', parseRateLimit, {
    aliases: ['slave_removal_rate_limit'],
    help: 'Most agents marked unreachable in a time, e.g. 1/10mins; default: no limit.',
  }),

  allocationIntervalMs: kind.duration('allocation_interval', {
    default: '1secs',
    min: 1,
    help: 'Time between batch allocations.',
  }),
  allocator: kind.choice('allocator', ['hierarchical', 'HierarchicalDRF'], {
    default: 'hierarchical',
    help: 'The allocator.',
  }),
  roleSorter: kind.choice('role_sorter', ['drf', 'random'], {
    default: 'drf',
    help: 'Order of roles in an allocation.',
  }),
  frameworkSorter: kind.choice('framework_sorter', ['drf', 'random'], {
    default: 'drf',
    help: 'Order of frameworks of a role.',
  }),
  limitsBindSubroles: kind.boolean('limits_bind_subroles', {
    default: 'true',
    help: 'The limit of a role binds the roles beneath it too; false: they may pass it, as in the original. (Not a flag of the original.)',
  }),
  minAllocatableResources: kind.parsed('min_allocatable_resources', parseResourceAlternatives, {
    default: 'cpus:0.01|mem:32',
    help: 'Smallest offer: `|` between alternatives, `;` between what one needs.',
  }),
  offerTimeoutMs: kind.duration('offer_timeout', {
    min: 1,
    help: 'Time after which an unused offer is rescinded; default: never.',
  }),
  whitelist: kind.text('whitelist', {
    help: 'File of host names, one a line, whose agents are offered; re-read every 5 s. Default: all.',
  }),
  filterGpuResources: kind.boolean('filter_gpu_resources', {
    default: 'true',
    help: 'Offer agents with GPUs to GPU_RESOURCES frameworks only.',
  }),
  fairSharingExcludedResourceNames: kind.text('fair_sharing_excluded_resource_names', {
    help: 'Comma-separated resources that do not count as a share.',
  }),
  allocatorAgentRecoveryFactor: kind.number('allocator_agent_recovery_factor', {
    default: '0.8',
    min: 0,
    max: 1,
    help: 'Share of agents to be back before offers go on after a failover with quota.',
  }),
  allocatorRecoveryTimeoutMs: kind.duration('allocator_recovery_timeout', {
    default: '10mins',
    min: 0,
    help: 'Longest pause of offers after a failover with quota.',
  }),

  roles: kind.parsed('roles', parseRoles, { help: 'Comma-separated roles that may be used; default: any.' }),
  weights: kind.parsed('weights', parseWeights, {
    help: 'role=weight pairs, comma-separated; used while the registry holds none.',
  }),
  rootSubmissions: kind.boolean('root_submissions', { default: 'true', help: 'May frameworks run as root?' }),
  maxCompletedFrameworks: kind.integer('max_completed_frameworks', {
    default: '50',
    min: 0,
    help: 'Completed frameworks remembered.',
  }),
  maxCompletedTasksPerFramework: kind.integer('max_completed_tasks_per_framework', {
    default: '1000',
    min: 0,
    help: 'Completed tasks remembered of each framework.',
  }),
  maxUnreachableTasksPerFramework: kind.integer('max_unreachable_tasks_per_framework', {
    default: '1000',
    min: 0,
    help: 'Unreachable tasks remembered of each framework.',
  }),
  maxOperatorEventStreamSubscribers: kind.integer('max_operator_event_stream_subscribers', {
    default: '1000',
    min: 1,
    help: 'Operator event streams at a time; the oldest is closed beyond.',
  }),
  publishPerFrameworkMetrics: kind.boolean('publish_per_framework_metrics', {
    default: 'true',
    help: 'Metrics of each framework.',
  }),

  authenticateFrameworks: kind.boolean('authenticate_frameworks', {
    default: 'false',
    aliases: ['authenticate'],
    help: 'Authenticate driver-based frameworks.',
  }),
  authenticateAgents: kind.boolean('authenticate_agents', {
    default: 'false',
    aliases: ['authenticate_slaves'],
    help: 'Authenticate agents.',
  }),
  authenticateHttpReadonly: kind.boolean('authenticate_http_readonly', {
    default: 'false',
    help: 'Authenticate reads over HTTP.',
  }),
  authenticateHttpReadwrite: kind.boolean('authenticate_http_readwrite', {
    default: 'false',
    help: 'Authenticate changes over HTTP.',
  }),
  authenticateHttpFrameworks: kind.boolean('authenticate_http_frameworks', {
    default: 'false',
    help: 'Authenticate frameworks.',
  }),
  httpAuthenticators: kind.choice('http_authenticators', ['basic'], {
    default: 'basic',
    help: 'How HTTP requests are authenticated.',
  }),
  httpFrameworkAuthenticators: kind.text('http_framework_authenticators', {
    help: 'How frameworks are authenticated.',
  }),
  authenticators: kind.text('authenticators', {
    default: 'crammd5',
    help: "Authenticator of the original's drivers; has no effect here.",
  }),
  authenticationV0TimeoutMs: kind.duration('authentication_v0_timeout', {
    default: '15secs',
    min: 0,
    help: 'Has no effect here.',
  }),
  credentials: kind.text('credentials', { help: 'File of credentials.' }),
  acls: kind.text('acls', { help: 'Access control lists, as JSON or a file.' }),
  authorizers: kind.text('authorizers', { default: 'local', help: 'The authorizer.' }),
  rateLimits: kind.text('rate_limits', { help: 'Rate limits of driver-based frameworks; have no effect here.' }),
  firewallRules: kind.text('firewall_rules', { help: 'Endpoints that are switched off, as JSON or a file.' }),

  insecureNoAuth: kind.boolean('insecure_no_auth', {
    default: 'false',
    help: 'Listen beyond this machine although anybody who reaches the port may do anything.',
  }),
  domain: kind.text('domain', {
    help: 'Fault domain of this master, as JSON or a file: {"fault_domain":{"region":{"name":"eu"},"zone":{"name":"a"}}}.',
  }),
  requireAgentDomain: kind.boolean('require_agent_domain', {
    default: 'false',
    help: 'Refuse agents without a fault domain.',
  }),
  offerConstraintsRe2MaxMemBytes: kind.bytes('offer_constraints_re2_max_mem', {
    default: '4KB',
    help: 'Memory of one regular expression of offer constraints.',
  }),
  offerConstraintsRe2MaxProgramSize: kind.integer('offer_constraints_re2_max_program_size', {
    default: '100',
    min: 1,
    help: 'Program size of one regular expression of offer constraints.',
  }),
  memoryProfiling: kind.boolean('memory_profiling', { default: 'false', help: 'Has no effect here.' }),
  modules: kind.text('modules', { help: 'Modules of the original; have no effect here.' }),
  modulesDir: kind.text('modules_dir', { help: 'Modules of the original; have no effect here.' }),
  hooks: kind.text('hooks', { help: 'Hooks of the original; have no effect here.' }),
  masterContender: kind.text('master_contender', { help: 'Module of the original; has no effect here.' }),
  masterDetector: kind.text('master_detector', { help: 'Module of the original; has no effect here.' }),
  ipDiscoveryCommand: kind.text('ip_discovery_command', {
    help: 'Program that prints the IP address; has no effect here.',
  }),
  initializeDriverLogging: kind.boolean('initialize_driver_logging', { default: 'true', help: 'Has no effect here.' }),
  logbufsecs: kind.integer('logbufsecs', { default: '0', min: 0, help: 'Has no effect here.' }),
};

/** Every flag parsed; the units are in the names. */
export type MasterFlagValues = FlagValues<typeof MASTER_FLAGS>;

/** What a master is started with. */
export interface MasterOptions extends MasterFlagValues {
  /** Name → text, for /flags. */
  readonly flagTexts: Readonly<Record<string, string>>;
}

/** Throws FlagError when a flag is unknown or a value does not fit. */
export function parseMasterOptions(sources: FlagSources): MasterOptions {
  const { options, texts }: ParsedFlags<typeof MASTER_FLAGS> = parseFlags(MASTER_FLAGS, sources);
  return { ...options, flagTexts: texts };
}
