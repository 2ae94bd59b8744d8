// Who may work now: a few at a time, one of a name. The others wait in the order in which they came; there are no more of
// them than containers that are being launched.

interface Waiting {
  readonly name: string;
  readonly begin: () => void;
}

/** Work that is not to be done all at once. */
export class Turns {
  readonly #most: number;
  readonly #names = new Set<string>();
  #waiting: Waiting[] = [];
  /** Somebody works alone. */
  #isPaused = false;

  constructor(most: number) {
    this.#most = most;
  }

  get isIdle(): boolean {
    return this.#names.size === 0 && !this.#isPaused;
  }

  /** Somebody of that name works or waits. */
  has(name: string): boolean {
    return this.#names.has(name) || this.#waiting.some((one) => one.name === name);
  }

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (!this.#mayBegin(name)) await new Promise<void>((begin) => this.#waiting.push({ name, begin: () => begin() }));
    else this.#names.add(name);
    try {
      return await work();
    } finally {
      this.#names.delete(name);
      this.#next();
    }
  }

  /** Nobody else works while this does; only to be called when `isIdle`. */
  async alone(work: () => Promise<void>): Promise<void> {
    if (!this.isIdle) throw new Error('somebody else works');
    this.#isPaused = true;
    try {
      await work();
    } finally {
      this.#isPaused = false;
      this.#next();
    }
  }

  #mayBegin(name: string): boolean {
    return !this.#isPaused && this.#names.size < this.#most && !this.#names.has(name);
  }

  #next(): void {
    this.#waiting = this.#waiting.filter(({ name, begin }) => {
      if (!this.#mayBegin(name)) return true;
      this.#names.add(name);
      begin();
      return false;
    });
  }
}
