// Random command sequences, given to the allocator and to progressive filling in its plainest form: both must make the same
// offers, and the books must balance after every command.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HierarchicalAllocator, type OfferedResources } from '../../src/allocator/allocator.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { NaiveAllocator } from './naive-allocator.ts';

const ROLES = ['*', 'a', 'b', 'c'];
const TOTALS = [
  'cpus:4;mem:1024',
  'cpus:8;mem:512;disk:100;ports:[1-9]',
  'cpus:2;mem:64;cpus(a):1;mem(a):256',
  'cpus:1;cpus(b):2;disk(c):50',
  'cpus:4;mem:256;gpus:2',
  'mem:40;ports:[1-3]',
];
const CAPABILITIES = ['GPU_RESOURCES', 'REGION_AWARE', 'REVOCABLE_RESOURCES', 'RESERVATION_REFINEMENT'];

const choice = fc.nat({ max: 1000 });
const roles = fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 3 });
const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('addAgent' as const), total: choice, isRemote: fc.boolean(), uses: choice }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('addFramework' as const),
      roles,
      suppressed: roles,
      capabilities: fc.subarray(CAPABILITIES),
      isActive: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constantFrom('removeAgent', 'toggleAgent', 'removeFramework', 'toggleFramework'),
      which: choice,
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('suppress', 'revive'), which: choice, roles }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('update' as const), which: choice, roles, suppressed: roles }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constantFrom('decline', 'use', 'finish'),
      which: choice,
      part: choice,
      seconds: fc.constantFrom(0, 1, 2, 5, 30),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('weight' as const),
      role: fc.constantFrom(...ROLES),
      weight: fc.constantFrom(0.5, 1, 2, 3),
    }),
  },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('tick' as const), batch: fc.constant(true) }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Both, driven with the same commands. */
class Pair {
  readonly ours = new HierarchicalAllocator({ order: 'by-id', region: 'here' });
  readonly naive = new NaiveAllocator('here');
  nowMs = 0;
  #nextId = 100;
  /** Agents that events ask to be looked at. */
  #pending: Set<string> | 'all' = new Set();

