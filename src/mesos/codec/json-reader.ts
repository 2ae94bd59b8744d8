// JSON values → messages, by the rules of mesos-api.md 1.2–1.9 and with the original's error texts. One reader is compiled
// for each message type when it is first needed.
import type { EnumType, Field, MessageType, ScalarType } from './descriptor.ts';
import { CodecError } from './error.ts';

/** A message under construction. */
export type Draft = Record<string, unknown>;

/** What one reading of one document has seen so far. */
interface Reading {
  /** Keys are taken in sorted order, which decides whose error is reported when there are several. */
  readonly sorted: boolean;
  /** Some required field somewhere is missing. */
  incomplete: boolean;
}

export type ObjectReader = (json: object, reading: Reading) => Draft;
/** `undefined`: stays unset. */
type ValueReader = (json: unknown, reading: Reading) => unknown;

const compiled = new WeakMap<MessageType, ObjectReader>();

/**
 * The JSON reader of a message type, compiled on first use and kept. It throws CodecError `json-shape`; fields that are
 * missing it only marks.
 */
export function jsonReader(type: MessageType): ObjectReader {
  let reader = compiled.get(type);
  if (reader === undefined) {
    reader = compile(type);
    compiled.set(type, reader);
  }
  return reader;
}

interface ReadField {
  readonly name: string;
  readonly read: ValueReader;
  /** Other members of the same oneof. */
  readonly rivals: readonly string[];
}

function compile(type: MessageType): ObjectReader {
  let fields: Map<string, ReadField> | undefined;
  let required: readonly string[] = [];
  const resolve = (): Map<string, ReadField> => {
    required = type.fields.filter((field) => field.label === 'required').map((field) => field.name);
    const rivalsOf = (field: Field) =>
      type.fields.filter((other) => other !== field && other.oneof === field.oneof).map((other) => other.name);
    return new Map(
      type.fields.map((field) => [
        field.name,
        { name: field.name, read: fieldReader(field), rivals: field.oneof === undefined ? [] : rivalsOf(field) },
      ]),
    );
  };
  return (json, reading) => {
    fields ??= resolve();
    const draft: Draft = {};
    const keys = Object.keys(json);
    if (reading.sorted) keys.sort();
    for (const key of keys) {
      const field = fields.get(key);
      if (field === undefined) continue;
      const value = field.read((json as Draft)[key], reading);
      if (value === undefined) continue;
      draft[field.name] = value;
      for (const rival of field.rivals) delete draft[rival];
    }
    for (const name of required) if (draft[name] === undefined) reading.incomplete = true;
    return draft;
  };
}

function fieldReader(field: Field): ValueReader {
  const single = valueReader(field);
  switch (field.label) {
    case 'map':
      return mapReader(field, single);
    case 'repeated':
      return listReader(single);
    default:
      return (json, reading) => {
        if (Array.isArray(json)) throw unexpected('array', field);
        return single(json, reading);
      };
  }
}

/** Anything but an array counts as a list of one; empty lists stay unset. */
function listReader(single: ValueReader): ValueReader {
  return (json, reading) => {
    const values: unknown[] = [];
    for (const item of Array.isArray(json) ? json : [json]) {
      const value = Array.isArray(item) ? listReader(single)(item, reading) : single(item, reading);
      if (Array.isArray(value)) values.push(...value);
      else if (value !== undefined) values.push(value);
    }
    return values.length === 0 ? undefined : values;
  };
}

