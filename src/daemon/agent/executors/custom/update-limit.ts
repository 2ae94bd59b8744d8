// How much an executor may report that nobody has acknowledged: the agent keeps all of it, on disk and in memory.

/** Updates and their bytes beyond which an executor is ended. */
export const MAX_UNACKNOWLEDGED_UPDATES = 5_000;
export const MAX_UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024;

/** The largest single update or message: far below what the master takes in one request. */
export const MAX_UPDATE_BYTES = 8 * 1024 * 1024;

/** Counts for one executor. */
export class UpdateLimit {
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  /** False when this one is too much; then it is not counted. */
  add(uuid: string, bytes: number): boolean {
    if (this.#sizes.has(uuid)) return true;
    if (this.#sizes.size >= MAX_UNACKNOWLEDGED_UPDATES || this.#bytes + bytes > MAX_UNACKNOWLEDGED_BYTES) return false;
    this.#sizes.set(uuid, bytes);
    this.#bytes += bytes;
    return true;
  }

  acknowledged(uuid: string): void {
    this.#bytes -= this.#sizes.get(uuid) ?? 0;
    this.#sizes.delete(uuid);
  }
}
