import { describe, expect, it } from 'vitest';
import { sortedByKeys } from '../../../src/tui/screens/lists/large/slot-order.ts';
import { type RowSource, rowsOf } from '../../../src/tui/screens/lists/rows.ts';
import { TASK_SOURCE } from '../../../src/tui/screens/lists/task-table.ts';
import { windowOf } from '../../../src/tui/screens/lists/window.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import fc from '../../fast-check.ts';
import { agent, framework, NOW, task } from '../view/rows.ts';
import { placeAt } from './cluster.ts';

function store(): ViewStore {
  return createViewStore(() => NOW);
}

/** As TASK_SOURCE, but sorted anew each time: what the remembered list has to be equal to. */
const PLAIN: RowSource<Parameters<typeof TASK_SOURCE.id>[0]> = {
  name: 'plain tasks',
  all: TASK_SOURCE.all,
  version: (view) => String(view.version('tasks')),
  id: TASK_SOURCE.id,
  text: TASK_SOURCE.text,
  isFault: TASK_SOURCE.isFault,
  rank: ({ id }) => id,
  sortBy: TASK_SOURCE.sortBy,
};

const NOTHING = { cpus: 0, memMb: 0, diskMb: 0, gpus: 0 };

function compareNumbers(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

describe('a large list', () => {
  it('is after any changes what it would be if it were sorted and filtered anew', () => {
    const id = fc.integer({ min: 0, max: 12 }).map((n) => `t${n}`);
    const state = fc.constantFrom('TASK_RUNNING', 'TASK_STAGING', 'TASK_FAILED', 'TASK_UNREACHABLE');
    const step = fc.record({
      kind: fc.constantFrom('put', 'change', 'remove', 'look', 'replace'),
      id,
      state,
      at: fc.nat(5),
    });
    const place = fc
      .record({
        filter: fc.constantFrom('', 't', 't1', '!t1', '~r1', 'run', 'running', 'exit'),
        onlyFaults: fc.boolean(),
        column: fc.constantFrom(...Object.keys(TASK_SOURCE.sortBy)),
        isDescending: fc.boolean(),
      })
      .map(({ column, isDescending, ...rest }) => placeAt('tasks', { ...rest, sort: { column, isDescending } }));
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.array(place, { minLength: 1, maxLength: 3 }),
        (steps, places) => {
          const view = store();
          view.replaceAgents([agent('A1'), agent('A2', { hostname: 'r1' })]);
          view.replaceFrameworks([framework('F1'), framework('F2', { name: 'running' })]);
          const look = (): void => {
            for (const place of places) {
              let looks = 0;
              // Over at each question but some: it is found in as many turns as are needed.
              const patience = { isOver: () => looks++ % 3 > 0 };
              for (let turns = 0; turns < 50; turns += 1) {
                if (rowsOf(view, place, TASK_SOURCE, patience).unfinishedShare === undefined) break;
              }
              const { ids, total, unfinishedShare } = rowsOf(view, place, TASK_SOURCE, patience);
              expect(unfinishedShare).toBeUndefined();
              const plain = rowsOf(view, place, PLAIN);
              expect(ids).toEqual(plain.ids);
              expect(total).toBe(plain.total);
            }
          };
          for (const { kind, id, state, at } of steps) {
            const row = task(at > 3 ? 'F2' : 'F1', id, at % 2 === 0 ? 'A1' : 'A2', {
              state,
              changedMs: NOW - at,
              message: state === 'TASK_FAILED' ? 'exit 1' : '',
            });
            if (kind === 'put') view.putTask(row);
            else if (kind === 'change') view.changeTask(row.key, { state, changedMs: NOW - at, healthy: at > 2 });
            else if (kind === 'remove') view.removeTask(row.key);
            else if (kind === 'replace') view.replaceTasks([row, ...[...view.tasks.values()].slice(1)]);
            else look();
          }
          look();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps rows of one key in the order of their names, whichever way it is sorted', () => {
    const view = store();
    view.replaceTasks(
      ['c', 'a', 'b'].map((id, at) => task('F1', id, 'A1', { amounts: { ...NOTHING, cpus: at === 0 ? 2 : 1 } })),
    );
    const ids = (isDescending: boolean): unknown =>
      rowsOf(view, placeAt('tasks', { sort: { column: 'cpus', isDescending } }), TASK_SOURCE).ids;
    expect(ids(false)).toEqual(['F1/a', 'F1/b', 'F1/c']);
    expect(ids(true)).toEqual(['F1/c', 'F1/a', 'F1/b']);
  });

  it('has what it had when it was drawn, whatever has become of its rows since', () => {
    const view = store();
    view.replaceTasks(['a', 'b'].map((id) => task('F1', id, 'A1')));
    const drawn = rowsOf(view, placeAt('tasks'), TASK_SOURCE);
    view.removeTask('F1/a');
    view.putTask(task('F1', 'c', 'A1'));
    expect(rowsOf(view, placeAt('tasks'), TASK_SOURCE).ids).toEqual(['F1/b', 'F1/c']);
    expect(drawn.ids).toEqual(['F1/a', 'F1/b']);
  });

  it('is sorted by any numbers as a plain sort would do it, equal ones as they were', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, -0, Infinity),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 30 }), (few) => {
        // As many as are sorted digit by digit.
        const keys = Float64Array.from({ length: 700 }, (_, at) => few[(at * 7) % few.length] ?? 0);
        const slots = Uint32Array.from(keys, (_, at) => (at * 13) % 700);
        const plain = [...slots].sort((one, other) => compareNumbers(keys[one] ?? 0, keys[other] ?? 0));
        expect([...sortedByKeys(slots, keys)]).toEqual(plain);
      }),
    );
  });

  it('asks about the rows that changed and no others', () => {
    const view = store();
    view.replaceTasks(Array.from({ length: 500 }, (_, at) => task('F1', `t${at}`, 'A1')));
    let asked = 0;
    const counting: typeof TASK_SOURCE = {
      ...TASK_SOURCE,
      name: 'counted',
      sortBy: {
        number: (row) => {
          asked += 1;
          return row.amounts.cpus;
        },
      },
    };
    const place = placeAt('tasks');
    rowsOf(view, place, counting);
    asked = 0;
    view.changeTask('F1/t7', { message: 'still there' });
    view.changeTask('F1/t8', { message: 'this one too' });
    const { rows } = rowsOf(view, place, counting);
    expect(asked).toBe(2);
    rowsOf(view, place, counting);
    expect(asked).toBe(2);
    expect(rows).toHaveLength(500);
  });
});

