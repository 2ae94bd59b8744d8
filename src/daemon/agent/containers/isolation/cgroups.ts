// Containers in cgroups: whatever controllers this machine has, put together to one isolator.
import type { ProcessSignal } from '../../../../world/processes.ts';
import { parentKey } from '../container-id.ts';
import type { CpuController } from './cpu.ts';
import type { Hierarchy } from './hierarchy.ts';
import type { ContainerStatistics, IsolatedContainer, Isolator, MemoryOverrun } from './isolator.ts';
import type { ContainerLimits } from './limits.ts';
import { type MemoryController, UNLIMITED } from './memory.ts';
import type { ProcessTree } from './tree.ts';

/** Time for the runner to end by itself after it has told the task's end. */
const RUNNER_GRACE_MS = 2;

/** A controller that is undefined is not there or was not asked for; `warning` says so. */
export interface CgroupParts {
  readonly kind: 'cgroups-v1' | 'cgroups-v2';
  readonly warning: string | undefined;
  readonly cpu: CpuController | undefined;
  readonly memory: MemoryController | undefined;
  readonly tree: ProcessTree;
  /** Every hierarchy that a container has a cgroup in, each once. */
  readonly hierarchies: readonly Hierarchy[];
  readonly countProcesses: boolean;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A container has a cgroup of the same name in every hierarchy in use. */
export class CgroupIsolator implements Isolator {
  readonly kind: 'cgroups-v1' | 'cgroups-v2';
  readonly warning: string | undefined;
  readonly #parts: CgroupParts;

  constructor(parts: CgroupParts) {
    this.kind = parts.kind;
    this.warning = parts.warning;
    this.#parts = parts;
  }

  async create(containerId: string, limits: ContainerLimits | undefined): Promise<readonly string[]> {
    const { hierarchies, cpu, memory } = this.#parts;
    for (const hierarchy of hierarchies) await hierarchy.create(containerId);
    if (limits !== undefined) {
      await cpu?.limit(containerId, limits);
      await memory?.limit(containerId, limits);
    }
    return this.cgroupsOf(containerId);
  }

  async update(containerId: string, limits: ContainerLimits): Promise<void> {
    const { cpu, memory } = this.#parts;
    await cpu?.limit(containerId, limits);
    await memory?.raise(containerId, limits);
  }

  pids(containerId: string): Promise<readonly number[]> {
    return this.#parts.tree.hierarchy.pids(containerId);
  }

  cgroupsOf(containerId: string): readonly string[] {
    return this.#parts.hierarchies.map((hierarchy) => hierarchy.processDirectory(containerId));
  }

  signal({ containerId }: IsolatedContainer, signal: ProcessSignal): Promise<boolean> {
    return this.#parts.tree.signal(containerId, signal);
  }

  async kill({ containerId }: IsolatedContainer): Promise<void> {
    const { tree, sleep } = this.#parts;
    if (await tree.isEmpty(containerId)) return;
    await sleep(RUNNER_GRACE_MS);
    await tree.kill(containerId);
  }

  async memoryOverrun(containerId: string): Promise<MemoryOverrun | undefined> {
    const { memory } = this.#parts;
    const overrun = await memory?.overrun(containerId);
    const parent = parentKey(containerId);
    if (overrun === undefined || overrun.limitBytes < UNLIMITED || parent === undefined) return overrun;
    // It has no limit of its own: it was that of the container it is nested in.
    return { ...overrun, ...(await memory?.figures(parent)) };
  }

  async statistics({ containerId }: IsolatedContainer): Promise<ContainerStatistics | undefined> {
    const { tree, cpu, memory, countProcesses } = this.#parts;
    if ((await tree.hierarchy.read(containerId, 'cgroup.procs')) === undefined) return undefined;
    return {
      ...(await cpu?.statistics(containerId)),
      ...(await memory?.statistics(containerId)),
      ...(countProcesses && {
        processes: (await tree.hierarchy.pids(containerId)).length,
        threads: (await tree.hierarchy.threads(containerId)).length,
      }),
    };
  }

  async remove(containerId: string): Promise<void> {
    for (const hierarchy of this.#parts.hierarchies) await hierarchy.remove(containerId);
  }

  async close(): Promise<void> {
    for (const hierarchy of this.#parts.hierarchies) await hierarchy.giveBack();
  }
}
