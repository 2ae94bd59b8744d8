// Texts as they may come from outside.
import fc from '../../fast-check.ts';

const HARD = [
  '\u001b[31m',
  '\r',
  '\n',
  '\t',
  '日',
  'é',
  'e\u0301\u0301\u0301',
  '👩‍👩‍👧',
  '🇩🇪',
  '⚠️',
  '\ud800',
  '\u202e',
  'a',
  '\u200b',
  '\u0007',
];

/** Any text at all, and often what is hard: escapes, wide characters, marks, joiners, half characters. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.constantFrom(...HARD), { maxLength: 20 }).map((parts) => parts.join('')),
);