describe('the window of a list', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 30 });

  it('always has the cursor in it, wherever things were before', () => {
    fc.assert(
      fc.property(
        ids,
        fc.nat(40),
        fc.nat(40),
        fc.option(fc.nat(40)),
        fc.integer({ min: 0, max: 12 }),
        (rows, top, index, id, visible) => {
          const change = { top, cursorIndex: index, ...(id !== null && { cursorId: String(id) }) };
          const window = windowOf(placeAt('tasks', change), rows, visible);
          if (rows.length === 0) {
            expect(window.cursor).toBeUndefined();
            return;
          }
          const cursor = window.cursor ?? -1;
          expect(cursor).toBeGreaterThanOrEqual(window.top);
          expect(cursor).toBeLessThan(window.top + Math.max(1, visible));
          expect(cursor).toBeLessThan(rows.length);
          if (id !== null && rows.includes(String(id))) expect(rows[cursor]).toBe(String(id));
        },
      ),
    );
  });

  it('moves with its row when others come above it, so that the row stays where it is on the screen', () => {
    const rows = Array.from({ length: 50 }, (_, at) => `r${at}`);
    const place = placeAt('tasks', { cursorId: 'r20', cursorIndex: 20, top: 15 });
    expect(windowOf(place, rows, 10)).toEqual({ top: 15, cursor: 20 });
    expect(windowOf(place, ['new1', 'new2', ...rows], 10)).toEqual({ top: 17, cursor: 22 });
  });

  it('stays near when the row itself is gone', () => {
    const place = placeAt('tasks', { cursorId: 'gone', cursorIndex: 3, top: 2 });
    expect(windowOf(place, ['a', 'b', 'c', 'd', 'e'], 2)).toEqual({ top: 2, cursor: 3 });
    expect(windowOf(place, ['a', 'b'], 2)).toEqual({ top: 0, cursor: 1 });
  });
});
