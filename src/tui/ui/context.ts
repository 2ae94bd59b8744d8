// What the reducer looks at, and never changes.
import type { KeyBindings } from '../keys/bindings.ts';
import type { Drawing, Screen } from '../screens/screen.ts';
import type { ClusterView } from '../view/model.ts';
import type { ScreenName } from './state.ts';

export interface UiContext {
  readonly view: ClusterView;
  readonly screens: ReadonlyMap<ScreenName, Screen>;
  /** The last that was painted of the place that is shown. */
  readonly drawing: Drawing | undefined;
  readonly bindings: KeyBindings;
  /** Lines above the drawing, for the mouse. */
  readonly bodyFrom: number;
}
