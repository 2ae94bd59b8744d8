// Program: many simulated agents in one process that share one look at the election, or know the address of the one master
// that there is. Its argument is AgentsProgramOptions as
// JSON; tells its parent AgentsProgress whenever something has changed; ends with its parent.
import process from 'node:process';
import { openElection } from '../src/cli/masters/open.ts';
import { openDetector } from '../src/daemon/agent/registration/detector.ts';
import type { FrameworkInfo } from '../src/mesos/generated/v1.ts';
import { createRealWorld } from '../src/world/real/index.ts';
import { type AgentAmounts, SimulatedAgent } from './failover/simulated-agent.ts';

export interface AgentsProgramOptions {
  /** `zk://…`, or `http://…` of the only one. */
  readonly masters: string;
  readonly agents: number;
  readonly tasksPerAgent: number;
  readonly framework: FrameworkInfo;
  /** The tasks belong to so many frameworks like that, whose ids end in a number from 0; absent: to that one. */
  readonly frameworks?: number;
  /** What each agent has; default 20 cpus and 10 GB. */
  readonly resources?: AgentAmounts;
  readonly backOffFactorMs: number;
}

/** Times are of the wall clock. */
export interface AgentsProgress {
  /** Agents that a master has at the moment. */
  readonly registered: number;
  /** When the latest of them got its answer. */
  readonly latestMs: number;
  /** The leader that the election names, and since when. */
  readonly leader: string | undefined;
  readonly leaderSinceMs: number;
  /** What no agent should have been told; the first few. */
  readonly unwanted: readonly string[];
}

const TELL_EVERY_MS = 20;
const MAX_EXAMPLES = 10;

const options: AgentsProgramOptions = JSON.parse(process.argv[2] ?? '');
const world = createRealWorld({ log: { level: 'error' } });
const isElected = options.masters.startsWith('zk://');
const detector = isElected
  ? (await openElection(world, options.masters, 10_000)).source
  : await openDetector(world, options.masters);
const unwanted: string[] = [];
let registered = 0;
let latestMs = 0;
let leader: string | undefined;
let leaderSinceMs = 0;
let hasChanged = true;

detector.watch((base) => {
  [leader, leaderSinceMs, hasChanged] = [base, Date.now(), true];
});
for (let index = 0; index < options.agents; index++) {
  new SimulatedAgent({
    world,
    detector,
    backOffFactorMs: options.backOffFactorMs,
    index,
    tasks: options.tasksPerAgent,
    framework: frameworkOf(index),
    ...(options.resources !== undefined && { resources: options.resources }),
    onChange(isRegistered) {
      registered += isRegistered ? 1 : -1;
      if (isRegistered) latestMs = Date.now();
      hasChanged = true;
    },
    onUnwanted(what) {
      if (unwanted.length < MAX_EXAMPLES) unwanted.push(what);
      hasChanged = true;
    },
  }).start();
}
function frameworkOf(index: number): FrameworkInfo {
  const { framework, frameworks } = options;
  if (frameworks === undefined) return framework;
  const number = index % frameworks;
  return { ...framework, name: `${framework.name}${number}`, id: { value: `${framework.id?.value}${number}` } };
}

setInterval(() => {
  if (!hasChanged) return;
  hasChanged = false;
  const progress: AgentsProgress = { registered, latestMs, leader, leaderSinceMs, unwanted };
  process.send?.(progress);
}, TELL_EVERY_MS);
process.on('disconnect', () => process.exit(0));
