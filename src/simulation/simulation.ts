// Whole clusters in one process: machines, a network between them and the programs on them, in virtual time, with every
// chance drawn from one seed. The same seed and the same steps give the same run, event by event (`fingerprint`).
//
//   const simulation = new Simulation({ seed: 7 });
//   const daemon = simulation.host('master', {}).start('master', (world, context) => startMaster(world, …));
//   await simulation.run({ forMs: 1_000 });
//   daemon.crash();
import { Engine } from './core/engine.ts';
import type { LogReader } from './core/log.ts';
import type { SeededRandom } from './core/random.ts';
import { type HostOptions, SimulatedHost } from './host.ts';
import { Network } from './net/network.ts';
import type { TaskRun } from './programs/task-run.ts';
import { type EnsembleOptions, SimulatedEnsemble } from './state/simulated-ensemble.ts';

/** `seed`: any whole number. */
export interface SimulationOptions {
  readonly seed: number;
  /** Gets every log line of every simulated process. Listening changes nothing about the run. */
  readonly log?: LogReader;
}

const DEFAULT_LIMIT_MS = 600_000;

/** Owns every host and the network. Nothing moves but by `run`. */
export class Simulation {
  readonly seed: number;
  readonly network: Network;
  readonly #engine: Engine;
  readonly #log: LogReader | undefined;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #launchReaders: ((run: TaskRun, host: SimulatedHost) => void)[] = [];
  #serials = 0;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.#engine = new Engine(options.seed);
    this.#log = options.log;
    this.network = new Network(this.#engine);
  }

  /** Virtual milliseconds since the beginning. */
  get nowMs(): number {
    return this.#engine.nowMs;
  }

  /** True wall time, in ms since the epoch: what the clocks of machines show that are right. */
  get wallMs(): number {
    return this.#engine.wallMs;
  }

  /** Events that have happened. */
  get events(): number {
    return this.#engine.processed;
  }

  /** A hash over everything that has happened so far. */
  get fingerprint(): string {
    return this.#engine.fingerprint.toString();
  }

  get hosts(): readonly SimulatedHost[] {
    return [...this.#hosts.values()];
  }

  /** The machine of that name, made on first mention. */
  host(name: string, options: HostOptions = {}): SimulatedHost {
    const existing = this.#hosts.get(name);
    if (existing !== undefined) {
      return existing;
    }
    const index = this.#hosts.size + 1;
    const address = options.address ?? `10.0.${index >> 8}.${index & 0xff}`;
    const place = {
      engine: this.#engine,
      network: this.network,
      log: this.#log,
      nextSerial: () => ++this.#serials,
      onLaunch: (run: TaskRun, host: SimulatedHost) => {
        for (const fn of this.#launchReaders) {
          fn(run, host);
        }
      },
    };
    const host = new SimulatedHost(place, name, { ...options, address });
    this.#hosts.set(name, host);
    this.network.addHost(host);
    return host;
  }

  /** An ensemble of its own, beside the machines; processes get sessions by `context.join`. */
  ensemble(options: EnsembleOptions): SimulatedEnsemble {
    return new SimulatedEnsemble(this.#engine, options);
  }

  /** A stream of chance of that name, for scenarios. */
  random(name: string): SeededRandom {
    return this.#engine.random(`scenario/${name}`);
  }

  /** Calls `fn` that much later, in nobody's process: for scenarios. */
  after(delayMs: number, fn: () => void): void {
    this.#engine.schedule('scenario', delayMs, fn);
  }

  /** Tells of every task process that any machine launches. */
  onLaunch(fn: (run: TaskRun, host: SimulatedHost) => void): void {
    this.#launchReaders.push(fn);
  }

  /** Lets virtual time pass. Throws UncaughtError when a simulated process would have died of an exception. */
  async run(options: { readonly forMs: number }): Promise<void> {
    await this.#engine.run(options.forMs);
  }

  /** Lets time pass until `predicate` holds (looked at after each event); false when it did not within `limitMs`. */
  async runUntil(predicate: () => boolean, limitMs = DEFAULT_LIMIT_MS): Promise<boolean> {
    return await this.#engine.runUntil(predicate, limitMs);
  }

  /** Lets time pass until the promise is settled, and gives its outcome. Throws when it is still open after `limitMs`. */
  async settle<T>(promise: Promise<T>, limitMs = DEFAULT_LIMIT_MS): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    promise.then(settled, settled);
    if (!(await this.runUntil(() => isSettled, limitMs))) {
      throw new Error(`nothing came of it within ${limitMs} ms of virtual time`);
    }
    return await promise;
  }
}
