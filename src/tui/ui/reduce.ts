// The one place where what somebody does becomes another state of the interface. Pure: what has to happen outside comes back as
// effects. Rows that keys act on are those that were drawn last, so that nobody kills what they have not seen.

import type { Size } from '../frame/line.ts';
import type { Input } from '../keys/decode.ts';
import type { KeyEntry } from '../keys/table.ts';
import type { Drawing, Screen } from '../screens/screen.ts';
import { type Asking, askAbout, askForInstances } from './asking.ts';
import type { Command } from './commands.ts';
import type { UiContext } from './context.ts';
import { compileFilter } from './filter.ts';
import { asDrawn, at, cursorTo, goInto, goTo, here, moveCursor, placeOf, rowUnderCursor, toFirst } from './places.ts';
import { inPrompt, openPrompt } from './prompts.ts';
import type { Effect, ScreenName, UiState } from './state.ts';

export type UiAction =
  | { readonly kind: 'input'; readonly input: Input }
  | { readonly kind: 'resize'; readonly size: Size }
  /** What the screen has drawn, so that cursor and window are known when rows go. */
  | { readonly kind: 'drawn'; readonly drawing: Drawing }
  | { readonly kind: 'message'; readonly tone: 'plain' | 'good' | 'warn' | 'bad'; readonly text: string };

export interface Reduced {
  readonly ui: UiState;
  readonly effects: readonly Effect[];
}

const WHEEL_ROWS = 3;
/** Rows of the window that the help does not have, and one that stays in sight. */
const HELP_AROUND = 6;

/** At the start. */
export function firstState(size: Size, screen: ScreenName, isReadonly: boolean): UiState {
  return {
    size,
    path: [placeOf(screen)],
    previous: undefined,
    prompt: undefined,
    isHelpShown: false,
    helpTop: 0,
    isPaused: false,
    isReadonly,
    message: undefined,
  };
}

export function reduce(ui: UiState, action: UiAction, context: UiContext): Reduced {
  switch (action.kind) {
    case 'resize':
      return only({ ...ui, size: action.size });
    case 'drawn':
      return only(asDrawn(ui, action.drawing));
    case 'message':
      return only({ ...ui, message: { tone: action.tone, text: action.text } });
    case 'input': {
      const reduced = input(ui, action.input, context);
      return withDetails(ui, reduced);
    }
  }
}

function only(ui: UiState): Reduced {
  return { ui, effects: [] };
}

/** Pages of one thing ask for what they show when they are opened. */
function withDetails(before: UiState, { ui, effects }: Reduced): Reduced {
  const { screen, subject } = here(ui);
  const was = here(before);
  if (subject === undefined || (was.screen === screen && was.subject === subject)) return { ui, effects };
  return { ui, effects: [...effects, { kind: 'load-details', screen, subject }] };
}

function input(ui: UiState, given: Input, context: UiContext): Reduced {
  if (given.kind === 'key' && given.name === 'ctrl-c') return { ui, effects: [{ kind: 'quit' }] };
  if (ui.prompt !== undefined) {
    const step = inPrompt(ui, ui.prompt, given, commandContext(ui, context));
    return step.command === undefined ? step : carryOut(step.ui, step.command, context);
  }
  if (given.kind === 'mouse') return only(mouse(ui, given, context));
  if (given.kind === 'paste') return only(ui);
  // A message has been read by whoever goes on.
  const { message: _, ...rest } = ui;
  const read: UiState = { ...rest, message: undefined };
  const entry = context.bindings.entryOf(given.name);
  if (ui.isHelpShown) {
    // Also with the key that quits: whoever looks something up wants to go on.
    if (entry?.group !== 'screens') return only(inHelp(read, entry, context));
  }
  return entry === undefined ? only(read) : press(read, entry, context);
}

/** It is moved by the keys that move the cursor elsewhere; any other leaves it. */
function inHelp(ui: UiState, entry: KeyEntry | undefined, context: UiContext): UiState {
  const page = Math.max(1, ui.size.rows - HELP_AROUND);
  const steps: Partial<Record<KeyEntry['action'], number>> = {
    up: -1,
    down: 1,
    'page-up': -page,
    'page-down': page,
    first: Number.NEGATIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
  };
  const step = entry === undefined ? undefined : steps[entry.action];
  if (step === undefined) return { ...ui, isHelpShown: false };
  // One line of the table and a title for each group are more than there can be.
  const most = context.bindings.entries.length;
  return { ...ui, helpTop: Math.max(0, Math.min(most, ui.helpTop + step)) };
}

