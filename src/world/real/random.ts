// Chance from the operating system's generator. Floats and integers come from a buffer, since one call to the generator
// costs as much as hundreds of numbers.
import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import type { Random } from '../world.ts';

const buffer = new Uint32Array(1024);
let used = buffer.length;

/** Uniform over 32 bits. */
function word(): number {
  if (used === buffer.length) {
    randomFillSync(buffer);
    used = 0;
  }
  return buffer[used++] ?? 0;
}

/** 53 random bits over 2^53. */
function float(): number {
  return ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
}

function integer(below: number): number {
  return Math.floor(float() * below);
}

/** From the system's generator. */
export const realRandom: Random = {
  float,
  integer,
  bytes: (count) => new Uint8Array(randomBytes(count)),
  uuid: () => randomUUID(),
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      const item = items[last] as T;
      items[last] = items[other] as T;
      items[other] = item;
    }
    return items;
  },
};
