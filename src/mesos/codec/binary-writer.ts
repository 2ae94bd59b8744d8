// Messages → protobuf bytes, fields in the order of their numbers, lists unpacked (proto2).
import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { wireTypeOf } from './binary-reader.ts';
import type { Field, MessageType, ScalarType } from './descriptor.ts';
import { CodecError } from './error.ts';
import type { Draft } from './json-reader.ts';

/**
 * Appends the fields of `message` to `writer`, without a length before them. Throws CodecError `missing-required` or
 * `json-shape`.
 */
export type BinaryMessageWriter = (writer: BinaryWriter, message: Draft) => void;
type Write = (writer: BinaryWriter, value: unknown) => void;

const compiled = new WeakMap<MessageType, BinaryMessageWriter>();

/** The writer of a message type, compiled on first use and kept. */
export function binaryWriter(type: MessageType): BinaryMessageWriter {
  let write = compiled.get(type);
  if (write === undefined) {
    write = compile(type);
    compiled.set(type, write);
  }
  return write;
}

function compile(type: MessageType): BinaryMessageWriter {
  let fields: readonly { name: string; required: boolean; write: Write }[] | undefined;
  const resolve = () =>
    type.fields
      .filter((field) => !field.jsonOnly)
      .sort((a, b) => a.number - b.number)
      .map((field) => ({ name: field.name, required: field.label === 'required', write: fieldWriter(field) }));
  return (writer, message) => {
    fields ??= resolve();
    for (const field of fields) {
      const value = message[field.name];
      if (value !== undefined) field.write(writer, value);
      else if (field.required) throw new CodecError('missing-required', `${type.name} lacks ${field.name}`);
    }
  };
}

function fieldWriter(field: Field): Write {
  const write = valueWriter(field);
  const wireType = wireTypeOf(field);
  const number = field.number;
  switch (field.label) {
    case 'repeated':
      return (writer, value) => {
        for (const item of value as readonly unknown[]) write(writer.tag(number, wireType), item);
      };
    case 'map':
      return (writer, value) => {
        for (const [key, item] of Object.entries(value as Draft)) {
          writer.tag(number, WireType.LengthDelimited).fork();
          writer.tag(1, WireType.LengthDelimited).string(key);
          write(writer.tag(2, wireType), item);
          writer.join();
        }
      };
    default:
      return (writer, value) => write(writer.tag(number, wireType), value);
  }
}

function valueWriter(field: Field): Write {
  const type = field.type;
  if (typeof type === 'string') return SCALARS[type];
  if (type.kind === 'enum') {
    return (writer, value) => {
      const number = type.numberOf.get(value as string);
      if (number === undefined) throw new CodecError('json-shape', `Failed to find enum for '${String(value)}'`);
      writer.int32(number);
    };
  }
  const writeMessage = binaryWriter(type);
  return (writer, value) => {
    writer.fork();
    writeMessage(writer, value as Draft);
    writer.join();
  };
}

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Doubles at the very end of the 64-bit range round up beyond it: they are held inside. */
function inside(value: number, max: bigint): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(Math.trunc(value));
  if (exact > max) return max;
  const min = max === MAX_INT64 ? -max - 1n : 0n;
  return exact < min ? min : exact;
}

const SCALARS: Readonly<Record<ScalarType, Write>> = {
  double: (writer, value) => writer.double(value as number),
  int32: (writer, value) => writer.int32(value as number),
  int64: (writer, value) => writer.int64(inside(value as number, MAX_INT64)),
  uint32: (writer, value) => writer.uint32(value as number),
  uint64: (writer, value) => writer.uint64(inside(value as number, MAX_UINT64)),
  bool: (writer, value) => writer.bool(value as boolean),
  string: (writer, value) => writer.string(value as string),
  bytes: (writer, value) => writer.bytes(Buffer.from(value as string, 'base64')),
};
