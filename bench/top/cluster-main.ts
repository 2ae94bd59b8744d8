// Program: the cluster behind a real master for the measurement of `mctl top`: agents that are nothing but their line to it, a
// framework, and twice a second some tasks whose health changes and some offers that come and go. Its argument is
// SimulatedClusterOptions as JSON; tells its parent SimulatedClusterProgress; ends with its parent.
import process from 'node:process';
import type { LeaderSource } from '../../src/client/leader-source.ts';
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type { FrameworkInfo, Offer } from '../../src/mesos/generated/v1.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { SimulatedAgent } from '../failover/simulated-agent.ts';

export interface SimulatedClusterOptions {
  /** `http://host:port` of the master. */
  readonly master: string;
  readonly agents: number;
  readonly tasksPerAgent: number;
  /** Tasks that change at once. */
  readonly changes: number;
}

export interface SimulatedClusterProgress {
  readonly registered: number;
  /** Status updates sent so far. */
  readonly updates: number;
}

const CHANGE_EVERY_MS = 500;
const TELL_EVERY_MS = 100;
const LONG_SECONDS = 3600;
const SHORT_SECONDS = 0.5;
/** One agent in so many is offered again soon. */
const OFTEN_OFFERED = 100;

const { master, agents, tasksPerAgent, changes }: SimulatedClusterOptions = JSON.parse(process.argv[2] ?? '');
const world = createRealWorld({ log: { level: 'error' } });
const fixed: LeaderSource = {
  where: master,
  current: master,
  watch(fn) {
    const timer = world.clock.setTimer(0, () => fn(master));
    return { stop: () => timer.cancel() };
  },
  find: () => Promise.resolve({ kind: 'found', base: master }),
};
const framework: FrameworkInfo = {
  user: 'nobody',
  name: 'simulated',
  roles: ['*'],
  checkpoint: true,
  failover_timeout: LONG_SECONDS,
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
};
const all: SimulatedAgent[] = [];
let registered = 0;
let updates = 0;

const scheduler = new SchedulerClient({
  world,
  masters: fixed,
  framework,
  maxQueuedCalls: 100_000,
  listener: {
    event({ type, offers }) {
      if (type === 'SUBSCRIBED' && all.length === 0) startAgents();
      const made = offers?.offers ?? [];
      decline(made.filter(isOftenOffered), SHORT_SECONDS);
      decline(
        made.filter((offer) => !isOftenOffered(offer)),
        LONG_SECONDS,
      );
    },
  },
});
scheduler.start();

function isOftenOffered({ hostname }: Offer): boolean {
  return Number(hostname.replace('host', '')) % OFTEN_OFFERED === 0;
}

function decline(offers: readonly Offer[], refuse_seconds: number): void {
  if (offers.length === 0) return;
  void scheduler.decline(
    offers.map(({ id }) => id.value),
    { refuse_seconds },
  );
}

function startAgents(): void {
  const { frameworkId } = scheduler;
  for (let index = 0; index < agents; index++) {
    const agent = new SimulatedAgent({
      world,
      detector: fixed,
      backOffFactorMs: 5000,
      index,
      tasks: tasksPerAgent,
      framework: { ...framework, ...(frameworkId !== undefined && { id: { value: frameworkId } }) },
      onChange(isRegistered) {
        registered += isRegistered ? 1 : -1;
      },
      // Updates are acknowledged to the agents that sent them; nothing else matters here.
      onUnwanted: () => undefined,
    });
    all.push(agent);
    agent.start();
  }
}

let round = 0;
setInterval(() => {
  if (registered < agents) return;
  round += 1;
  for (let at = 0; at < changes; at++) {
    const index = (round * 977 + at * 13) % agents;
    all[index]?.tellHealth((round + at) % tasksPerAgent, round % 4 !== 0, Date.now() / 1000);
    updates += 1;
  }
}, CHANGE_EVERY_MS);
setInterval(() => {
  const progress: SimulatedClusterProgress = { registered, updates };
  process.send?.(progress);
}, TELL_EVERY_MS);
process.on('disconnect', () => process.exit(0));
