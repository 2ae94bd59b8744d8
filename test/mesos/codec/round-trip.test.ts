import { describe, expect, test } from 'vitest';
import { CodecError, decode, encode, fromJson, parseJson, stringify, toJson } from '../../../src/mesos/codec.ts';
import fc from '../../fast-check.ts';
import { ALL_MESSAGES } from './all-messages.ts';
import { arbitraryMessage } from './arbitrary-message.ts';

/** Enough to meet every field of every message, few enough to stay quick. */
const RUNS = 8;

describe('any message of any type', () => {
  const anyTyped = fc
    .constantFrom(...ALL_MESSAGES)
    .chain((type) => arbitraryMessage(type).map((message) => ({ type, message })));

  test('is the same after protobuf and back', () => {
    for (const type of ALL_MESSAGES) {
      fc.assert(
        fc.property(arbitraryMessage(type), (message) => {
          expect(decode(type, encode(type, message))).toEqual(message);
        }),
        { numRuns: RUNS },
      );
    }
  });

  test('says the same in JSON and back, apart from defaults that are written out', () => {
    fc.assert(
      fc.property(anyTyped, ({ type, message }) => {
        const text = stringify(type, message);
        const again = parseJson(type, text);
        expect(again).toMatchObject(message as object);
        expect(stringify(type, again)).toBe(text);
        expect(fromJson(type, toJson(type, message))).toEqual(again);
      }),
      { numRuns: 600 },
    );
  });

  test('keeps what JSON gave it on the way through protobuf', () => {
    fc.assert(
      fc.property(anyTyped, ({ type, message }) => {
        const fromText = parseJson(type, stringify(type, message));
        expect(decode(type, encode(type, fromText))).toEqual(fromText);
      }),
      { numRuns: 300 },
    );
  });
});

describe('malformed input', () => {
  const anyType = fc.constantFrom(...ALL_MESSAGES);
  const onlyCodecErrors = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
    }
  };

  test('as random bytes never gives anything but a CodecError', () => {
    fc.assert(
      fc.property(anyType, fc.uint8Array({ maxLength: 64 }), (type, bytes) => {
        onlyCodecErrors(() => decode(type, bytes));
      }),
      { numRuns: 3000 },
    );
  });

  test('as cut or altered protobuf never gives anything but a CodecError', () => {
    const mutated = anyType.chain((type) =>
      fc.tuple(arbitraryMessage(type), fc.nat(), fc.nat(255), fc.nat()).map(([message, at, byte, cut]) => {
        const bytes = encode(type, message).slice();
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return { type, bytes: bytes.subarray(0, cut % (bytes.length + 1)) };
      }),
    );
    fc.assert(
      fc.property(mutated, ({ type, bytes }) => onlyCodecErrors(() => decode(type, bytes))),
      { numRuns: 1500 },
    );
  });

  test('as any JSON value never gives anything but a CodecError', () => {
    fc.assert(
      fc.property(anyType, fc.json(), (type, text) => onlyCodecErrors(() => parseJson(type, text))),
      { numRuns: 500 },
    );
  });

  test('as JSON with a wrong value somewhere never gives anything but a CodecError', () => {
    const wrong = anyType.chain((type) =>
      fc.tuple(arbitraryMessage(type), fc.nat(), fc.anything()).map(([message, at, junk]) => {
        const json: Record<string, unknown> = toJson(type, message);
        const keys = type.fields.map((field) => field.name);
        const key = keys[at % Math.max(keys.length, 1)];
        if (key !== undefined) json[key] = junk;
        return { type, json };
      }),
    );
    fc.assert(
      fc.property(wrong, ({ type, json }) => onlyCodecErrors(() => fromJson(type, json))),
      { numRuns: 1000 },
    );
  });

  test('as text never gives anything but a CodecError', () => {
    fc.assert(
      fc.property(
        anyType,
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((s) => `{"a":${s}`),
        ),
        (type, text) => onlyCodecErrors(() => parseJson(type, text)),
      ),
      { numRuns: 1000 },
    );
  });
});
