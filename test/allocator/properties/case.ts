// One random case from beginning to end, what it says when a promise is broken, and the fewest commands that still break it.
import assert from 'node:assert/strict';
import type { OfferedResources, Quota } from '../../../src/allocator/allocator.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { SeededRandom } from '../../../src/simulation/core/random.ts';
import { isLargeEnough } from '../reference/reference-allocator.ts';
import { type Command, type Scenario, scenarioOf } from './commands.ts';
import { checkOffers, checkSums, guaranteesAreServed, lookBefore } from './promises.ts';
import { howToRepeat } from './seeds.ts';
import { tell } from './twins/tell.ts';
import { Twins } from './twins/twins.ts';

/** Throws when a promise is broken. Answers how many runs there were. */
export function play(scenario: Scenario): number {
  const lots = new SeededRandom(scenario.commands.length, 'lots');
  const twins = new Twins({ ...scenario, lots: () => lots.float() });
  let runs = 0;
  for (const command of scenario.commands) {
    tell(twins, command);
    const batch = command.op === 'tick';
    assert.equal(twins.ours.hasPendingAgents(), twins.isDue, 'whether a run is due');
    if (!batch && !twins.isDue) continue;
    runs += 1;
    const before = lookBefore(twins.books);
    const ending = agentsWithFiltersThatEnd(twins);
    const { ours, plain } = twins.run(batch);
    assert.deepEqual(ours.map(line), plain.map(line), 'offers');
    checkOffers(before, ours, twins.books, scenario);
    if (batch) {
      if (!twins.isPaused) guaranteesAreServed(twins.plain, ending);
      checkSums(twins.ours, twins.books);
      nothingIsLeft(twins, ending);
    }
  }
  everythingComesBack(twins);
  return runs;
}

const line = ({ agentId, frameworkId, role, resources }: OfferedResources): string =>
  `${agentId} ${frameworkId} ${role}: ${resources.unallocated().format().split('; ').sort().join('; ')}`;

/** Where a filter that is as short as the interval holds for a last time. */
const agentsWithFiltersThatEnd = ({ books, nowMs }: Twins): ReadonlySet<string> =>
  new Set(books.filters.filter(({ endsMs }) => endsMs === nowMs).map(({ agent }) => agent));

/**
 * After a batch nobody could be offered more at once, and whoever asks why is not told otherwise. Not so where a filter has
 * just ended, and of shared volumes, which each run offers anew; what quota keeps back is looked at elsewhere.
 */
function nothingIsLeft({ ours, books, isPaused }: Twins, ending: ReadonlySet<string>): void {
  if (isPaused || [...books.quotas.values()].some(isQuota)) return;
  for (const framework of books.frameworks.keys()) {
    for (const { absence, verdicts, role } of ours.explain(framework) ?? []) {
      if (absence !== undefined) continue;
      for (const { kind, agentId, resources } of verdicts) {
        const mayBeNext = ending.has(agentId) || books.agents.get(agentId)?.total.traits.hasShared === true;
        assert.ok(
          kind !== 'next' || mayBeNext,
          `${resources.format()} of ${agentId} was not offered to ${framework} for ${role}`,
        );
      }
    }
  }
}

const isQuota = ({ guarantees, limits }: Quota): boolean => Object.keys({ ...guarantees, ...limits }).length > 0;

/** Frameworks go, and with them everything that was held; the next one is offered all of it. */
function everythingComesBack(twins: Twins): void {
  const { books, ours } = twins;
  if (twins.isPaused) tell(twins, { op: 'pause' });
  tell(twins, { op: 'whitelist', hosts: undefined });
  for (const role of books.quotas.keys()) tell(twins, { op: 'quota', role, guarantees: {}, limits: {} });
  while (books.frameworks.size > 0) tell(twins, { op: 'removeFramework', which: 0, leavesTasks: false });
  for (const { agent, framework, role, allocated } of books.holdings) {
    ours.recoverResources(
      { agentId: agent, frameworkId: framework, role, resources: allocated, wasAllocated: true },
      twins.nowMs,
    );
  }
  books.holdings = [];
  checkSums(ours, books);
  for (const agent of books.agents.values()) assert.ok(ours.available(agent.id).equals(agent.total));
  assert.deepEqual(ours.roleSummaries(), []);
  assert.equal(ours.metrics().activeFilters, 0);
  const everything = [
    'GPU_RESOURCES',
    'REGION_AWARE',
    'REVOCABLE_RESOURCES',
    'RESERVATION_REFINEMENT',
    'SHARED_RESOURCES',
  ];
  const last = {
    roles: ['a/x'],
    suppressed: [],
    capabilities: everything,
    isActive: true,
    needsLittle: false,
    isChoosy: false,
  };
  tell(twins, { op: 'addFramework', ...last });
  const { ours: offers, plain } = twins.run(true);
  assert.deepEqual(offers.map(line), plain.map(line), 'offers at the end');
  const expected = [...books.agents.values()]
    .filter(({ isActive, capabilities }) => isActive && capabilities.size > 0)
    .map(({ total }) => total.allocatableTo('a/x'));
  const large = expected.filter((total) => isLargeEnough(total, twins.plain.minimum));
  assert.ok(Resources.sum(offers.map(({ resources }) => resources.unallocated())).equals(Resources.sum(large)));
}

/** Undefined when all promises hold; else what to read and how to see it again. */
export function failureOf(seed: number): string | undefined {
  const scenario = scenarioOf(seed);
  const problem = problemOf(scenario);
  if (problem === undefined) return undefined;
  const commands = fewest(scenario);
  const shorter = problemOf({ ...scenario, commands }) ?? problem;
  return [
    `Seed ${seed}: ${shorter}`,
    `Of ${scenario.commands.length} commands these are enough (${rules(scenario)}):`,
    ...commands.map((command) => `  ${JSON.stringify(command)}`),
    howToRepeat(seed),
  ].join('\n');
}

const rules = ({ commands: _, ...options }: Scenario): string => JSON.stringify(options);

function problemOf(scenario: Scenario): string | undefined {
  try {
    play(scenario);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Leaves out what can be left out, in ever smaller pieces. */
function fewest(scenario: Scenario): readonly Command[] {
  let commands = scenario.commands;
  for (let size = commands.length >> 1; size > 0; size = size === 1 ? 0 : size >> 1) {
    for (let start = commands.length - size; start >= 0; start -= size) {
      const others = commands.filter((_, index) => index < start || index >= start + size);
      if (problemOf({ ...scenario, commands: others }) !== undefined) commands = others;
    }
  }
  return commands;
}
