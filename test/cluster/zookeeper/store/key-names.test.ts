// Keys as names of nodes.
import { expect, test } from 'vitest';
import { bucketOf, keyOf, nameOf } from '../../../../src/cluster/zookeeper/store/key-names.ts';
import fc from '../../../fast-check.ts';

const anyKey = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

test('every text is a name that ZooKeeper takes, and comes back from it', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      const name = nameOf(key);
      expect(keyOf(name)).toBe(key);
      for (const part of [name.segment, name.leaf]) expect(part).toMatch(/^(?!\.{1,2}$)[A-Za-z0-9_.~%-]+$/);
    }),
  );
});

test('no two keys share a node', () => {
  fc.assert(
    fc.property(anyKey, anyKey, (a, b) => {
      if (a === b) return;
      expect(nameOf(a)).not.toEqual(nameOf(b));
    }),
  );
  const awkward = ['', '/', '//', '.', '..', './.', 'a', 'a/', '%', '%/-', '%2F', 'a/%', 'a/%-', '\uD800', '\uFFFD'];
  const names = awkward.map((key) => JSON.stringify(nameOf(key)));
  expect(new Set(names).size).toBe(awkward.length);
  expect(awkward.map((key) => keyOf(nameOf(key)))).toEqual(awkward);
});

test('usual keys stay readable', () => {
  expect(nameOf('instances/web.instance-0a1b-2c._app.1')).toEqual({
    segment: 'instances',
    leaf: 'web.instance-0a1b-2c._app.1',
  });
  expect(nameOf('registry/agents/7-S1')).toEqual({ segment: 'registry', leaf: 'agents%2F7-S1' });
});

test('buckets are what they always were, and evenly filled', () => {
  // What is on an ensemble is found by these: they may never change.
  expect(['a', 'agents%2F7-S1', '%-'].map(bucketOf)).toMatchInlineSnapshot(`
    [
      "20",
      "88",
      "4e",
    ]
  `);
  const counts = new Map<string, number>();
  for (let index = 0; index < 25_600; index++) {
    const bucket = bucketOf(`instance-${index}`);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  expect(counts.size).toBe(256);
  expect(Math.max(...counts.values())).toBeLessThan(200);
});
