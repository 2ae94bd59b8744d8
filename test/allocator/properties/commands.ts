// Random commands, out of a seed: what happens to a cluster, in words that stay meaningful when some of them are left out.
// Whom a command is about is a number that is taken modulo those there are at the time.
import type { MinAllocatable } from '../../../src/allocator/allocator.ts';
import { SeededRandom } from '../../../src/simulation/core/random.ts';

export const ROLES = ['*', 'a', 'a/x', 'a/x/deep', 'a/y', 'b', 'b/z'] as const;
const CAPABILITIES = [
  'GPU_RESOURCES',
  'REGION_AWARE',
  'REVOCABLE_RESOURCES',
  'RESERVATION_REFINEMENT',
  'SHARED_RESOURCES',
];

export type Operation = 'reserve' | 'refine' | 'unreserve' | 'create' | 'create-shared' | 'destroy';

export type AgentCommand =
  | {
      readonly op: 'addAgent';
      readonly total: number;
      readonly isRemote: boolean;
      /** Without capabilities: nothing for sub-roles, nor for frameworks of several roles. */
      readonly isOld: boolean;
      readonly uses: number;
    }
  | { readonly op: 'changeTotal'; readonly which: number; readonly total: number }
  | { readonly op: 'removeAgent' | 'toggleAgent' | 'changeAttributes'; readonly which: number };

export type FrameworkCommand =
  | {
      readonly op: 'addFramework';
      readonly roles: readonly string[];
      readonly suppressed: readonly string[];
      readonly capabilities: readonly string[];
      readonly isActive: boolean;
      readonly needsLittle: boolean;
      /** Its offer constraints let it have every second agent only. */
      readonly isChoosy: boolean;
    }
  | { readonly op: 'removeFramework'; readonly which: number; readonly leavesTasks: boolean }
  | { readonly op: 'toggleFramework'; readonly which: number }
  | { readonly op: 'suppress' | 'revive'; readonly which: number; readonly roles: readonly string[] }
  | {
      readonly op: 'update';
      readonly needsLittle: boolean;
      readonly which: number;
      readonly roles: readonly string[];
      readonly suppressed: readonly string[];
      readonly capabilities: readonly string[];
      readonly isChoosy: boolean;
    };

/** Of what is offered, of what is in use. */
export type HoldingCommand =
  | { readonly op: 'decline'; readonly which: number; readonly isWhole: boolean; readonly seconds: number }
  | { readonly op: 'use' | 'finish'; readonly which: number; readonly isWhole: boolean }
  | { readonly op: 'shareVolume'; readonly which: number }
  | {
      readonly op: 'convertOffered' | 'convertAvailable';
      readonly which: number;
      readonly operation: Operation;
      readonly role: string;
    };

/** Of operators. */
export type RuleCommand =
  | { readonly op: 'weight'; readonly role: string; readonly weight: number }
  | { readonly op: 'quota'; readonly role: string; readonly guarantees: Amounts; readonly limits: Amounts }
  | { readonly op: 'whitelist'; readonly hosts: readonly number[] | undefined };

export type Command =
  | AgentCommand
  | FrameworkCommand
  | HoldingCommand
  | RuleCommand
  | { readonly op: 'pause' | 'tick' };

/** Anything; two things at once; elements. */
const MINIMUMS: readonly MinAllocatable[] = [[], [{ cpus: 1, mem: 64 }], [{ ports: 2 }, { cpus: 1.5 }]];

type Amounts = Readonly<Record<string, number>>;

/** What one case is: rules that hold for all of it, then one command after the other. */
export interface Scenario {
  /** See AllocatorOptions. */
  readonly limitsBindSubroles: boolean;
  readonly weightsReachSubtrees: boolean;
  readonly sorter: 'drf' | 'random';
  /** The smallest offer; undefined: the default one. */
  readonly minimum?: MinAllocatable | undefined;
  readonly commands: readonly Command[];
}

/** The same seed, the same scenario. */
export function scenarioOf(seed: number): Scenario {
  const random = new SeededRandom(seed, 'allocator');
  // One case in eight lets sub-roles pass limits, another keeps weights from them, as the original does.
  const limitsBindSubroles = !random.chance(1 / 8);
  const weightsReachSubtrees = !random.chance(1 / 8);
  const hasQuota = !random.chance(1 / 4);
  const sorter = random.chance(1 / 8) ? 'random' : 'drf';
  const minimum = random.chance(1 / 4) ? pick(random, MINIMUMS) : undefined;
  const length = 25 + random.integer(60);
  const commands: Command[] = [];
  for (let i = 0; i < length; i++) commands.push(commandOf(random, hasQuota));
  return { limitsBindSubroles, weightsReachSubtrees, sorter, minimum, commands };
}

