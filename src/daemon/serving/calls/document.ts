// A large answer put together from parts that are already encoded. The original writes these answers by hand: in JSON its
// lists are always there, empty ones as `[]` (mesos-observed.md 10); in protobuf the same tree is ordinary messages.

import { JsonPieces } from '../http/json-pieces.ts';
import { type MessageContentType, PROTOBUF_TYPE } from './media-types.ts';

/** Encoded protobuf: bytes, or a text of one character a byte, which is cheaper to keep in great numbers. */
export type EncodedBytes = Uint8Array | string;

/** One item of a list, encoded when it is needed. */
export interface Encoded {
  readonly json: () => string;
  readonly protobuf: () => EncodedBytes;
}

/** Bytes as a text of one character each. */
export function bytesAsText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A field of the answer; `number` is its protobuf field number. */
export type DocumentField =
  | { readonly kind: 'list'; readonly name: string; readonly number: number; readonly items: Iterable<Encoded> }
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
  if (contentType === PROTOBUF_TYPE) return binaryDocument(fields);
  const pieces = new JsonPieces(expectedBytes);
  writeFields(pieces, fields);
  return pieces.bytes();
}

function writeFields(pieces: JsonPieces, fields: readonly DocumentField[]): void {
  let separator = '{';
  for (const field of fields) {
    pieces.raw(`${separator}${JSON.stringify(field.name)}:`);
    separator = ',';
    switch (field.kind) {
      case 'list':
        pieces.list(field.items, (item) => pieces.raw(item.json()));
        break;
      case 'message':
        writeFields(pieces, field.fields);
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

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** Encoded parts in order and how long they are together: lengths come before contents, so contents are made first. */
interface Parts {
  readonly list: EncodedBytes[];
  length: number;
}

function binaryDocument(fields: readonly DocumentField[]): Uint8Array {
  const parts = binaryFields(fields);
  const bytes = Buffer.allocUnsafeSlow(parts.length);
  let offset = 0;
  for (const part of parts.list) {
    if (typeof part === 'string') bytes.write(part, offset, 'latin1');
    else bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function binaryFields(fields: readonly DocumentField[]): Parts {
  const parts: Parts = { list: [], length: 0 };
  for (const field of fields) {
    switch (field.kind) {
      case 'list':
        for (const item of field.items) {
          const bytes = item.protobuf();
          add(parts, header(field.number, bytes.length));
          add(parts, bytes);
        }
        break;
      case 'message': {
        const inner = binaryFields(field.fields);
        add(parts, header(field.number, inner.length));
        for (const part of inner.list) add(parts, part);
        break;
      }
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
