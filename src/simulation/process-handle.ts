// A program on a simulated machine over all its lives: started, crashed, started again.
import type { Election } from '../cluster/election.ts';
import type { Store } from '../cluster/store.ts';
import type { World } from '../world/world.ts';
import type { ProcessLife } from './core/process.ts';
import { EnsembleElection } from './state/ensemble-election.ts';
import { EnsembleStore } from './state/ensemble-store.ts';
import type { SharedStates } from './state/shared-states.ts';
import type { SimulatedEnsemble } from './state/simulated-ensemble.ts';

/** The machine that a program runs on, as far as its handle needs it. */
export interface ProgramHost {
  readonly name: string;
  readonly isUp: boolean;
  readonly states: SharedStates;
  /** A new process with nothing in it yet. */
  spawn(name: string, incarnation: number): { readonly life: ProcessLife; readonly world: World };
}

/** What a program gets beside its World: durable state and leadership that live on its machine. */
export interface ProcessContext {
  /** The store kept under that name. */
  openStore(name: string): Store;
  /** The election held under that name; its epochs fence the store of the same name. */
  openElection(name: string): Election;
  /** Opens a session with an ensemble, which no machine of the cluster keeps. */
  join(ensemble: SimulatedEnsemble): EnsembleMembership;
  /** 1 for the first life. */
  readonly incarnation: number;
}

/** What a process does with its session. */
export interface EnsembleMembership {
  readonly election: Election;
  openStore(path: string): Store;
}

/**
 * A program: resolves with what tests may use of it once it is up. When that has a promise `ended`, the process ends with
 * that promise.
 */
export type ProcessMain<T> = (world: World, context: ProcessContext) => Promise<T>;

/**
 * `starting`: main has not resolved. `running`: it has. `failed`: it rejected. `ended`: it ended by itself.
 * `dead`: killed, or its machine lost power.
 */
export type ProcessState = 'starting' | 'running' | 'failed' | 'ended' | 'dead';

export class ProcessHandle<T> {
  readonly host: ProgramHost;
  readonly name: string;
  readonly #main: ProcessMain<T>;
  #state: ProcessState = 'dead';
  #life: ProcessLife | undefined;
  #world: World | undefined;
  #value: T | undefined;
  #outcome: unknown;
  #incarnation = 0;

  constructor(host: ProgramHost, name: string, main: ProcessMain<T>) {
    this.host = host;
    this.name = name;
    this.#main = main;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** How many lives it has had. */
  get incarnation(): number {
    return this.#incarnation;
  }

  /** What main resolved with in this life; undefined unless running. */
  get value(): T | undefined {
    return this.#state === 'running' ? this.#value : undefined;
  }

  /** The error of a `failed` life, what `ended` resolved with for an `ended` one. */
  get outcome(): unknown {
    return this.#outcome;
  }

  /** The World of the present life. */
  get world(): World {
    if (this.#world === undefined) {
      throw new Error(`${this.name} was never started`);
    }
    return this.#world;
  }

  /** SIGKILL. */
  crash(): void {
    this.#life?.die('killed');
  }

  /** SIGKILL after so many more events of the process: in the middle of whatever it does next. */
  crashAfter(events: number): void {
    this.#life?.killAfter(events);
  }

  /** No CPU for that long, as under SIGSTOP or on an overloaded machine. */
  stopFor(durationMs: number): void {
    this.#life?.stopFor(durationMs);
  }

  /** Starts it again, killing it first if need be. The machine must be up. */
  restart(): void {
    if (!this.host.isUp) {
      throw new Error(`${this.host.name} is down`);
    }
    this.crash();
    this.#incarnation++;
    const { life, world } = this.host.spawn(this.name, this.#incarnation);
    this.#life = life;
    this.#world = world;
    this.#value = undefined;
    this.#outcome = undefined;
    this.#state = 'starting';
    life.onDeath((kind) => {
      if (this.#life === life && kind !== 'exited') {
        this.#state = 'dead';
      }
    });
    const context: ProcessContext = {
      openStore: (name) => this.host.states.openStore(name, life),
      openElection: (name) => this.host.states.openElection(name, life),
      join: (ensemble) => {
        const session = ensemble.join(life, this.host.name);
        return {
          election: new EnsembleElection(ensemble, session),
          openStore: (path) => new EnsembleStore(session, ensemble.store(path)),
        };
      },
      incarnation: this.#incarnation,
    };
    life.later('main', 0, () => {
      this.#main(world, context).then(
        (value) => this.#isUp(life, value),
        (error: unknown) => this.#isOver(life, 'failed', error),
      );
    });
  }

  #isUp(life: ProcessLife, value: T): void {
    if (!life.isAlive) {
      return;
    }
    this.#value = value;
    this.#state = 'running';
    const ended = endOf(value);
    ended?.then(
      (outcome) => this.#isOver(life, 'ended', outcome),
      (error: unknown) => this.#isOver(life, 'failed', error),
    );
  }

  #isOver(life: ProcessLife, state: 'failed' | 'ended', outcome: unknown): void {
    if (this.#life === life && life.isAlive) {
      this.#state = state;
      this.#outcome = outcome;
      life.die('exited');
    }
  }
}

function endOf(value: unknown): Promise<unknown> | undefined {
  const ended = typeof value === 'object' && value !== null && 'ended' in value ? value.ended : undefined;
  return ended instanceof Promise ? ended : undefined;
}
