// Somebody at the keyboard, for tests: presses keys by name or types text, on the real screens over a view with some rows.
import { DEFAULT_BINDINGS, type KeyBindings } from '../../../src/tui/keys/bindings.ts';
import type { Input } from '../../../src/tui/keys/decode.ts';
import type { Details } from '../../../src/tui/screens/details.ts';
import { SCREENS } from '../../../src/tui/screens/index.ts';
import type { Drawing } from '../../../src/tui/screens/screen.ts';
import { here } from '../../../src/tui/ui/places.ts';
import { firstState, reduce } from '../../../src/tui/ui/reduce.ts';
import type { Effect, ScreenName, UiState } from '../../../src/tui/ui/state.ts';
import type { AppRow } from '../../../src/tui/view/model.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import { agent, amounts, framework, NOW, task } from '../view/rows.ts';

const SIZE = { columns: 120, rows: 24 };

export function someApp(id: string, change: Partial<AppRow> = {}): AppRow {
  return {
    id,
    instances: 2,
    running: 2,
    healthy: 0,
    unhealthy: 0,
    staged: 0,
    amounts: amounts(0.2, 64),
    hasHealthChecks: false,
    deploymentIds: [],
    versionMs: NOW - 60_000,
    lastFailure: undefined,
    lastFailureMs: undefined,
    waitsFor: undefined,
    waitsSinceMs: undefined,
    labels: {},
    ...change,
  };
}

/** A master with one agent, one framework `f1`, and tasks `t00` … */
export function someCluster(taskCount = 5): ViewStore {
  const view = createViewStore(() => NOW);
  view.setFeed({ name: 'master', state: 'live', address: 'm:5050', why: undefined });
  view.setLeader({ address: 'm:5050', electedMs: NOW - 60_000, clusterName: 'blue' });
  view.putAgent(agent('a1'));
  view.putFramework(framework('f1'));
  for (let index = 0; index < taskCount; index += 1) {
    view.putTask(task('f1', `t${String(index).padStart(2, '0')}`, 'a1'));
  }
  return view;
}

export class Person {
  readonly view: ViewStore;
  readonly effects: Effect[] = [];
  ui: UiState;
  drawing: Drawing;
  /** Of pages of one thing: nobody has asked for any. */
  details: Details = { of: () => undefined, version: 0 };
  readonly #bindings: KeyBindings;

  constructor(view: ViewStore, screen: ScreenName, options: { isReadonly?: boolean; bindings?: KeyBindings } = {}) {
    this.view = view;
    this.#bindings = options.bindings ?? DEFAULT_BINDINGS;
    this.ui = firstState(SIZE, screen, options.isReadonly ?? false);
    this.drawing = this.look();
  }

  get place() {
    return here(this.ui);
  }

  /** The row under the cursor. */
  get row(): string | undefined {
    return this.drawing.cursorIndex === undefined ? undefined : this.drawing.rowIds[this.drawing.cursorIndex];
  }

  /** Of the screen alone, as text. */
  get lines(): string[] {
    return this.drawing.lines.map((line) => line.map(({ text }) => text).join(''));
  }

  /** The screen is drawn again, as after a change of the data. */
  look(): Drawing {
    const screen = SCREENS.get(this.place.screen);
    if (screen === undefined) throw new Error(this.place.screen);
    this.drawing = screen.draw({
      view: this.view,
      place: this.place,
      size: { columns: SIZE.columns, rows: SIZE.rows - 5 },
      nowMs: NOW,
      details: this.details,
      hasMarks: true,
    });
    this.#reduce({ kind: 'drawn', drawing: this.drawing });
    return this.drawing;
  }

  press(...names: string[]): this {
    for (const name of names) {
      const text = name === 'space' ? ' ' : [...name].length === 1 ? name : undefined;
      this.give({ kind: 'key', name, ...(text !== undefined && { text }) });
    }
    return this;
  }

  type(text: string): this {
    return this.press(...[...text].map((character) => (character === ' ' ? 'space' : character)));
  }

  give(input: Input): void {
    this.#reduce({ kind: 'input', input });
    this.look();
  }

  #reduce(action: Parameters<typeof reduce>[1]): void {
    const reduced = reduce(this.ui, action, {
      view: this.view,
      screens: SCREENS,
      drawing: this.drawing,
      bindings: this.#bindings,
      bodyFrom: 2,
    });
    this.ui = reduced.ui;
    this.effects.push(...reduced.effects);
  }
}