function mapReader(field: Field, single: ValueReader): ValueReader {
  return (json, reading) => {
    if (json === null) return undefined;
    const entries: Draft = {};
    for (const source of Array.isArray(json) ? json : [json]) {
      if (source === null) continue;
      if (typeof source !== 'object') throw unexpected(kindOf(source), field);
      const keys = Object.keys(source);
      if (reading.sorted) keys.sort();
      for (const key of keys) {
        const json = (source as Draft)[key];
        if (Array.isArray(json)) throw unexpected('array', { name: 'value' });
        // An entry without a value has the default one.
        const value = single(json ?? emptyValue(field), reading);
        if (value === undefined) continue;
        Object.defineProperty(entries, key.toWellFormed(), {
          value,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
    }
    return Object.keys(entries).length === 0 ? undefined : entries;
  };
}

function emptyValue(field: Field): unknown {
  return typeof field.type === 'string' ? '' : {};
}

function valueReader(field: Field): ValueReader {
  // Errors about what a map holds speak of the entry's `value`.
  const named = field.label === 'map' ? { ...field, name: 'value' } : field;
  if (typeof field.type === 'string') return scalarReader(field.type, named);
  return field.type.kind === 'enum' ? enumReader(field.type, named) : messageReader(field.type, named);
}

function messageReader(type: MessageType, field: Field): ValueReader {
  const read = jsonReader(type);
  return (json, reading) => {
    if (json === null) return undefined;
    if (typeof json !== 'object') throw unexpected(kindOf(json), field);
    return read(json as object, reading);
  };
}

function enumReader(type: EnumType, field: Field): ValueReader {
  // Ours and not that of the text, which would be kept once for each message.
  const names = new Map([...type.numberOf.keys()].map((name) => [name, name] as const));
  return (json) => {
    if (json === null) return undefined;
    if (typeof json !== 'string') throw unexpected(kindOf(json), field);
    const name = names.get(json);
    if (name !== undefined) return name;
    if (field.label === 'required') throw new CodecError('json-shape', `Failed to find enum for '${json}'`);
    return undefined;
  };
}

function scalarReader(type: ScalarType, field: Field): ValueReader {
  switch (type) {
    case 'string':
      return (json) => {
        // Half a surrogate pair cannot be said in UTF-8: what is kept must be what is written and sent on.
        if (typeof json === 'string') return json.toWellFormed();
        return unsetOrUnexpected(json, field);
      };
    case 'bytes':
      return (json) => {
        if (typeof json === 'string') return canonicalBase64(json, field);
        return unsetOrUnexpected(json, field);
      };
    case 'bool':
      return (json) => {
        if (typeof json === 'boolean') return json;
        if (typeof json !== 'string') return unsetOrUnexpected(json, field);
        if (json.trim() === 'true') return true;
        if (json.trim() === 'false') return false;
        throw new CodecError('json-shape', `Failed to parse '${json}' as a JSON boolean for field '${field.name}'`);
      };
    default: {
      const convert = NUMBER_CONVERSIONS[type];
      return (json) => {
        if (typeof json === 'number') return convert(json);
        if (typeof json === 'string') return convert(numberOf(json, type, field));
        return unsetOrUnexpected(json, field);
      };
    }
  }
}

const TWO_TO_64 = 2 ** 64;
/** Numbers out of range do what a C++ cast does, near enough; large 64-bit ones are rounded to doubles. */
const NUMBER_CONVERSIONS = {
  double: (value: number) => value,
  int32: (value: number) => value | 0,
  uint32: (value: number) => value >>> 0,
  int64: (value: number) => Math.trunc(value) + 0,
  uint64: (value: number) => (value < 0 ? Math.trunc(value) + TWO_TO_64 : Math.trunc(value)),
} as const;

function numberOf(text: string, type: ScalarType, field: Field): number {
  if (type === 'double' && text === 'Infinity') return Number.POSITIVE_INFINITY;
  if (type === 'double' && text === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (!/^\s*-?\d[\d.eE+-]*\s*$/.test(text) || Number.isNaN(Number(text))) {
    throw new CodecError('json-shape', `Failed to parse '${text}' as a JSON number for field '${field.name}'`);
  }
  return Number(text);
}

/** Padding may be missing; the message holds the padded form. */
function canonicalBase64(text: string, field: Field): string {
  const end = text.indexOf('=');
  const digits = end === -1 ? text : text.slice(0, end);
  const bad = /[^A-Za-z0-9+/]/u.exec(digits);
  if (bad !== null) {
    const reason = `Invalid character '${bad[0]}'`;
    throw new CodecError('json-shape', `Failed to base64 decode bytes field '${field.name}': ${reason}`);
  }
  return Buffer.from(digits, 'base64').toString('base64');
}

function unsetOrUnexpected(json: unknown, field: Field): undefined {
  if (json === null || json === undefined) return undefined;
  throw unexpected(kindOf(json), field);
}

function unexpected(kind: string, field: Pick<Field, 'name'>): CodecError {
  return new CodecError('json-shape', `Not expecting a JSON ${kind} for field '${field.name}'`);
}

function kindOf(json: unknown): string {
  return Array.isArray(json) ? 'array' : typeof json;
}
