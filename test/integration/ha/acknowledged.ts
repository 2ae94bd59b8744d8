// What a writer was told of its writes, and which values whoever reads may see: never one that nobody wrote, and never one
// that was acknowledged when a newer one had been acknowledged before the question. A write that its writer has given up may
// be under way still, in whatever queue, and come at any time. Pure; one writer a register, which writes growing numbers.

interface Attempt {
  readonly value: number;
  readonly sentMs: number;
  acknowledgedMs: number | undefined;
}

/** One register. */
export class Register {
  readonly name: string;
  readonly #attempts: Attempt[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The next value to write. */
  attempt(nowMs: number): number {
    const value = (this.#attempts.at(-1)?.value ?? 0) + 1;
    this.#attempts.push({ value, sentMs: nowMs, acknowledgedMs: undefined });
    return value;
  }

  acknowledged(value: number, nowMs: number): void {
    const attempt = this.#attempts[value - 1];
    if (attempt !== undefined) attempt.acknowledgedMs = nowMs;
  }

  get attempts(): number {
    return this.#attempts.length;
  }

  get acknowledgements(): number {
    return this.#attempts.filter(({ acknowledgedMs }) => acknowledgedMs !== undefined).length;
  }

  /** What is wrong with an answer to a question; undefined when it may be. `value` 0 = nothing is there. */
  wrong(value: number, askedMs: number, answeredMs: number): string | undefined {
    const owed = this.#owedAt(askedMs);
    const attempt = this.#attempts[value - 1];
    const isLost = value === 0 || attempt?.acknowledgedMs !== undefined;
    if (owed !== undefined && value < owed.value && isLost) {
      const [sent, done, asked, told] = [owed.sentMs, owed.acknowledgedMs ?? 0, askedMs, answeredMs].map(wallClock);
      const when = `(sent ${sent}, acknowledged ${done}, asked for ${asked}, told ${told})`;
      return `${this.name} is ${value}, though ${owed.value} was acknowledged before it was asked for ${when}`;
    }
    if (value > 0 && (attempt === undefined || attempt.sentMs > answeredMs))
      return `${this.name} is ${value}, which nobody wrote`;
    return undefined;
  }

  /** The newest that was acknowledged before a moment. */
  #owedAt(momentMs: number): Attempt | undefined {
    return this.#attempts.findLast(({ acknowledgedMs = Number.POSITIVE_INFINITY }) => acknowledgedMs <= momentMs);
  }
}

/** As logs have it, so that one can be held against the other. */
export function wallClock(ms: number): string {
  return new Date(performance.timeOrigin + ms).toISOString().slice(11, 23);
}
