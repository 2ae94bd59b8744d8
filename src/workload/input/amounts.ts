// Numbers of a workload file: durations, sizes, and how they are drawn. Every transform here tells zod what is wrong in words
// that stand behind the name of the member.
import * as z from 'zod';
import type { Amounts, Distribution } from '../workload.ts';

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const MEGABYTES: Readonly<Record<string, number>> = { mb: 1, gb: 1024, tb: 1024 ** 2 };
const MAX_MS = 10 * 365 * 86_400_000;

/** What an unknown becomes, or what is wrong with it. */
type Read<T> = { readonly value: T } | { readonly fault: string };
type Reader = (input: unknown) => Read<number>;

/** ms of `5s`, `1.5h`; a bare number is seconds. */
const readDuration: Reader = (input) => {
  const match = typeof input === 'string' ? /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(input.trim()) : null;
  const unit = MS[match?.[2]?.toLowerCase() ?? 'none'];
  const value = typeof input === 'number' ? input * 1000 : unit === undefined ? Number.NaN : Number(match?.[1]) * unit;
  if (!(value >= 0)) return { fault: 'must be a duration such as 500ms, 30s, 5m or 2h, or a number of seconds' };
  return value > MAX_MS ? { fault: 'must be ten years at most' } : { value };
};

const readNumber: Reader = (input) =>
  typeof input === 'number' && input >= 0 ? { value: input } : { fault: 'must be a number from 0 on' };

const readCount: Reader = (input) =>
  Number.isSafeInteger(input) && Number(input) >= 1
    ? { value: Number(input) }
    : { fault: 'must be a whole number from 1 on' };

const schemaOf = <T>(read: (input: unknown) => Read<T>): z.ZodType<T> =>
  z.unknown().transform((input, context) => {
    const outcome = input === undefined ? { fault: 'is missing' } : read(input);
    if ('value' in outcome) return outcome.value;
    context.addIssue({ code: 'custom', message: outcome.fault });
    return z.NEVER;
  });

export const duration = schemaOf(readDuration);

/** Each of the numbers as `read` says. */
const distributionReader =
  (read: Reader, example: string): ((input: unknown) => Read<Distribution>) =>
  (input) => {
    if (typeof input !== 'object' || input === null) {
      const one = read(input);
      return 'fault' in one ? one : { value: { kind: 'constant', value: one.value } };
    }
    const wrong = { fault: `must be one value, or one of ${KINDS}, such as ${example}` };
    const [[kind, content] = ['', undefined], ...others] = Object.entries(input);
    if (others.length > 0 || Array.isArray(input)) return wrong;
    const members = isObject(content) ? content : {};
    const numbers = (names: readonly string[], plain: readonly string[] = []): Record<string, number> | string => {
      const known = [...names, ...plain];
      const odd = Object.keys(members).find((name) => !known.includes(name));
      if (!isObject(content) || odd !== undefined) return `${kind} has the members ${known.join(' and ')}`;
      const found: Record<string, number> = {};
      for (const name of known) {
        if (members[name] === undefined && name === 'maximum') continue;
        const outcome = (plain.includes(name) ? readNumber : read)(members[name]);
        if ('fault' in outcome) return `${kind}.${name} ${members[name] === undefined ? 'is missing' : outcome.fault}`;
        found[name] = outcome.value;
      }
      return found;
    };
    switch (kind) {
      case 'exponential': {
        const mean = read(content);
        return 'fault' in mean ? { fault: `${kind} ${mean.fault}` } : { value: { kind, mean: mean.value } };
      }
      case 'uniform': {
        const [low, high] = Array.isArray(content) && content.length === 2 ? content.map(read) : [];
        if (low === undefined || high === undefined || 'fault' in low || 'fault' in high || low.value > high.value)
          return { fault: 'uniform must be a list of the smallest and the largest value' };
        return { value: { kind, low: low.value, high: high.value } };
      }
      case 'normal': {
        const found = numbers(['mean', 'deviation']);
        if (typeof found === 'string') return { fault: found };
        return { value: { kind, mean: found.mean ?? 0, deviation: found.deviation ?? 0 } };
      }
      case 'lognormal': {
        const found = numbers(['median'], ['sigma']);
        if (typeof found === 'string') return { fault: found };
        return { value: { kind, median: found.median ?? 0, sigma: found.sigma ?? 0 } };
      }
      case 'pareto': {
        const found = numbers(['minimum', 'maximum'], ['shape']);
        if (typeof found === 'string') return { fault: found };
        if (!((found.shape ?? 0) > 0)) return { fault: 'pareto.shape must be more than 0' };
        return {
          value: { kind, minimum: found.minimum ?? 0, shape: found.shape ?? 1, maximum: found.maximum },
        };
      }
      case 'choice': {
        const values = Array.isArray(content) ? content.map((item) => readChoice(read, item)) : [];
        if (values.length === 0) return { fault: 'choice must be a list of value and weight' };
        const kept: { value: number; weight: number }[] = [];
        for (const choice of values) {
          if ('fault' in choice) return { fault: `choice: ${choice.fault}` };
          kept.push(choice.value);
        }
        return { value: { kind, values: kept } };
      }
      default:
        return wrong;
    }
  };

const KINDS = 'uniform, exponential, normal, lognormal, pareto and choice';

function readChoice(read: Reader, item: unknown): Read<{ value: number; weight: number }> {
  if (!isObject(item)) return { fault: 'each must have a value and a weight' };
  const value = read(item.value);
  if ('fault' in value) return { fault: `value ${value.fault}` };
  const weight = item.weight ?? 1;
  if (typeof weight !== 'number' || !(weight > 0)) return { fault: 'weight must be a number above 0' };
  return { value: { value: value.value, weight } };
}

export const durations = schemaOf(distributionReader(readDuration, '{exponential: 14s}'));
/** Whole numbers from 1 on; what is drawn from a curve is rounded where it is used. */
export const counts = schemaOf(distributionReader(readCount, '{uniform: [1, 20]}'));

/** `{cpus: 4, mem: 15GB}`: memory and disk in MB unless they say otherwise. */
export const amounts: z.ZodType<Amounts> = schemaOf<Amounts>((input) => {
  if (!isObject(input)) return { fault: 'must be an object such as {cpus: 4, mem: 16GB}' };
  const found: Record<string, number> = {};
  for (const [name, given] of Object.entries(input)) {
    const match = typeof given === 'string' ? /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(given.trim()) : null;
    const unit = name === 'mem' || name === 'disk' ? MEGABYTES[match?.[2]?.toLowerCase() ?? 'none'] : undefined;
    const value = typeof given === 'number' ? given : unit === undefined ? Number.NaN : Number(match?.[1]) * unit;
    // Resources are counted in thousandths, and must add up over all agents.
    if (!/^[\w.-]+$/.test(name) || !(value >= 0) || value > 1e9)
      return { fault: `${name} must be a number, of mem and disk also a size such as 16GB` };
    found[name] = Math.round(value * 1000) / 1000;
  }
  return { value: found };
});

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
