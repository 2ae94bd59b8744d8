// What holds whatever happens, looked at from outside of the allocator: before and after each run, by the plain books.
import assert from 'node:assert/strict';
import type { HierarchicalAllocator, OfferedResources } from '../../../src/allocator/allocator.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { cut, isLargeEnough, type ReferenceAllocator } from '../reference/reference-allocator.ts';
import { type Amounts, addTo, countsForQuota, type ReferenceBooks, topLevel } from '../reference/reference-books.ts';

/** As things were before a run. */
export interface Before {
  readonly free: ReadonlyMap<string, Resources>;
  readonly required: Amounts;
  readonly headroom: Amounts;
}

export function lookBefore(books: ReferenceBooks): Before {
  return {
    free: new Map([...books.agents.values()].map((agent) => [agent.id, books.free(agent)])),
    required: books.required(),
    headroom: books.headroom(),
  };
}

/** The books know of the offers already. */
export function checkOffers(
  before: Before,
  offers: readonly OfferedResources[],
  books: ReferenceBooks,
  rules: { readonly limitsBindSubroles: boolean },
): void {
  noMoreThanIsFree(before, offers);
  if (rules.limitsBindSubroles) limitsHold(offers, books);
  headroomIsKept(before, books);
}

/** Of each agent no more is offered than was free; a shared volume at most once; all of it to roles it is for. */
function noMoreThanIsFree(before: Before, offers: readonly OfferedResources[]): void {
  const offered = new Map<string, Resources>();
  for (const { agentId, role, resources } of offers) {
    const plain = resources.unallocated();
    assert.deepEqual(resources.allocationRoles(), [role]);
    assert.ok(plain.allocatableTo(role).equals(plain), `${plain.format()} is not for role ${role}`);
    offered.set(agentId, (offered.get(agentId) ?? Resources.EMPTY).plus(plain));
  }
  for (const [agentId, resources] of offered) {
    const free = before.free.get(agentId) ?? Resources.EMPTY;
    assert.ok(
      free.contains(resources),
      `${resources.format()} of ${agentId} was offered, where ${free.format()} was free`,
    );
  }
}

/**
 * Whatever a run gives of a name that its top-level role has a limit for leaves the role within that limit: beyond it is only
 * what was held, or reserved, before the limit came.
 */
function limitsHold(offers: readonly OfferedResources[], books: ReferenceBooks): void {
  const given = new Map<string, Amounts>();
  for (const { role, resources } of offers) {
    const amounts = given.get(topLevel(role)) ?? new Map();
    given.set(topLevel(role), amounts);
    for (const item of resources.items) if (countsForQuota(item)) addTo(amounts, item.identity.name, item.millis);
  }
  for (const [role, amounts] of given) {
    const limits = books.quotas.get(role)?.limits ?? {};
    const consumed = books.consumed(role);
    for (const name of amounts.keys()) {
      const limit = limits[name];
      if (limit === undefined) continue;
      const total = consumed.get(name) ?? 0;
      assert.ok(
        total <= Math.round(limit * 1000),
        `Role ${role} has ${total / 1000} ${name}, and its limit is ${limit}`,
      );
    }
  }
}

/**
 * What guarantees still need is never given to others: while any is not met, of no name is more given than leaves the
 * headroom that there is at the headroom that is required, or as far short of it as it was before. (What meets a guarantee
 * takes from both alike.)
 */
function headroomIsKept(before: Before, books: ReferenceBooks): void {
  const required = books.required();
  if (required.size === 0) return;
  const headroom = books.headroom();
  for (const name of before.headroom.keys()) {
    const spareBefore = (before.headroom.get(name) ?? 0) - (before.required.get(name) ?? 0);
    const spare = (headroom.get(name) ?? 0) - (required.get(name) ?? 0);
    assert.ok(
      spare >= Math.min(0, spareBefore),
      `${name}: ${headroom.get(name)} is free, guarantees need ${required.get(name)}; before the run ${spareBefore} was to spare`,
    );
  }
}

/**
 * After a batch whoever's guarantee is not met has been offered what would help: nothing of it is left on an agent that one of
 * the role's frameworks would take it from. `ending`: where a filter has just ended.
 */
