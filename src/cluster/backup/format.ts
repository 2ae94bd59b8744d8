// A backup of a store as text: one JSON object a line, the same bytes for the same state.
//   {"mctl-backup":1,"kind":"marathon","mctl":"0.1.0","entries":2}
//   {"key":"apps/x","json":{"id":"/x"}}          the value as it is, when it is JSON on one line
//   {"key":"registry/master","base64":"CAE="}    any other value
//   {"sha256":"…"}                               of all bytes before this line
// Entries are sorted by the bytes of their keys. Versions of entries are not kept: they say who has written since, and
// nobody has.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { StoreEntry } from '../store.ts';

/** Raised with every change that older code cannot read. */
export const BACKUP_FORMAT = 1;

/** First line. */
export interface BackupHeader {
  /** Whose state it is. */
  readonly kind: string;
  /** Version of the mctl that made it; for people. */
  readonly mctl: string;
  readonly entries: number;
}

/** What a backup keeps of an entry. */
export type BackupEntry = Pick<StoreEntry, 'key' | 'value'>;

/** Chunks are about so large. */
const CHUNK_BYTES = 256 * 1024;
const LINE_END = Buffer.from('\n');
/** Line feed, carriage return and tab: what JSON lets stand between its parts, beside spaces. */
const WHITE_SPACE = [10, 13, 9];

/** The whole backup in chunks; returns its checksum. `entries` in any order, no key twice. */
export function* backupChunks(
  { kind, mctl }: Omit<BackupHeader, 'entries'>,
  entries: readonly BackupEntry[],
): Generator<Buffer, string> {
  const hash = createHash('sha256');
  let lines: Uint8Array[] = [
    Buffer.from(`${JSON.stringify({ 'mctl-backup': BACKUP_FORMAT, kind, mctl, entries: entries.length })}\n`),
  ];
  let bytes = 0;
  for (const entry of sorted(entries)) {
    const line = entryLine(entry);
    lines.push(line);
    bytes += line.length;
    if (bytes < CHUNK_BYTES) continue;
    const chunk = Buffer.concat(lines);
    lines = [];
    bytes = 0;
    hash.update(chunk);
    yield chunk;
  }
  const chunk = Buffer.concat(lines);
  const sha256 = hash.update(chunk).digest('hex');
  yield Buffer.concat([chunk, Buffer.from(`${JSON.stringify({ sha256 })}\n`)]);
  return sha256;
}

/** By the bytes of the keys, as `LC_ALL=C sort` has it: the order must not depend on who keeps the store. */
function sorted(entries: readonly BackupEntry[]): BackupEntry[] {
  return entries
    .map((entry) => ({ entry, bytes: Buffer.from(entry.key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);
}

function entryLine({ key, value }: BackupEntry): Buffer {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const start = `{"key":${JSON.stringify(key)}`;
  return isJsonLine(bytes)
    ? Buffer.concat([Buffer.from(`${start},"json":`), bytes, Buffer.from('}'), LINE_END])
    : Buffer.from(`${start},"base64":"${bytes.toString('base64')}"}\n`);
}

/** Whether the very bytes may stand in a line of JSON. */
function isJsonLine(bytes: Buffer): boolean {
  if (!isUtf8(bytes) || WHITE_SPACE.some((byte) => bytes.includes(byte))) return false;
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    // That is the question.
    return false;
  }
}
