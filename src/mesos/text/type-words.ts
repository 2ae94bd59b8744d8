// What types are called where somebody is told what is wrong in a file: zod's names are a programmer's.

const WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** `a list` for `array`. Names that it does not know stay as they are. */
export function typeWords(expected: string): string {
  return WORDS[expected] ?? expected;
}
