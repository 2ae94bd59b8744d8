// The services that have an election and durable state, and where each has them.
import type { ZooKeeperAddress, ZooKeeperElectionOptions } from '../../cluster/zookeeper/index.ts';

/** As people name them. */
export const SERVICES = ['master', 'marathon'] as const;
/** One of SERVICES. */
export type Service = (typeof SERVICES)[number];

interface ServicePlaces {
  /** In sentences. */
  readonly title: string;
  /** Last part of the path that the originals' documentation gives it. */
  readonly usualName: string;
  readonly names: ZooKeeperElectionOptions['names'];
  /** What is put behind the path of --zk. */
  readonly electionBelow: string;
  /** Of its state, in a work dir. */
  readonly database: string;
  /** Its state has keys that begin so, and no other service's has. */
  readonly keys: readonly string[];
}

const PLACES: Readonly<Record<Service | 'chronos', ServicePlaces>> = {
  master: {
    title: 'master',
    usualName: 'mesos',
    names: 'masters',
    electionBelow: '',
    database: 'registry.db',
    keys: ['registry/'],
  },
  marathon: {
    title: 'Marathon',
    usualName: 'marathon',
    names: 'latch',
    electionBelow: '/leader-curator',
    database: 'marathon.db',
    keys: ['framework/', 'groups/', 'apps/', 'instances/'],
  },
  chronos: {
    title: 'Chronos',
    usualName: 'chronos',
    names: 'latch',
    electionBelow: '/candidate',
    database: 'chronos.db',
    keys: ['jobs/', 'runs/'],
  },
};

/** What it is called in sentences. */
export function titleOf(service: Service): string {
  return PLACES[service].title;
}

/** Name of its SQLite file. */
export function databaseOf(service: Service): string {
  return PLACES[service].database;
}

/** Whose state has these keys; undefined where they are nobody's, or of more than one. */
export function serviceOfKeys(keys: readonly string[]): Service | undefined {
  // A Chronos has the id of its framework where Marathon has it.
  if (keys.some((key) => PLACES.chronos.keys.some((start) => key.startsWith(start)))) return undefined;
  const found = SERVICES.filter((service) =>
    keys.some((key) => PLACES[service].keys.some((start) => key.startsWith(start))),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Its election when `path` is that of its --zk. */
export function electionOf(service: Service | 'chronos', path: string): ZooKeeperElectionOptions {
  const { names, electionBelow } = PLACES[service];
  return { path: `${path}${electionBelow}`, names };
}

/** Its state when `path` is that of its --zk. */
export function statePathOf(path: string): string {
  return `${path}/mctl-state`;
}

/** Beside a path that may be the other service's: `/prod/mesos` → `/prod/marathon`. */
export function besideOf(service: Service, address: ZooKeeperAddress): ZooKeeperAddress {
  const parent = address.path.slice(0, address.path.lastIndexOf('/'));
  return address.at(`${parent}/${PLACES[service].usualName}`);
}
