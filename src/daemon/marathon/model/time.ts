// Points in time as Marathon shows them, and as versions of definitions (marathon.md 1.6, 4).

/** `2021-01-01T00:00:00.000Z`: UTC, three fraction digits. Their order as texts is their order in time. */
export type Timestamp = string & { readonly __brand: 'Timestamp' };

/** From milliseconds since 1970; fractions are cut. */
export function timestamp(ms: number): Timestamp {
  return new Date(Math.floor(ms)).toISOString() as Timestamp;
}

/** Milliseconds since 1970. */
export function millisOf(time: Timestamp): number {
  return Date.parse(time);
}

const ISO_DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** From any ISO-8601 date-time with an offset; undefined when it is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (!ISO_DATE_TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : timestamp(ms);
}
