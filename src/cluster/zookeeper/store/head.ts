// The two nodes through which every commit goes. `fence` names the newest epoch. A writer sets it with the first request of a
// row, that is whenever it has looked how things stand, and all requests after that expect the version that it made. So
// requests of others (of a leader that was paused, above all), and its own late ones of earlier rows, are refused by the
// server itself, with all that is under way behind them. `commits` changes with every commit, and names the last one of
// every writer: after a broken connection it tells what has happened, and to those who read whether anything has.
import { z } from 'zod';
import { StoreError } from '../../store.ts';
import type { NodeOperation, ZooKeeperSession } from '../session.ts';
import type { StoreLayout } from './layout.ts';

/** Raised with every change that older code cannot read. */
export const STORE_FORMAT = 1;

/** So many writers can still find out what became of their last commit after others have written. */
export const MAX_WRITERS = 8;

/** Content of `fence`. */
export interface Fence {
  /** Of the newest leadership that has written; older ones are refused. 0 before the first. */
  readonly epoch: number;
  /** Who wrote last. For people. */
  readonly writer: string;
}

/** How far a commit with a journal is. */
export interface PendingJournal {
  readonly id: string;
  readonly pieces: number;
  /** Pieces that are entries by now; their nodes are gone. */
  readonly applied: number;
}

/** Content of `commits`. */
export interface Commits {
  /** Number of the last commit of each, who wrote last first. */
  readonly writers: readonly { readonly id: string; readonly number: number }[];
  /** A commit that counts and is not done yet. */
  readonly journal?: PendingJournal | undefined;
}

/** A node as it was read, or as it is after what was sent. */
export interface Known<T> {
  readonly content: T;
  readonly version: number;
  /** The node is another one after it was removed and made again. */
  readonly czxid: number;
}

/** Where the next commit goes. */
export interface Head {
  readonly fence: Known<Fence>;
  readonly commits: Known<Commits>;
}

const count = z.number().int().nonnegative();
const FENCE = z.object({ epoch: count, writer: z.string() });
const COMMITS = z.object({
  writers: z.array(z.object({ id: z.string(), number: count })),
  journal: z.object({ id: z.string(), pieces: count, applied: count }).optional(),
});

/** Undefined when nothing was ever committed. Throws StoreError `newer-format`, `failed` when it is no store of ours. */
export async function readCommits(session: ZooKeeperSession, layout: StoreLayout): Promise<Known<Commits> | undefined> {
  const node = await session.get(layout.commits);
  if (node === undefined) return undefined;
  const content = json(node.data, layout.commits);
  const format = z.object({ format: count }).safeParse(content).data?.format;
  if (format === undefined) throw notOurs(layout.commits, 'it names no format');
  if (format > STORE_FORMAT) {
    throw new StoreError(
      'newer-format',
      `the state at ${layout.root} was written by a newer mctl (format ${format}, this one reads up to ` +
        `${STORE_FORMAT}): run that version, or start with another path`,
    );
  }
  return { content: parsed(COMMITS, content, layout.commits), version: node.stat.version, czxid: node.stat.czxid };
}

/** Both nodes; undefined when one of them is missing. Throws as `readCommits`. */
export async function readHead(session: ZooKeeperSession, layout: StoreLayout): Promise<Head | undefined> {
  const [node, commits] = await Promise.all([session.get(layout.fence), readCommits(session, layout)]);
  if (node === undefined || commits === undefined) return undefined;
  const content = parsed(FENCE, json(node.data, layout.fence), layout.fence);
  return { fence: { content, version: node.stat.version, czxid: node.stat.czxid }, commits };
}

export const fenceBytes = (fence: Fence): Buffer => Buffer.from(JSON.stringify(fence), 'utf8');

export function commitsBytes(commits: Commits): Buffer {
  return Buffer.from(JSON.stringify({ format: STORE_FORMAT, ...commits }), 'utf8');
}

/** Whether nothing was committed between the two. */
export function isSame(a: Known<Commits> | undefined, b: Known<Commits> | undefined): boolean {
  return a?.version === b?.version && a?.czxid === b?.czxid;
}

/** First steps of a commit: refused when anybody has written since `head`. */
export function stepsOf(layout: StoreLayout, head: Head, next: Head): NodeOperation[] {
  const { fence, commits } = head;
  return [
    next.fence === fence
      ? { kind: 'check', path: layout.fence, version: fence.version }
      : { kind: 'set', path: layout.fence, version: fence.version, data: fenceBytes(next.fence.content) },
    { kind: 'set', path: layout.commits, version: commits.version, data: commitsBytes(next.commits.content) },
  ];
}

/** The head after one more commit of a writer. `isOwn`: the fence of `head` was set by it, in this row. */
export function headAfter(head: Head, isOwn: boolean, by: Fence, number: number, journal?: PendingJournal): Head {
  const { fence, commits } = head;
  const others = commits.content.writers.filter(({ id }) => id !== by.writer);
  const writers = [{ id: by.writer, number }, ...others].slice(0, MAX_WRITERS);
  return {
    fence: isOwn && fence.content.epoch === by.epoch ? fence : { ...fence, content: by, version: fence.version + 1 },
    commits: { ...commits, content: { writers, journal }, version: commits.version + 1 },
  };
}

/** The head after one more piece of a journal; whoever did it, the commit stays that of its writer. */
export function headAfterPiece({ fence, commits }: Head, journal: PendingJournal | undefined): Head {
  const content = { ...commits.content, journal };
  return { fence, commits: { ...commits, content, version: commits.version + 1 } };
}

function json(data: Buffer, path: string): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw notOurs(path, 'it does not hold JSON', { cause });
  }
}

function parsed<T>(schema: z.ZodType<T>, content: unknown, path: string): T {
  const { data, error } = schema.safeParse(content);
  if (data === undefined) throw notOurs(path, error?.message ?? 'it is empty');
  return data;
}

function notOurs(path: string, why: string, options?: ErrorOptions): StoreError {
  return new StoreError('failed', `${path} is not of a store of mctl: ${why}`, options);
}
