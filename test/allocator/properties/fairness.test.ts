// What the paper on dominant resource fairness proves (Ghodsi et al., 2011), of this allocator: sharing incentive, freedom from
// envy, Pareto efficiency, strategy-proofness. Exactly where offers can be divided as finely as needed, within one agent's worth
// where whole agents are offered.
import { describe, expect, it } from 'vitest';
import { Resources } from '../../../src/mesos/resources.ts';
import { SeededRandom } from '../../../src/simulation/core/random.ts';
import { commonDenominator, type Demand, progressiveFilling, UNIT } from '../reference/progressive-filling.ts';
import { SmallCluster } from '../small-cluster.ts';
import { each, howToRepeat, portions } from './seeds.ts';

/** One in twenty of all cases. */
const PORTIONS = portions(1 / 20, 100);
const NAMES = ['cpus', 'mem', 'disk', 'gpus'];
/** More rounds than this would take long. */
const MOST_ROUNDS = 240;

const idOf = (index: number): string => `F${index}`;
const format = (amounts: readonly number[]): string =>
  amounts.flatMap((amount, index) => (amount > 0 ? [`${NAMES[index]}:${amount}`] : [])).join(';');

/** Who offers what when a framework takes one task of an offer after the other and gives the rest back: tasks by framework. */
function tasksOf(demands: readonly Demand[], capacity: number): number[] {
  const cluster = new SmallCluster({ minAllocatable: [], filterGpuResources: false });
  const wanted = demands.map((demand) => Resources.parse(format(demand)));
  const tasks = demands.map(() => 0);
  for (const index of demands.keys()) cluster.framework(idOf(index), `role${index}`);
  cluster.agent('agent', format((demands[0] ?? []).map(() => capacity)));
  for (let nowMs = 0; ; nowMs += 1000) {
    const [offer] = cluster.allocator.allocate(nowMs, { batch: true });
    if (offer === undefined) return tasks;
    const { agentId, frameworkId, role, resources } = offer;
    const index = Number(frameworkId.slice(1));
    const task = wanted[index] ?? Resources.EMPTY;
    const fits = resources.unallocated().contains(task);
    if (fits) {
      tasks[index] = (tasks[index] ?? 0) + 1;
      cluster.allocator.transitionOfferedToAllocated(agentId, role, frameworkId, task);
    } else {
      cluster.allocator.suppress(frameworkId);
    }
    const rest = fits ? resources.unallocated().minus(task) : resources;
    cluster.allocator.recoverResources({ ...offer, resources: rest, wasAllocated: false }, nowMs);
  }
}

/** How many tasks of this demand there is enough for: not rounded. */
const tasksWithin = (demand: Demand, amounts: readonly number[]): number =>
  Math.min(...demand.flatMap((part, index) => (part > 0 ? [(amounts[index] ?? 0) / part] : [])));

const demandOf = (random: SeededRandom, resources: number): Demand => {
  const demand = Array.from({ length: resources }, () => random.integer(UNIT + 1));
  demand[random.integer(resources)] = UNIT;
  return demand;
};

interface Divisible {
  readonly demands: readonly Demand[];
  /** Another demand that the first framework claims to have. */
  readonly lie: Demand;
  /** Of each resource; so many that all comes out whole, with and without the lie. */
  readonly capacity: number;
  /** By the oracle, when everybody tells the truth. */
  readonly expected: readonly number[];
}

function divisibleCase(seed: number): Divisible {
  const random = new SeededRandom(seed, 'demands');
  for (;;) {
    const resources = 2 + random.integer(3);
    const demands = Array.from({ length: 2 + random.integer(3) }, () => demandOf(random, resources));
    const lie = demandOf(random, resources);
    const told = progressiveFilling(demands);
    const capacity = commonDenominator([...told, ...progressiveFilling([lie, ...demands.slice(1)])]);
    const expected = told.map(({ above, below }) => (capacity / below) * above);
    if (Math.max(...expected) <= MOST_ROUNDS / demands.length) return { demands, lie, capacity, expected };
  }
}

