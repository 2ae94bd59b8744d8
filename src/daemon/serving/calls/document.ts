// A large answer put together from parts that are already encoded. The original writes these answers by hand: in JSON its
// lists are always there, empty ones as `[]` (mesos-observed.md 10); in protobuf the same tree is ordinary messages.

import { JsonPieces } from '../http/json-pieces.ts';
import { atOnce, type Sliced } from '../slices/sliced.ts';
import { type MessageContentType, PROTOBUF_TYPE } from './media-types.ts';

/** Encoded protobuf: bytes, or a text of one character a byte, which is cheaper to keep in great numbers. */
export type EncodedBytes = Uint8Array | string;

/** One item of a list, encoded when it is needed. */
export interface Encoded {
  readonly json: () => string;
  readonly protobuf: () => EncodedBytes;
}

/** An item with a list in it that may be long. `head` and `tail` are its members before and after; neither is empty. */
export interface EncodedAround {
  readonly head: Encoded;
  readonly list: { readonly name: string; readonly number: number; readonly items: Iterable<Encoded> };
  readonly tail: Encoded;
}

/** Undefined between items: time for others. */
export type ListItem = Encoded | EncodedAround | undefined;

/** Bytes as a text of one character each. */
export function bytesAsText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A field of the answer; `number` is its protobuf field number. */
export type DocumentField =
  | { readonly kind: 'list'; readonly name: string; readonly number: number; readonly items: Iterable<ListItem> }
  | {
      readonly kind: 'message';
      readonly name: string;
      readonly number: number;
      readonly fields: readonly DocumentField[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly number: number;
      readonly text: string;
      readonly value: number;
    }
  | { readonly kind: 'double'; readonly name: string; readonly number: number; readonly value: number };

/** The whole answer in one of the two content types; `expectedBytes` is how long it will probably be. */
export function encodeDocument(
  fields: readonly DocumentField[],
  contentType: MessageContentType,
  expectedBytes = 0,
): Uint8Array {
  return atOnce(slicedDocument(fields, contentType, expectedBytes));
}

/** As `encodeDocument`; may be interrupted, for the first time before it looks at any list. */
export function* slicedDocument(
  fields: readonly DocumentField[],
  contentType: MessageContentType,
  expectedBytes = 0,
): Sliced<Uint8Array> {
  yield;
  if (contentType === PROTOBUF_TYPE) return yield* binaryDocument(fields);
  const pieces = new JsonPieces(expectedBytes);
  yield* writeFields(pieces, fields);
  return yield* pieces.slicedBytes();
}

/** Small items between two times for others. */
const ITEMS_A_STEP = 16;

function* writeFields(pieces: JsonPieces, fields: readonly DocumentField[]): Sliced<void> {
  let separator = '{';
  for (const field of fields) {
    pieces.raw(`${separator}${JSON.stringify(field.name)}:`);
    separator = ',';
    switch (field.kind) {
      case 'list':
        yield* writeItems(pieces, field.items);
        break;
      case 'message':
        yield* writeFields(pieces, field.fields);
        break;
      case 'enum':
        pieces.value(field.text);
        break;
      case 'double':
        pieces.raw(Number.isInteger(field.value) ? `${field.value}.0` : String(field.value));
        break;
    }
  }
  pieces.raw(separator === '{' ? '{}' : '}');
}

function* writeItems(pieces: JsonPieces, items: Iterable<ListItem>): Sliced<void> {
  let count = 0;
  for (const item of items) {
    if (item !== undefined) {
      pieces.raw(count === 0 ? '[' : ',');
      if ('json' in item) pieces.raw(item.json());
      else yield* writeAround(pieces, item);
      count += 1;
    }
    if (item === undefined || count % ITEMS_A_STEP === 0) yield;
  }
  pieces.raw(count === 0 ? '[]' : ']');
}

function* writeAround(pieces: JsonPieces, { head, list, tail }: EncodedAround): Sliced<void> {
  pieces.raw(head.json().slice(0, -1)).member(list.name);
  yield* writeItems(pieces, list.items);
  pieces.raw(',').raw(tail.json().slice(1));
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** Encoded parts in order and how long they are together: lengths come before contents, so contents are made first. */
interface Parts {
  list: EncodedBytes[];
  length: number;
}

/** Parts between two times for others when they are put together. */
const PARTS_A_STEP = 256;

function* binaryDocument(fields: readonly DocumentField[]): Sliced<Uint8Array> {
  const parts = yield* binaryFields(fields);
  const bytes = Buffer.allocUnsafeSlow(parts.length);
  let offset = 0;
  let count = 0;
  for (const part of parts.list) {
    if (typeof part === 'string') bytes.write(part, offset, 'latin1');
    else bytes.set(part, offset);
    offset += part.length;
    count += 1;
    if (count % PARTS_A_STEP === 0) yield;
  }
  return bytes;
}

function* binaryFields(fields: readonly DocumentField[]): Sliced<Parts> {
  const parts: Parts = { list: [], length: 0 };
  for (const field of fields) {
    switch (field.kind) {
      case 'list':
        yield* addItems(parts, field.number, field.items);
        break;
      case 'message':
        addMessage(parts, field.number, yield* binaryFields(field.fields));
        break;
      case 'enum':
        add(parts, Uint8Array.of(...varint(tag(field.number, VARINT)), ...varint(field.value)));
        break;
      case 'double': {
        const value = Buffer.alloc(8);
        value.writeDoubleLE(field.value);
        add(parts, Uint8Array.of(...varint(tag(field.number, FIXED64)), ...value));
        break;
      }
    }
  }
  return parts;
}

function* addItems(parts: Parts, number: number, items: Iterable<ListItem>): Sliced<void> {
  let count = 0;
  for (const item of items) {
    count += 1;
    if (item === undefined || count % ITEMS_A_STEP === 0) yield;
    if (item === undefined) continue;
    if ('json' in item) {
      const bytes = item.protobuf();
      add(parts, header(number, bytes.length));
      add(parts, bytes);
      continue;
    }
    const inner: Parts = { list: [], length: 0 };
    add(inner, item.head.protobuf());
    yield* addItems(inner, item.list.number, item.list.items);
    add(inner, item.tail.protobuf());
    addMessage(parts, number, inner);
  }
}

function addMessage(parts: Parts, number: number, inner: Parts): void {
  add(parts, header(number, inner.length));
  parts.list = parts.list.concat(inner.list);
  parts.length += inner.length;
}

function add(parts: Parts, part: EncodedBytes): void {
  parts.list.push(part);
  parts.length += part.length;
}

const headers = new Map<number, Uint8Array>();

/** Tag and length; a few hundred of them make up every answer, so they are kept. */
function header(fieldNumber: number, length: number): Uint8Array {
  const key = length * 64 + fieldNumber;
  const known = headers.get(key);
  if (known !== undefined) return known;
  const made = Uint8Array.of(...varint(tag(fieldNumber, LENGTH_DELIMITED)), ...varint(length));
  if (fieldNumber < 64 && length < 4096) headers.set(key, made);
  return made;
}

function tag(fieldNumber: number, wireType: number): number {
  return fieldNumber * 8 + wireType;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
