// Where the leading master is, by the election of the masters: what agents, frameworks and the command line follow. It has
// the shape of the client's LeaderSource, which this layer does not know.
import { CodecError, parseJson } from '../mesos/codec.ts';
import { MasterInfo } from '../mesos/generated/v1.ts';
import type { World } from '../world/world.ts';
import type { Candidate, Election, Observation } from './election.ts';

/** Why an election tells nothing, for people and without credentials. */
export interface ElectionTrouble {
  readonly kind: 'unreachable' | 'forbidden';
  readonly message: string;
}

/** The election, and what to call it. */
export interface LeadingMasterOptions {
  readonly world: Pick<World, 'clock' | 'log'>;
  /** Its owner closes it. */
  readonly election: Pick<Election, 'observe'>;
  /** For people, without credentials. */
  readonly where: string;
  /** Looks for the reason when nobody was found; undefined = nothing is wrong with the election. Never rejects. */
  readonly trouble?: () => Promise<ElectionTrouble | undefined>;
  /** Follows all who stand, the leader first, until stopped; absent where only the leader can be known. */
  readonly follow?: (fn: (standing: readonly Standing[]) => void) => Observation;
}

/** One who stands for election. */
interface Standing extends Candidate {
  readonly isLeader: boolean;
}

/** As the client knows it. */
interface StandingMaster {
  readonly base: string | undefined;
  readonly id: string | undefined;
  readonly isLeading: boolean;
}

type Finding =
  | { readonly kind: 'found'; readonly base: string }
  | { readonly kind: 'nobody' | 'unreachable' | 'forbidden'; readonly message: string };

/** Observes from the start until `stop`. */
export class LeadingMaster {
  readonly where: string;
  readonly #options: LeadingMasterOptions;
  readonly #watchers = new Set<(base: string | undefined) => void>();
  #current: string | undefined;
  /** The election has told at least once. */
  #hasHeard = false;
  #failure: string | undefined;
  #observation: Observation | undefined;
  #isStopped = false;

  constructor(options: LeadingMasterOptions) {
    this.#options = options;
    this.where = options.where;
    void this.#observe();
  }

  /** Base URL of the leader; undefined while nobody leads, or nothing is known yet. */
  get current(): string | undefined {
    return this.#current;
  }

  /** Calls `fn` with `current` from a later turn, and again with every change. */
  watch(fn: (base: string | undefined) => void): { stop(): void } {
    const watcher = (base: string | undefined): void => fn(base);
    // What changes before the first call is told by it.
    const first = this.#options.world.clock.setTimer(0, () => {
      this.#watchers.add(watcher);
      watcher(this.#current);
    });
    return {
      stop: () => {
        first.cancel();
        this.#watchers.delete(watcher);
      },
    };
  }

  /** Calls `fn` with all who stand, from a later turn, and again whenever one comes or goes. */
  get watchCandidates(): ((fn: (candidates: readonly StandingMaster[]) => void) => { stop(): void }) | undefined {
    const { follow, world } = this.#options;
    if (follow === undefined) return undefined;
    return (fn) => {
      let isStopped = false;
      const observation = follow((standing) => {
        const candidates = standing.map(standingMaster);
        world.clock.setTimer(0, () => {
          if (!isStopped && !this.#isStopped) fn(candidates);
        });
      });
      return {
        stop: () => {
          isStopped = true;
          observation.stop();
        },
      };
    };
  }

  /** As soon as somebody leads, or after `timeoutMs` why nobody is known to. Never rejects. */
  find(timeoutMs: number): Promise<Finding> {
    return new Promise((resolve) => {
      const watch = this.watch((base) => {
        if (base !== undefined) settle({ kind: 'found', base });
      });
      const timer = this.#options.world.clock.setTimer(timeoutMs, () => {
        watch.stop();
        void this.#whyNobody().then(resolve);
      });
      const settle = (finding: Finding): void => {
        watch.stop();
        timer.cancel();
        resolve(finding);
      };
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#watchers.clear();
    this.#observation?.stop();
  }

  async #observe(): Promise<void> {
    try {
      const observation = await this.#options.election.observe((leader) => this.#observed(leader));
      if (this.#isStopped) observation.stop();
      else this.#observation = observation;
    } catch (error) {
      if (this.#isStopped) return;
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#options.world.log.error('the election of masters cannot be followed', { where: this.where, error });
    }
  }

  #observed(leader: Candidate | undefined): void {
    if (this.#isStopped) return;
    this.#hasHeard = true;
    const base = leader && this.#baseOf(leader);
    if (base === this.#current) return;
    this.#current = base;
    this.#options.world.log.info(base === undefined ? 'no master leads' : 'a master leads', { master: base });
    for (const watcher of [...this.#watchers]) watcher(base);
  }

  #baseOf(leader: Candidate): string | undefined {
    try {
      return masterBase(parseJson(MasterInfo, leader.data));
    } catch (error) {
      // Somebody else's data: without an address there is nobody to talk to.
      this.#options.world.log.error('the leader announced something that is no MasterInfo', { error });
      return undefined;
    }
  }

  async #whyNobody(): Promise<Finding> {
    const { trouble } = this.#options;
    const { where } = this;
    const known = await trouble?.();
    if (known !== undefined) return known;
    if (this.#failure !== undefined) return { kind: 'unreachable', message: this.#failure };
    return this.#hasHeard
      ? { kind: 'nobody', message: `no master leads at ${where}` }
      : { kind: 'unreachable', message: `${where} did not answer in time` };
  }
}

/** Nodes are made by anybody who may: what is no MasterInfo stands all the same. */
function standingMaster({ data, isLeader }: Standing): StandingMaster {
  try {
    const info = parseJson(MasterInfo, data);
    return { base: masterBase(info), id: info.id, isLeading: isLeader };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return { base: undefined, id: undefined, isLeading: isLeader };
  }
}

/** Where a master says it listens: its IP address, by which it can be reached without name services. */
export function masterBase(info: MasterInfo): string {
  const ip = info.address?.ip ?? dottedAddress(info.ip);
  const port = info.address?.port ?? info.port;
  return `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

/** MasterInfo has the four bytes as a little-endian number (mesos-api.md 15): 16777226 → 10.0.0.1. */
function dottedAddress(ip: number): string {
  return [0, 8, 16, 24].map((shift) => (ip >>> shift) & 255).join('.');
}
