import { describe, expect, test } from 'vitest';
import { JobGraph } from '../../../../src/daemon/chronos/jobs/graph.ts';
import { addSuccess, type Successes, withoutSet } from '../../../../src/daemon/chronos/jobs/successes.ts';
import fc from '../../../fast-check.ts';

describe('The graph of jobs', () => {
  test('names the cycle that an edge would close', () => {
    const graph = new JobGraph();
    graph.set('b', ['a']);
    graph.set('c', ['b']);
    expect(graph.cycleWith('a', ['c'])).toEqual(['a', 'b', 'c', 'a']);
    expect(graph.cycleWith('a', ['a'])).toEqual(['a', 'a']);
    expect(graph.cycleWith('d', ['a', 'c'])).toBeUndefined();
    // What a job has now does not count when its edges are replaced.
    expect(graph.cycleWith('b', ['a'])).toBeUndefined();
  });

  test('never has a cycle when none is let in, and then lists none', () => {
    const name = fc.constantFrom(...'abcdefgh');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.uniqueArray(name, { maxLength: 3 })), { maxLength: 40 }), (changes) => {
        const graph = new JobGraph();
        for (const [child, parents] of changes)
          if (graph.cycleWith(child, parents) === undefined) graph.set(child, parents);
        expect(graph.onCycles()).toEqual([]);
        for (const child of 'abcdefgh')
          for (const parent of graph.parents(child)) expect(graph.children(parent)).toContain(child);
      }),
    );
  });

  test('lists the jobs of a cycle that a store may hold', () => {
    const graph = new JobGraph();
    graph.set('a', ['c']);
    graph.set('b', ['a']);
    graph.set('c', ['b']);
    graph.set('d', ['c']);
    expect(graph.onCycles()).toEqual(['a', 'b', 'c']);
  });
});

describe('Successes of parents', () => {
  const parents: Readonly<Record<string, readonly string[]>> = { B: ['A'], C: ['A'], D: ['B'], E: ['B', 'C'] };

  test('fire as in the test graph of chronos.md 6.9', () => {
    const counts: Record<string, Successes> = { B: {}, C: {}, D: {}, E: {} };
    const succeed = (parent: string): string =>
      Object.keys(parents)
        .filter((child) => {
          const edges = parents[child] ?? [];
          if (!edges.includes(parent)) return false;
          const { successes, isComplete } = addSuccess(counts[child] ?? {}, edges, parent);
          counts[child] = isComplete ? withoutSet(successes, edges) : successes;
          return isComplete;
        })
        .join();
    expect(['A', 'B', 'C', 'A', 'C', 'B'].map(succeed)).toEqual(['B,C', 'D', 'E', 'B,C', '', 'D,E']);
  });

  test('a fast parent does not run the child more often than the slow one', () => {
    const edges = ['fast', 'slow'];
    let counts: Successes = {};
    let runs = 0;
    for (const parent of ['fast', 'fast', 'fast', 'slow', 'slow', 'slow', 'slow', 'fast']) {
      const { successes, isComplete } = addSuccess(counts, edges, parent);
      counts = isComplete ? withoutSet(successes, edges) : successes;
      if (isComplete) runs += 1;
    }
    expect(runs).toBe(4);
    expect(counts).toEqual({});
  });
});
