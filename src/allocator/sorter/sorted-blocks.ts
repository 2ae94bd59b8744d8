// A list that stays sorted while single entries come and go. It is kept in blocks: what comes or goes shifts the rest of its
// block, not all that follow, so that a change costs nearly the same among thousands as among a few.

/** A full block is split in two. */
const BLOCK_CAPACITY = 128;

/** No two entries may compare as equal. One that is to change what decides its place must be out of the list meanwhile. */
export class SortedBlocks<T> {
  readonly #compare: (a: T, b: T) => number;
  /** None is empty. */
  #blocks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** In order, within blocks and from block to block. Valid until the next change. */
  get blocks(): readonly (readonly T[])[] {
    return this.#blocks;
  }

  /** All there is, in order; a list of its own. */
  toArray(): T[] {
    return this.#blocks.flat();
  }

  /** Replaces all there is by what is in order already. */
  adopt(sorted: readonly T[]): void {
    this.#size = sorted.length;
    this.#blocks = [];
    for (let i = 0; i < sorted.length; i += BLOCK_CAPACITY / 2) {
      this.#blocks.push(sorted.slice(i, i + BLOCK_CAPACITY / 2));
    }
  }

  add(entry: T): void {
    this.#size += 1;
    const blockIndex = this.#blockOf(entry);
    const block = this.#blocks[blockIndex];
    if (block === undefined) {
      this.#blocks.push([entry]);
      return;
    }
    block.splice(this.#indexIn(block, entry), 0, entry);
    if (block.length >= BLOCK_CAPACITY) this.#blocks.splice(blockIndex + 1, 0, block.splice(BLOCK_CAPACITY / 2));
  }

  /** Says whether it was there. */
  remove(entry: T): boolean {
    // Whoever is served stands at the very front, or not far from it.
    const isFirst = this.#blocks[0]?.[0] === entry;
    const blockIndex = isFirst ? 0 : this.#blockOf(entry);
    const block = this.#blocks[blockIndex];
    if (block === undefined) return false;
    const index = isFirst ? 0 : this.#indexIn(block, entry);
    if (block[index] !== entry) return false;
    this.#size -= 1;
    if (block.length > 1) block.splice(index, 1);
    else this.#blocks.splice(blockIndex, 1);
    return true;
  }

  /** Of the only block that may have `entry` in it, or take it; the last one when it comes after all. */
  #blockOf(entry: T): number {
    const blocks = this.#blocks;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = blocks[middle] as T[];
      if (this.#compare(block[block.length - 1] as T, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the first in the block that does not come before `entry`. */
  #indexIn(block: readonly T[], entry: T): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(block[middle] as T, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
