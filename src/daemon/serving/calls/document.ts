// A large answer put together from parts that are already encoded. The original writes these answers by hand: in JSON its
// lists are always there, empty ones as `[]` (mesos-observed.md 10); in protobuf the same tree is ordinary messages.

import { JsonPieces } from '../http/json-pieces.ts';
import { type MessageContentType, PROTOBUF_TYPE } from './media-types.ts';

/** One item of a list, encoded when it is needed. */
export interface Encoded {
  readonly json: () => string;
  readonly protobuf: () => Uint8Array;
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

/** The whole answer in one of the two content types. */
export function encodeDocument(fields: readonly DocumentField[], contentType: MessageContentType): Uint8Array {
  if (contentType === PROTOBUF_TYPE) return Buffer.concat(binaryFields(fields));
  const pieces = new JsonPieces();
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

function binaryFields(fields: readonly DocumentField[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const field of fields) {
    switch (field.kind) {
      case 'list':
        for (const item of field.items) {
          const bytes = item.protobuf();
          parts.push(header(field.number, bytes.length), bytes);
        }
        break;
      case 'message': {
        const inner = binaryFields(field.fields);
        parts.push(header(field.number, totalLength(inner)));
        for (const part of inner) parts.push(part);
        break;
      }
      case 'enum':
        parts.push(Uint8Array.from([...varint(tag(field.number, VARINT)), ...varint(field.value)]));
        break;
      case 'double': {
        const value = Buffer.alloc(8);
        value.writeDoubleLE(field.value);
        parts.push(Uint8Array.from([...varint(tag(field.number, FIXED64)), ...value]));
        break;
      }
    }
  }
  return parts;
}

function header(fieldNumber: number, length: number): Uint8Array {
  return Uint8Array.from([...varint(tag(fieldNumber, LENGTH_DELIMITED)), ...varint(length)]);
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

function totalLength(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
}
