// What a run begins with: the allocator with the policy's sorters, agents and roles in it, frameworks with the agents that the
// policy leaves them, and the streams of their jobs.
import { HierarchicalAllocator } from '../../allocator/allocator.ts';
import type { SeededRandom } from '../../simulation/core/random.ts';
import type { Amounts, FrameworkSpec, Policy, Workload } from '../workload.ts';
import type { ClusterScale } from './account.ts';
import { agentsOf, ownersOf, type SimulatedAgent, totalsOf, withAttributes } from './agents.ts';
import { JobStream } from './arrivals.ts';
import { FrameworkRun } from './framework.ts';
import { FrameworkRecord } from './record.ts';
import { resourcesOf, type TaskKind } from './task-kind.ts';

const AGENT_CAPABILITIES: ReadonlySet<string> = new Set(['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT']);

/** A framework for which the policy leaves no agent; its name. */
export class NoAgentsError extends Error {
  override readonly name = 'NoAgentsError';
  readonly framework: string;
  constructor(framework: string) {
    super(`Framework ${framework} gets no agent`);
    this.framework = framework;
  }
}

/** Everybody in place, nothing has happened. All frameworks are suppressed: they have no jobs yet. */
export interface SetUp {
  readonly allocator: HierarchicalAllocator;
  readonly agents: readonly SimulatedAgent[];
  /** By agent id. */
  readonly agentIndex: ReadonlyMap<string, number>;
  /** By framework id. */
  readonly frameworks: ReadonlyMap<string, FrameworkRun>;
  readonly streams: readonly JobStream[];
  readonly scale: ClusterScale;
  readonly totals: Amounts;
}

/** `chance` is the allocator's. Throws NoAgentsError. */
export function setUp(workload: Workload, policy: Policy, chance: SeededRandom): SetUp {
  const agents = agentsOf(workload.agents);
  const totals = totalsOf(workload.agents);
  const scale = { names: Object.keys(totals), totals: Float64Array.from(Object.values(totals)) };
  const agentIndex = new Map(agents.map(({ id, index }) => [id, index]));
  const allocator = newAllocator(workload, policy, chance);
  addAgents(allocator, agents, workload);
  const frameworks = new Map<string, FrameworkRun>();
  const streams: JobStream[] = [];
  const owners = ownersOf(agents, workload.frameworks, policy.kind === 'static');
  for (const [index, spec] of workload.frameworks.entries()) {
    const allowed = allowedAgents(agents, index, spec, owners, policy);
    const framework = new FrameworkRun(spec, new FrameworkRecord(spec, scale), allowed);
    frameworks.set(framework.id, framework);
    addFramework(allocator, framework, spec, allowed, agentIndex);
    for (const [place, job] of spec.jobs.entries()) {
      const kind = kindOf(job, agents, scale, policy);
      streams.push(new JobStream(framework, kind, place, workload.seed, agents.length));
    }
  }
  return { allocator, agents, agentIndex, frameworks, streams, scale, totals };
}

function newAllocator({ intervalMs, region }: Workload, policy: Policy, chance: SeededRandom): HierarchicalAllocator {
  const sorter = policy.kind === 'random' ? 'random' : 'drf';
  return new HierarchicalAllocator({
    allocationIntervalMs: intervalMs,
    shuffle: (items) => chance.shuffle(items),
    random: () => chance.float(),
    roleSorter: sorter,
    frameworkSorter: sorter,
    ...(region !== undefined && { region }),
  });
}

function addAgents(allocator: HierarchicalAllocator, agents: readonly SimulatedAgent[], { roles }: Workload): void {
  for (const { id, group, attributes } of agents) {
    const { region, zone } = group;
    allocator.addAgent(id, {
      hostname: id,
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, type: 'TEXT', text: { value } })),
      capabilities: AGENT_CAPABILITIES,
      total: resourcesOf(group.resources),
      used: [],
      ...(region !== undefined && {
        domain: { fault_domain: { region: { name: region }, zone: { name: zone ?? region } } },
      }),
    });
  }
  for (const { name, weight, guarantee, limit } of roles) {
    allocator.updateWeights(new Map([[name, weight]]));
    if (Object.keys({ ...guarantee, ...limit }).length > 0)
      allocator.setQuota(name, { guarantees: guarantee, limits: limit });
  }
}

function addFramework(
  allocator: HierarchicalAllocator,
  framework: FrameworkRun,
  spec: FrameworkSpec,
  allowed: Int32Array | undefined,
  agentIndex: ReadonlyMap<string, number>,
): void {
  const isAllowed = new Set(allowed);
  allocator.addFramework(framework.id, {
    roles: [spec.role],
    capabilities: new Set(['MULTI_ROLE', 'RESERVATION_REFINEMENT', ...spec.capabilities]),
    active: true,
    offerFilters: new Map([[spec.role, [spec.minimumOffer ?? smallestTask(spec)]]]),
    ...(allowed !== undefined && { admits: (agentId: string) => isAllowed.has(agentIndex.get(agentId) ?? -1) }),
  });
  allocator.suppress(framework.id);
  framework.isSuppressed = true;
}

/** The agents that it may have; undefined: all. */
function allowedAgents(
  agents: readonly SimulatedAgent[],
  index: number,
  spec: FrameworkSpec,
  owners: Int32Array,
  policy: Policy,
): Int32Array | undefined {
  const needsOwn = spec.isApart || policy.kind === 'static';
  const allowed = [...withAttributes(agents, spec.where)].filter((agent) => {
    const owner = owners[agent] ?? -1;
    return owner === index || (owner === -1 && !needsOwn);
  });
  if (allowed.length === 0) throw new NoAgentsError(spec.name);
  return allowed.length === agents.length ? undefined : Int32Array.from(allowed);
}

function kindOf(
  spec: TaskKind['spec'],
  agents: readonly SimulatedAgent[],
  scale: ClusterScale,
  policy: Policy,
): TaskKind {
  const { prefers, resources } = spec;
  return {
    spec,
    resources: resourcesOf(resources),
    vector: Float64Array.from(scale.names, (name) => resources[name] ?? 0),
    preferred:
      prefers === undefined || prefers.replicas !== undefined ? undefined : withAttributes(agents, prefers.attributes),
    replicas: prefers?.replicas ?? 0,
    waitMs: policy.waitMs ?? prefers?.waitMs ?? 0,
  };
}

/** Of each resource as much as the task that needs the least of it: less is of no use to anybody. */
function smallestTask({ jobs }: FrameworkSpec): Amounts {
  const smallest: Record<string, number> = {};
  const names = new Set(jobs.flatMap(({ resources }) => Object.keys(resources)));
  for (const name of names) {
    const least = Math.min(...jobs.map(({ resources }) => resources[name] ?? 0));
    if (least > 0) smallest[name] = least;
  }
  return smallest;
}
