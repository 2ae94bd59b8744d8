// Random commands over nested roles: whatever the order of events, nothing is given twice and nothing is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferedResources } from '../../src/allocator/allocator.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster } from './small-cluster.ts';

const ROLES = ['*', 'a', 'a/x', 'a/x/deep', 'a/y', 'b', 'b/z'];
const which = fc.nat({ max: 999 });
const roles = fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 3 });
const command = fc.oneof(
  fc.record({ op: fc.constant('addAgent' as const), which }),
  fc.record({ op: fc.constant('addFramework' as const), roles }),
  fc.record({ op: fc.constantFrom('removeFramework', 'removeAgent', 'deactivate', 'activate'), which }),
  fc.record({ op: fc.constantFrom('suppress', 'revive', 'update'), which, roles }),
  fc.record({ op: fc.constantFrom('accept', 'decline', 'finish'), which, seconds: fc.constantFrom(0, 3) }),
  fc.record({ op: fc.constant('weight' as const), roles, weight: fc.constantFrom(0.5, 2, 4) }),
  fc.record({ op: fc.constant('tick' as const) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

class Books {
  readonly cluster = new SmallCluster();
  readonly totals = new Map<string, Resources>();
  readonly frameworks = new Map<string, Set<string>>();
  offers: OfferedResources[] = [];
  tasks: OfferedResources[] = [];
  #nextId = 10;

  step(command: Command): void {
    const { allocator } = this.cluster;
    const frameworkId = 'which' in command ? pick([...this.frameworks.keys()], command.which) : undefined;
    switch (command.op) {
      case 'addAgent': {
        const id = `agent${this.#nextId++}`;
        const total = ['cpus:4;mem:512', 'cpus:2;cpus(a):2;mem(a):64', 'cpus:1;mem:64;cpus(a/x):1;disk(b):9'][
          command.which % 3
        ];
        this.cluster.agent(id, total ?? '');
        this.totals.set(id, Resources.parse(total ?? ''));
        break;
      }
      case 'addFramework': {
        const id = `framework${this.#nextId++}`;
        this.cluster.framework(id, command.roles);
        this.frameworks.set(id, new Set(command.roles));
        break;
      }
      case 'removeAgent': {
        const id = pick([...this.totals.keys()], command.which);
        if (id === undefined) break;
        allocator.removeAgent(id);
        this.totals.delete(id);
        for (const held of [...this.offers, ...this.tasks]) if (held.agentId === id) this.#recover(held, false, 0);
        this.offers = this.offers.filter((offer) => offer.agentId !== id);
        this.tasks = this.tasks.filter((task) => task.agentId !== id);
        break;
      }
      case 'removeFramework': {
        if (frameworkId === undefined) break;
        allocator.removeFramework(frameworkId);
        this.frameworks.delete(frameworkId);
        for (const offer of this.offers) if (offer.frameworkId === frameworkId) this.#recover(offer, false, 0);
        for (const task of this.tasks) if (task.frameworkId === frameworkId) this.#recover(task, true, 0);
        this.offers = this.offers.filter((offer) => offer.frameworkId !== frameworkId);
        this.tasks = this.tasks.filter((task) => task.frameworkId !== frameworkId);
        break;
      }
      case 'activate':
        if (frameworkId !== undefined) allocator.activateFramework(frameworkId);
        break;
      case 'deactivate':
        if (frameworkId !== undefined) allocator.deactivateFramework(frameworkId);
        break;
      case 'suppress':
      case 'revive':
        if (frameworkId !== undefined) allocator[command.op](frameworkId, command.roles);
        break;
      case 'update':
        if (frameworkId === undefined) break;
        allocator.updateFramework(frameworkId, { roles: command.roles, capabilities: new Set(['MULTI_ROLE']) });
        this.frameworks.set(frameworkId, new Set(command.roles));
        break;
      case 'accept':
      case 'decline': {
        const offer = pick(this.offers, command.which);
        if (offer === undefined) break;
        this.offers = this.offers.filter((other) => other !== offer);
        if (command.op === 'accept') {
          allocator.transitionOfferedToAllocated(offer.agentId, offer.role, offer.frameworkId, offer.resources);
          this.tasks.push(offer);
        } else this.#recover(offer, false, command.seconds);
        break;
      }
      case 'finish': {
        const task = pick(this.tasks, command.which);
        if (task === undefined) break;
        this.tasks = this.tasks.filter((other) => other !== task);
        this.#recover(task, true, 0);
        break;
      }
      case 'weight':
        allocator.updateWeights(new Map(command.roles.map((role) => [role, command.weight])));
        break;
      case 'tick':
        this.cluster.nowMs += 1000;
        break;
    }
    const batch = command.op === 'tick';
    if (batch || allocator.hasPendingAgents()) this.offers.push(...allocator.allocate(this.cluster.nowMs, { batch }));
    this.check();
  }

  check(): void {
    const { allocator } = this.cluster;
    for (const [id, total] of this.totals) {
      const held = [...this.offers, ...this.tasks].filter((part) => part.agentId === id);
      const inUse = Resources.sum(held.map((part) => part.resources.unallocated()));
      expect(total.contains(inUse), `${id}: ${inUse.format()} of ${total.format()}`).toBe(true);
      expect(allocator.available(id).equals(total.minus(inUse))).toBe(true);
    }
    // The shares of all roles at the top are what is held, neither more nor less.
    const views = allocator.roles();
    for (const { role, offered, allocated } of views) {
      const held = (parts: readonly OfferedResources[]): object =>
        Object.fromEntries(
          Resources.sum(
            parts
              .filter((part) => part.role === role || part.role.startsWith(`${role}/`))
              .map((part) => part.resources.unallocated()),
          ).quantities(),
        );
      expect(offered).toEqual(held(this.offers));
      expect(allocated).toEqual(held(this.tasks));
    }
    expect(views.map(({ role }) => role)).toEqual([...this.#expectedRoles()].sort());
  }

  #expectedRoles(): Set<string> {
    const used = [...this.offers, ...this.tasks].filter((part) => this.frameworks.has(part.frameworkId));
    const own = [...[...this.frameworks.values()].flatMap((list) => [...list]), ...used.map((part) => part.role)];
    return new Set(own.flatMap((role) => role.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'))));
  }

  #recover(part: OfferedResources, wasAllocated: boolean, refuseSeconds: number): void {
    this.cluster.allocator.recoverResources({ ...part, wasAllocated, refuseSeconds }, this.cluster.nowMs);
  }
}

const pick = <T>(items: readonly T[], choice: number): T | undefined => items[choice % Math.max(1, items.length)];

describe('the allocator under random commands', () => {
  it('never gives more than there is, loses nothing, and tracks exactly the roles in use', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 20, maxLength: 80 }), (commands) => {
        const books = new Books();
        for (const command of commands) books.step(command);
        // Everything comes back, and the next framework is offered all of it.
        while (books.frameworks.size > 0) books.step({ op: 'removeFramework', which: 0 });
        books.step({ op: 'addFramework', roles: ['a/x'] });
        const inUse = Resources.sum(books.offers.map((offer) => offer.resources.unallocated()));
        const expected = [...books.totals.values()].map((total) => total.allocatableTo('a/x'));
        expect(inUse.equals(Resources.sum(expected))).toBe(true);
      }),
      { numRuns: Number(process.env.MCTL_PROPERTY_RUNS ?? 150) },
    );
  });
});
