// The allocator doing the work that was recorded with the original. Allocation interval 1 s on a clock of our own, minimum
// offer cpus:0.01 or mem:32, agents shuffled, frameworks with MULTI_ROLE only, added first. An agent is
// cpus:24;mem:4096;disk:4096;ports:[31000-32000]. After adding agents, one event-triggered run offers all that is free.
//  D: part of each agent is in use, the rest is 15 single ports and scalars; each round declines all offers for a year.
//  S: the same, given back without a filter, while a fifth more of the frameworks is suppressed before every cycle.
//  Q: quota, in allocator-quota.ts.
//  F: nothing in use; each round gives everything back without a filter, then one full cycle and one with nothing free.
import { HierarchicalAllocator, type OfferedResources } from '../src/allocator/allocator.ts';
import { Resources } from '../src/mesos/resources.ts';
import { quotaRows } from './allocator-quota.ts';
import { ADD_FRAMEWORKS, ALL_FILTERED, GROWTH, ROLES, SIZES } from './reference.ts';
import { type Bench, type BenchRow, coreShare, median, row, timed } from './row.ts';

const TOTAL = 'cpus:24;mem:4096;disk:4096;ports:[31000-32000]';
const USED_PORTS = [...Array.from({ length: 15 }, (_, i) => `${31000 + 2 * i}-${31000 + 2 * i}`), '31030-32000'].join(
  ', ',
);
const YEAR_SECONDS = 31_536_000;
const AGENT_CAPABILITIES = new Set([
  'HIERARCHICAL_ROLE',
  'MULTI_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
]);

export const run: Bench = function* ({ quick, note }): Generator<BenchRow> {
  const passes = quick ? 1 : 3;
  note('warming up: the original was compiled before it was measured');
  for (let i = 0; i < 3; i++) {
    decline(300, 20, 8);
    suppress(300, 20);
    fullCycles(300, 200, 5);
  }
  for (const reference of quick ? SIZES.slice(0, 2) : SIZES) {
    const { agents, frameworks } = reference;
    const at = `${agents}x${frameworks}`;
    note(`${at}: ${passes} passes of D, S and F`);
    const d = repeat(passes, () => decline(agents, frameworks, 4));
    const s = repeat(passes, () => suppress(agents, frameworks));
    const f = repeat(passes, () => fullCycles(agents, frameworks, 1));
    yield row(`add frameworks ${at}`, medianOf([...d, ...s, ...f], 'addFrameworks'), ADD_FRAMEWORKS[frameworks], 'ms');
    yield row(`D add agents ${at}`, medianOf(d, 'addAgents'), reference.addAgentsBusy, 'ms');
    yield row(`D allocate ${at}`, medianOf(d, 'allocate'), reference.declineAllocate, 'ms');
    yield row(`D recover with filter ${at}`, medianOf(d, 'recover'), reference.declineRecover, 'ms');
    yield row(`F add agents ${at}`, medianOf(f, 'addAgents'), reference.addAgentsIdle, 'ms');
    yield row(`F full cycle ${at}`, medianOf(f, 'allocate'), reference.fullCycle, 'ms');
    yield row(`F idle cycle ${at}`, medianOf(f, 'idle'), reference.idleCycle, 'ms');
    yield row(`F recover all ${at}`, medianOf(f, 'recover'), reference.recoverAll, 'ms');
    yield row(`S allocate ${at}`, medianOf(s, 'allocate'), reference.suppressAllocate, 'ms');
    yield row(`S all suppressed ${at}`, medianOf(s, 'idle'), reference.allSuppressed, 'ms');
  }
  for (const reference of quick ? ROLES.slice(0, 2) : ROLES) {
    const { agents, frameworks, roles } = reference;
    const at = `${agents}x${frameworks} R=${roles}`;
    note(at);
    const f = repeat(passes, () => fullCycles(agents, frameworks, roles));
    yield row(`F add agents ${at}`, medianOf(f, 'addAgents'), reference.addAgents, 'ms');
    yield row(`F full cycle ${at}`, medianOf(f, 'allocate'), reference.fullCycle, 'ms');
    yield row(`F idle cycle ${at}`, medianOf(f, 'idle'), reference.idleCycle, 'ms');
  }
  for (const reference of quick ? ALL_FILTERED.slice(0, 1) : ALL_FILTERED) {
    const { agents, frameworks } = reference;
    const at = `${agents}x${frameworks}`;
    note(`${at}: ${frameworks} rounds until everything is refused`);
    const all = decline(agents, frameworks, frameworks);
    for (const [round, figure] of Object.entries(reference.rounds)) {
      yield row(`D round ${round} ${at}`, all.allocate[Number(round) - 1] ?? Number.NaN, figure, 'ms');
    }
    // Ours finds out once that everybody has refused everything, and then looks only at what changes.
    yield row(`all filtered, found out ${at}`, all.allocate[frameworks - 1] ?? Number.NaN, reference.steady, 'ms');
    yield row(`all filtered, steady ${at}`, median(all.idle), reference.steady, 'ms');
  }
  yield* quotaRows({ quick, note }, AGENT_CAPABILITIES, (items) => shuffle(items, seededRandom(7)));
  for (const { agents, frameworks } of quick ? GROWTH.slice(0, 1) : GROWTH) {
    const at = `${agents}x${frameworks}`;
    note(`growth: ${at}`);
    const f = repeat(passes, () => fullCycles(agents, frameworks, 1));
    yield row(`F full cycle, per agent ${at}`, (medianOf(f, 'allocate') / agents) * 1000, undefined, 'µs');
  }
  note(
    `this process had a core for ${Math.round(coreShare() * 100)} % of the measured time; the rest is the machine's load`,
  );
};

