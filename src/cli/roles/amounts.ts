// Amounts of quotas as people write and read them.
import type { Value_Scalar } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAmount, formatMegabytes, parseMegabytes } from '../output/units.ts';
import { Problem } from '../problem.ts';

type Quantities = Readonly<Record<string, number | string>>;

const BYTES: ReadonlySet<string> = new Set(['mem', 'disk']);

/** `cpus:4,mem:8GB`, also with semicolons; memory and disk in MB unless they say otherwise. Throws Problem `usage`. */
export function parseAmounts(flag: string, text: string): Record<string, Value_Scalar> {
  const amounts: Record<string, Value_Scalar> = {};
  for (const part of text.split(/[,;]/)) {
    const [, name = '', given = ''] = /^\s*([^:\s]+)\s*:(.*)$/.exec(part) ?? [];
    const value = parseAmount(name, given);
    if (value === undefined) {
      throw new Problem(EXIT.usage, {
        what: `--${flag}: '${part.trim()}' is not an amount of a resource.`,
        why: 'Write name:number, such as cpus:4,mem:8GB.',
      });
    }
    if (amounts[name] !== undefined) throw givenTwice(flag, name);
    amounts[name] = { value };
  }
  return amounts;
}

/** `4`, and for memory and disk `8GB`; undefined for anything else. */
export function parseAmount(name: string, text: string): number | undefined {
  if (BYTES.has(name)) return parseMegabytes(text);
  return /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** What is wrong with a list that has a resource in two places. */
export function givenTwice(flag: string, name: string): Problem {
  return new Problem(EXIT.usage, { what: `--${flag}: '${name}' is there twice.`, why: 'Give each resource once.' });
}

/** `cpus 4, mem 1024 MB`, texts as they are; undefined for nothing. */
export function quantitiesText(quantities: Quantities): string | undefined {
  const parts = Object.entries(quantities).map(
    ([name, amount]) => `${name} ${typeof amount === 'string' ? amount : amountText(name, amount)}`,
  );
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** In MB for memory and disk, plain for all else. */
export function amountText(name: string, amount: number): string {
  return BYTES.has(name) ? formatMegabytes(amount) : formatAmount(amount);
}
