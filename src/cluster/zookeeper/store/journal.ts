// Commits that are too large for one request. Their changes are written down in pieces first; then one small commit makes
// them count (`journal` in head.ts); then every piece becomes entries in a request of its own, in which its node
// goes. Whoever comes next finishes what was begun, so that nobody ever sees half of it.
import { type StoreChange, StoreError } from '../../store.ts';
import type { ZooKeeperSession } from '../session.ts';
import { keyOf, nameOf } from './key-names.ts';
import type { StoreLayout } from './layout.ts';

/** One change in the head of a piece: names of the node, and how many of the bytes that follow are its value. */
interface Line {
  readonly segment: string;
  readonly leaf: string;
  /** Left out for a deletion. */
  readonly length?: number;
}

/** Length of the head (4 bytes, big endian), the head as JSON, the values one after another. */
export function pieceBytes(changes: readonly StoreChange[]): Buffer {
  const lines: Line[] = changes.map((change) => ({
    ...nameOf(change.key),
    ...(change.kind === 'put' ? { length: change.value.length } : {}),
  }));
  const head = Buffer.from(JSON.stringify(lines), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const values = changes.flatMap((change) => (change.kind === 'put' ? [change.value] : []));
  return Buffer.concat([length, head, ...values]);
}

/** Undefined when the piece is not there (any more). */
export async function readPiece(
  session: ZooKeeperSession,
  layout: StoreLayout,
  id: string,
  index: number,
): Promise<StoreChange[] | undefined> {
  const path = layout.piece(id, index);
  const node = await session.get(path);
  if (node === undefined) return undefined;
  try {
    return changesOf(node.data);
  } catch (cause) {
    throw new StoreError('failed', `${path} is not what a writer of this store leaves there`, { cause });
  }
}

function changesOf(bytes: Buffer): StoreChange[] {
  const headLength = bytes.readUInt32BE(0);
  let offset = 4 + headLength;
  const lines = JSON.parse(bytes.subarray(4, offset).toString('utf8')) as Line[];
  return lines.map((line) => {
    const key = keyOf(line);
    if (line.length === undefined) return { kind: 'delete', key };
    const value = bytes.subarray(offset, offset + line.length);
    offset += line.length;
    return { kind: 'put', key, value };
  });
}
