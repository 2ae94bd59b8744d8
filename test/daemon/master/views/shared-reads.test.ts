// Who shares which body, and when its memory is given back.
import { expect, it } from 'vitest';
import { SharedReads } from '../../../../src/daemon/master/views/shared-reads.ts';
import { Slices } from '../../../../src/daemon/serving/slices/slices.ts';
import { createRealWorld } from '../../../../src/world/real/index.ts';

const LARGE = 2 * 1024 * 1024;

function readsOf() {
  const world = createRealWorld({ log: { level: 'silent' } });
  return { reads: new SharedReads(new Slices(world.clock)), world };
}

// biome-ignore lint/correctness/useYield: nothing here takes long
function* body(bytes: number) {
  return Buffer.allocUnsafeSlow(bytes).fill('x');
}

it('gives a large body back when the last who shares it has been sent it', async () => {
  const { reads, world } = readsOf();
  const [one, other] = await Promise.all([
    reads.read('/state', () => body(LARGE)),
    reads.read('/state', () => body(1)),
  ]);
  expect(other.bytes).toBe(one.bytes);
  expect(reads.hits).toBe(1);
  one.giveBack();
  expect(other.bytes.length).toBe(LARGE);
  other.giveBack();
  expect(one.bytes.length).toBe(0);
  const later = await reads.read('/state', () => body(LARGE));
  expect(later.bytes.length).toBe(LARGE);
  await world.close();
});

it('leaves a short body alone: it may lie beside others', async () => {
  const { reads, world } = readsOf();
  const pooled = Buffer.from('short');
  const read = await reads.read('/roles', function* () {
    yield;
    return pooled;
  });
  read.giveBack();
  expect(pooled.toString()).toBe('short');
  await world.close();
});
