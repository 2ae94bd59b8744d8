// Apps that clients of the scenario make up: most run well, some crash, finish, fall ill or do not heed a kill.
import type { SeededRandom } from '../../core/random.ts';

/** As in a request. */
export interface SampleApp {
  readonly id: string;
  readonly instances: number;
  readonly env: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export const LONE_APPS = ['/a', '/b', '/c'];
export const GROUP = '/shop';
export const GROUP_APPS = ['/shop/db', '/shop/api', '/shop/web'];
export const APPS = [...LONE_APPS, ...GROUP_APPS];
export const MAX_INSTANCES = 5;

interface Behaviour {
  readonly cmd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs on, healthy, when left alone. */
  readonly isGood: boolean;
}

const GOOD: Behaviour = { cmd: 'sleep 1000000', isGood: true };
const BEHAVIOURS: readonly Behaviour[] = [
  GOOD,
  GOOD,
  GOOD,
  GOOD,
  { cmd: 'sleep 1000000', env: { SERVES_AFTER: '4' }, isGood: true },
  { cmd: "trap '' TERM; sleep 1000000", isGood: true },
  { cmd: 'sleep 3 && exit 1', isGood: false },
  { cmd: 'sleep 6', isGood: false },
  { cmd: 'sleep 1000000', env: { SICK_AFTER: '12' }, isGood: false },
];

const STRATEGIES = [
  { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  { inactiveAfterSeconds: 5, expungeAfterSeconds: 20 },
  { inactiveAfterSeconds: 20, expungeAfterSeconds: 40 },
  'disabled',
];
const UPGRADES = [
  { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
  { minimumHealthCapacity: 1, maximumOverCapacity: 0 },
  { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 },
  { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
  { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
];
const HTTP_CHECK = {
  protocol: 'HTTP',
  path: '/',
  gracePeriodSeconds: 8,
  intervalSeconds: 2,
  timeoutSeconds: 1,
  maxConsecutiveFailures: 3,
};
const COMMAND_CHECK = {
  protocol: 'COMMAND',
  command: { value: 'true' },
  gracePeriodSeconds: 5,
  intervalSeconds: 3,
  timeoutSeconds: 2,
  maxConsecutiveFailures: 3,
};

/** `mark` tells this definition from all others. `agents`: hosts that instances may be spread over. */
export function sampleApp(
  random: SeededRandom,
  id: string,
  mark: string,
  { agents, mustBeGood = false }: { readonly agents: number; readonly mustBeGood?: boolean },
): SampleApp {
  const behaviour = mustBeGood ? GOOD : (random.pick(BEHAVIOURS) ?? GOOD);
  const isUnique = random.chance(0.3);
  const size = 1 + random.integer(isUnique ? Math.min(agents - 1, MAX_INSTANCES) : MAX_INSTANCES);
  const checks = random.chance(0.7) ? [random.chance(0.8) ? HTTP_CHECK : COMMAND_CHECK] : [];
  return {
    id,
    cmd: behaviour.cmd,
    cpus: 0.1,
    mem: 16,
    instances: size,
    env: { MARK: mark, GOOD: String(behaviour.isGood), ...behaviour.env },
    constraints: isUnique ? [['hostname', 'UNIQUE']] : [],
    healthChecks: checks,
    upgradeStrategy: random.pick(UPGRADES),
    unreachableStrategy: mustBeGood ? STRATEGIES[0] : random.pick(STRATEGIES),
    killSelection: random.chance(0.5) ? 'YOUNGEST_FIRST' : 'OLDEST_FIRST',
    backoffSeconds: 1,
    maxLaunchDelaySeconds: 8,
    taskKillGracePeriodSeconds: 1,
    dependencies: [],
  };
}

/** Each depends on the one before. */
export function sampleGroup(
  random: SeededRandom,
  mark: string,
  options: { readonly agents: number; readonly mustBeGood?: boolean },
): SampleApp[] {
  const members = GROUP_APPS.filter(() => random.chance(0.8));
  const hasDependencies = random.chance(0.7);
  return members.map((id, index) => ({
    ...sampleApp(random, id, mark, options),
    dependencies: hasDependencies && index > 0 ? [members[index - 1]] : [],
  }));
}
