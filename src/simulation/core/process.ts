// One life of one operating-system process: from its start to its death, after which nothing that it waits for comes.
import type { ProcessIdentity } from '../../world/processes.ts';
import { type Engine, wholeMicroseconds } from './engine.ts';
import type { EventOwner, ScheduledEvent } from './event-queue.ts';
import type { SeededRandom } from './random.ts';

/** `power-loss`: the machine went down with it, so that nothing told its peers and caches are lost. */
export type DeathKind = 'killed' | 'exited' | 'power-loss';

export interface ProcessPlace {
  readonly engine: Engine;
  readonly serial: number;
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly random: SeededRandom;
  onUncaught(process: ProcessLife, error: unknown): void;
}

/** A program that is started again has another one. */
export class ProcessLife implements EventOwner {
  readonly engine: Engine;
  readonly serial: number;
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** What the world around it draws for it: delays, faults. What the program draws is a stream of its own. */
  readonly random: SeededRandom;
  stoppedUntilMs = 0;
  #isAlive = true;
  /** Events until it is killed. */
  #eventsToLive = Number.POSITIVE_INFINITY;
  readonly #place: ProcessPlace;
  readonly #onDeath = new Set<(kind: DeathKind) => void>();

  constructor(place: ProcessPlace) {
    this.#place = place;
    this.engine = place.engine;
    this.serial = place.serial;
    this.name = place.name;
    this.identity = place.identity;
    this.random = place.random;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** An event in this process: never happens once it is dead. */
  later(label: string, delayMs: number, fn: () => void): ScheduledEvent {
    return this.engine.schedule(label, delayMs, fn, this);
  }

  /**
   * A system call: `act` happens `delayMs` from now and its outcome settles the promise, which stays open for ever when
   * the process dies before.
   */
  perform<T>(label: string, delayMs: number, act: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.later(label, delayMs, () => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /**
   * A system call with a lasting effect. When the process dies while it is under way, chance decides whether the effect
   * is there: the caller never learned of it.
   */
  performLasting<T>(label: string, delayMs: number, act: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const forget = this.onDeath(() => {
        if (this.random.chance(0.5)) {
          try {
            act();
          } catch {
            // It would have failed: there is nobody left to tell.
            return;
          }
        }
      });
      this.later(label, delayMs, () => {
        forget();
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Gets no CPU for that long: everything due meanwhile comes afterwards, in order. */
  stopFor(durationMs: number): void {
    this.stoppedUntilMs = Math.max(this.stoppedUntilMs, wholeMicroseconds(this.engine.nowMs + durationMs));
  }

  /** Called at its death, in the order of registration. The answer takes `fn` out again. */
  onDeath(fn: (kind: DeathKind) => void): () => void {
    this.#onDeath.add(fn);
    return () => this.#onDeath.delete(fn);
  }

  die(kind: DeathKind): void {
    if (!this.#isAlive) {
      return;
    }
    this.#isAlive = false;
    for (const fn of [...this.#onDeath]) {
      fn(kind);
    }
    this.#onDeath.clear();
  }

  /** Is killed after that many more events: between any two steps of what it does. */
  killAfter(events: number): void {
    this.#eventsToLive = events;
  }

  afterEvent(): void {
    this.#eventsToLive--;
    if (this.#eventsToLive <= 0) {
      this.die('killed');
    }
  }

  onUncaught(error: unknown): void {
    this.#place.onUncaught(this, error);
  }
}
