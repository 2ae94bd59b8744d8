// Shapes of single members of a job, read as leniently as the original reads them (chronos.md 2.1): numbers and booleans may be
// texts, null is as if the key was missing. What is no number at all is refused, which the original took for 0.
import * as z from 'zod';

/** The highest whole number that Mesos and other clients take. */
const HIGHEST_INT = 2 ** 31 - 1;
/** Of cpus, or MB: thousandths, which is what Mesos counts in, are told apart up to here. */
const HIGHEST_AMOUNT = 9e12;

/** A member that may be missing or null, and is `fallback` then. */
export function member<T>(shape: z.ZodType<T>, fallback: T): z.ZodType<T> {
  return shape.nullish().transform((value) => value ?? fallback);
}

/** A member that may be missing or null. */
export function optional<T>(shape: z.ZodType<T>): z.ZodType<T | undefined> {
  return shape.nullish().transform((value) => value ?? undefined);
}

/** A text; numbers and booleans are taken as they are written. */
export const text: z.ZodType<string> = z.unknown().transform((value, context) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse(context, `a text is expected, not ${shown(value)}`);
});

/** A text that says something. */
export const name: z.ZodType<string> = text.refine((value) => value !== '', 'must not be empty');

/** Also `"true"` and `"false"`. */
export const flag: z.ZodType<boolean> = z.unknown().transform((value, context) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value.trim())) return value.trim().toLowerCase() === 'true';
  return refuse(context, `true or false is expected, not ${shown(value)}`);
});

const number: z.ZodType<number> = z.unknown().transform((value, context) => {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof read === 'number' && Number.isFinite(read)) return read;
  return refuse(context, `a number is expected, not ${shown(value)}`);
});

/** cpus, or MB. */
export const amount: z.ZodType<number> = number
  .refine((value) => value >= 0, 'must not be negative')
  .refine((value) => value <= HIGHEST_AMOUNT, 'is too large');

/** How many. */
export const count: z.ZodType<number> = number
  .refine((value) => Number.isInteger(value), 'must be a whole number')
  .refine((value) => value >= 0, 'must not be negative')
  .refine((value) => value <= HIGHEST_INT, `must not be more than ${HIGHEST_INT}`);

/** By what the delay of a retry grows each time. */
export const factor: z.ZodType<number> = number
  .refine((value) => value >= 1, 'must not be less than 1')
  .refine((value) => value <= 1000, 'must not be more than 1000');

/** One of these words, in whatever letters. */
export function word<const T extends string>(...words: readonly T[]): z.ZodType<T> {
  return text.transform((value, context) => {
    const found = words.find((one) => one.toLowerCase() === value.toLowerCase());
    return found ?? refuse(context, `${words.join(' or ')} is expected, not '${value}'`);
  });
}

/** Tells what is wrong and ends the reading of this member. */
export function refuse(context: z.core.$RefinementCtx<unknown>, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

const MOST_SHOWN = 60;

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing at all';
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= MOST_SHOWN ? json : `${json.slice(0, MOST_SHOWN)}…`;
}
