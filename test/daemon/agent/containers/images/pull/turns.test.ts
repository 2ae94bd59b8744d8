import { describe, expect, test } from 'vitest';
import { Turns } from '../../../../../../src/daemon/agent/containers/images/pull/turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('taking turns', () => {
  test('lets a few work at a time, one of a name, in the order in which they came', async () => {
    const turns = new Turns(2);
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string, id: string) =>
      turns.take(name, async () => {
        begun.push(id);
        await new Promise<void>((resolve) => ends.set(id, resolve));
      });
    const all = [work('a', 'a1'), work('a', 'a2'), work('b', 'b1'), work('c', 'c1')];
    await settled();
    expect(begun).toEqual(['a1', 'b1']);
    ends.get('b1')?.();
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    expect(turns.has('a')).toBe(true);
    expect(turns.isIdle).toBe(false);
    ends.get('a1')?.();
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2']);
    for (const end of ends.values()) end();
    await Promise.all(all);
    expect(turns.isIdle).toBe(true);
    expect(turns.has('a')).toBe(false);
  });

  test('goes on after a failure, and lets nobody begin while somebody works alone', async () => {
    const turns = new Turns(1);
    await expect(turns.take('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const { promise, resolve } = Promise.withResolvers<void>();
    const alone = turns.alone(() => promise);
    let hasBegun = false;
    const later = turns.take('a', async () => {
      hasBegun = true;
    });
    await settled();
    expect(hasBegun).toBe(false);
    await expect(turns.alone(async () => undefined)).rejects.toThrow('somebody else works');
    resolve();
    await Promise.all([alone, later]);
    expect(hasBegun).toBe(true);
  });
});