interface Times {
  readonly addFrameworks: number[];
  readonly addAgents: number[];
  readonly recover: number[];
  readonly allocate: number[];
  readonly idle: number[];
}

const noTimes = (): Times => ({ addFrameworks: [], addAgents: [], recover: [], allocate: [], idle: [] });

const repeat = (passes: number, pass: () => Times): Times[] => Array.from({ length: passes }, pass);

const medianOf = (passes: readonly Times[], which: keyof Times): number =>
  median(passes.flatMap((times) => times[which]));

/** Scenario D: each framework refuses each agent once; then nothing is offered. */
function decline(agents: number, frameworks: number, rounds: number): Times {
  const cluster = new Cluster(agents, frameworks, 1, `cpus:16;mem:2014;disk:1024;ports:[${USED_PORTS}]`);
  const refused = new Set<string>();
  for (let round = 1; round <= rounds; round++) {
    for (const { frameworkId, agentId } of cluster.offers) {
      const pair = `${frameworkId} ${agentId}`;
      if (refused.has(pair)) throw new Error(`${pair} was offered in round ${round} though refused`);
      refused.add(pair);
    }
    cluster.recoverAll(YEAR_SECONDS);
    cluster.cycle('allocate', round < frameworks ? agents : 0);
  }
  for (let i = 0; i < 5 && rounds === frameworks; i++) cluster.cycle('idle', 0);
  return cluster.times;
}

/** Scenario S: five cycles, the last with everybody suppressed. */
function suppress(agents: number, frameworks: number): Times {
  const cluster = new Cluster(agents, frameworks, 1, `cpus:16;mem:1024;disk:1024;ports:[${USED_PORTS}]`);
  const step = frameworks / 5;
  for (let cycle = 1; cycle <= 5; cycle++) {
    cluster.recoverAll(undefined);
    for (let i = (cycle - 1) * step; i < cycle * step; i++) cluster.allocator.suppress(frameworkId(i));
    if (cycle < 5) cluster.cycle('allocate', agents);
    else cluster.cycle('idle', 0);
  }
  return cluster.times;
}

