import { describe, expect, it } from 'vitest';
import { Ranking } from '../../../src/tui/screens/lists/large/ranking.ts';

interface Named {
  readonly id: string;
}

const ROWS: readonly Named[] = Array.from({ length: 30_000 }, (_, at) => ({ id: `t${(at * 7919) % 30_000}` }));
const sortedIds = (rows: readonly Named[]): string[] => rows.map(({ id }) => id).sort();

/** `names`: how often somebody was asked for a name since this was set to 0. */
function counting() {
  const counts = { names: 0 };
  const name = (row: Named): string => {
    counts.names += 1;
    return row.id;
  };
  const ranking = new Ranking<Named>({ id: ({ id }) => id, name, nameOfId: (id) => id });
  const shown = (): string[] => Array.from(ranking.order, (slot) => ranking.rows[slot]?.id ?? '');
  return { ranking, counts, shown };
}

describe('many rows that are ranked at once', () => {
  it('are ranked in small pieces, none of them much more work than another', () => {
    const { ranking, counts, shown } = counting();
    for (const row of ROWS) ranking.add(row);
    let most = 0;
    let turns = 0;
    let questions = 0;
    const isOver = (): boolean => {
      most = Math.max(most, counts.names);
      counts.names = 0;
      questions += 1;
      return questions % 3 === 0;
    };
    const filled = new Set<number>();
    for (let isDone = false; !isDone; turns += 1) {
      isDone = ranking.work(
        { isOver },
        () => true,
        (slot) => filled.add(slot),
      );
    }
    expect(shown()).toEqual(sortedIds(ROWS));
    expect(filled.size).toBe(ROWS.length);
    expect(turns).toBeGreaterThan(20);
    // A thousand rows sorted by comparing two names each time; all of them merged would be twice as many at least.
    expect(most).toBeLessThan(30_000);
  });

  it('that change while that is done are where they belong in the end', () => {
    const { ranking, shown } = counting();
    const there = new Map(ROWS.map((row) => [row.id, row]));
    for (const row of ROWS) ranking.add(row);
    for (let turn = 0, isDone = false; !isDone; turn += 1) {
      let questions = 0;
      const isOver = (): boolean => {
        questions += 1;
        return questions > 2;
      };
      isDone = ranking.work(
        { isOver },
        (row) => there.get(row.id) === row,
        () => undefined,
      );
      if (turn >= 60) continue;
      // One goes, one is replaced by another of that name, one comes.
      const [gone, replaced] = [`t${turn * 400}`, `t${turn * 400 + 1}`];
      for (const id of [gone, replaced]) {
        const slot = ranking.slotOf(id);
        if (slot !== undefined) ranking.remove([slot]);
      }
      there.delete(gone);
      for (const row of [{ id: replaced }, { id: `new${turn}` }]) {
        there.set(row.id, row);
        ranking.add(row);
      }
      isDone = false;
    }
    expect(shown()).toEqual(sortedIds([...there.values()]));
    expect(new Set(ranking.order).size).toBe(there.size);
  });
});
