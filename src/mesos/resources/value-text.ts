// Text forms of values (mesos-api.md 13): `4`, `[31000-32000, 33000-33010]`, `{sda1, sdb1}`, anything else is text.
import { ResourcesError } from './errors.ts';
import { coalesce, type Ranges } from './ranges.ts';
import { toMillis } from './scalar.ts';

export type ParsedValue =
  | { readonly type: 'SCALAR'; readonly millis: number; readonly value: number }
  | { readonly type: 'RANGES'; readonly ranges: Ranges }
  | { readonly type: 'SET'; readonly items: readonly string[] }
  | { readonly type: 'TEXT'; readonly text: string };

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-]?0x[\da-f]+$|^[+-]?(?:nan|inf|infinity)$/i;

const fail = (message: string): never => {
  throw new ResourcesError('RESOURCES_TEXT', message);
};

/** Throws ResourcesError (RESOURCES_TEXT). Blanks are removed wherever they stand. */
export function parseValue(text: string): ParsedValue {
  const compact = text.replaceAll(' ', '');
  if (compact === '') fail('Expecting non-empty string');
  for (const [open, close] of ['{}', '[]', '()']) {
    if (!isBalanced(compact, open ?? '', close ?? '')) fail('Mismatched brackets');
  }
  if (compact.startsWith('[')) return { type: 'RANGES', ranges: parseRanges(compact) };
  if (compact.startsWith('{')) return { type: 'SET', items: tokenize(compact, /[{},\n]+/) };
  if (/[[{]/.test(compact)) fail(`Unexpected '${text}' found`);
  return NUMBER.test(compact) ? parseScalar(compact) : { type: 'TEXT', text: compact };
}

function parseScalar(text: string): ParsedValue {
  const value = Number(text.replace(/^\+/, '').replace(/^-(?=0x)/i, ''));
  if (!Number.isFinite(value)) fail(`Invalid scalar value '${text}': neither NaN nor infinite is allowed`);
  if (text.startsWith('-') && value !== 0) fail(`Invalid scalar value '${text}': negative values are not allowed`);
  if (value !== 0 && value < SMALLEST_NORMAL) fail(`Invalid scalar value '${text}': subnormal values are not allowed`);
  return { type: 'SCALAR', millis: toMillis(value), value: Math.abs(value) };
}

function parseRanges(text: string): Ranges {
  const tokens = tokenize(text, /[[\]\-,\n]+/);
  if (tokens.length % 2 !== 0) fail('Expecting one or more "ranges"');
  const numbers = tokens.map((token) =>
    /^\d+$/.test(token) ? Number(token) : fail(`Expecting non-negative integers in '${token}'`),
  );
  const pairs: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 2) pairs.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
  for (const [begin, end] of pairs) if (begin > end) fail('Invalid ranges resource: begin > end');
  return coalesce(pairs);
}

const tokenize = (text: string, separators: RegExp): string[] => text.split(separators).filter((token) => token !== '');

function isBalanced(text: string, open: string, close: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === open) depth += 1;
    if (character === close) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
