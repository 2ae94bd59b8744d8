// Random messages of any type, from its descriptor: what the property tests of the codecs feed on.
import type { Field, MessageType, ScalarType } from '../../../src/mesos/codec/descriptor.ts';
import fc from '../../fast-check.ts';

const MAX_DEPTH = 4;

const SCALARS: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  double: fc.oneof(fc.double({ noNaN: true }), fc.integer()).map((value) => (Object.is(value, -0) ? 0 : value)),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
  bool: fc.boolean(),
  string: fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('', '"\\\n\u0000', '__proto__')),
  bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')),
};

/** Valid messages: required fields are there, oneofs have at most one member, lists and maps are absent or non-empty. */
export function arbitraryMessage<T>(type: MessageType<T>, depth = 0): fc.Arbitrary<T> {
  const required = type.fields.filter((field) => field.label === 'required');
  const optional = type.fields.filter((field) => field.label !== 'required' && !field.jsonOnly);
  const all = Object.fromEntries(type.fields.map((field) => [field.name, lazily(field, depth)]));
  return fc
    .subarray(
      optional.map((field) => field.name),
      { maxLength: depth >= MAX_DEPTH ? 0 : Math.min(optional.length, 5) },
    )
    .chain((chosen) => {
      const seenOneofs = new Set<string>();
      const names = chosen.filter((name) => {
        const oneof = optional.find((field) => field.name === name)?.oneof;
        if (oneof === undefined) return true;
        if (seenOneofs.has(oneof)) return false;
        seenOneofs.add(oneof);
        return true;
      });
      const model: Record<string, fc.Arbitrary<unknown>> = {};
      for (const name of [...required.map((field) => field.name), ...names]) {
        const make = all[name];
        if (make !== undefined) model[name] = make();
      }
      return fc.record(model);
    }) as fc.Arbitrary<T>;
}

function lazily(field: Field, depth: number): () => fc.Arbitrary<unknown> {
  return () => {
    const single = value(field, depth);
    switch (field.label) {
      case 'repeated':
        return fc.array(single, { minLength: 1, maxLength: 3 });
      case 'map':
        return fc.dictionary(fc.string({ maxLength: 8 }), single, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
      default:
        return single;
    }
  };
}

function value({ type }: Field, depth: number): fc.Arbitrary<unknown> {
  if (typeof type === 'string') return SCALARS[type];
  return type.kind === 'enum' ? fc.constantFrom(...type.names) : arbitraryMessage(type, depth + 1);
}
