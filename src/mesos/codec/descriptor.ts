// What a generated message knows about itself: names, numbers, types, defaults. The generated files (src/mesos/generated)
// are built from these constructors; the codecs (json-*.ts, binary-*.ts) compile one reader and one writer from each.

/** Scalar types of our schema. In memory: number (64-bit ones too, rounding above 2^53), boolean, string; bytes are base64 text. */
export type ScalarType = 'double' | 'int32' | 'int64' | 'uint32' | 'uint64' | 'bool' | 'string' | 'bytes';

/** An enum; in memory its values are their names. */
export interface EnumType<V extends string = string> {
  readonly kind: 'enum';
  /** Full proto name, e.g. `mesos.v1.TaskState`. */
  readonly name: string;
  /** Names in the order of declaration. */
  readonly names: readonly V[];
  readonly numberOf: ReadonlyMap<string, number>;
  readonly nameOf: ReadonlyMap<number, V>;
}

type FieldType = ScalarType | EnumType | MessageType;

/** One field of a message, as the .proto file declares it. */
export interface Field {
  readonly name: string;
  readonly number: number;
  /** A `map` has string keys; `type` is that of its values. */
  readonly label: 'required' | 'optional' | 'repeated' | 'map';
  readonly type: FieldType;
  /** Declared default, written to JSON when the field is unset and not deprecated (mesos-api.md 1.6). */
  readonly default?: string | number | boolean;
  readonly deprecated?: boolean;
  /** Not written to protobuf: the original shows it in JSON only. */
  readonly jsonOnly?: boolean;
  /** Name of the oneof it belongs to. */
  readonly oneof?: string;
}

declare const shape: unique symbol;

/** A message type; `T` is the interface of its values. Made by the generated files, one object per message; by
 * `narrowed` for readers of a part. */
export interface MessageType<out T = unknown> {
  readonly kind: 'message';
  /** Full proto name, e.g. `mesos.v1.TaskInfo`. */
  readonly name: string;
  /** In the order of declaration. */
  readonly fields: readonly Field[];
  /** Carries `T` for the compiler; no value has it. */
  readonly [shape]?: T;
}

/** Fields come as a function because messages refer to each other in circles. */
export function message<T>(name: string, fields: () => readonly Field[]): MessageType<T> {
  let resolved: readonly Field[] | undefined;
  return {
    kind: 'message',
    name,
    get fields() {
      resolved ??= fields();
      return resolved;
    },
  };
}

/** An enum from its names and numbers; of two names with one number the later is what the number is read as. */
export function enumeration<V extends string>(name: string, values: Readonly<Record<V, number>>): EnumType<V> {
  const entries = Object.entries(values) as [V, number][];
  return {
    kind: 'enum',
    name,
    names: entries.map(([key]) => key),
    numberOf: new Map(entries),
    nameOf: new Map(entries.map(([key, number]) => [number, key])),
  };
}

/**
 * The same message as far as these fields go, for quick readers of a part of it; what is beside them is passed over. `inner`: by
 * field, a narrower type of the message in it.
 */
export function narrowed<T, K extends keyof T & string>(
  type: MessageType<T>,
  names: readonly K[],
  inner: { readonly [F in K]?: MessageType } = {},
): MessageType<Pick<T, K>> {
  return message(type.name, () =>
    type.fields.flatMap((field) => {
      const name = names.find((wanted) => wanted === field.name);
      return name === undefined ? [] : [{ ...field, type: inner[name] ?? field.type }];
    }),
  );
}
