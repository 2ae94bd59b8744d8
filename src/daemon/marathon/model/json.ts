// JSON as a type.

/** What JSON.parse gives and JSON.stringify takes; members that are undefined are left out. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; `undefined` members are left out of its text. */
export type JsonObject = { readonly [name: string]: JsonValue | undefined };
