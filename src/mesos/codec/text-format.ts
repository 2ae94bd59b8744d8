// Protobuf's text format, which the original quotes in some of its messages to frameworks.
import type { Field, MessageType } from './descriptor.ts';
import type { Draft } from './json-reader.ts';

/** One field a line, nested messages indented by two; ends with a newline unless empty. */
export function formatText<T>(type: MessageType<T>, message: T): string {
  return fieldLines(type, message as Draft, '');
}

function fieldLines(type: MessageType, message: Draft, indent: string): string {
  return type.fields.map((field) => fieldText(field, message[field.name], indent)).join('');
}

function fieldText(field: Field, value: unknown, indent: string): string {
  if (value === undefined) return '';
  switch (field.label) {
    case 'repeated':
      return (value as unknown[]).map((item) => single(field, item, indent)).join('');
    case 'map':
      return Object.entries(value as Draft)
        .map(
          ([key, item]) =>
            `${indent}${field.name} {\n${indent}  key: ${quote(key)}\n${entryValue(field, item, indent)}${indent}}\n`,
        )
        .join('');
    default:
      return single(field, value, indent);
  }
}

function entryValue(field: Field, item: unknown, indent: string): string {
  return single({ ...field, name: 'value' }, item, `${indent}  `);
}

function single(field: Field, value: unknown, indent: string): string {
  const type = field.type;
  if (typeof type === 'object' && type.kind === 'message') {
    return `${indent}${field.name} {\n${fieldLines(type, value as Draft, `${indent}  `)}${indent}}\n`;
  }
  const text =
    type === 'string'
      ? quote(value as string)
      : type === 'bytes'
        ? quote(Buffer.from(value as string, 'base64'))
        : String(value);
  return `${indent}${field.name}: ${text}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
};

/** As C: octal for bytes that do not print. */
function quote(text: string | Buffer): string {
  let out = '';
  for (const byte of typeof text === 'string' ? Buffer.from(text) : text) {
    const char = String.fromCharCode(byte);
    const printable = byte >= 0x20 && byte < 0x7f;
    out += ESCAPES[char] ?? (printable ? char : `\\${byte.toString(8).padStart(3, '0')}`);
  }
  return `"${out}"`;
}
