// Before anything is changed, somebody is asked: what about which rows, in the words of the screen.
import type { ActingAction } from '../keys/table.ts';
import type { Screen } from '../screens/screen.ts';
import type { UiContext } from './context.ts';
import { chosenRows, rowUnderCursor } from './places.ts';
import type { Place, Prompt } from './state.ts';

/** The prompt, or why there is nothing to ask. */
export type Asking = Prompt | string;

/**
 * About the marked rows, else the one under the cursor, else what the page is about. On the page of one thing its rows can be
 * killed; a restart or a drain is about the thing itself.
 */
export function askAbout(
  action: Exclude<ActingAction, 'scale'>,
  { actions }: Screen,
  place: Place,
  { drawing, view }: Pick<UiContext, 'drawing' | 'view'>,
): Asking {
  const ask = actions[action];
  if (ask === undefined) return `There is nothing to ${action} here.`;
  const rows = action !== 'kill' && place.subject !== undefined ? [] : chosenRows(place, drawing);
  const ids = rows.length > 0 || place.subject === undefined ? rows : [place.subject];
  if (ids.length === 0) return `There is nothing to ${action} here.`;
  const asked = ask(ids, view);
  return typeof asked === 'string' ? asked : { kind: 'confirm', ...asked };
}

/** For the app that the page is about, or the one under the cursor. */
export function askForInstances(
  { actions }: Screen,
  place: Place,
  { drawing, view }: Pick<UiContext, 'drawing' | 'view'>,
): Asking {
  if (actions.scale === undefined) return 'There is nothing to scale here.';
  const id = place.subject ?? rowUnderCursor(drawing);
  if (id === undefined) return 'There is nothing to scale here.';
  const asked = actions.scale(id, view);
  return typeof asked === 'string' ? asked : { kind: 'number', text: '', ...asked };
}
