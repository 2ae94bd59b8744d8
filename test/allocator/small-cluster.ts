// Short words for building an allocator in a known situation: agents visited by id, plain defaults.
import {
  type AgentOptions,
  type AllocatorOptions,
  type FrameworkOptions,
  HierarchicalAllocator,
} from '../../src/allocator/allocator.ts';
import type { Resource } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';

export class SmallCluster {
  readonly allocator: HierarchicalAllocator;
  nowMs = 0;

  constructor(options: AllocatorOptions = {}) {
    this.allocator = new HierarchicalAllocator({ order: 'by-id', ...options });
  }

  framework(id: string, roles: string | readonly string[], options: Partial<FrameworkOptions> = {}): this {
    const list = typeof roles === 'string' ? [roles] : roles;
    const capabilities = new Set(['MULTI_ROLE', ...(options.capabilities ?? [])]);
    this.allocator.addFramework(id, { active: true, ...options, roles: list, capabilities });
    return this;
  }

  agent(id: string, total: string | Resource[], options: Partial<AgentOptions> = {}): this {
    this.allocator.addAgent(id, {
      hostname: id,
      attributes: [],
      capabilities: new Set(['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT']),
      used: [],
      ...options,
      total: typeof total === 'string' ? Resources.parse(total) : Resources.of(total),
    });
    return this;
  }

  /** One interval later: `agent framework role: resources` for each offer. */
  tick(): string[] {
    this.nowMs += 1000;
    return this.#run(true);
  }

  /** What events made due, now. */
  events(): string[] {
    return this.allocator.hasPendingAgents() ? this.#run(false) : [];
  }

  /** Refuses (part of) an offer; 0 seconds for no filter. */
  decline(frameworkId: string, agentId: string, resources: string, refuseSeconds: number, role = '*'): void {
    this.allocator.recoverResources(
      { frameworkId, agentId, role, resources: Resources.parse(resources), refuseSeconds, wasAllocated: false },
      this.nowMs,
    );
  }

  /** A task ends. */
  finish(frameworkId: string, agentId: string, resources: string, role = '*'): void {
    this.allocator.recoverResources(
      { frameworkId, agentId, role, resources: Resources.parse(resources), wasAllocated: true },
      this.nowMs,
    );
  }

  /** A task is launched on part of an offer. */
  use(frameworkId: string, agentId: string, resources: string, role = '*'): void {
    this.allocator.transitionOfferedToAllocated(agentId, role, frameworkId, Resources.parse(resources));
  }

  #run(batch: boolean): string[] {
    return this.allocator.allocate(this.nowMs, { batch }).map(({ agentId, frameworkId, role, resources }) => {
      if (resources.allocationRoles().join() !== role)
        throw new Error(`offered without its role: ${resources.format()}`);
      return `${agentId} ${frameworkId} ${role}: ${resources.unallocated().format()}`;
    });
  }
}

/** Uses of a framework, for an agent that comes with them. */
export const usedBy = (frameworkId: string, role: string, resources: string): AgentOptions['used'] => [
  { frameworkId, resources: Resources.parse(resources).allocatedTo(role) },
];