function press(ui: UiState, entry: KeyEntry, context: UiContext): Reduced {
  const { drawing } = context;
  const page = Math.max(1, (drawing?.visibleRows ?? 10) - 1);
  const { action } = entry;
  const screen = screenOf(ui, context);
  if (entry.changes && ui.isReadonly) return only(say(ui, 'warn', 'Nothing can be changed here (--readonly).'));
  switch (action) {
    case 'quit':
      return { ui, effects: [{ kind: 'quit' }] };
    case 'save':
      return { ui, effects: [{ kind: 'save-screen' }] };
    case 'help':
      return only({ ...ui, isHelpShown: true, helpTop: 0 });
    case 'redraw':
      return only(ui);
    case 'pause':
      return only({ ...ui, isPaused: !ui.isPaused });
    case 'up':
      return only(moveCursor(ui, drawing, -1));
    case 'down':
      return only(moveCursor(ui, drawing, 1));
    case 'page-up':
      return only(moveCursor(ui, drawing, -page));
    case 'page-down':
      return only(moveCursor(ui, drawing, page));
    case 'first':
      return only(drawing?.followsEnd === true ? cursorTo(ui, drawing, 0) : toFirst(ui));
    case 'end':
      return only(drawing?.followsEnd === true ? toFirst(ui) : moveCursor(ui, drawing, 1_000_000_000));
    case 'open':
      return only(into(ui, screen, drawing));
    case 'back':
      return only(back(ui));
    case 'last':
      return ui.previous === undefined ? only(ui) : only(goTo(ui, ui.previous));
    case 'filter':
      return only(openPrompt(ui, 'filter'));
    case 'command':
      return only(openPrompt(ui, 'command', commandContext(ui, context)));
    case 'sort':
      return only(sortByNext(ui, screen));
    case 'invert':
      return only(invert(ui, screen));
    case 'faults':
      return only(toFirst(at(ui, { onlyFaults: !here(ui).onlyFaults })));
    case 'mark':
      return only(mark(ui, drawing));
    case 'logs':
      return only(logs(ui, screen, context));
    case 'kill':
    case 'restart':
    case 'drain':
    case 'run':
    case 'enable':
    case 'disable':
      return asked(ui, askAbout(action, screen, here(ui), context));
    case 'scale':
      return asked(ui, askForInstances(screen, here(ui), context));
    default: {
      const name = [...context.screens.keys()].find((known) => action === `go-${known}`);
      return name === undefined ? only(say(ui, 'warn', 'That screen is not there.')) : only(goTo(ui, [placeOf(name)]));
    }
  }
}

function asked(ui: UiState, asking: Asking): Reduced {
  return only(typeof asking === 'string' ? say(ui, 'warn', asking) : { ...ui, prompt: asking });
}

function carryOut(ui: UiState, command: Command, context: UiContext): Reduced {
  switch (command.kind) {
    case 'nothing':
      return only(ui);
    case 'refused':
      return only(say(ui, 'warn', `${command.why.charAt(0).toUpperCase()}${command.why.slice(1)}.`));
    case 'go':
      return only(open(ui, command));
    case 'filter': {
      const compiled = compileFilter(command.text);
      if (compiled.kind === 'refused') return only(say(ui, 'warn', `No filter: ${compiled.why}.`));
      return only(toFirst(at(ui, { filter: command.text })));
    }
    case 'sort':
      return only(
        at(ui, {
          sort: {
            column: command.column,
            isDescending: command.isDescending ?? screenOf(ui, context).largestFirst?.includes(command.column) ?? false,
          },
        }),
      );
    case 'scale': {
      if (ui.isReadonly) return only(say(ui, 'warn', 'Nothing can be changed here (--readonly).'));
      const asking = askForInstances(screenOf(ui, context), here(ui), context);
      if (typeof asking === 'string' || asking.kind !== 'number') return asked(ui, asking);
      const effect = asking.effect(command.instances);
      return only({ ...ui, prompt: { kind: 'confirm', question: `${asking.question} ${command.instances}?`, effect } });
    }
    case 'press': {
      const entry = context.bindings.entries.find(({ action }) => action === command.action);
      return entry === undefined ? only(ui) : press(ui, entry, context);
    }
  }
}

/** The place that a command names; a page of one thing hangs below the list that it is in. */
export function open(
  ui: UiState,
  { screen, subject, filter = '' }: Extract<Command, { readonly kind: 'go' }>,
): UiState {
  if (subject === undefined) return goTo(ui, [{ ...placeOf(screen), filter }]);
  return goTo(ui, [placeOf(listOf(screen)), placeOf(screen, subject)]);
}

