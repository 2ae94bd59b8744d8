// How something went over time, in a fixed number of cells: when they are full, pairs of them become one.

const CELLS = 240;

export class TimeSeries {
  readonly #sums = new Float64Array(CELLS);
  #cellMs = 1000;
  #value = 0;
  #sinceMs = 0;

  /** It is `value` from now on. Time never goes back. */
  set(value: number, nowMs: number): void {
    if (value === this.#value) return;
    this.#fill(nowMs);
    this.#value = value;
  }

  #fill(untilMs: number): void {
    let fromMs = this.#sinceMs;
    this.#sinceMs = untilMs;
    while (untilMs > this.#cellMs * CELLS) this.#widen();
    if (this.#value === 0) return;
    while (fromMs < untilMs) {
      const cell = Math.min(CELLS - 1, Math.floor(fromMs / this.#cellMs));
      const endMs = Math.min(untilMs, (cell + 1) * this.#cellMs);
      this.#sums[cell] = (this.#sums[cell] ?? 0) + this.#value * (endMs - fromMs);
      fromMs = endMs;
    }
  }

  #widen(): void {
    const sums = this.#sums;
    for (let cell = 0; cell < CELLS; cell++) {
      sums[cell] = cell < CELLS / 2 ? (sums[2 * cell] ?? 0) + (sums[2 * cell + 1] ?? 0) : 0;
    }
    this.#cellMs *= 2;
  }

  /** Mean from 0 to `endMs`, which is not before anything that was told. */
  mean(endMs: number): number {
    this.#fill(endMs);
    if (endMs <= 0) return 0;
    return this.#sums.reduce((sum, part) => sum + part, 0) / endMs;
  }

  /** Means of so many equally long parts of the time from 0 to `endMs`. */
  parts(count: number, endMs: number): number[] {
    this.#fill(endMs);
    const partMs = endMs / count;
    if (partMs <= 0) return [];
    return Array.from({ length: count }, (_, part) => this.#between(part * partMs, (part + 1) * partMs) / partMs);
  }

  /** Within a cell everything counts as even. */
  #between(fromMs: number, untilMs: number): number {
    let sum = 0;
    const last = Math.min(CELLS - 1, Math.ceil(untilMs / this.#cellMs));
    for (let cell = Math.floor(fromMs / this.#cellMs); cell <= last; cell++) {
      const start = cell * this.#cellMs;
      // The last cell is filled as far as time has come.
      const length = Math.min(this.#cellMs, this.#sinceMs - start);
      const overlap = Math.min(untilMs, start + length) - Math.max(fromMs, start);
      if (overlap > 0 && length > 0) sum += ((this.#sums[cell] ?? 0) * overlap) / length;
    }
    return sum;
  }
}
