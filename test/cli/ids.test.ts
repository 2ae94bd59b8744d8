// Ids as people type them.
import { describe, expect, test } from 'vitest';
import { nearest, pick } from '../../src/cli/ids.ts';
import { Problem } from '../../src/cli/problem.ts';

const AGENTS = [
  { id: '1d1f-S0', names: ['127.0.0.2'] },
  { id: '1d1f-S1', names: ['127.0.0.3'] },
  { id: '9abc-S10', names: ['node'] },
];

function problemOf(fn: () => unknown): Problem {
  try {
    fn();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

describe('pick', () => {
  test.each([
    ['1d1f-S1', '1d1f-S1'],
    ['9', '9abc-S10'],
    ['S0', '1d1f-S0'],
    ['127.0.0.3', '1d1f-S1'],
    ['node', '9abc-S10'],
  ])('%s means %s', (given, id) => {
    expect(pick('agent', AGENTS, given).id).toBe(id);
  });

  test('a whole id wins over longer ids that begin with it', () => {
    expect(pick('task', [{ id: 'a' }, { id: 'ab' }], 'a').id).toBe('a');
  });

  test('what fits several is refused as usage, with the candidates', () => {
    const problem = problemOf(() => pick('agent', AGENTS, '1d'));
    expect(problem.exitCode).toBe(2);
    expect(problem.text.why).toContain('1d1f-S0, 1d1f-S1');
  });

  test('what is not there is not found, with what is near', () => {
    const problem = problemOf(() => pick('agent', AGENTS, 'noed'));
    expect(problem.exitCode).toBe(3);
    expect(problem.text.why).toContain("'node'");
    expect(problemOf(() => pick('agent', [], 'x')).text.why).toContain('no agents at all');
    expect(problemOf(() => pick('agent', AGENTS, '')).exitCode).toBe(3);
  });
});

test('nearest finds a slip of the finger and nothing far-fetched', () => {
  expect(nearest('lsit', ['list', 'show'])).toBe('list');
  expect(nearest('zebra', ['list', 'show'])).toBeUndefined();
});