describe('where offers can be divided', () => {
  it.for(PORTIONS)(
    'everybody gets exactly what progressive filling gives, with all that the paper proves of it (seeds $first to $last)',
    (seeds) => {
      for (const seed of each(seeds)) {
        const { demands, lie, capacity, expected } = divisibleCase(seed);
        const tasks = tasksOf(demands, capacity);
        expect(tasks, howToRepeat(seed)).toEqual(expected);
        const holds = (what: string, is: boolean): void => {
          expect(is, `${what}: ${JSON.stringify({ demands, lie, capacity, tasks })}\n${howToRepeat(seed)}`).toBe(true);
        };
        const held = demands.map((demand, index) => demand.map((part) => part * (tasks[index] ?? 0)));
        const used = NAMES.map((_, resource) => held.reduce((sum, parts) => sum + (parts[resource] ?? 0), 0));
        const liars = tasksOf([lie, ...demands.slice(1)], capacity)[0] ?? 0;
        for (const [index, demand] of demands.entries()) {
          const own = tasks[index] ?? 0;
          // As many as in an equal part of the cluster of its own: in whole numbers, as all of this.
          holds('sharing incentive', own * UNIT * demands.length >= capacity);
          for (const [other, parts] of held.entries()) {
            const isEnvious = demand.every((part, resource) => part * own < (parts[resource] ?? 0) || part === 0);
            holds(`no envy of ${other} by ${index}`, !isEnvious);
          }
          holds(
            'Pareto efficiency',
            demand.some((part, resource) => part > 0 && used[resource] === capacity),
          );
        }
        // What the lie brings it can use for the tasks that it really has.
        const brought = tasksWithin(
          demands[0] ?? [],
          lie.map((part) => part * liars),
        );
        holds('strategy-proofness', brought <= (tasks[0] ?? 0));
      }
    },
  );
});

/** Agents of one shape and several sizes; frameworks that keep whole agents, but for those that one refuses for good. */
function wholeAgents(sizes: readonly number[], frameworks: number, refuses: (agentId: string) => boolean) {
  const cluster = new SmallCluster();
  for (let index = 0; index < frameworks; index++) cluster.framework(idOf(index), `role${index}`);
  for (const [index, size] of sizes.entries()) cluster.agent(`a${100 + index}`, `cpus:${size};mem:${size * 64}`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const bundles: number[][] = Array.from({ length: frameworks }, () => []);
  for (let nowMs = 0, isQuiet = false; !isQuiet; nowMs += 1000) {
    const offers = cluster.allocator.allocate(nowMs, { batch: true });
    isQuiet = offers.length === 0;
    for (const offer of offers) {
      const size = offer.resources.scalar('cpus') ?? 0;
      if (offer.frameworkId === 'F0' && refuses(offer.agentId)) {
        cluster.allocator.recoverResources({ ...offer, wasAllocated: false, refuseSeconds: 1e6 }, nowMs);
      } else bundles[Number(offer.frameworkId.slice(1))]?.push(size);
    }
  }
  const shares = bundles.map((bundle) => bundle.reduce((sum, size) => sum + size, 0) / total);
  const free = sizes.filter((_, index) => !cluster.allocator.available(`a${100 + index}`).isEmpty);
  return { bundles, shares, free, total };
}

describe('where whole agents are offered', () => {
  it.for(PORTIONS)('the same holds within the worth of one agent (seeds $first to $last)', (seeds) => {
    for (const seed of each(seeds)) {
      const random = new SeededRandom(seed, 'sizes');
      const frameworks = 2 + random.integer(4);
      const sizes = Array.from({ length: 1 + random.integer(24) }, () => 1 + random.integer(8));
      const { bundles, shares, free, total } = wholeAgents(sizes, frameworks, () => false);
      const worth = Math.max(...sizes) / total + 1e-9;
      const refused = new Set(sizes.flatMap((_, index) => (random.chance(1 / 2) ? [`a${100 + index}`] : [])));
      const choosy = wholeAgents(sizes, frameworks, (agentId) => refused.has(agentId));
      const holds = (what: string, is: boolean): void => {
        expect(is, `${what}: ${JSON.stringify({ sizes, bundles })}\n${howToRepeat(seed)}`).toBe(true);
      };
      for (const [index, share] of shares.entries()) {
        holds('sharing incentive', share + worth >= 1 / frameworks);
        for (const [other, bundle] of bundles.entries()) {
          const last = (bundle.at(-1) ?? 0) / total;
          holds(`no envy of ${other} by ${index}, but for the last agent`, (shares[other] ?? 0) - last <= share + 1e-9);
        }
      }
      holds('Pareto efficiency', free.length === 0);
      holds('strategy-proofness', (choosy.shares[0] ?? 0) <= 1 / frameworks + worth);
    }
  });
});
