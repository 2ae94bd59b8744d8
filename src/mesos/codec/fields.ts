// The fields of one encoded message without reading what is in them: for messages too large to be decoded at once.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { CodecError } from './error.ts';

/** A field of one message: of a sub-message or a text its bytes, not copied; of a number the bytes that it is written with. */
export interface EncodedField {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** In the order of the bytes. Throws CodecError `protobuf` for what is no message. */
export function* encodedFields(bytes: Uint8Array): Iterable<EncodedField> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < bytes.length) {
    let field: EncodedField;
    try {
      const [number, wireType] = reader.tag();
      if (wireType === WireType.LengthDelimited) {
        const length = reader.uint32();
        const begin = reader.pos;
        if (begin + length > bytes.length) throw new RangeError('a field is longer than its message');
        field = { number, bytes: bytes.subarray(begin, begin + length) };
        reader.pos = begin + length;
      } else field = { number, bytes: reader.skip(wireType, number) };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CodecError('protobuf', `Not a protobuf message: ${reason}`, { cause });
    }
    yield field;
  }
}
