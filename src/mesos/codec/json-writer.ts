// Messages → JSON, as text (for the wire) and as values (for what is built into larger documents). Both write unset
// fields that declare a default and are not deprecated (mesos-api.md 1.6), and leave empty lists and maps out.
import type { Field, MessageType, ScalarType } from './descriptor.ts';
import type { Draft } from './json-reader.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

type TextWriter = (message: Draft) => string;
type ValueText = (value: unknown) => string;
type ObjectWriter = (message: Draft) => { [key: string]: JsonValue };

const textWriters = new WeakMap<MessageType, TextWriter>();
const objectWriters = new WeakMap<MessageType, ObjectWriter>();

/** Doubles keep a decimal point in the text: `15.0`. */
export function jsonTextWriter(type: MessageType): TextWriter {
  let writer = textWriters.get(type);
  if (writer === undefined) {
    writer = compileText(type);
    textWriters.set(type, writer);
  }
  return writer;
}

/** The writer of a message type to JSON values, compiled on first use and kept. */
export function jsonObjectWriter(type: MessageType): ObjectWriter {
  let writer = objectWriters.get(type);
  if (writer === undefined) {
    writer = compileObject(type);
    objectWriters.set(type, writer);
  }
  return writer;
}

interface TextField {
  readonly name: string;
  /** `"name":` */
  readonly label: string;
  readonly write: ValueText;
  /** Text of the whole member when unset; empty when it is left out. */
  readonly unset: string;
}

function compileText(type: MessageType): TextWriter {
  let fields: readonly TextField[] | undefined;
  const resolve = () => type.fields.map((field) => textField(field));
  return (message) => {
    fields ??= resolve();
    let text = '';
    for (const field of fields) {
      const value = message[field.name];
      let member = field.unset;
      if (value !== undefined) {
        const written = field.write(value);
        if (written === '') continue;
        member = field.label + written;
      } else if (member === '') continue;
      text += text === '' ? member : `,${member}`;
    }
    return `{${text}}`;
  };
}

function textField(field: Field): TextField {
  const label = `${JSON.stringify(field.name)}:`;
  const write = valueText(field);
  const shown = defaultOf(field);
  return {
    name: field.name,
    label,
    write: manyText(field, write),
    unset: shown === undefined ? '' : label + write(shown),
  };
}

function defaultOf(field: Field): string | number | boolean | undefined {
  return field.deprecated || field.label === 'required' ? undefined : field.default;
}

/** Empty text: nothing to write. */
function manyText(field: Field, write: ValueText): ValueText {
  switch (field.label) {
    case 'repeated':
      return (value) => {
        const items = value as readonly unknown[];
        if (items.length === 0) return '';
        let text = '';
        for (const item of items) text += text === '' ? write(item) : `,${write(item)}`;
        return `[${text}]`;
      };
    case 'map':
      return (value) => {
        let text = '';
        for (const [key, item] of Object.entries(value as Draft)) {
          const member = `${stringText(key)}:${write(item)}`;
          text += text === '' ? member : `,${member}`;
        }
        return text === '' ? '' : `{${text}}`;
      };
    default:
      return write;
  }
}

function valueText(field: Field): ValueText {
  if (typeof field.type === 'string') return SCALAR_TEXT[field.type];
  if (field.type.kind === 'enum') return stringText;
  return jsonTextWriter(field.type) as ValueText;
}

const plainNumber: ValueText = (value) => String(value);
const SCALAR_TEXT: Readonly<Record<ScalarType, ValueText>> = {
  double: doubleText,
  int32: plainNumber,
  int64: plainNumber,
  uint32: plainNumber,
  uint64: plainNumber,
  bool: (value) => (value === true ? 'true' : 'false'),
  string: stringText,
  bytes: (value) => `"${value as string}"`,
};

function doubleText(value: unknown): string {
  const number = value as number;
  const text = String(number);
  if (Number.isInteger(number)) return text.includes('e') ? text : `${text}.0`;
  return Number.isFinite(number) ? text : `"${text}"`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters JSON escapes
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

function stringText(value: unknown): string {
  const text = value as string;
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function compileObject(type: MessageType): ObjectWriter {
  let fields:
    | readonly { name: string; write: (value: unknown) => JsonValue | undefined; unset?: JsonValue }[]
    | undefined;
  const resolve = () =>
    type.fields.map((field) => ({ name: field.name, write: memberValue(field), unset: defaultOf(field) }));
  return (message) => {
    fields ??= resolve();
    const json: { [key: string]: JsonValue } = {};
    for (const field of fields) {
      const value = message[field.name];
      const written = value === undefined ? field.unset : field.write(value);
      if (written !== undefined) json[field.name] = written;
    }
    return json;
  };
}

function memberValue(field: Field): (value: unknown) => JsonValue | undefined {
  const type = field.type;
  const single: (value: unknown) => JsonValue =
    typeof type === 'object' && type.kind === 'message'
      ? (value) => jsonObjectWriter(type)(value as Draft)
      : type === 'double'
        ? (value) => (Number.isFinite(value) ? (value as number) : String(value))
        : (value) => value as JsonValue;
  switch (field.label) {
    case 'repeated':
      return (value) => {
        const items = value as readonly unknown[];
        return items.length === 0 ? undefined : items.map(single);
      };
    case 'map':
      return (value) => {
        const entries = Object.entries(value as Draft);
        return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([key, item]) => [key, single(item)]));
      };
    default:
      return single;
  }
}
