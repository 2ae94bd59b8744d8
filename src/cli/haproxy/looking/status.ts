// What the last turns left: `mctl haproxy status` (haproxy.md 10.11, 13.6).

import type { State } from '../../../haproxy/apply/memory/state-file.ts';
import type { Problem } from '../../../haproxy/model/model.ts';
import { printableLine } from '../../output/printable.ts';
import { formatAge, formatTime } from '../../output/units.ts';
import type { Table, View } from '../../output/view.ts';
import { effectText, whereOf } from '../report/problem-text.ts';
import { counted, placeOf } from '../report/turn-text.ts';

/** Whether the last good turn is long enough ago to worry; true also when there never was one. */
export function isTooOld(state: Pick<State, 'lastSuccessMs'>, nowMs: number, maxAgeMs: number): boolean {
  return state.lastSuccessMs === undefined || nowMs - state.lastSuccessMs > maxAgeMs;
}

/** `workers`: pids of HAProxy, or why they are not known. */
export function statusView(state: State, workers: readonly number[] | string, nowMs: number): View {
  const { counts, excluded, guard, lastError, lastReloadMs, lastSuccessMs, loadedMs, lastTurn, refused } = state;
  const at = (ms: number): string => `${formatTime(ms)}, ${formatAge(nowMs - ms)} ago`;
  const others = (state.wrong?.problems ?? []).filter(
    ({ appId, portIndex, effect }) =>
      effect !== 'left-out' && !excluded.some((one) => one.appId === appId && one.portIndex === portIndex),
  );
  const isErrorLast = lastError !== undefined && lastError.atMs >= (lastSuccessMs ?? 0);
  return {
    data: dataOf(state, workers),
    names: excluded.map(({ appId }) => appId),
    body: {
      kind: 'details',
      items: [
        ['Config', state.configPath],
        ['In order', lastSuccessMs === undefined ? 'never yet' : at(lastSuccessMs)],
        ['Last run', lastTurn && `${lastTurn.outcome} in ${lastTurn.seconds.toFixed(2)} s, ${at(lastTurn.atMs)}`],
        ['Failed', isErrorLast ? `${at(lastError.atMs)}: ${printableLine(lastError.message)}` : undefined],
        ['Serves', counts && `${counted(counts.services, 'service')}, ${counted(counts.servers, 'server')}`],
        ['HAProxy', workersText(workers)],
        ['Last reload', loadedMs === undefined ? undefined : at(loadedMs)],
        // A little later than it was told to, when it did.
        ['Reload failed', lastReloadMs === undefined || lastReloadMs <= (loadedMs ?? 0) ? undefined : at(lastReloadMs)],
        ['Reloads', countsText(state.reloads)],
        ['Without reload', counted(state.runtimeUpdates, 'change')],
        [
          'Held back',
          guard && `since ${formatTime(guard.sinceMs)}: so much would go that it is looked at twice (--force)`,
        ],
        ['Refused', refused && `${at(refused.atMs)}: ${printableLine(refused.reason)}`],
      ],
      sections: [
        ...(excluded.length > 0 ? [{ title: 'Not served as their labels say', table: excludedTable(state) }] : []),
        ...(others.length > 0 ? [{ title: 'Found wrong besides', table: problemTable(others) }] : []),
      ],
    },
  };
}

/** Times in ms since 1970. `problems`: what was wrong with services when all was last in order. */
function dataOf({ wrong, ...state }: State, workers: readonly number[] | string): object {
  return { ...state, problems: wrong?.problems ?? [], workers: typeof workers === 'string' ? null : workers };
}

function workersText(workers: readonly number[] | string): string {
  if (typeof workers === 'string') return `cannot be asked: ${printableLine(workers)}`;
  const [only] = workers;
  if (only === undefined) return 'does not run';
  return workers.length === 1
    ? `runs, pid ${only}`
    : `runs, pids ${workers.join(' ')} (old ones finish their connections)`;
}

function countsText(reloads: Readonly<Record<string, number>>): string {
  const texts = Object.entries(reloads).map(([result, count]) => `${count} ${result}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function excludedTable({ excluded }: State): Table {
  return {
    kind: 'table',
    columns: [{ title: 'SERVICE' }, { title: 'SERVED' }, { title: 'WHY' }],
    rows: excluded.map((one) => [placeOf(one), one.keepsLastGood ? 'as it was' : 'no', printableLine(one.reason)]),
  };
}

function problemTable(problems: readonly Problem[]): Table {
  return {
    kind: 'table',
    columns: [{ title: 'WHERE' }, { title: 'SERVED' }, { title: 'WHAT' }],
    rows: problems.map((one) => [whereOf(one), effectText(one), printableLine(one.message)]),
  };
}