/** Where `esc` leads from a page of one thing that was named by a command. */
export function listOf(screen: ScreenName): ScreenName {
  switch (screen) {
    case 'agent':
      return 'agents';
    case 'framework':
      return 'frameworks';
    case 'task':
    case 'logs':
      return 'tasks';
    case 'app':
      return 'apps';
    case 'deployment':
      return 'deployments';
    case 'job':
      return 'jobs';
    default:
      return screen;
  }
}

function into(ui: UiState, { actions }: Screen, drawing: Drawing | undefined): UiState {
  const id = rowUnderCursor(drawing);
  const target = id === undefined ? undefined : actions.open?.(id);
  if (target !== undefined) return goInto(ui, target.screen, target.subject);
  return id === undefined || actions.open === undefined ? ui : say(ui, 'plain', 'This row has no page of its own.');
}

/** Out of what narrows the list first, then out of the screen. */
function back(ui: UiState): UiState {
  const { filter, onlyFaults, marked } = here(ui);
  if (marked.size > 0) return at(ui, { marked: new Set() });
  if (filter !== '' || onlyFaults) return at(ui, { filter: '', onlyFaults: false });
  return ui.path.length > 1 ? { ...ui, path: ui.path.slice(0, -1), previous: ui.path } : ui;
}

function sortByNext(ui: UiState, { sortColumns, largestFirst = [], title, chooses }: Screen): UiState {
  if (sortColumns.length === 0) return say(ui, 'plain', `There is nothing to sort in ${title}.`);
  const now = here(ui).sort?.column ?? sortColumns[0] ?? '';
  const column = sortColumns[(sortColumns.indexOf(now) + 1) % sortColumns.length] ?? now;
  return say(
    at(ui, { sort: { column, isDescending: largestFirst.includes(column) } }),
    'plain',
    chooses === undefined ? `Sorted by ${column}.` : `The ${chooses} is ${column}.`,
  );
}

function invert(ui: UiState, { sortColumns, title, chooses }: Screen): UiState {
  const column = here(ui).sort?.column ?? sortColumns[0];
  if (column === undefined || chooses !== undefined) return say(ui, 'plain', `There is nothing to sort in ${title}.`);
  const isDescending = !(here(ui).sort?.isDescending ?? false);
  const direction = isDescending ? 'descending' : 'ascending';
  return say(at(ui, { sort: { column, isDescending } }), 'plain', `Sorted by ${column}, ${direction}.`);
}

/** And on to the next row, so that several in a row are marked by holding the key. */
function mark(ui: UiState, drawing: Drawing | undefined): UiState {
  const id = rowUnderCursor(drawing);
  if (id === undefined) return ui;
  const marked = new Set(here(ui).marked);
  if (!marked.delete(id)) marked.add(id);
  return moveCursor(at(ui, { marked }), drawing, 1);
}

function logs(ui: UiState, { actions }: Screen, { drawing, view }: UiContext): UiState {
  const id = rowUnderCursor(drawing) ?? here(ui).subject;
  const task = id === undefined ? undefined : actions.logs?.(id, view);
  return task === undefined ? say(ui, 'plain', 'There is no task here.') : goInto(ui, 'logs', task);
}

function mouse(ui: UiState, { what, y }: Input & { kind: 'mouse' }, { drawing, bodyFrom }: UiContext): UiState {
  if (drawing === undefined || ui.isHelpShown) return ui;
  if (what === 'wheel-up') return moveCursor(ui, drawing, -WHEEL_ROWS);
  if (what === 'wheel-down') return moveCursor(ui, drawing, WHEEL_ROWS);
  if (drawing.firstRowLine === undefined) return ui;
  const row = y - bodyFrom - drawing.firstRowLine;
  const index = drawing.top + row;
  const isRow = row >= 0 && row < drawing.visibleRows && index < drawing.rowIds.length;
  return isRow ? cursorTo(ui, drawing, index) : ui;
}

function screenOf(ui: UiState, { screens }: UiContext): Screen {
  const screen = screens.get(here(ui).screen);
  if (screen === undefined) throw new Error(`there is no screen '${here(ui).screen}'`);
  return screen;
}

function commandContext(ui: UiState, context: UiContext) {
  return { view: context.view, screen: screenOf(ui, context), screens: [...context.screens.values()] };
}

function say(ui: UiState, tone: 'plain' | 'warn', text: string): UiState {
  return { ...ui, message: { tone, text } };
}
