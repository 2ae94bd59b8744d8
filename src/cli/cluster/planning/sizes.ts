// How many of each daemon a local cluster has: what was asked for, else what it had, else the defaults; and which of the
// wishes a cluster that exists cannot follow.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import type { ClusterPlan } from '../plan.ts';

const MAX_AGENTS = 100;
/** By the ports that are kept for them (ports.ts). */
const MAX_CANDIDATES = 9;
const ENSEMBLES: readonly number[] = [1, 3, 5];
const DEFAULT_ENSEMBLE = 3;

/** Each undefined: as it was; at first 2 agents, a master, a Marathon and a Chronos. */
export interface SizeWishes {
  readonly masters: number | undefined;
  readonly agents: number | undefined;
  /** Is there to be a Marathon at all? */
  readonly marathon: boolean | undefined;
  readonly marathons: number | undefined;
  /** As `marathon` and `marathons`. */
  readonly chronos: boolean | undefined;
  readonly chronoses: number | undefined;
  /** At first 3 where there is to be more than one of a kind of these, else none. */
  readonly zookeepers: number | undefined;
  /** Undefined: as it was; at first where there is ZooKeeper. */
  readonly chaos: boolean | undefined;
}

/** How many of each; whether members can be cut off from each other. */
export interface Sizes {
  readonly masters: number;
  readonly agents: number;
  readonly marathons: number;
  readonly chronoses: number;
  readonly zookeepers: number;
  readonly chaos: boolean;
}

/** Throws Problem: `usage` for impossible wishes, `conflict` for those that the state of the cluster stands against. */
export function sizesOf(name: string, wishes: SizeWishes, existing: ClusterPlan | undefined): Sizes {
  const agents = wishes.agents ?? existing?.agents.length ?? 2;
  if (!Number.isInteger(agents) || agents < 0 || agents > MAX_AGENTS) {
    throw new Problem(EXIT.usage, { what: `A local cluster has 0 to ${MAX_AGENTS} agents, not ${agents}.` });
  }
  const masters = wishes.masters ?? existing?.masters.length ?? 1;
  if (!Number.isInteger(masters) || masters < 1 || masters > MAX_CANDIDATES) {
    throw new Problem(EXIT.usage, { what: `A local cluster has 1 to ${MAX_CANDIDATES} masters, not ${masters}.` });
  }
  const marathons = candidatesOf('marathon', wishes.marathon, wishes.marathons, existing?.marathons);
  const chronoses = candidatesOf('chronos', wishes.chronos, wishes.chronoses, existing?.chronoses);
  const zookeepers = zooKeepersOf(name, wishes, Math.max(masters, marathons, chronoses), existing);
  return { agents, masters, marathons, chronoses, zookeepers, chaos: chaosOf(wishes, zookeepers, existing) };
}

const FRAMEWORKS = {
  marathon: { plural: 'Marathons', flag: 'marathons' },
  chronos: { plural: 'Chronoses', flag: 'chronoses' },
} as const;

/** `isWanted`: whether there is to be one at all. */
function candidatesOf(
  kind: keyof typeof FRAMEWORKS,
  isWanted: boolean | undefined,
  count: number | undefined,
  existing: readonly unknown[] | undefined,
): number {
  const { plural, flag } = FRAMEWORKS[kind];
  if (count !== undefined && (!Number.isInteger(count) || count < 0 || count > MAX_CANDIDATES)) {
    throw new Problem(EXIT.usage, { what: `A local cluster has 0 to ${MAX_CANDIDATES} ${plural}, not ${count}.` });
  }
  if (isWanted === false && (count ?? 0) > 0) {
    throw new Problem(EXIT.usage, { what: `--no-${kind} and --${flag} ${count} contradict each other.` });
  }
  if (isWanted === false) return 0;
  const before = existing?.length;
  return count ?? (isWanted === true ? Math.max(1, before ?? 1) : (before ?? 1));
}

function zooKeepersOf(
  name: string,
  { zookeepers }: SizeWishes,
  candidates: number,
  existing: ClusterPlan | undefined,
): number {
  if (zookeepers !== undefined && !ENSEMBLES.includes(zookeepers)) {
    throw new Problem(EXIT.usage, {
      what: `An ensemble has 1, 3 or 5 ZooKeepers, not ${zookeepers}.`,
      why: 'An even number survives no more losses than the odd one below it.',
    });
  }
  const wanted = zookeepers ?? (candidates > 1 ? DEFAULT_ENSEMBLE : 0);
  if (existing === undefined) return wanted;
  const present = existing.zookeepers.length;
  if (present === 0 && wanted > 0) {
    throw new Problem(EXIT.conflict, {
      what: `Cluster '${name}' was made without ZooKeeper, which several masters or Marathons need.`,
      why: 'The state of its master and Marathon is in their own work dirs; with ZooKeeper it would begin empty.',
      next: anotherCluster(name),
    });
  }
  if (zookeepers !== undefined && zookeepers !== present) {
    throw new Problem(EXIT.conflict, {
      what: `Cluster '${name}' was made with ${present} ZooKeeper${present === 1 ? '' : 's'}, not ${zookeepers}.`,
      why: 'An ensemble keeps its size: its members have the state of the cluster.',
      next: anotherCluster(name),
    });
  }
  return present;
}

function anotherCluster(name: string): string[] {
  return [
    `mctl cluster up --name <another> …`,
    `mctl cluster down --name ${name} --purge      (then up again: its state goes)`,
  ];
}

function chaosOf({ chaos }: SizeWishes, zookeepers: number, existing: ClusterPlan | undefined): boolean {
  return chaos ?? (existing === undefined ? zookeepers > 0 : existing.switchboard !== null);
}
