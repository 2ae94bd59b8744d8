// Flags that take amounts.
import { Flags } from '@oclif/core';
import { EXIT } from './exit-codes.ts';
import { parseMegabytes } from './output/units.ts';
import { Problem } from './problem.ts';

/** A number from 0 on. */
export const amountFlag = Flags.custom<number>({
  parse: async (input) => {
    const value = input.trim() === '' ? Number.NaN : Number(input);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new Problem(EXIT.usage, { what: `'${input}' is not an amount.`, why: 'Write a number such as 1 or 0.5.' });
  },
});

/** Megabytes: `64`, `64MB`, `1.5GB`. */
export const megabytesFlag = Flags.custom<number>({
  parse: async (input) => {
    const megabytes = parseMegabytes(input);
    if (megabytes !== undefined) return megabytes;
    throw new Problem(EXIT.usage, {
      what: `'${input}' is not a size.`,
      why: 'Write megabytes (64) or a size such as 64MB or 1.5GB.',
    });
  },
});

/** A whole number, from `min` (0) on. The parser's own integer flag fails in a way that reads like a fault of ours. */
export const integerFlag = Flags.custom<number>({
  parse: async (input, _context, options) => {
    const min = typeof options.min === 'number' ? options.min : 0;
    const value = /^-?\d+$/.test(input.trim()) ? Number(input) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw new Problem(EXIT.usage, {
      what: `${flagPrefix(options)}'${input}' is not a number that fits here.`,
      why: `Write a whole number from ${min} on.`,
    });
  },
});

/** `--max-age: `, for messages about a value; empty where the parser does not say which flag it is. */
export function flagPrefix({ name }: { readonly name?: string | undefined }): string {
  return name === undefined ? '' : `--${name}: `;
}
