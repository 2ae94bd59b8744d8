// Entries as one consistent picture: read between two looks at `commits` that show the same.
import type { StoreEntry } from '../../store.ts';
import type { ZooKeeperSession } from '../session.ts';
import { type Commits, isSame, type Known, readCommits } from './head.ts';
import { readPiece } from './journal.ts';
import { segmentOf, type WantedKeys } from './key-names.ts';
import type { StoreLayout } from './layout.ts';
import { inWindow } from './window.ts';

/** Where an entry is. */
export interface EntryNode {
  readonly key: string;
  readonly path: string;
}

/** What is below `entries`, as far as it may hold keys that are wanted. */
export interface EntryTree {
  readonly entries: readonly EntryNode[];
  /** Paths of segments and buckets. */
  readonly containers: readonly string[];
}

/** Sorted by key; undefined when somebody committed meanwhile: then it may be asked again. */
export async function readPicture(
  session: ZooKeeperSession,
  layout: StoreLayout,
  wanted: WantedKeys,
): Promise<StoreEntry[] | undefined> {
  await session.sync(layout.root);
  const commits = await readCommits(session, layout);
  const { entries } = await listEntries(session, layout, wanted);
  const picture = new Map<string, StoreEntry>();
  await inWindow(entries, async ({ key, path }) => {
    const node = await session.get(path);
    if (node !== undefined) picture.set(key, { key, value: node.data, version: node.stat.version + 1 });
  });
  const isComplete = commits === undefined || (await finishJournal(session, layout, commits, wanted, picture));
  if (!isComplete || !isSame(commits, await readCommits(session, layout))) return undefined;
  return [...picture.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Every bucket that may hold such keys, a level at a time. */
export async function listEntries(
  session: ZooKeeperSession,
  layout: StoreLayout,
  wanted: WantedKeys,
): Promise<EntryTree> {
  const names = ((await session.children(layout.entries)) ?? []).filter((name) => wanted.hasSome(segmentOf(name)));
  const segments = names.map((name) => ({ name, path: `${layout.entries}/${name}` }));
  const buckets = (
    await inWindow(segments, async ({ name, path }) =>
      ((await session.children(path)) ?? []).map((bucket) => ({ segment: name, path: `${path}/${bucket}` })),
    )
  ).flat();
  const entries = await inWindow(buckets, async ({ segment, path }) =>
    ((await session.children(path)) ?? [])
      .map((leaf) => ({ key: layout.key({ segment, leaf }), path: `${path}/${leaf}` }))
      .filter(({ key }) => wanted.has(key)),
  );
  return { entries: entries.flat(), containers: [...segments, ...buckets].map(({ path }) => path) };
}

/** Puts into the picture what a commit has not done yet that counts as done. False when it went on meanwhile. */
export async function finishJournal(
  session: ZooKeeperSession,
  layout: StoreLayout,
  { content: { journal } }: Known<Commits>,
  wanted: WantedKeys,
  picture: Map<string, StoreEntry>,
): Promise<boolean> {
  if (journal === undefined) return true;
  for (let index = journal.applied; index < journal.pieces; index++) {
    const changes = await readPiece(session, layout, journal.id, index);
    if (changes === undefined) return false;
    for (const change of changes) {
      const { key } = change;
      if (!wanted.has(key)) continue;
      if (change.kind === 'delete') picture.delete(key);
      else picture.set(key, { key, value: change.value, version: (picture.get(key)?.version ?? 0) + 1 });
    }
  }
  return true;
}
