// What a container may use, and how the kernel is told so (mesos-semantics.md 10.3).
import { Resources } from '../../../../mesos/resources.ts';
import type { ContainerConfig } from '../containerizer.ts';

const MEGABYTE = 2 ** 20;
/** No container gets less memory. */
export const MIN_MEMORY_BYTES = 32 * MEGABYTE;

/** The period that limits of cpu time are counted in, in microseconds. */
export const CFS_PERIOD_US = 100_000;
const MIN_CFS_QUOTA_US = 1_000;

/** Cpus in cpus, memory in bytes. */
export interface ContainerLimits {
  /** Requested share of cpu time. */
  readonly cpus: number;
  /** What it may use even when the rest of the machine is idle; Infinity = no limit, undefined = none was asked for. */
  readonly cpusLimit: number | undefined;
  /** Some of the cpus may be taken back at any time: it stands back for who has cpus of its own. */
  readonly hasRevocableCpus?: boolean;
  /** Requested memory, at least the minimum. */
  readonly memoryBytes: number;
  /** Above this it is killed; Infinity = never. */
  readonly memoryLimitBytes: number;
}

/**
 * From requests and limits of the task. Without a memory limit the request is the limit; without a cpu limit there is
 * none.
 */
export function limitsOf(config: Pick<ContainerConfig, 'resources' | 'limits'>): ContainerLimits {
  const resources = Resources.of([...config.resources]);
  const memoryMb = resources.scalar('mem') ?? 0;
  return {
    cpus: resources.scalar('cpus') ?? 0,
    cpusLimit: config.limits.cpus,
    ...(resources.revocable().scalar('cpus') !== undefined && { hasRevocableCpus: true }),
    memoryBytes: atLeastMinimum(memoryMb),
    memoryLimitBytes: atLeastMinimum(config.limits.memMb ?? memoryMb),
  };
}

const atLeastMinimum = (memoryMb: number): number => Math.max(Math.floor(memoryMb * MEGABYTE), MIN_MEMORY_BYTES);

/** `cpu.shares` of cgroup v1: relative weight, 1024 a cpu, 10 of low priority. */
export const cpuShares = (cpus: number, isLow = false): number => Math.max(Math.floor((isLow ? 10 : 1024) * cpus), 2);

/** `cpu.weight` of cgroup v2: relative weight, 100 a cpu, 1 of low priority, of 1 to 10000. */
export const cpuWeight = (cpus: number, isLow = false): number =>
  Math.min(Math.max(Math.floor((isLow ? 1 : 100) * cpus), 1), 10_000);

/** Microseconds of cpu time in each period. */
export const cfsQuotaUs = (cpus: number): number => Math.max(Math.floor(CFS_PERIOD_US * cpus), MIN_CFS_QUOTA_US);
