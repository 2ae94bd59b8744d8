// How containers ended, and who waits to hear it (mesos-api.md 7): those of operators, and whatever was nested in any.
import type { Clock } from '../../../world/world.ts';
import { rootKey } from '../containers/container-id.ts';
import type { ContainerExit } from '../containers/containerizer.ts';

/** Ends that are remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 1_000;
/** Beyond so many who wait the first is sent away: most likely nobody is there any more, which is not noticed. */
const MAX_WAITING = 10_000;
const LAUNCH_POLL_MS = 1_000;

/** `not-found`: there is none of that id, or its launch has failed. `too-many`: others wanted to wait. */
export type WaitResult = ContainerExit | 'not-found' | 'too-many';

/** Where a container is, by its key. */
export type Whereabouts = (key: string) => 'launching' | 'there' | 'nowhere';

/** By the keys of containers. */
export class ContainerEnds {
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #whereabouts: Whereabouts;
  readonly #ends = new Map<string, ContainerExit>();
  readonly #waiting = new Map<string, ((result: WaitResult) => void)[]>();
  #waitingCount = 0;

  constructor(clock: Pick<Clock, 'setTimer'>, whereabouts: Whereabouts) {
    this.#clock = clock;
    this.#whereabouts = whereabouts;
  }

  /** Answers the key of the one that is to be forgotten for it. */
  remember(key: string, exit: ContainerExit): string | undefined {
    this.#ends.set(key, exit);
    const [oldest] = this.#ends.keys();
    return this.#ends.size > MAX_REMEMBERED ? oldest : undefined;
  }

  forget(key: string): void {
    this.#ends.delete(key);
  }

  /** Keys of those that are remembered of a container and of what was nested in it. */
  within(root: string): string[] {
    return [...this.#ends.keys()].filter((key) => rootKey(key) === root);
  }

  /** The end of a container: now, or when it comes. */
  async wait(key: string): Promise<WaitResult> {
    const ended = this.#ends.get(key);
    if (ended !== undefined) return ended;
    if (this.#whereabouts(key) === 'nowhere') return 'not-found';
    if (this.#waitingCount >= MAX_WAITING) this.#sendFirstAway();
    const { promise, resolve } = Promise.withResolvers<WaitResult>();
    const others = this.#waiting.get(key);
    if (others === undefined) this.#waiting.set(key, [resolve]);
    else others.push(resolve);
    this.#waitingCount += 1;
    this.#watchLaunch(key);
    return promise;
  }

  /** Tells all who wait for it. */
  answer(key: string, result: WaitResult): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    this.#waitingCount -= waiting.length;
    for (const resolve of waiting) resolve(result);
  }

  /** Of a launch that fails no end is told. */
  #watchLaunch(key: string): void {
    const where = this.#whereabouts(key);
    if (where === 'launching') this.#clock.setTimer(LAUNCH_POLL_MS, () => this.#watchLaunch(key));
    else if (where === 'nowhere') this.answer(key, this.#ends.get(key) ?? 'not-found');
  }

  /** Of those who wait for the container that has been waited for the longest. */
  #sendFirstAway(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [key, waiting] = first;
    waiting.shift()?.('too-many');
    this.#waitingCount -= 1;
    if (waiting.length === 0) this.#waiting.delete(key);
  }
}
