// The node `commits`, through which every commit goes: each sets it, expecting the version that it read, so that commits of
// all writers stand in one row, and a writer that another has overtaken (a leader that was paused, above all) is refused
// by the server itself.
import { z } from 'zod';
import { StoreError } from '../../store.ts';
import type { NodeOperation, ZooKeeperSession } from '../session.ts';
import type { StoreLayout } from './layout.ts';

/** Raised with every change that older code cannot read. */
export const STORE_FORMAT = 1;

/** So many writers can still find out what became of their last commit after others have written. */
export const MAX_WRITERS = 8;

/** How far the commit with a journal is; none when it is done. */
export interface PendingJournal {
  readonly id: string;
  readonly pieces: number;
  /** Pieces that are entries by now; their nodes are gone. */
  readonly applied: number;
}

export interface CommitsRecord {
  /** Of the newest leadership that has written; older ones are fenced. 0 before the first. */
  readonly epoch: number;
  /** Number of the last commit of each, who wrote last first. */
  readonly writers: readonly { readonly id: string; readonly number: number }[];
  readonly journal?: PendingJournal | undefined;
}

/** The record, and where in the row of commits it stands. */
export interface Head {
  readonly record: CommitsRecord;
  readonly version: number;
  /** The node is another one after it was removed and made again. */
  readonly czxid: number;
}

const count = z.number().int().nonnegative();
const RECORD = z.object({
  epoch: count,
  writers: z.array(z.object({ id: z.string(), number: count })),
  journal: z.object({ id: z.string(), pieces: count, applied: count }).optional(),
});

export const EMPTY_RECORD: CommitsRecord = { epoch: 0, writers: [] };

export function recordBytes(record: CommitsRecord): Buffer {
  return Buffer.from(JSON.stringify({ format: STORE_FORMAT, ...record }), 'utf8');
}

/** Undefined when nothing was ever committed. Throws StoreError `newer-format`, `failed` when it is no such record. */
export async function readHead(session: ZooKeeperSession, layout: StoreLayout): Promise<Head | undefined> {
  const node = await session.get(layout.commits);
  if (node === undefined) return undefined;
  return { record: parse(node.data, layout), version: node.stat.version, czxid: node.stat.czxid };
}

/** First step of every multi: refused when somebody has written since `head` was read. */
export function setHead(layout: StoreLayout, head: Head, record: CommitsRecord): NodeOperation {
  return { kind: 'set', path: layout.commits, data: recordBytes(record), version: head.version };
}

/** After that step succeeded. */
export function headAfter(head: Head, record: CommitsRecord): Head {
  return { record, version: head.version + 1, czxid: head.czxid };
}

export function isSame(a: Head | undefined, b: Head | undefined): boolean {
  return a?.version === b?.version && a?.czxid === b?.czxid;
}

/** The record with one more commit of a writer. */
export function withCommit(record: CommitsRecord, id: string, number: number, epoch: number): CommitsRecord {
  const others = record.writers.filter((writer) => writer.id !== id);
  return { epoch, writers: [{ id, number }, ...others].slice(0, MAX_WRITERS) };
}

function parse(data: Buffer, layout: StoreLayout): CommitsRecord {
  let content: unknown;
  try {
    content = JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new StoreError('failed', `${layout.commits} is not a store of mctl: it does not hold JSON`, { cause });
  }
  const format = z.object({ format: count }).safeParse(content).data?.format;
  if (format !== undefined && format > STORE_FORMAT) {
    throw new StoreError(
      'newer-format',
      `the state at ${layout.root} was written by a newer mctl (format ${format}, this one reads up to ` +
        `${STORE_FORMAT}): run that version, or start with another path`,
    );
  }
  const record = RECORD.safeParse(content);
  if (format !== STORE_FORMAT || !record.success) {
    throw new StoreError('failed', `${layout.commits} is not a store of mctl: ${record.error?.message ?? 'no format'}`);
  }
  return record.data;
}
