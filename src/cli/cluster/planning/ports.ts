// Which ports the daemons of a local cluster get: the originals' defaults or, with --port-base, fixed distances from it;
// where one is taken, one of the next.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import type { Endpoint } from '../plan.ts';

/** Kinds of ports: all on 127.0.0.1, but the agents', which are the same on the agents' own addresses. */
export type PortKind =
  | 'master'
  | 'agent'
  | 'marathon'
  | 'chronos'
  | 'zookeeper'
  | 'zookeeperPeer'
  | 'zookeeperElection';

/** `first` and every `step` after it, without --port-base. */
const DEFAULTS: Readonly<Record<PortKind, { readonly first: number; readonly step: number }>> = {
  master: { first: 5050, step: 10 },
  agent: { first: 5051, step: 1 },
  marathon: { first: 8080, step: 10 },
  chronos: { first: 4400, step: 10 },
  zookeeper: { first: 2181, step: 1 },
  zookeeperPeer: { first: 2888, step: 1 },
  zookeeperElection: { first: 3888, step: 1 },
};

/**
 * After --port-base P: the first master P, agents P+1, the first Marathon P+2, the first Chronos P+3; master-k P+10+k,
 * marathon-k P+20+k, zookeeper-k P+30+k, its peers P+40+k, its elections P+50+k; the switchboard P+60 to P+89; chronos-k P+90+k;
 * tasks from P+100 on.
 */
const OFFSETS: Readonly<Record<PortKind, { readonly alone?: number; readonly numbered: number }>> = {
  master: { alone: 0, numbered: 10 },
  agent: { numbered: 1 },
  marathon: { alone: 2, numbered: 20 },
  chronos: { alone: 3, numbered: 90 },
  zookeeper: { numbered: 30 },
  zookeeperPeer: { numbered: 40 },
  zookeeperElection: { numbered: 50 },
};
const SWITCHBOARD_OFFSET = 60;
const SWITCHBOARD_SHIFTS = 10;
const TASKS_OFFSET = 100;

const DEFAULT_SWITCHBOARD_PORT = 7100;
const DEFAULT_TASK_PORTS = 31_000;
const MOST_TRIES = 100;

/** Finds free ports for one plan; none twice. */
export class Ports {
  readonly #base: number | undefined;
  readonly #keeps: boolean;
  readonly #isFree: (endpoint: Endpoint) => Promise<boolean>;
  readonly #given = new Set<string>();

  /** Who has a port keeps it, unless the base is a new one. Throws Problem `usage` for a base that is none. */
  constructor(
    base: number | undefined,
    isFree: (endpoint: Endpoint) => Promise<boolean>,
    { isNew }: { readonly isNew: boolean },
  ) {
    if (base !== undefined && (!Number.isInteger(base) || base < 1 || base > 65_000)) {
      throw new Problem(EXIT.usage, { what: `--port-base ${base} is no port.`, why: 'From 1 to 65000.' });
    }
    this.#base = base;
    this.#keeps = !isNew;
    this.#isFree = isFree;
  }

  /**
   * For the `number`-th (from 1) of a kind. `before`: what it had, tried first unless the base is new. Throws
   * Problem `conflict` when nothing near is free, or the base itself is taken.
   */
  async next(kind: PortKind, ip: string, number: number, before?: number): Promise<number> {
    const { first, step } = DEFAULTS[kind];
    if (this.#keeps && before !== undefined) {
      return await this.#search(ip, before, this.#base === undefined ? step : 1);
    }
    if (this.#base === undefined) return await this.#search(ip, first, step);
    const { alone, numbered } = OFFSETS[kind];
    if (kind === 'agent') return await this.#search(ip, this.#base + numbered, 1);
    const offset = number === 1 && alone !== undefined ? alone : numbered + number;
    if (offset === 0) return await this.#exactly(ip, this.#base);
    return await this.#search(ip, this.#base + offset, 1);
  }

  /** The first port of the switchboard: `isFit` says whether all of it finds room there. Throws Problem `conflict`. */
  async switchboard(endpoints: (firstPort: number) => readonly Endpoint[], before?: number): Promise<number> {
    const isBased = this.#base !== undefined;
    const kept = this.#keeps ? before : undefined;
    const first = kept ?? (this.#base === undefined ? DEFAULT_SWITCHBOARD_PORT : this.#base + SWITCHBOARD_OFFSET);
    // After a base there is little room before the tasks' ports.
    const [tries, step] = isBased ? [SWITCHBOARD_SHIFTS, 1] : [MOST_TRIES, 100];
    for (let port = first; port < first + tries * step && port < 65_000; port += step) {
      const wanted = endpoints(port);
      const free = await Promise.all(wanted.map(this.#isFree));
      if (free.every(Boolean)) return port;
    }
    throw noneFree('127.0.1.1', first);
  }

  /** Where the tasks' ports begin: after the base, or the original's 31000, or lower where another cluster has that. */
  firstTaskPort(inUse: readonly (readonly [number, number])[], size: number): number {
    if (this.#base !== undefined) return this.#base + TASKS_OFFSET;
    for (let first = DEFAULT_TASK_PORTS; first > 10_000; first -= 2000) {
      if (inUse.every(([from, to]) => first > to || first + size - 1 < from)) return first;
    }
    throw new Problem(EXIT.conflict, { what: 'No range of ports is left for tasks.', next: 'Give a --port-base.' });
  }

  async #exactly(ip: string, port: number): Promise<number> {
    if (await this.#take(ip, port)) return port;
    throw new Problem(EXIT.conflict, {
      what: `Port ${port} of ${ip} is taken.`,
      why: 'Another program listens there.',
      next: 'Choose another --port-base, or leave it out to have one chosen.',
    });
  }

  async #search(ip: string, first: number, step: number): Promise<number> {
    for (let port = first; port < first + MOST_TRIES * step && port <= 65_535; port += step) {
      if (await this.#take(ip, port)) return port;
    }
    throw noneFree(ip, first);
  }

  async #take(ip: string, port: number): Promise<boolean> {
    const key = `${ip}:${port}`;
    if (this.#given.has(key) || !(await this.#isFree({ ip, port }))) return false;
    this.#given.add(key);
    return true;
  }
}

function noneFree(ip: string, first: number): Problem {
  return new Problem(EXIT.conflict, {
    what: `No port of ${ip} from ${first} on is free.`,
    next: 'Give a --port-base.',
  });
}
