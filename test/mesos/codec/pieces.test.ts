// Messages too large to be held, read as their bytes come.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { PieceReader } from '../../../src/mesos/codec/pieces.ts';
import { CodecError } from '../../../src/mesos/codec.ts';
import fc from '../../fast-check.ts';

/** `1 { 1: text* 2 { 3: text* } }`, with fields between that nobody wants. */
function message(outer: readonly string[], inner: readonly string[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(9, WireType.Varint).uint32(300);
  writer.tag(1, WireType.LengthDelimited).fork();
  for (const text of outer) {
    writer.tag(1, WireType.LengthDelimited).string(text);
    writer.tag(8, WireType.Bit64).double(1);
  }
  writer.tag(2, WireType.LengthDelimited).fork();
  for (const text of inner) writer.tag(3, WireType.LengthDelimited).string(text);
  writer.tag(4, WireType.LengthDelimited).string('nobody wants this');
  writer.join();
  writer.tag(5, WireType.Bit32).fixed32(7);
  writer.join();
  return writer.finish();
}

/** What is handed out of the message in those cuts, and after how many of its bytes. */
function read(bytes: Uint8Array, cuts: readonly number[]) {
  const texts: string[] = [];
  const seenAfter: number[] = [];
  let at = 0;
  const take = (name: string) => (piece: Uint8Array) => {
    texts.push(`${name} ${Buffer.from(piece).toString()}`);
    seenAfter.push(at);
  };
  const reader = new PieceReader(bytes.length, { 1: { 1: take('outer'), 2: { 3: take('inner') } } });
  for (let turn = 0; at < bytes.length; turn += 1) {
    const from = at;
    at = Math.min(bytes.length, at + (cuts[turn % cuts.length] ?? 1));
    // What it came in is used again by whoever sends it.
    const chunk = bytes.slice(from, at);
    reader.push(chunk);
    chunk.fill(0xff);
  }
  reader.end();
  return { texts, seenAfter };
}

describe('a message that arrives', () => {
  test('has the same pieces in the same order however it is cut', () => {
    const texts = fc.array(fc.string({ maxLength: 200 }), { maxLength: 6 });
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 });
    fc.assert(
      fc.property(texts, texts, cuts, (outer, inner, parts) => {
        const wanted = [...outer.map((text) => `outer ${text}`), ...inner.map((text) => `inner ${text}`)];
        expect(read(message(outer, inner), parts).texts).toEqual(wanted);
      }),
    );
  });

  test('is handed out before its end is there', () => {
    const bytes = message(['first'], ['x'.repeat(1000)]);
    expect(read(bytes, [20]).seenAfter[0]).toBe(20);
  });

  test.each<[string, Uint8Array, number?]>([
    ['that ends too early', message(['a'], []).subarray(0, 9)],
    ['that is longer than was said', message(['a'], []), 5],
    ['with a field beyond its message', Uint8Array.of(0x0a, 0x02, 0x0a, 0x05, 0x41, 0x42, 0x43, 0x44, 0x45)],
    ['with a field 0', Uint8Array.of(0x00, 0x00)],
    ['with a number without an end', new Uint8Array(20).fill(0xff)],
    ['with a wire type that there is not', Uint8Array.of(0x0f, 0x00)],
  ])('%s is refused', (_, bytes, length = bytes.length) => {
    const reader = new PieceReader(length, { 1: { 1: () => undefined } });
    expect(() => {
      reader.push(bytes);
      reader.end();
    }).toThrow(CodecError);
  });

  test('never throws anything but CodecError', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          const reader = new PieceReader(bytes.length, { 1: { 1: () => undefined }, 2: () => undefined });
          reader.push(bytes);
          reader.end();
        } catch (error) {
          if (!(error instanceof CodecError)) throw error;
        }
      }),
    );
  });
});
