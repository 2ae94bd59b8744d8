// The judges of ha-faults.test.ts themselves: what they call wrong, and what they must let pass.
import { expect, test } from 'vitest';
import { Register } from './acknowledged.ts';
import { Terms } from './terms.ts';

const act = (fromMs: number, toMs: number) => ({ fromMs, toMs, what: 'answered' });

test('terms one after the other are no two leaders, also when an answer was long under way', () => {
  const terms = new Terms();
  terms.add('a', 'a 1', act(0, 10));
  // Asked of a leader that was stopped at that moment, and answered by it before it was.
  terms.add('a', 'a 1', act(20, 500));
  terms.add('b', 'b 1', act(90, 100));
  terms.add('b', 'b 1', act(200, 210));
  terms.add('a', 'a 2', act(300, 310));
  expect(terms.overlaps()).toEqual([]);
});

test('a leader that acts again in the same term after another has acted is one too many', () => {
  const terms = new Terms();
  terms.add('a', 'a 1', act(0, 10));
  terms.add('b', 'b 1', act(20, 30));
  // Perhaps before b.
  terms.add('a', 'a 1', act(15, 50));
  expect(terms.overlaps()).toEqual([]);
  terms.add('a', 'a 1', act(40, 50));
  expect(terms.overlaps()).toEqual([expect.stringMatching(/^a 1 acted by .* and b 1 acted by /)]);
});

test('an act that names no term is one too many amid the term of another, and only there', () => {
  const terms = new Terms();
  terms.add('b', 'b 1', act(20, 30));
  terms.add('b', 'b 1', act(60, 70));
  terms.addLoose('b', act(35, 40));
  terms.addLoose('a', act(0, 25));
  terms.addLoose('a', act(55, 90));
  expect(terms.overlaps()).toEqual([]);
  terms.addLoose('a', act(35, 40));
  expect(terms.overlaps()).toEqual([expect.stringMatching(/^a: answered at .* and b 1 acted by /)]);
});

test('an acknowledged write is lost when an acknowledged older one, or none, is read after it', () => {
  const register = new Register('r');
  expect(register.wrong(0, 0, 1)).toBeUndefined();
  register.acknowledged(register.attempt(10), 20);
  const second = register.attempt(30);
  expect(register.wrong(1, 35, 40)).toBeUndefined();
  expect(register.wrong(2, 35, 40)).toBeUndefined();
  register.acknowledged(second, 50);
  // Asked before that was told.
  expect(register.wrong(1, 45, 60)).toBeUndefined();
  expect(register.wrong(1, 55, 60)).toMatch(/^r is 1, though 2 was acknowledged/);
  expect(register.wrong(0, 55, 60)).toMatch(/^r is 0, though 2 was acknowledged/);
});

test('a write that was given up may come at any time, and one that was never made at none', () => {
  const register = new Register('r');
  const given = register.attempt(0);
  register.acknowledged(register.attempt(10), 20);
  expect(register.wrong(given, 30, 40)).toBeUndefined();
  expect(register.wrong(3, 30, 40)).toBe('r is 3, which nobody wrote');
});
