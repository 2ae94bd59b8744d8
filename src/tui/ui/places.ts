// Where somebody is on the way through the screens, and where the cursor is among rows that come, go and change their order.
import type { Drawing } from '../screens/screen.ts';
import type { Place, ScreenName, UiState } from './state.ts';

const NOTHING: ReadonlySet<string> = new Set();
/** Steps that are remembered for `esc`. */
const MAX_DEPTH = 20;

/** A screen as it is first seen: the cursor on the first row, whichever that is. */
export function placeOf(screen: ScreenName, subject?: string): Place {
  return {
    screen,
    ...(subject !== undefined && { subject }),
    cursorIndex: 0,
    top: 0,
    filter: '',
    marked: NOTHING,
    onlyFaults: false,
  };
}

/** The place that is shown. */
export function here({ path }: Pick<UiState, 'path'>): Place {
  const place = path.at(-1);
  if (place === undefined) throw new Error('the path is never empty');
  return place;
}

/** With something changed at the place that is shown. */
export function at(ui: UiState, change: Partial<Place>): UiState {
  return { ...ui, path: [...ui.path.slice(0, -1), { ...here(ui), ...change }] };
}

/** Somewhere else altogether; what was is kept for `-`. */
export function goTo(ui: UiState, path: readonly Place[]): UiState {
  return { ...ui, path, previous: ui.path, isHelpShown: false };
}

/** One step further in; the oldest steps are forgotten. */
export function goInto(ui: UiState, screen: ScreenName, subject: string): UiState {
  return { ...goTo(ui, [...ui.path, placeOf(screen, subject)].slice(-MAX_DEPTH)) };
}

/** The row that keys act on: the one that was drawn under the cursor. Undefined where there is none. */
export function rowUnderCursor(drawing: Drawing | undefined): string | undefined {
  return drawing?.cursorIndex === undefined ? undefined : drawing.rowIds[drawing.cursorIndex];
}

/** The marked rows that are still there in the order they are drawn in; without marks the one under the cursor. */
export function chosenRows(place: Place, drawing: Drawing | undefined): readonly string[] {
  const { marked } = place;
  if (marked.size > 0) {
    const shown = new Set(drawing?.rowIds);
    const [there, hidden] = [[...marked].filter((id) => shown.has(id)), [...marked].filter((id) => !shown.has(id))];
    return [...there, ...hidden];
  }
  const id = rowUnderCursor(drawing);
  return id === undefined ? [] : [id];
}

/** The cursor this many rows further; it stays with that row from then on. */
export function moveCursor(ui: UiState, drawing: Drawing | undefined, rows: number): UiState {
  if (drawing === undefined || drawing.rowIds.length === 0) return scroll(ui, drawing, rows);
  const last = drawing.rowIds.length - 1;
  const index = Math.max(0, Math.min(last, (drawing.cursorIndex ?? 0) + rows));
  return cursorTo(ui, drawing, index);
}

/** On this row, as far as there are so many. */
export function cursorTo(ui: UiState, drawing: Drawing, index: number): UiState {
  const id = drawing.rowIds[index];
  const { top, visibleRows } = drawing;
  const newTop = index < top ? index : index >= top + visibleRows ? Math.max(0, index - visibleRows + 1) : top;
  return at(ui, { cursorIndex: index, top: newTop, ...(id !== undefined && { cursorId: id }) });
}

/** To the first row, and not with it when it moves: whatever is first then. */
export function toFirst(ui: UiState): UiState {
  const { cursorId: _, ...place } = here(ui);
  return { ...ui, path: [...ui.path.slice(0, -1), { ...place, cursorIndex: 0, top: 0 }] };
}

/** Keeps where things were drawn, for when the row is gone next time. The same state when nothing is new. */
export function asDrawn(ui: UiState, drawing: Drawing): UiState {
  const place = here(ui);
  const cursorIndex = drawing.cursorIndex ?? place.cursorIndex;
  return place.top === drawing.top && place.cursorIndex === cursorIndex
    ? ui
    : at(ui, { top: drawing.top, cursorIndex });
}

/** Pages without rows are moved as text. */
function scroll(ui: UiState, drawing: Drawing | undefined, rows: number): UiState {
  const top = Math.max(0, (drawing?.top ?? here(ui).top) + rows);
  return at(ui, { top });
}
