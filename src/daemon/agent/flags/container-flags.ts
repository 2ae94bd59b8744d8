// Flags about containers: isolation, cgroups and fetching.
import * as kind from '../../serving/flag-kinds.ts';
import { parseNetworks } from './networks.ts';

const MINUTE = 60_000;

/** A part of AGENT_FLAGS. */
export const CONTAINER_FLAGS = {
  runtimeDir: kind.text('runtime_dir', {
    help: "Directory of the running containers' facts; default: /var/run/mesos for root, else below --work_dir.",
  }),
  isolation: kind.text('isolation', {
    help: 'What limits tasks: cgroups/cpu,cgroups/mem or posix/cpu,posix/mem; default: the best this machine has.',
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
  containerizers: kind.text('containerizers', { default: 'mesos', help: 'Ways to run containers; only mesos here.' }),
  sandboxDirectory: kind.text('sandbox_directory', {
    default: '/mnt/mesos/sandbox',
    help: 'Where containers with an image of their own see their sandbox.',
  }),
  maxTaskLogBytes: kind.bytes('max_task_log_size', {
    default: '100MB',
    help: 'Size at which stdout and stderr of a task are rotated. (Not a flag of the original.)',
  }),
};
