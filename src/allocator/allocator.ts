// Who is offered what: the hierarchical dominant-resource-fairness allocator (mesos-semantics.md 3). Synchronous, without
// clock and I/O: the master tells it what happened and asks `allocate` for offers, on every interval with `batch: true`
// and, whenever `hasPendingAgents()`, as soon as its turn ends.
import type { Resources } from '../mesos/resources.ts';
import { AllocatorError } from './errors.ts';
import type {
  AgentOptions,
  AgentUpdate,
  AllocatorMetrics,
  AllocatorOptions,
  FrameworkOptions,
  FrameworkUpdate,
  OfferedResources,
  Recovered,
  RoleView,
} from './types.ts';

export { AllocatorError } from './errors.ts';
export type * from './types.ts';

const unbuilt = (): never => {
  throw new AllocatorError('INVALID_ARGUMENT', 'published ahead of its body');
};

export class HierarchicalAllocator {
  readonly options: AllocatorOptions;
  constructor(options: AllocatorOptions = {}) {
    this.options = options;
  }

  /** Starts tracking a framework. What agents already report as used by it counts for its shares. Triggers a run when active. */
  addFramework(_id: string, _options: FrameworkOptions): void {
    unbuilt();
  }
  /** New roles, suppressed roles, capabilities, offer filters. Filters of removed and of newly unsuppressed roles go. */
  updateFramework(_id: string, _update: FrameworkUpdate): void {
    unbuilt();
  }
  /** Forgets it. What it still holds on agents stays held until recovered. Unknown id: nothing happens. */
  removeFramework(_id: string): void {
    unbuilt();
  }
  /** Connected (again). Triggers a run. */
  activateFramework(_id: string): void {
    unbuilt();
  }
  /** Disconnected: no more offers, its filters are forgotten; what it holds stays its own. */
  deactivateFramework(_id: string): void {
    unbuilt();
  }
  /** Triggers a run for this agent. */
  addAgent(_id: string, _options: AgentOptions): void {
    unbuilt();
  }
  /** A changed total, domain or capability triggers a run for this agent; changed attributes clear its filters. */
  updateAgent(_id: string, _update: AgentUpdate): void {
    unbuilt();
  }
  /** Everything held on it is gone with it; a later recovery of that is ignored. Unknown id: nothing happens. */
  removeAgent(_id: string): void {
    unbuilt();
  }
  /** May be offered (again) from the next batch run on. */
  activateAgent(_id: string): void {
    unbuilt();
  }
  deactivateAgent(_id: string): void {
    unbuilt();
  }
  /** Agents whose hostname is not in the list are never offered; undefined: all are. */
  updateWhitelist(_hostnames: ReadonlySet<string> | undefined): void {
    unbuilt();
  }
  /** No offers for these roles (default: all its roles) until revived. Roles it is not subscribed to are ignored. */
  suppress(_frameworkId: string, _roles?: readonly string[]): void {
    unbuilt();
  }
  /** Unsuppresses, forgets filters of these roles (default: all) and triggers a run over all agents. */
  revive(_frameworkId: string, _roles?: readonly string[]): void {
    unbuilt();
  }
  /** Gives back what was offered or allocated. Unknown framework: the agent's part is still freed; unknown agent: ignored. */
  recoverResources(_recovered: Recovered, _nowMs: number): void {
    unbuilt();
  }
  /** A launch: part of an offer now runs a task or an executor. Shares do not change. */
  transitionOfferedToAllocated(_agentId: string, _role: string, _frameworkId: string, _resources: Resources): void {
    unbuilt();
  }
  /** Role path → weight; roles not named keep theirs. Takes effect with the next run. */
  updateWeights(_weights: ReadonlyMap<string, number>): void {
    unbuilt();
  }
  /** True when something that triggers a run happened since the last one (mesos-semantics.md 3.1). */
  hasPendingAgents(): boolean {
    return unbuilt();
  }
  /** One run: over all agents when `batch`, else over those with a pending trigger. What it answers counts as offered. */
  allocate(_nowMs: number, _run: { readonly batch: boolean }): OfferedResources[] {
    return unbuilt();
  }

  /** Free resources of an agent (total − offered − allocated). */
  available(_agentId: string): Resources {
    return unbuilt();
  }
  /** Every role with frameworks, and its ancestors; sorted by path. */
  roles(): RoleView[] {
    return unbuilt();
  }
  /** Roles in the order the next run would visit them. */
  roleOrder(): string[] {
    return unbuilt();
  }
  /** Active, unsuppressed frameworks of a role in the order the next run would visit them. */
  frameworkOrder(_role: string): string[] {
    return unbuilt();
  }
  /** Dominant share of a framework under one role; 0 when it is not tracked there. */
  frameworkShare(_frameworkId: string, _role: string): number {
    return unbuilt();
  }
  metrics(): AllocatorMetrics {
    return unbuilt();
  }
}
