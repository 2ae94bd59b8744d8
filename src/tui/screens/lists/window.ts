// Which part of a list is shown, and where the cursor is: it stays on its row when rows come and go, and is always to be seen.
import type { Place } from '../../ui/state.ts';

export interface Window {
  readonly top: number;
  /** Undefined when there are no rows. */
  readonly cursor: number | undefined;
}

/** Ids of rows, as far as is needed to find the cursor. */
export interface RowIds {
  readonly length: number;
  at(index: number): string | undefined;
  indexOf(id: string): number;
}

/** `visible` is how many rows there is room for. */
export function windowOf(place: Place, ids: RowIds, visible: number): Window {
  if (ids.length === 0) return { top: 0, cursor: undefined };
  const cursor = cursorOf(place, ids);
  const room = Math.max(1, visible);
  // Where rows have come or gone above it, the list moves and the cursor stays where it is on the screen.
  const isPinned = place.cursorId !== undefined && ids.at(cursor) === place.cursorId;
  const moved = isPinned ? place.top + cursor - place.cursorIndex : place.top;
  const last = Math.max(0, ids.length - room);
  const top = Math.max(cursor - room + 1, Math.min(cursor, Math.max(0, Math.min(last, moved))));
  return { top: Math.max(0, top), cursor };
}

function cursorOf(place: Place, ids: RowIds): number {
  const { cursorId, cursorIndex } = place;
  if (cursorId === undefined) return 0;
  if (ids.at(cursorIndex) === cursorId) return cursorIndex;
  const found = ids.indexOf(cursorId);
  return found >= 0 ? found : Math.max(0, Math.min(ids.length - 1, cursorIndex));
}
