// Flags about containers: isolation, cgroups and fetching.
import * as kind from '../../serving/flag-kinds.ts';
import { ISOLATOR_NAMES } from '../containers/confinement/features.ts';
import {
  parseCapabilities,
  parseColonPaths,
  parseContainerInfo,
  parseContainerizers,
  parsePaths,
} from './confinement.ts';
import { inlineOrFile } from './inline-or-file.ts';
import { parseNetworks } from './networks.ts';

const MINUTE = 60_000;

/** A part of AGENT_FLAGS. */
export const CONTAINER_FLAGS = {
  runtimeDir: kind.text('runtime_dir', {
    help: "Directory of the running containers' facts; default: /var/run/mesos for root, else below --work_dir.",
  }),
  isolation: kind.text('isolation', {
    help: `How tasks are kept apart, of: ${ISOLATOR_NAMES.join(', ')}; default: the best limits of cpu and memory this machine has.`,
  }),
  launcher: kind.choice('launcher', ['linux', 'posix'], { help: 'Has no effect here: it follows from the isolation.' }),
  switchUser: kind.boolean('switch_user', { default: 'true', help: 'Run tasks as the user they name.' }),
  cgroupsHierarchy: kind.text('cgroups_hierarchy', { default: '/sys/fs/cgroup', help: 'Where cgroups are mounted.' }),
  cgroupsRoot: kind.text('cgroups_root', { default: 'mesos', help: 'Cgroup below which all containers are.' }),
  cgroupsEnableCfs: kind.boolean('cgroups_enable_cfs', {
    default: 'false',
    help: 'Limit the cpu time of tasks to what they asked for.',
  }),
  cgroupsLimitSwap: kind.boolean('cgroups_limit_swap', { default: 'false', help: 'Limit memory and swap together.' }),
  cgroupsDestroyTimeoutMs: kind.duration('cgroups_destroy_timeout', {
    default: '1mins',
    min: 0,
    help: 'Time to end all processes of a container.',
  }),
  cgroupsCpuEnablePidsAndTidsCount: kind.boolean('cgroups_cpu_enable_pids_and_tids_count', {
    default: 'false',
    help: 'Count processes and threads in the statistics.',
  }),
  revocableCpuLowPriority: kind.boolean('revocable_cpu_low_priority', {
    default: 'true',
    help: 'Tasks with revocable cpus stand back for all others when cpu time is scarce.',
  }),
  frameworksHome: kind.text('frameworks_home', { default: '', help: 'Where relative URIs are looked for.' }),
  fetcherCacheDir: kind.text('fetcher_cache_dir', {
    help: 'Where cached URIs are kept; default: below --work_dir. Emptied at start.',
  }),
  fetcherCacheSizeBytes: kind.bytes('fetcher_cache_size', { default: '2GB', help: 'Most that is kept in the cache.' }),
  fetcherStallTimeoutMs: kind.duration('fetcher_stall_timeout', {
    default: '1mins',
    min: MINUTE / 60,
    help: 'A download that stands still this long has failed.',
  }),
  fetcherMaxFileBytes: kind.bytes('fetcher_max_file_size', {
    help: 'Longer files are not fetched; default: no limit. (Not a flag of the original.)',
  }),
  fetcherForbiddenNetworks: kind.parsed('fetcher_forbidden_networks', parseNetworks, {
    help: 'Networks that nothing is fetched from: 10.0.0.0/8,fe80::/10. (Not a flag of the original.)',
  }),
  containerDiskWatchIntervalMs: kind.duration('container_disk_watch_interval', {
    default: '15secs',
    min: 1,
    help: 'How often the size of sandboxes is looked at.',
  }),
  enforceContainerDiskQuota: kind.boolean('enforce_container_disk_quota', {
    default: 'false',
    help: 'Kill tasks whose sandbox is larger than their disk.',
  }),
  allowedHostPaths: kind.parsed('allowed_host_paths', parsePaths, {
    help: 'Host paths below these may be volumes: /data,/srv; default: none. (Not a flag of the original.)',
  }),
  effectiveCapabilities: kind.parsed('effective_capabilities', inlineOrFile(parseCapabilities), {
    help: 'JSON (or file:///path) of the capabilities that tasks have when they name none: {"capabilities": ["NET_RAW"]}.',
  }),
  boundingCapabilities: kind.parsed('bounding_capabilities', inlineOrFile(parseCapabilities), {
    help: 'JSON (or file:///path) of the capabilities that tasks can ever have.',
  }),
  hostPathVolumeForceCreation: kind.parsed('host_path_volume_force_creation', parseColonPaths, {
    help: 'Host paths of volumes are made when they are not there, below these: /data:/srv; they must be allowed too.',
  }),
  defaultContainerInfo: kind.parsed('default_container_info', inlineOrFile(parseContainerInfo), {
    help: 'JSON (or file:///path) of the ContainerInfo of executors and command tasks that have none.',
  }),
  defaultContainerShmSizeBytes: kind.bytes('default_container_shm_size', {
    help: 'Size of /dev/shm of containers with an ipc namespace of their own.',
  }),
  disallowSharingAgentPidNamespace: kind.boolean('disallow_sharing_agent_pid_namespace', {
    default: 'false',
    help: 'Refuse tasks that ask for the pid namespace of the agent.',
  }),
  disallowSharingAgentIpcNamespace: kind.boolean('disallow_sharing_agent_ipc_namespace', {
    default: 'false',
    help: 'Refuse tasks that ask for the ipc namespace of the agent.',
  }),
  enforceContainerPorts: kind.boolean('enforce_container_ports', {
    default: 'false',
    help: 'Kill tasks that listen on ports they do not have (with --isolation=network/ports).',
  }),
  containerPortsWatchIntervalMs: kind.duration('container_ports_watch_interval', {
    default: '30secs',
    min: 1,
    help: 'How often the ports that tasks listen on are looked at.',
  }),
  containerizers: kind.parsed('containerizers', parseContainerizers, {
    default: 'mesos',
    help: 'Ways to run containers: mesos, and with mesos,docker those of the type DOCKER too.',
  }),
  imageProviders: kind.choice('image_providers', ['docker', 'DOCKER'], { help: 'Kinds of images; only docker here.' }),
  imageProvisionerBackend: kind.choice('image_provisioner_backend', ['overlay'], {
    help: 'How a container gets its root from an image; only overlay here.',
  }),
  dockerRegistry: kind.url('docker_registry', {
    default: 'https://registry-1.docker.io',
    help: 'Where images are: URL of a registry, or a directory or file of this machine with archives or OCI layouts.',
  }),
  dockerConfig: kind.secret('docker_config', {
    help: "Logins for registries: docker's config.json, as an absolute path or JSON.",
  }),
  imageGcConfig: kind.text('image_gc_config', {
    help: 'When images that no container has are removed, as a path or JSON: {"image_disk_headroom": 0.1, "image_disk_watch_interval": {"nanoseconds": 3600000000000}, "excluded_images": []}; default: only by PRUNE_IMAGES.',
  }),
  dockerStoreDir: kind.text('docker_store_dir', { help: 'Where images are kept; default: below --work_dir.' }),
  sandboxDirectory: kind.text('sandbox_directory', {
    default: '/mnt/mesos/sandbox',
    help: 'Where containers with an image of their own see their sandbox.',
  }),
  maxTaskLogBytes: kind.bytes('max_task_log_size', {
    default: '100MB',
    help: 'Size at which stdout and stderr of a task are rotated. (Not a flag of the original.)',
  }),
};
