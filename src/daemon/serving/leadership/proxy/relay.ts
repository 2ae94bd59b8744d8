// Passes the body of the leader's answer on as it comes, no faster than the other side takes it, and ends when either side
// ends or nothing moves any more.
import type { ClientStream, StreamWriter } from '../../../../world/net.ts';
import type { Timer, World } from '../../../../world/world.ts';

/** Held for a reader that is slower than the leader; nothing more is read until half of it is gone. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** A writer does not say when it has room again. */
const LOOK_MS = 20;

/** `onOver` is called once, when both sides are done with. */
export interface RelayOptions {
  readonly clock: World['clock'];
  /** Without any progress, both sides are cut off. */
  readonly idleMs: number;
  readonly onOver: () => void;
}

/** One body from there to here. */
export class Relay {
  readonly #from: ClientStream;
  readonly #to: StreamWriter;
  readonly #options: RelayOptions;
  #idle: Timer | undefined;
  #look: Timer | undefined;
  #isOver = false;

  constructor(from: ClientStream, to: StreamWriter, options: RelayOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  start(): void {
    this.#progress();
    this.#to.onClose(() => this.#end(() => this.#from.close()));
    this.#from.onEnd((error) =>
      this.#end(() => {
        if (error === undefined) this.#to.end();
        else this.#to.abort();
      }),
    );
    this.#from.onChunk((chunk) => {
      if (this.#isOver) return;
      this.#progress();
      this.#to.write(chunk);
      if (this.#to.bufferedBytes > MAX_BUFFERED_BYTES) this.#hold();
    });
  }

  #hold(): void {
    if (this.#look !== undefined) return;
    this.#from.pause();
    let before = this.#to.bufferedBytes;
    this.#look = this.#options.clock.every(LOOK_MS, () => {
      const { bufferedBytes } = this.#to;
      if (bufferedBytes < before) this.#progress();
      before = bufferedBytes;
      if (bufferedBytes > MAX_BUFFERED_BYTES / 2) return;
      this.#look?.cancel();
      this.#look = undefined;
      this.#from.resume();
    });
  }

  #progress(): void {
    this.#idle?.cancel();
    this.#idle = this.#options.clock.setTimer(this.#options.idleMs, () =>
      this.#end(() => {
        this.#from.close();
        this.#to.abort();
      }),
    );
  }

  #end(close: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle?.cancel();
    this.#look?.cancel();
    close();
    this.#options.onOver();
  }
}
