// Amounts of quotas as people write and read them.
import type { Value_Scalar } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAmount, formatMegabytes } from '../output/units.ts';
import { Problem } from '../problem.ts';

type Quantities = Readonly<Record<string, number>>;

const MEGABYTES: Readonly<Record<string, number>> = { '': 1, mb: 1, gb: 1024, tb: 1024 ** 2 };
const BYTES: ReadonlySet<string> = new Set(['mem', 'disk']);

/** `cpus:4,mem:8GB`, also with semicolons; memory and disk in MB unless they say otherwise. Throws Problem `usage`. */
export function parseAmounts(flag: string, text: string): Record<string, Value_Scalar> {
  const amounts: Record<string, Value_Scalar> = {};
  for (const part of text.split(/[,;]/)) {
    const match = /^\s*([^:\s]+)\s*:\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(part);
    const [, name = '', number = '', unit = ''] = match ?? [];
    const factor = BYTES.has(name) ? MEGABYTES[unit.toLowerCase()] : unit === '' ? 1 : undefined;
    if (match === null || factor === undefined) {
      throw new Problem(EXIT.usage, {
        what: `--${flag}: '${part.trim()}' is not an amount of a resource.`,
        why: 'Write name:number, such as cpus:4,mem:8GB.',
      });
    }
    if (amounts[name] !== undefined) {
      throw new Problem(EXIT.usage, { what: `--${flag}: '${name}' is there twice.`, why: 'Give each resource once.' });
    }
    amounts[name] = { value: Number(number) * factor };
  }
  return amounts;
}

/** `cpus 4, mem 1024 MB`; undefined for nothing. */
export function quantitiesText(quantities: Quantities): string | undefined {
  const parts = Object.entries(quantities).map(([name, amount]) => `${name} ${amountText(name, amount)}`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** In MB for memory and disk, plain for all else. */
export function amountText(name: string, amount: number): string {
  return BYTES.has(name) ? formatMegabytes(amount) : formatAmount(amount);
}
