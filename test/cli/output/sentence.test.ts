import { expect, test } from 'vitest';
import { capitalised, sentence } from '../../../src/cli/output/sentence.ts';

test('words of others become sentences: a capital letter, and one stop', () => {
  expect(sentence('nobody answers')).toBe('Nobody answers.');
  expect(sentence('é is no name!')).toBe('É is no name!');
  expect(sentence('It is. Really.')).toBe('It is. Really.');
  expect(capitalised('agent S0')).toBe('Agent S0');
});
