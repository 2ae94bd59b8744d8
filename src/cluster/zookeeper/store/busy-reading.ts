// Entries as one consistent picture although somebody writes all the time: all is read once, and then what has changed
// meanwhile, again and again, until nothing has. Each round is shorter than the one before, and the last needs a pause
// between two commits that is as long as one question.
import type { StoreEntry } from '../../store.ts';
import type { ZooKeeperSession } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { isSame, readCommits } from './head.ts';
import type { WantedKeys } from './key-names.ts';
import type { StoreLayout } from './layout.ts';
import { finishJournal, listEntries } from './reading.ts';
import { inWindow } from './window.ts';

/** Rounds after which it begins anew. */
const MAX_ROUNDS = 200;

/** As `readPicture`: sorted by key; undefined when it did not succeed, and may be tried again. */
export async function readBusyPicture(
  session: ZooKeeperSession,
  layout: StoreLayout,
  wanted: WantedKeys,
): Promise<StoreEntry[] | undefined> {
  const changed = new Set<string>();
  const watch = await session.watchTree(layout.entries, (path) => changed.add(path));
  try {
    const { entries } = await listEntries(session, layout, wanted);
    for (const { path } of entries) changed.add(path);
    const picture = new Map<string, StoreEntry>();
    for (let round = 0; round < MAX_ROUNDS && watch.isWhole; round++) {
      const paths = [...changed];
      changed.clear();
      // Together, so that the server has the last question right after the others.
      const [, commits] = await Promise.all([
        inWindow(paths, (path) => look(session, layout, wanted, path, picture)),
        readCommits(session, layout),
      ]);
      if (changed.size > 0 || commits === undefined) continue;
      // What the server has answered is the picture of the moment of its last answer.
      const whole = new Map(picture);
      if (commits.content.journal !== undefined) {
        const isComplete = await finishJournal(session, layout, commits, wanted, whole);
        if (!isComplete || !isSame(commits, await readCommits(session, layout)) || changed.size > 0) continue;
      }
      if (watch.isWhole) return [...whole.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    }
    return undefined;
  } finally {
    watch.stop();
  }
}

/** Whether the server is too old to tell of changes in a whole tree. */
export function cannotWatchTrees(error: unknown): boolean {
  return error instanceof ZooKeeperError && error.code === 'other';
}

async function look(
  session: ZooKeeperSession,
  layout: StoreLayout,
  wanted: WantedKeys,
  path: string,
  picture: Map<string, StoreEntry>,
): Promise<void> {
  const key = layout.keyOf(path);
  if (key === undefined || !wanted.has(key)) return;
  const node = await session.get(path);
  if (node === undefined) picture.delete(key);
  else picture.set(key, { key, value: node.data, version: node.stat.version + 1 });
}
