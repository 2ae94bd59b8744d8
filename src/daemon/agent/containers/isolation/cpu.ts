// The cpu controllers of both cgroup versions: weights, limits, and what was used.
import type { Hierarchy } from './hierarchy.ts';
import type { ContainerStatistics } from './isolator.ts';
import { CFS_PERIOD_US, type ContainerLimits, cfsQuotaUs, cpuShares, cpuWeight } from './limits.ts';

/** `cpuacct` counts in these (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** One version's files for cpu time. */
export interface CpuController {
  limit(containerId: string, limits: ContainerLimits): Promise<void>;
  statistics(containerId: string): Promise<ContainerStatistics>;
}

/** Cpu time used, in seconds. */
export interface CpuTimes {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** Where v1 has the times: `cpuacct`, mostly on the same mount. Undefined when the container is gone. */
export function cpuacctTimes(accounting: Hierarchy): (containerId: string) => Promise<CpuTimes | undefined> {
  return async (id) => {
    const table = await accounting.readTable(id, 'cpuacct.stat');
    const user = table.get('user');
    if (user === undefined) return undefined;
    return { userSeconds: user / TICKS_PER_SECOND, systemSeconds: (table.get('system') ?? 0) / TICKS_PER_SECOND };
  };
}

/** The times that every v2 cgroup counts, also without a controller. */
export function statTimes(hierarchy: Hierarchy): (containerId: string) => Promise<CpuTimes | undefined> {
  return async (id) => {
    const table = await hierarchy.readTable(id, 'cpu.stat');
    const user = table.get('user_usec');
    if (user === undefined) return undefined;
    return { userSeconds: user / 1e6, systemSeconds: (table.get('system_usec') ?? 0) / 1e6 };
  };
}

/** `timesOf` tells the times where this machine counts them; `lowersRevocable`: revocable cpus have a low priority. */
export function cpuV1(
  cpu: Hierarchy,
  timesOf: ((containerId: string) => Promise<CpuTimes | undefined>) | undefined,
  lowersRevocable: boolean,
): CpuController {
  return {
    async limit(id, { cpus, cpusLimit, hasRevocableCpus = false }) {
      await cpu.write(id, 'cpu.shares', cpuShares(cpus, lowersRevocable && hasRevocableCpus));
      if (cpusLimit === undefined) return;
      await cpu.write(id, 'cpu.cfs_period_us', CFS_PERIOD_US);
      await cpu.write(id, 'cpu.cfs_quota_us', Number.isFinite(cpusLimit) ? cfsQuotaUs(cpusLimit) : -1);
    },
    async statistics(id) {
      const times = await timesOf?.(id);
      const throttling = await cpu.readTable(id, 'cpu.stat');
      const quotaUs = (await cpu.readNumber(id, 'cpu.cfs_quota_us')) ?? -1;
      const periodUs = (await cpu.readNumber(id, 'cpu.cfs_period_us')) ?? CFS_PERIOD_US;
      return {
        ...(times && {
          cpus_user_time_secs: times.userSeconds,
          cpus_system_time_secs: times.systemSeconds,
        }),
        ...(quotaUs > 0 && { cpus_limit: quotaUs / periodUs }),
        cpus_nr_periods: throttling.get('nr_periods') ?? 0,
        cpus_nr_throttled: throttling.get('nr_throttled') ?? 0,
        cpus_throttled_time_secs: (throttling.get('throttled_time') ?? 0) / 1e9,
      };
    },
  };
}

/** Writes `cpu.weight` and, when a limit was asked for, `cpu.max`. */
export function cpuV2(hierarchy: Hierarchy, lowersRevocable: boolean): CpuController {
  return {
    async limit(id, { cpus, cpusLimit, hasRevocableCpus = false }) {
      await hierarchy.write(id, 'cpu.weight', cpuWeight(cpus, lowersRevocable && hasRevocableCpus));
      if (cpusLimit === undefined) return;
      const quota = Number.isFinite(cpusLimit) ? cfsQuotaUs(cpusLimit) : 'max';
      await hierarchy.write(id, 'cpu.max', `${quota} ${CFS_PERIOD_US}`);
    },
    async statistics(id) {
      const used = await hierarchy.readTable(id, 'cpu.stat');
      const [quota, period] = ((await hierarchy.read(id, 'cpu.max')) ?? 'max').trim().split(' ');
      return {
        cpus_user_time_secs: (used.get('user_usec') ?? 0) / 1e6,
        cpus_system_time_secs: (used.get('system_usec') ?? 0) / 1e6,
        ...(quota !== 'max' && { cpus_limit: Number(quota) / Number(period) }),
        cpus_nr_periods: used.get('nr_periods') ?? 0,
        cpus_nr_throttled: used.get('nr_throttled') ?? 0,
        cpus_throttled_time_secs: (used.get('throttled_usec') ?? 0) / 1e6,
      };
    },
  };
}
