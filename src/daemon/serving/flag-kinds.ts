// The kinds of flags there are: each makes a Flag whose text form is the original's (mesos-semantics.md 16).
import { withoutCredentials } from '../../cluster/zookeeper/address.ts';
import { formatBytes, parseBytes } from '../../mesos/text/bytes.ts';
import { formatDuration, parseDuration } from '../../mesos/text/duration.ts';
import type { Flag } from './flags.ts';

interface Spec {
  readonly help: string;
  readonly default?: string;
  readonly required?: boolean;
  readonly aliases?: readonly string[];
}

/** A flag with a default or one that must be given has a value always. */
type Present<S extends Spec, T> = S extends { default: string } | { required: true } ? T : T | undefined;

function make<S extends Spec, T>(
  name: string,
  spec: S,
  parse: (text: string) => T,
  format: (value: T) => string,
  isBoolean = false,
): Flag<Present<S, T>> {
  return {
    name,
    aliases: spec.aliases ?? [],
    help: spec.help,
    defaultText: spec.default,
    required: spec.required ?? false,
    isBoolean,
    parse,
    format,
  } as unknown as Flag<Present<S, T>>;
}

/** Any text, also an empty one. */
export function text<const S extends Spec>(name: string, spec: S): Flag<Present<S, string>> {
  return make(
    name,
    spec,
    (given) => given,
    (value) => value,
  );
}

/** A URL that may carry credentials (`zk://user:password@host/path`): /flags shows it without. */
export function url<const S extends Spec>(name: string, spec: S): Flag<Present<S, string>> {
  return make(
    name,
    spec,
    (given) => given,
    (value) => (/^zk:/i.test(value) ? withoutCredentials(value) : value.replace(/(?<=:\/\/)[^/]*@/, '')),
  );
}

/** The path of a file with something secret in it, or that itself: /flags shows the path only. */
export function secret<const S extends Spec>(name: string, spec: S): Flag<Present<S, string>> {
  return make(
    name,
    spec,
    (given) => given,
    (value) => (/^(file:\/\/)?\//.test(value) ? value : '<not shown>'),
  );
}

/** One of a few words. */
export function choice<const W extends string, const S extends Spec>(
  name: string,
  words: readonly W[],
  spec: S,
): Flag<Present<S, W>> {
  return make(
    name,
    spec,
    (given) => {
      const word = words.find((candidate) => candidate === given);
      if (word === undefined) throw new Error(`expected one of ${words.join(', ')}`);
      return word;
    },
    (value) => value,
  );
}

/** `true`, `1`, `false` or `0`; without a value it is true. */
export function boolean<const S extends Spec>(name: string, spec: S): Flag<Present<S, boolean>> {
  return make(
    name,
    spec,
    (given) => {
      if (given === 'true' || given === '1') return true;
      if (given === 'false' || given === '0') return false;
      throw new Error('expected true or false');
    },
    (value) => String(value),
    true,
  );
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number within `min` and `max`, both inclusive. */
export function integer<const S extends Spec & Range>(name: string, spec: S): Flag<Present<S, number>> {
  return make(
    name,
    spec,
    (given) => {
      if (!/^[+-]?\d+$/.test(given)) throw new Error('expected a whole number');
      return within(Number(given), spec, String);
    },
    String,
  );
}

/** A finite number within `min` and `max`, both inclusive. */
export function number<const S extends Spec & Range>(name: string, spec: S): Flag<Present<S, number>> {
  return make(
    name,
    spec,
    (given) => {
      const value = Number(given);
      if (given.trim() === '' || !Number.isFinite(value)) throw new Error('expected a number');
      return within(value, spec, String);
    },
    String,
  );
}

/** Milliseconds; `min` and `max` in milliseconds too. */
export function duration<const S extends Spec & Range>(name: string, spec: S): Flag<Present<S, number>> {
  return make(name, spec, (given) => within(parseDuration(given), spec, formatDuration), formatDuration);
}

/** Bytes. */
export function bytes<const S extends Spec>(name: string, spec: S): Flag<Present<S, number>> {
  return make(name, spec, parseBytes, formatBytes);
}

/** `50%`, as a fraction of 1. */
export function percent<const S extends Spec>(name: string, spec: S): Flag<Present<S, number>> {
  return make(
    name,
    spec,
    (given) => {
      const match = /^(\d+(?:\.\d+)?)%$/.exec(given);
      if (!match) throw new Error("expected a percentage such as '50%'");
      return within(Number(match[1]) / 100, { min: 0, max: 1 }, (value) => `${value * 100}%`);
    },
    (value) => `${value * 100}%`,
  );
}

/** Whatever `parse` makes of the text; /flags shows the text as it was given. */
export function parsed<T, const S extends Spec>(
  name: string,
  parse: (text: string) => T,
  spec: S,
): Flag<Present<S, { readonly text: string; readonly value: T }>> {
  return make(
    name,
    spec,
    (given) => ({ text: given, value: parse(given) }),
    (value) => value.text,
  );
}

function within(value: number, range: Range, show: (value: number) => string): number {
  if (range.min !== undefined && value < range.min) throw new Error(`expected at least ${show(range.min)}`);
  if (range.max !== undefined && value > range.max) throw new Error(`expected at most ${show(range.max)}`);
  return value;
}
