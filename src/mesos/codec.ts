// The codecs of the v1 language: every message of src/mesos/generated to and from JSON and protobuf. In memory a message
// is JSON-shaped: snake_case, enums by name, bytes as base64 text, 64-bit integers as numbers, defaults not filled in.
// Bad input throws CodecError and nothing else.
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { binaryReader } from './codec/binary-reader.ts';
import { binaryWriter } from './codec/binary-writer.ts';
import type { MessageType } from './codec/descriptor.ts';
import { CodecError } from './codec/error.ts';
import { type Draft, jsonReader } from './codec/json-reader.ts';
import { parseJsonText } from './codec/json-syntax.ts';
import { type JsonValue, jsonObjectWriter, jsonTextWriter } from './codec/json-writer.ts';
import { missingRequired } from './codec/required.ts';

export type { MessageType } from './codec/descriptor.ts';
export { CodecError } from './codec/error.ts';
export { parseJsonText } from './codec/json-syntax.ts';
export type { JsonValue } from './codec/json-writer.ts';

/**
 * A message from a parsed JSON value (mesos-api.md 1.2–1.9). Throws CodecError `json-shape` or `missing-required`; of
 * several errors the one under the first key in sorted order is told, as the original does.
 */
export function fromJson<T>(type: MessageType<T>, json: unknown): T {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new CodecError('json-shape', 'Expecting a JSON object');
  }
  const read = jsonReader(type);
  const reading = { sorted: false, incomplete: false };
  let draft: Draft;
  try {
    draft = read(json, reading);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    draft = read(json, { sorted: true, incomplete: false });
  }
  if (reading.incomplete) throw incomplete(type, draft);
  return draft as T;
}

/** As fromJson, from text or UTF-8 bytes; text that is no JSON throws CodecError `json-syntax`. */
export function parseJson<T>(type: MessageType<T>, text: string | Uint8Array): T {
  return fromJson(type, parseJsonText(typeof text === 'string' ? text : utf8.decode(text)));
}

/** A JSON value with the declared defaults written out (mesos-api.md 1.6). */
export function toJson<T>(type: MessageType<T>, message: T): { [key: string]: JsonValue } {
  return jsonObjectWriter(type)(message as Draft);
}

/** JSON text as it goes over the wire: as toJson, doubles with a decimal point. The fastest way to bytes of JSON. */
export function stringify<T>(type: MessageType<T>, message: T): string {
  return jsonTextWriter(type)(message as Draft);
}

/** Protobuf bytes. Throws CodecError `missing-required` when the message lacks a required field. */
export function encode<T>(type: MessageType<T>, message: T): Uint8Array {
  // One writer for all messages: its buffer has grown to their size. After a throw or a very long message it starts anew.
  const writer = spareWriter ?? new BinaryWriter();
  spareWriter = undefined;
  binaryWriter(type)(writer, message as Draft);
  const bytes = writer.finish();
  if (bytes.length <= MAX_SPARE_BYTES) spareWriter = writer;
  return bytes;
}

let spareWriter: BinaryWriter | undefined;
const MAX_SPARE_BYTES = 1024 * 1024;

/** A message from protobuf bytes. Throws CodecError `protobuf` or `missing-required`. */
export function decode<T>(type: MessageType<T>, bytes: Uint8Array): T {
  const draft: Draft = {};
  const decoding = { depth: 0, incomplete: false };
  try {
    binaryReader(type)(new BinaryReader(bytes), bytes.length, draft, decoding);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodecError('protobuf', `Not a protobuf ${type.name}: ${reason}`, { cause: error });
  }
  // A message given in two parts may have been completed by the second.
  if (decoding.incomplete && missingRequired(type, draft).length > 0) throw incomplete(type, draft);
  return draft as T;
}

const utf8 = new TextDecoder();

function incomplete(type: MessageType, draft: Draft): CodecError {
  return new CodecError('missing-required', `Missing required fields: ${missingRequired(type, draft).join(', ')}`);
}
