// The memory controllers of both cgroup versions: limits, use, and whether the kernel has killed for want of memory.
import type { Hierarchy } from './hierarchy.ts';
import type { ContainerStatistics, MemoryOverrun } from './isolator.ts';
import type { ContainerLimits } from './limits.ts';

/** v1 says this or something near it when there is no limit; v2 says `max`, which is read as Infinity. */
export const UNLIMITED = 2 ** 60;

/** One version's files for memory. */
export interface MemoryController {
  limit(containerId: string, limits: ContainerLimits): Promise<void>;
  /** As `limit`, for one that has a limit already, which stays when it is higher: what is used would be killed for it. */
  raise(containerId: string, limits: ContainerLimits): Promise<void>;
  overrun(containerId: string): Promise<MemoryOverrun | undefined>;
  /** What `overrun` says of limit and use, whether it was overrun or not. */
  figures(containerId: string): Promise<Pick<MemoryOverrun, 'limitBytes' | 'peakBytes'>>;
  statistics(containerId: string): Promise<ContainerStatistics>;
}

/** `limitSwap`: swap counts too (--cgroups_limit_swap). */
export function memoryV1(hierarchy: Hierarchy, limitSwap: boolean): MemoryController {
  const figures: MemoryController['figures'] = async (id) => {
    const limitBytes = (await hierarchy.readNumber(id, 'memory.limit_in_bytes')) ?? 0;
    const peakBytes = (await hierarchy.readNumber(id, 'memory.max_usage_in_bytes')) ?? limitBytes;
    return { limitBytes, peakBytes };
  };
  return {
    async limit(id, { memoryBytes, memoryLimitBytes }) {
      await hierarchy.write(id, 'memory.soft_limit_in_bytes', memoryBytes);
      const limit = Number.isFinite(memoryLimitBytes) ? memoryLimitBytes : -1;
      await hierarchy.write(id, 'memory.limit_in_bytes', limit);
      if (limitSwap) await hierarchy.write(id, 'memory.memsw.limit_in_bytes', limit);
    },
    async raise(id, { memoryBytes, memoryLimitBytes }) {
      await hierarchy.write(id, 'memory.soft_limit_in_bytes', memoryBytes);
      if ((await figures(id)).limitBytes >= memoryLimitBytes) return;
      const limit = Number.isFinite(memoryLimitBytes) ? memoryLimitBytes : -1;
      // The limit of both is never below that of memory alone.
      if (limitSwap) await hierarchy.write(id, 'memory.memsw.limit_in_bytes', limit);
      await hierarchy.write(id, 'memory.limit_in_bytes', limit);
    },
    figures,
    async overrun(id) {
      const control = await hierarchy.readTable(id, 'memory.oom_control');
      // Kernels before 4.13 do not count; there only a container that is out of memory at this moment is seen.
      const kills = control.get('oom_kill') ?? control.get('under_oom') ?? 0;
      if (kills === 0) return undefined;
      return { ...(await figures(id)), details: (await hierarchy.read(id, 'memory.stat')) ?? '' };
    },
    async statistics(id) {
      const table = await hierarchy.readTable(id, 'memory.stat');
      const of = (name: string): number => table.get(`total_${name}`) ?? 0;
      const limit = (await hierarchy.readNumber(id, 'memory.limit_in_bytes')) ?? UNLIMITED;
      return {
        ...(limit < UNLIMITED && { mem_limit_bytes: limit }),
        mem_total_bytes: (await hierarchy.readNumber(id, 'memory.usage_in_bytes')) ?? 0,
        ...(limitSwap && {
          mem_total_memsw_bytes: (await hierarchy.readNumber(id, 'memory.memsw.usage_in_bytes')) ?? 0,
        }),
        mem_rss_bytes: of('rss'),
        mem_anon_bytes: of('rss'),
        mem_cache_bytes: of('cache'),
        mem_file_bytes: of('cache'),
        mem_mapped_file_bytes: of('mapped_file'),
        mem_swap_bytes: of('swap'),
        mem_unevictable_bytes: of('unevictable'),
      };
    },
  };
}

/** The request is protected (`memory.low`), the limit is hard (`memory.max`). */
export function memoryV2(hierarchy: Hierarchy): MemoryController {
  const limit = async (
    id: string,
    { memoryBytes, memoryLimitBytes }: Pick<ContainerLimits, 'memoryBytes' | 'memoryLimitBytes'>,
  ): Promise<void> => {
    await hierarchy.write(id, 'memory.low', memoryBytes);
    await hierarchy.write(id, 'memory.max', Number.isFinite(memoryLimitBytes) ? memoryLimitBytes : 'max');
  };
  const figures: MemoryController['figures'] = async (id) => {
    const limitBytes = (await hierarchy.readNumber(id, 'memory.max')) ?? 0;
    // memory.peak is younger (5.19) than the rest.
    const peakBytes = (await hierarchy.readNumber(id, 'memory.peak')) ?? limitBytes;
    return { limitBytes, peakBytes };
  };
  return {
    limit,
    async raise(id, { memoryBytes, memoryLimitBytes }) {
      const { limitBytes } = await figures(id);
      await limit(id, { memoryBytes, memoryLimitBytes: Math.max(memoryLimitBytes, limitBytes) });
    },
    figures,
    async overrun(id) {
      const events = await hierarchy.readTable(id, 'memory.events');
      if ((events.get('oom_kill') ?? 0) === 0) return undefined;
      // A container nested in this one counts above, and may have been over a limit of its own alone (kernel 5.2 and later).
      const own = (await hierarchy.readTable(id, 'memory.events.local')).get('oom') ?? 1;
      if (own === 0) return undefined;
      return { ...(await figures(id)), details: (await hierarchy.read(id, 'memory.stat')) ?? '' };
    },
    async statistics(id) {
      const table = await hierarchy.readTable(id, 'memory.stat');
      const of = (name: string): number => table.get(name) ?? 0;
      const limit = (await hierarchy.readNumber(id, 'memory.max')) ?? Number.POSITIVE_INFINITY;
      return {
        ...(Number.isFinite(limit) && { mem_limit_bytes: limit }),
        mem_total_bytes: (await hierarchy.readNumber(id, 'memory.current')) ?? 0,
        mem_rss_bytes: of('anon'),
        mem_anon_bytes: of('anon'),
        mem_cache_bytes: of('file'),
        mem_file_bytes: of('file'),
        mem_mapped_file_bytes: of('file_mapped'),
        mem_swap_bytes: (await hierarchy.readNumber(id, 'memory.swap.current')) ?? 0,
        mem_unevictable_bytes: of('unevictable'),
      };
    },
  };
}
