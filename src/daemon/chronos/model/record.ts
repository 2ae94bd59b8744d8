// The durable form of what Chronos keeps: JSON with a format, and names as parts of keys. A record made by a later mctl is refused by
// name instead of being misread.

const FORMAT = 1;

/** A record that this program cannot read. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly code: 'newer-format' | 'damaged';
  constructor(code: 'newer-format' | 'damaged', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A job's name as one part of a key: any stored name, also `..` and those with blanks (chronos.md 2.3). */
export function safeName(name: string): string {
  return encodeURIComponent(name).replace(/^\.{1,2}$/, (dots) => dots.replaceAll('.', '%2E'));
}

/** Text of a record. */
export function writeRecord(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ format: FORMAT, ...members });
}

/** Reverse of `writeRecord`; `member` is one that must be there. Throws RecordError. */
export function readRecord<T>(key: string, text: string, member: keyof T & string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RecordError('damaged', `The record ${key} is no JSON`, { cause });
  }
  if (typeof json !== 'object' || json === null) throw new RecordError('damaged', `The record ${key} is no object`);
  const format = 'format' in json ? json.format : undefined;
  if (typeof format === 'number' && format > FORMAT) {
    throw new RecordError('newer-format', `The record ${key} has format ${format}; this version reads ${FORMAT}`);
  }
  const found = member in json ? (json as Readonly<Record<string, unknown>>)[member] : undefined;
  if (format !== FORMAT || typeof found !== 'object' || found === null) {
    throw new RecordError('damaged', `The record ${key} is damaged: it has no ${member} of format ${FORMAT}`);
  }
  return json as T;
}
