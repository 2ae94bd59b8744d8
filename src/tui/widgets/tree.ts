// Trees: what stands before a row's name to show where it hangs.
import type { Glyphs } from './glyphs.ts';

/** A row of a tree in the order it is drawn, root first, each parent before its children. */
export interface TreeRow {
  /** 0 for roots. */
  readonly depth: number;
}

/** What stands before each row, e.g. `├─`, `│ └─`; nothing before roots. */
export function treePrefixes(rows: readonly TreeRow[], marks: Glyphs): readonly string[] {
  const prefixes: string[] = new Array(rows.length).fill('');
  // From the last row up: whether another one hangs at this depth further down, below the same parent.
  const hasMore: boolean[] = [];
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const depth = rows[index]?.depth ?? 0;
    hasMore.length = Math.min(hasMore.length, depth + 1);
    let prefix = '';
    for (let level = 1; level < depth; level += 1) prefix += hasMore[level] === true ? marks.stem : '  ';
    if (depth > 0) prefix += hasMore[depth] === true ? marks.branch : marks.lastBranch;
    prefixes[index] = prefix;
    hasMore[depth] = true;
  }
  return prefixes;
}