export function guaranteesAreServed(plain: ReferenceAllocator, ending: ReadonlySet<string>): void {
  const { books } = plain;
  for (const role of books.quotas.keys()) {
    const missing = books.missing(role);
    if (missing.size === 0) continue;
    for (const framework of books.frameworks.values()) {
      if (!framework.isActive || !framework.roles.has(role) || framework.suppressed.has(role)) continue;
      for (const agent of books.agents.values()) {
        if (!agent.isActive || ending.has(agent.id) || books.whitelist?.has(agent.hostname) === false) continue;
        const available = plain.available(agent, framework, role);
        if (available === undefined) continue;
        const helping = cut(available.select(countsForQuota), (name) => missing.get(name) ?? 0);
        const wasRefused = books.filters.some((f) => f.agent === agent.id && f.framework === framework.id);
        if (helping.isEmpty || wasRefused) continue;
        const isTooSmall = !isLargeEnough(helping, framework.minimums.get(role) ?? plain.minimum);
        assert.ok(isTooSmall, `Role ${role} lacks ${helping.format()} of its guarantee, which ${agent.id} has`);
      }
    }
  }
}

/** Each resource is free, or held, in the amount that the books say; quota and shares add up to the books' sums. */
export function checkSums(allocator: HierarchicalAllocator, books: ReferenceBooks): void {
  for (const agent of books.agents.values()) {
    const free = allocator.available(agent.id);
    assert.ok(
      free.equals(books.free(agent)),
      `${free.format()} of ${agent.id} is free, not ${books.free(agent).format()}`,
    );
  }
  for (const role of new Set([...books.quotas.keys(), ...books.nodes.paths.map(topLevel)])) {
    assert.deepEqual(allocator.quotaConsumption(role), toUnits(books.consumed(role)), `consumed by role ${role}`);
  }
  const totals = books.totals();
  const { roles, frameworks } = books.nodes.paths.length === 0 ? { roles: [], frameworks: [] } : shareRows(allocator);
  assert.deepEqual(
    roles.map(({ role }) => role),
    books.nodes.paths,
  );
  for (const { role, held, weight, share } of roles) {
    const amounts = books.heldBeneath(role);
    assert.deepEqual(held, toUnits(amounts), `held beneath role ${role}`);
    assert.equal(share, books.share(amounts, totals, 1), `share of role ${role}`);
    assert.equal(weight, books.nodes.weights.get(role) ?? 1);
  }
  for (const { role, frameworkId, held } of frameworks) {
    const amounts = books.held((holding) => holding.role === role && holding.framework === frameworkId);
    assert.deepEqual(held, toUnits(amounts), `held by framework ${frameworkId} for role ${role}`);
  }
  for (const { role, held } of allocator.roleSummaries()) {
    assert.deepEqual(held, toUnits(books.heldBeneath(role)), `held beneath role ${role}, in short`);
  }
  checkHeadroom(allocator, books);
}

function shareRows(allocator: HierarchicalAllocator) {
  const { rows } = allocator.shares(Number.POSITIVE_INFINITY);
  const byRole = (a: { role: string }, b: { role: string }): number => (a.role < b.role ? -1 : a.role > b.role ? 1 : 0);
  return {
    roles: rows.filter(({ kind }) => kind === 'role').sort(byRole),
    frameworks: rows.filter(({ kind }) => kind === 'framework'),
  };
}

/** Seen through an explanation: of any framework, since it is the same for all. */
function checkHeadroom(allocator: HierarchicalAllocator, books: ReferenceBooks): void {
  const [framework] = books.frameworks.keys();
  const explained = framework === undefined ? undefined : allocator.explain(framework)?.[0];
  if (explained === undefined) return;
  const required = books.required();
  if (required.size === 0) assert.equal(explained.headroom, undefined);
  else assert.deepEqual(explained.headroom, { required: toUnits(required), available: toUnits(books.headroom()) });
}

function toUnits(amounts: Amounts): Record<string, number> {
  return Object.fromEntries(
    [...amounts].filter(([, millis]) => millis !== 0).map(([name, millis]) => [name, millis / 1000]),
  );
}
