// Typed looks at parsed JSON whose author is not trusted. `null` counts as absent everywhere (haproxy.md 2.1.2).

/** A field that cannot be what it should be, which makes its app unreadable. Never leaves discovery. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly where: string;
  constructor(where: string, message: string) {
    super(message);
    this.where = where;
  }
}

/** A parsed object whose members may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** False for arrays. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `where`, or undefined when absent. */
export function objectAt(parent: JsonObject, name: string, where: string = name): JsonObject | undefined {
  const value = parent[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new FieldError(where, `is ${kindOf(value)}, not an object`);
  return value;
}

const NONE: readonly never[] = [];

/** The list at `where` with its nulls, because positions may count; empty when absent. */
export function listAt(parent: JsonObject, name: string, where: string = name): readonly unknown[] {
  const value = parent[name];
  if (value === undefined || value === null) return NONE;
  if (!Array.isArray(value)) throw new FieldError(where, `is ${kindOf(value)}, not a list`);
  return value;
}

/** The text at `where`, or undefined when absent. */
export function textAt(parent: JsonObject, name: string, where: string = name): string | undefined {
  const value = parent[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new FieldError(where, `is ${kindOf(value)}, not text`);
  return value;
}

/** A port, or undefined for what is none: Marathon writes 0 for "any". */
export function portOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}

/** What a JSON value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'nothing';
  }
}
