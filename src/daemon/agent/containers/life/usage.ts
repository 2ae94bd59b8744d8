// What a running container uses, beside what it may use.
import type { ResourceStatistics } from '../../../../mesos/generated/v1.ts';
import type { Clock } from '../../../../world/world.ts';
import type { Isolator } from '../isolation/isolator.ts';
import type { Container } from './container.ts';

/** Of a container without a process of its own: told as such, since who reads statistics sums these up. */
const NOTHING = { cpus_user_time_secs: 0, cpus_system_time_secs: 0, mem_rss_bytes: 0 };

/** Undefined when it has ended meanwhile. */
export async function usageOf(
  clock: Clock,
  isolator: Isolator,
  container: Container,
): Promise<ResourceStatistics | undefined> {
  const measured = (await isolator.statistics(container)) ?? (container.hasProcess ? undefined : NOTHING);
  if (measured === undefined) return undefined;
  const { cpus, cpusLimit, memoryBytes, memoryLimitBytes } = container.limits;
  const { diskBytes, diskUsedBytes } = container;
  return {
    timestamp: clock.nowMs() / 1000,
    cpus_soft_limit: cpus,
    ...(cpusLimit !== undefined && Number.isFinite(cpusLimit) && { cpus_limit: cpusLimit }),
    mem_soft_limit_bytes: memoryBytes,
    ...(Number.isFinite(memoryLimitBytes) && { mem_limit_bytes: memoryLimitBytes }),
    ...(diskBytes !== undefined &&
      diskUsedBytes !== undefined && { disk_limit_bytes: diskBytes, disk_used_bytes: diskUsedBytes }),
    ...measured,
  };
}