/** Scenario F. */
function fullCycles(agents: number, frameworks: number, roles: number): Times {
  const cluster = new Cluster(agents, frameworks, roles, undefined);
  for (let round = 0; round < 5; round++) {
    cluster.recoverAll(undefined);
    cluster.cycle('allocate', agents);
    cluster.cycle('idle', 0);
  }
  return cluster.times;
}

const frameworkId = (index: number): string => `framework${index + 1}`;

class Cluster {
  readonly allocator: HierarchicalAllocator;
  readonly times = noTimes();
  offers: OfferedResources[] = [];
  #nowMs = 0;
  readonly #used: string | undefined;
  readonly #free: Resources;

  constructor(agents: number, frameworks: number, roles: number, used: string | undefined) {
    const random = seededRandom(42);
    this.#used = used;
    this.#free = Resources.parse(TOTAL).minus(Resources.parse(used ?? ''));
    this.allocator = new HierarchicalAllocator({ shuffle: (items) => shuffle(items, random) });
    const roleOf = (i: number): string => (roles === 1 ? '*' : `role${i % roles}`);
    const capabilities = new Set(['MULTI_ROLE']);
    this.times.addFrameworks.push(
      timed(() => {
        for (let i = 0; i < frameworks; i++) {
          this.allocator.addFramework(frameworkId(i), { roles: [roleOf(i)], capabilities, active: true });
        }
        this.allocator.allocate(this.#nowMs, { batch: false });
      }),
    );
    const additions = Array.from({ length: agents }, (_, i) => ({
      id: `agent${i + 1}`,
      total: Resources.parse(TOTAL),
      used:
        used === undefined
          ? []
          : [{ frameworkId: frameworkId(i % frameworks), resources: Resources.parse(used).allocatedTo(roleOf(i)) }],
    }));
    this.times.addAgents.push(
      timed(() => {
        for (const { id, total, used } of additions) {
          this.allocator.addAgent(id, { hostname: id, attributes: [], capabilities: AGENT_CAPABILITIES, total, used });
        }
        this.offers = this.allocator.allocate(this.#nowMs, { batch: false });
      }),
    );
    this.#check(agents);
  }

  recoverAll(refuseSeconds: number | undefined): void {
    const offers = this.offers;
    this.offers = [];
    this.times.recover.push(
      timed(() => {
        for (const { frameworkId, agentId, role, resources } of offers) {
          this.allocator.recoverResources(
            { frameworkId, agentId, role, resources, wasAllocated: false, ...(refuseSeconds && { refuseSeconds }) },
            this.#nowMs,
          );
        }
      }),
    );
  }

  /** One batch run, a second later, that must make so many offers. */
  cycle(kind: 'allocate' | 'idle', expectedOffers: number): void {
    this.#nowMs += 1000;
    let made: OfferedResources[] = [];
    this.times[kind].push(
      timed(() => {
        made = this.allocator.allocate(this.#nowMs, { batch: true });
      }),
    );
    const earlier = this.offers;
    this.offers = [...earlier, ...made];
    if (made.length !== expectedOffers) throw new Error(`${made.length} offers instead of ${expectedOffers}`);
    this.#check(earlier.length + expectedOffers);
  }

  /** Every agent is offered at most once, and exactly what is free of it. */
  #check(expected: number): void {
    if (this.offers.length !== expected)
      throw new Error(`${this.offers.length} offers outstanding instead of ${expected}`);
    const seen = new Set<string>();
    for (const { agentId, resources } of this.offers) {
      if (seen.has(agentId)) throw new Error(`${agentId} is offered twice (in use: ${this.#used ?? 'nothing'})`);
      seen.add(agentId);
      if (!resources.unallocated().equals(this.#free))
        throw new Error(`${agentId} is offered as ${resources.format()}`);
    }
  }
}

/** mulberry32: enough to shuffle, and the same in every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