  step(command: Command): void {
    const { ours, naive } = this;
    switch (command.op) {
      case 'addAgent': {
        const id = `agent${this.#nextId++}`;
        const total = Resources.parse(TOTALS[command.total % TOTALS.length] ?? '');
        const region = command.isRemote ? 'there' : undefined;
        const framework = this.#pick([...naive.frameworks.keys()], command.uses) ?? 'later';
        const half = Resources.parse('cpus:0.5');
        const used = command.uses % 3 === 0 && total.contains(half) ? half : Resources.EMPTY;
        naive.agents.set(id, { id, total, isActive: true, hasGpus: total.scalar('gpus') !== undefined, region });
        if (!used.isEmpty) naive.hold(id, framework, 'b', used, 'allocated');
        ours.addAgent(id, {
          hostname: id,
          attributes: [],
          capabilities: new Set(['MULTI_ROLE', 'HIERARCHICAL_ROLE']),
          total,
          used: [{ frameworkId: framework, resources: used.allocatedTo('b') }],
          ...(region && { domain: { fault_domain: { region: { name: region }, zone: { name: 'z' } } } }),
        });
        if (this.#pending !== 'all') this.#pending.add(id);
        return;
      }
      case 'addFramework': {
        const id =
          command.suppressed.length === 3 && !naive.frameworks.has('later') ? 'later' : `framework${this.#nextId++}`;
        const suppressed = command.suppressed.filter((role) => command.roles.includes(role));
        const capabilities = new Set([...command.capabilities, 'MULTI_ROLE']);
        ours.addFramework(id, {
          roles: command.roles,
          suppressedRoles: suppressed,
          capabilities,
          active: command.isActive,
        });
        naive.frameworks.set(id, {
          id,
          isActive: command.isActive,
          roles: new Set(command.roles),
          suppressed: new Set(suppressed),
          capabilities,
        });
        naive.countHoldingsOf(id);
        if (command.isActive) this.#pending = 'all';
        return;
      }
      case 'removeAgent': {
        const id = this.#pick([...naive.agents.keys()], command.which);
        if (id === undefined) return;
        ours.removeAgent(id);
        naive.agents.delete(id);
        naive.holdings = naive.holdings.filter((holding) => holding.agent !== id);
        naive.filters = naive.filters.filter((filter) => filter.agent !== id);
        return;
      }
      case 'toggleAgent': {
        const agent = naive.agents.get(this.#pick([...naive.agents.keys()], command.which) ?? '');
        if (agent === undefined) return;
        agent.isActive = !agent.isActive;
        if (agent.isActive) ours.activateAgent(agent.id);
        else ours.deactivateAgent(agent.id);
        return;
      }
      case 'removeFramework': {
        const id = this.#pick([...naive.frameworks.keys()], command.which);
        if (id === undefined) return;
        for (const { agent, role, offered, allocated } of naive.holdings.filter((h) => h.framework === id)) {
          this.#recover(id, agent, role, offered, false, 0);
          this.#recover(id, agent, role, allocated, true, 0);
        }
        ours.removeFramework(id);
        naive.frameworks.delete(id);
        this.#dropFilters(id, ROLES);
        return;
      }
      case 'toggleFramework': {
        const framework = naive.frameworks.get(this.#pick([...naive.frameworks.keys()], command.which) ?? '');
        if (framework === undefined) return;
        framework.isActive = !framework.isActive;
        if (framework.isActive) {
          ours.activateFramework(framework.id);
          this.#pending = 'all';
        } else {
          ours.deactivateFramework(framework.id);
          this.#dropFilters(framework.id, ROLES);
        }
        return;
      }
      case 'suppress':
      case 'revive': {
        const framework = naive.frameworks.get(this.#pick([...naive.frameworks.keys()], command.which) ?? '');
        if (framework === undefined) return;
        ours[command.op](framework.id, command.roles);
        for (const role of command.roles) {
          if (!framework.roles.has(role)) continue;
          if (command.op === 'suppress') framework.suppressed.add(role);
          else framework.suppressed.delete(role);
        }
        if (command.op === 'revive') {
          this.#dropFilters(framework.id, command.roles);
          this.#pending = 'all';
        }
        return;
      }
      case 'update': {
        const framework = naive.frameworks.get(this.#pick([...naive.frameworks.keys()], command.which) ?? '');
        if (framework === undefined) return;
        const suppressed = command.suppressed.filter((role) => command.roles.includes(role));
        const { capabilities } = framework;
        ours.updateFramework(framework.id, { roles: command.roles, suppressedRoles: suppressed, capabilities });
        const removed = [...framework.roles].filter((role) => !command.roles.includes(role));
        const revived = [...framework.suppressed].filter((role) => !suppressed.includes(role));
        this.#dropFilters(framework.id, [...removed, ...revived]);
        framework.roles = new Set(command.roles);
        framework.suppressed = new Set(suppressed);
        return;
      }
      case 'decline':
      case 'finish':
      case 'use': {
        const part = command.op === 'finish' ? 'allocated' : 'offered';
        const holding = this.#pick(
          naive.holdings.filter((h) => !h[part].isEmpty),
          command.which,
        );
        if (holding === undefined) return;
        const all = holding[part];
        const some = command.part % 2 === 0 ? all : all.minus(Resources.parse('cpus:1;mem:100'));
        if (some.isEmpty) return;
        if (command.op === 'use') {
          ours.transitionOfferedToAllocated(holding.agent, holding.role, holding.framework, some);
          holding.offered = holding.offered.minus(some);
          holding.allocated = holding.allocated.plus(some);
        } else {
          const { framework, agent, role } = holding;
          this.#recover(
            framework,
            agent,
            role,
            some,
            command.op === 'finish',
            command.op === 'finish' ? 0 : command.seconds,
          );
        }
        return;
      }
      case 'weight':
        ours.updateWeights(new Map([[command.role, command.weight]]));
        naive.weights.set(command.role, command.weight);
        return;
      case 'tick':
        this.nowMs += 1000;
        return;
    }
  }

  /** The run that the command asks for, in both. */
  runs(batch: boolean): { ours: OfferedResources[]; naive: OfferedResources[] } {
    const { naive } = this;
    naive.forgetUntracked();
    const isDue = batch || this.#pending === 'all' || this.#pending.size > 0;
    expect(this.ours.hasPendingAgents()).toBe(this.#pending === 'all' || this.#pending.size > 0);
    const candidates = batch || this.#pending === 'all' ? undefined : [...this.#pending];
    this.#pending = new Set();
    if (!isDue) return { ours: [], naive: [] };
    return { ours: this.ours.allocate(this.nowMs, { batch }), naive: naive.run(this.nowMs, batch, candidates) };
  }

  /** Free and held make up the total, on every agent; nothing is held twice. */
  checkBooks(): void {
    for (const agent of this.naive.agents.values()) {
      const held = this.naive.holdings.filter((holding) => holding.agent === agent.id);
      const inUse = Resources.sum(held.flatMap(({ offered, allocated }) => [offered, allocated]));
      expect(agent.total.contains(inUse)).toBe(true);
      expect(this.ours.available(agent.id).plus(inUse).equals(agent.total)).toBe(true);
    }
    const { offeredOrAllocated, total } = this.ours.metrics();
    for (const [name, amount] of Object.entries(offeredOrAllocated))
      expect(amount).toBeLessThanOrEqual(total[name] ?? 0);
  }

  #recover(
    framework: string,
    agent: string,
    role: string,
    resources: Resources,
    wasAllocated: boolean,
    seconds: number,
  ): void {
    const { naive } = this;
    this.ours.recoverResources(
      { frameworkId: framework, agentId: agent, role, resources, wasAllocated, refuseSeconds: seconds },
      this.nowMs,
    );
    const holding = naive.holdings.find((h) => h.agent === agent && h.framework === framework && h.role === role);
    if (holding === undefined || resources.isEmpty) return;
    const part = wasAllocated ? 'allocated' : 'offered';
    holding[part] = holding[part].minus(resources);
    if (seconds === 0 || naive.frameworks.get(framework)?.roles.has(role) !== true) return;
    naive.filters.push({
      agent,
      framework,
      role,
      refused: resources,
      endsMs: this.nowMs + seconds * 1000,
      isShort: seconds === 1,
    });
  }

  #dropFilters(framework: string, ofRoles: readonly string[]): void {
    this.naive.filters = this.naive.filters.filter((f) => f.framework !== framework || !ofRoles.includes(f.role));
  }

  #pick<T>(items: readonly T[], choice: number): T | undefined {
    return items[choice % Math.max(1, items.length)];
  }
}

const lines = (offers: readonly OfferedResources[]): string[] =>
  offers.map(
    (o) =>
      `${o.agentId} ${o.frameworkId} ${o.role} ${o.resources.unallocated().format().split('; ').sort().join('; ')}`,
  );

describe('the allocator, beside progressive filling in its plainest form', () => {
  it('makes the same offers in the same order, whatever happens, and its books balance', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 20, maxLength: 80 }), (commands) => {
        const pair = new Pair();
        for (const command of commands) {
          pair.step(command);
          const { ours, naive } = pair.runs(command.op === 'tick');
          expect(lines(ours)).toEqual(lines(naive));
          pair.checkBooks();
        }
      }),
      { numRuns: Number(process.env.MCTL_PROPERTY_RUNS ?? 150) },
    );
  });
});
