// The services that have an election and durable state, and where each has them.
import type { ZooKeeperAddress, ZooKeeperElectionOptions } from '../../cluster/zookeeper/index.ts';

/** As people name them. */
export const SERVICES = ['master', 'marathon', 'chronos'] as const;
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

const PLACES: Readonly<Record<Service, ServicePlaces>> = {
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
    keys: ['groups/', 'apps/', 'instances/'],
  },
  chronos: {
    title: 'Chronos',
    usualName: 'chronos',
    names: 'latch',
    electionBelow: '/candidate',
    database: 'chronos.db',
    keys: ['jobs/', 'runs/', 'history/'],
  },
};

/** Keys that Marathon and Chronos have alike. */
const OF_SCHEDULERS = 'framework/';

/** What it is called in sentences. */
export function titleOf(service: Service): string {
  return PLACES[service].title;
}

/** Name of its SQLite file. */
export function databaseOf(service: Service): string {
  return PLACES[service].database;
}

/** Whose state these keys may be, as far as they tell: several where it is not clear, none when they are nobody's. */
export function servicesOfKeys(keys: readonly string[]): readonly Service[] {
  const found = SERVICES.filter((service) => keys.some((key) => PLACES[service].keys.some((at) => key.startsWith(at))));
  if (found.length > 0) return found;
  return keys.some((key) => key.startsWith(OF_SCHEDULERS)) ? ['marathon', 'chronos'] : [];
}

/** Its election when `path` is that of its --zk. */
export function electionOf(service: Service, path: string): ZooKeeperElectionOptions {
  const { names, electionBelow } = PLACES[service];
  return { path: `${path}${electionBelow}`, names };
}

/** Its state when `path` is that of its --zk. */
export function statePathOf(path: string): string {
  return `${path}/mctl-state`;
}

/** Beside a path that may be another service's: `/prod/mesos` → `/prod/marathon`. */
export function besideOf(service: Service, address: ZooKeeperAddress): ZooKeeperAddress {
  const parent = address.path.slice(0, address.path.lastIndexOf('/'));
  return address.at(`${parent}/${PLACES[service].usualName}`);
}