const KINDS: readonly (readonly [weight: number, op: Command['op']])[] = [
  [12, 'tick'],
  [7, 'addAgent'],
  [4, 'changeTotal'],
  [1, 'removeAgent'],
  [1, 'toggleAgent'],
  [1, 'changeAttributes'],
  [7, 'addFramework'],
  [1, 'removeFramework'],
  [1, 'toggleFramework'],
  [2, 'suppress'],
  [2, 'revive'],
  [1, 'update'],
  [8, 'decline'],
  [7, 'use'],
  [4, 'finish'],
  [2, 'shareVolume'],
  [5, 'convertOffered'],
  [2, 'convertAvailable'],
  [2, 'weight'],
  [5, 'quota'],
  [1, 'whitelist'],
  [1, 'pause'],
];
const WEIGHTS = KINDS.reduce((sum, [weight]) => sum + weight, 0);

function commandOf(random: SeededRandom, hasQuota: boolean): Command {
  let ticket = random.integer(WEIGHTS);
  const kind = KINDS.find(([weight]) => {
    ticket -= weight;
    return ticket < 0;
  });
  const op = kind?.[1] ?? 'tick';
  const which = random.integer(1000);
  switch (op) {
    case 'addAgent':
      return {
        op,
        total: which,
        isRemote: random.chance(1 / 6),
        isOld: random.chance(1 / 8),
        uses: random.integer(1000),
      };
    case 'changeTotal':
      return { op, which, total: random.integer(1000) };
    case 'addFramework':
      return {
        op,
        roles: someRoles(random),
        suppressed: random.chance(1 / 4) ? someRoles(random) : [],
        capabilities: someOf(random, CAPABILITIES, 2 / 3),
        isActive: !random.chance(1 / 6),
        needsLittle: random.chance(1 / 4),
        isChoosy: random.chance(1 / 8),
      };
    case 'removeFramework':
      return { op, which, leavesTasks: random.chance(1 / 2) };
    case 'suppress':
    case 'revive':
      return { op, which, roles: someRoles(random) };
    case 'update': {
      const roles = someRoles(random);
      const capabilities = someOf(random, CAPABILITIES, 2 / 3);
      const needsLittle = random.chance(1 / 4);
      return {
        op,
        which,
        roles,
        suppressed: someRoles(random),
        capabilities,
        isChoosy: random.chance(1 / 8),
        needsLittle,
      };
    }
    case 'decline':
      return { op, which, isWhole: random.chance(1 / 2), seconds: pick(random, [0, 1, 1, 2, 5, 30]) };
    case 'use':
    case 'finish':
      return { op, which, isWhole: random.chance(1 / 2) };
    case 'convertOffered':
    case 'convertAvailable': {
      const operations: Operation[] = [
        'reserve',
        'reserve',
        'refine',
        'unreserve',
        'create',
        'create-shared',
        'destroy',
      ];
      return { op, which, operation: pick(random, operations), role: pick(random, ['a', 'a/x', 'b']) };
    }
    case 'weight':
      return { op, role: pick(random, ROLES), weight: pick(random, [0.5, 1, 2, 3]) };
    case 'quota':
      return hasQuota ? { op, role: pick(random, ['a', 'a', 'b', '*']), ...quotaOf(random) } : { op: 'tick' };
    case 'whitelist':
      return { op, hosts: random.chance(1 / 2) ? undefined : [random.integer(3), random.integer(3)] };
    case 'pause':
    case 'tick':
      return { op };
    default:
      return { op, which };
  }
}

function quotaOf(random: SeededRandom): { guarantees: Amounts; limits: Amounts } {
  if (random.chance(1 / 6)) return { guarantees: {}, limits: {} };
  const guarantees: Record<string, number> = {};
  const limits: Record<string, number> = {};
  for (const [name, unit] of [['cpus', 1] as const, ['mem', 128] as const, ['disk', 40] as const]) {
    const guarantee = random.chance(1 / 3) ? random.integer(6) * unit : 0;
    if (guarantee > 0) guarantees[name] = guarantee;
    if (random.chance(1 / 3)) limits[name] = guarantee + random.integer(4) * unit;
  }
  return { guarantees, limits };
}

const pick = <T>(random: SeededRandom, items: readonly T[]): T => items[random.integer(items.length)] as T;

const someRoles = (random: SeededRandom): string[] => [
  ...new Set(Array.from({ length: 1 + random.integer(3) }, () => pick(random, ROLES))),
];

const someOf = (random: SeededRandom, items: readonly string[], chance: number): string[] =>
  items.filter(() => random.chance(chance));
