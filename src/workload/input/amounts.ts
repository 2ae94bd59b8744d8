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

const KINDS = 'uniform, exponential, normal, lognormal, pareto and choice';

/** What stands behind the name of a kind; each number of it as `read` says. */
type KindReader = (content: unknown, read: Reader) => Read<Distribution>;

/** By the name of the kind, as in KINDS. */
const KIND_READERS: ReadonlyMap<string, KindReader> = new Map<string, KindReader>([
  ['uniform', readUniform],
  ['exponential', readExponential],
  [
    'normal',
    (content, read) =>
      readMembers('normal', content, { mean: read, deviation: read }, ({ mean = 0, deviation = 0 }) => ({
        value: { kind: 'normal', mean, deviation },
      })),
  ],
  [
    'lognormal',
    (content, read) =>
      readMembers('lognormal', content, { median: read, sigma: readNumber }, ({ median = 0, sigma = 0 }) => ({
        value: { kind: 'lognormal', median, sigma },
      })),
  ],
  [
    'pareto',
    (content, read) =>
      readMembers(
        'pareto',
        content,
        { minimum: read, maximum: read, shape: readNumber },
        ({ minimum = 0, maximum, shape = 0 }) =>
          shape > 0
            ? { value: { kind: 'pareto', minimum, shape, maximum } }
            : { fault: 'pareto.shape must be more than 0' },
      ),
  ],
  ['choice', readChoices],
]);

/** One value, or a kind with its numbers; each of them as `read` says. */
const distributionReader =
  (read: Reader, example: string): ((input: unknown) => Read<Distribution>) =>
  (input) => {
    if (typeof input !== 'object' || input === null) {
      const one = read(input);
      return 'fault' in one ? one : { value: { kind: 'constant', value: one.value } };
    }
    const [[kind, content] = ['', undefined], ...others] = Array.isArray(input) ? [] : Object.entries(input);
    const readKind = others.length === 0 ? KIND_READERS.get(kind) : undefined;
    return readKind?.(content, read) ?? { fault: `must be one value, or one of ${KINDS}, such as ${example}` };
  };

function readUniform(content: unknown, read: Reader): Read<Distribution> {
  const [low, high] = Array.isArray(content) && content.length === 2 ? content.map(read) : [];
  if (low === undefined || high === undefined || 'fault' in low || 'fault' in high || low.value > high.value)
    return { fault: 'uniform must be a list of the smallest and the largest value' };
  return { value: { kind: 'uniform', low: low.value, high: high.value } };
}

function readExponential(content: unknown, read: Reader): Read<Distribution> {
  const mean = read(content);
  return 'fault' in mean
    ? { fault: `exponential ${mean.fault}` }
    : { value: { kind: 'exponential', mean: mean.value } };
}

/** An object with these members, of which only `maximum` may be left out. */
function readMembers<Name extends string>(
  kind: string,
  content: unknown,
  readers: Readonly<Record<Name, Reader>>,
  toDistribution: (found: Readonly<Partial<Record<Name, number>>>) => Read<Distribution>,
): Read<Distribution> {
  const names = Object.keys(readers) as Name[];
  if (!isObject(content) || Object.keys(content).some((name) => !Object.hasOwn(readers, name)))
    return { fault: `${kind} has the members ${names.join(' and ')}` };
  const found: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const given = content[name];
    if (given === undefined && name === 'maximum') continue;
    const outcome = readers[name](given);
    if ('fault' in outcome) return { fault: `${kind}.${name} ${given === undefined ? 'is missing' : outcome.fault}` };
    found[name] = outcome.value;
  }
  return toDistribution(found);
}

function readChoices(content: unknown, read: Reader): Read<Distribution> {
  if (!Array.isArray(content) || content.length === 0) return { fault: 'choice must be a list of value and weight' };
  const values: { value: number; weight: number }[] = [];
  for (const item of content) {
    const choice = readChoice(read, item);
    if ('fault' in choice) return { fault: `choice: ${choice.fault}` };
    values.push(choice.value);
  }
  return { value: { kind: 'choice', values } };
}

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
