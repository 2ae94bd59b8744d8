// Protobuf bytes → messages. Proto2 rules: unknown fields and unknown enum numbers are dropped, the last of a repeated
// singular scalar wins, messages given twice are merged, lists may be packed or not.
import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Field, MessageType, ScalarType } from './descriptor.ts';
import type { Draft } from './json-reader.ts';

/** Deepest nesting of messages, as in the original's protobuf library. */
const MAX_MESSAGE_DEPTH = 100;

/** What one decoding has seen so far. */
interface Decoding {
  /** Messages we are inside of. */
  depth: number;
  /** Some required field somewhere is missing. */
  incomplete: boolean;
}

/** Reads until `end` into `draft`; throws plain errors on malformed bytes, which the entry (codec.ts) names. */
export type BinaryMessageReader = (reader: BinaryReader, end: number, draft: Draft, decoding: Decoding) => void;

type Read = (reader: BinaryReader, decoding: Decoding, earlier: unknown) => unknown;

interface ReadField {
  readonly name: string;
  readonly wireType: WireType;
  readonly many: boolean;
  readonly map: boolean;
  readonly read: Read;
  readonly rivals: readonly string[];
}

const compiled = new WeakMap<MessageType, BinaryMessageReader>();

/**
 * The reader of a message type, compiled on first use and kept. It throws on malformed bytes and marks missing required
 * fields in `decoding`.
 */
export function binaryReader(type: MessageType): BinaryMessageReader {
  let read = compiled.get(type);
  if (read === undefined) {
    read = compile(type);
    compiled.set(type, read);
  }
  return read;
}

function compile(type: MessageType): BinaryMessageReader {
  /** By field number; sparse. */
  let fields: readonly (ReadField | undefined)[] | undefined;
  let required: readonly string[] = [];
  const resolve = (): (ReadField | undefined)[] => {
    required = type.fields.filter((field) => field.label === 'required').map((field) => field.name);
    const byNumber: (ReadField | undefined)[] = [];
    for (const field of type.fields) byNumber[field.number] = readField(type, field);
    return byNumber;
  };
  return (reader, end, draft, decoding) => {
    decoding.depth += 1;
    if (decoding.depth > MAX_MESSAGE_DEPTH) {
      throw new RangeError(`messages are nested deeper than ${MAX_MESSAGE_DEPTH}`);
    }
    fields ??= resolve();
    while (reader.pos < end) {
      const tag = reader.uint32();
      const number = tag >>> 3;
      const wireType = tag & 7;
      if (number === 0) throw new RangeError('field number 0');
      const field = fields[number];
      if (field === undefined) reader.skip(wireType, number);
      else if (wireType === field.wireType) take(field, reader, draft, decoding);
      else if (field.many && wireType === WireType.LengthDelimited) takePacked(field, reader, draft, decoding);
      else reader.skip(wireType, number);
    }
    if (reader.pos !== end) throw new RangeError('a field reaches beyond its message');
    for (const name of required) if (draft[name] === undefined) decoding.incomplete = true;
    decoding.depth -= 1;
  };
}

function take(field: ReadField, reader: BinaryReader, draft: Draft, decoding: Decoding): void {
  const earlier = draft[field.name];
  const value = field.read(reader, decoding, earlier);
  if (value === undefined) return;
  if (!field.many || field.map) draft[field.name] = value;
  else if (earlier === undefined) draft[field.name] = [value];
  else (earlier as unknown[]).push(value);
  for (const rival of field.rivals) delete draft[rival];
}

function takePacked(field: ReadField, reader: BinaryReader, draft: Draft, decoding: Decoding): void {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('a packed list reaches beyond the end');
  while (reader.pos < end) take(field, reader, draft, decoding);
  if (reader.pos !== end) throw new RangeError('a packed value reaches beyond its list');
}

function readField(type: MessageType, field: Field): ReadField {
  const rivals = type.fields.filter((other) => other !== field && other.oneof === field.oneof);
  return {
    name: field.name,
    wireType: field.label === 'map' ? WireType.LengthDelimited : wireTypeOf(field),
    many: field.label === 'repeated' || field.label === 'map',
    map: field.label === 'map',
    read: field.label === 'map' ? mapReader(field) : valueReader(field),
    rivals: field.oneof === undefined ? [] : rivals.map((other) => other.name),
  };
}

/** How one value of the field is laid out on the wire; for a map, how its values are. */
export function wireTypeOf(field: Field): WireType {
  const type = field.type;
  if (typeof type === 'object') return type.kind === 'enum' ? WireType.Varint : WireType.LengthDelimited;
  if (type === 'double') return WireType.Bit64;
  return type === 'string' || type === 'bytes' ? WireType.LengthDelimited : WireType.Varint;
}

/** A map is a list of messages {key=1, value=2}. */
function mapReader(field: Field): Read {
  const readValue = valueReader(field);
  const wireType = wireTypeOf(field);
  return (reader, decoding, earlier) => {
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw new RangeError('a map entry reaches beyond the end');
    let key = '';
    let value: unknown;
    while (reader.pos < end) {
      const [number, given] = reader.tag();
      if (number === 1 && given === WireType.LengthDelimited) key = reader.string();
      else if (number === 2 && given === wireType) value = readValue(reader, decoding, value);
      else reader.skip(given, number);
    }
    if (reader.pos !== end) throw new RangeError('a map entry reaches beyond its end');
    const entries = (earlier ?? {}) as Draft;
    // An entry without a value has the default one.
    if (value === undefined && typeof field.type === 'object' && field.type.kind === 'message') {
      value = {};
      if (field.type.fields.some(({ label }) => label === 'required')) decoding.incomplete = true;
    }
    const stored = value ?? '';
    Object.defineProperty(entries, key, { value: stored, enumerable: true, writable: true, configurable: true });
    return entries;
  };
}

function valueReader(field: Field): Read {
  const type = field.type;
  if (typeof type === 'string') return SCALARS[type];
  if (type.kind === 'enum') return (reader) => type.nameOf.get(reader.int32());
  const readMessage = binaryReader(type);
  const merges = field.label === 'required' || field.label === 'optional';
  return (reader, decoding, earlier) => {
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw new RangeError('a message reaches beyond the end');
    const draft = merges && earlier !== undefined ? (earlier as Draft) : {};
    readMessage(reader, end, draft, decoding);
    return draft;
  };
}

const SCALARS: Readonly<Record<ScalarType, Read>> = {
  double: (reader) => reader.double(),
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(reader.int64()),
  uint32: (reader) => reader.uint32(),
  uint64: (reader) => Number(reader.uint64()),
  bool: (reader) => reader.bool(),
  string: (reader) => reader.string(),
  bytes: (reader) => {
    const bytes = reader.bytes();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  },
};
