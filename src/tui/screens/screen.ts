// What every screen is: a pure function from the cluster, the place and the size to lines, and a list of rows that keys can act on.
import type { Line, Size } from '../frame/line.ts';
import type { Effect, Place, ScreenName } from '../ui/state.ts';
import type { ClusterView, Topic } from '../view/model.ts';
import type { Details } from './details.ts';
import type { Patience } from './lists/large/patience.ts';

/** What a drawing is made from. `nowMs` since 1970. */
export interface Scene {
  readonly view: ClusterView;
  readonly place: Place;
  readonly size: Size;
  readonly nowMs: number;
  readonly details: Details;
  /** May marks beyond ASCII be drawn? */
  readonly hasMarks: boolean;
  /** When it ends, what was there before is drawn and the drawing is unfinished. Default: it never ends. */
  readonly patience?: Patience;
}

/** Exactly `size.rows` lines or fewer, each at most `size.columns` cells. */
export interface Drawing {
  readonly lines: readonly Line[];
  /** What stands in the head of the screen, e.g. `agents 12/5,000`. */
  readonly heading: string;
  /** Rows that match, in their order; for the cursor. Empty on screens without rows. */
  readonly rowIds: readonly string[];
  /** First row drawn, and how many: what the reducer keeps as `top`. */
  readonly top: number;
  readonly visibleRows: number;
  /** Index among `lines` of the first row, for the mouse; undefined where rows are not one below the other. */
  readonly firstRowLine?: number;
  /** Without a row that somebody chose the cursor is on the last one and stays there (logs), not on the first. */
  readonly followsEnd?: boolean;
  /** Set while rows are shown that were asked for before: how far the search for those that are meant has come, 0–1. */
  readonly unfinishedShare?: number | undefined;
  /** Index of the cursor among `rowIds`; undefined when there are none. */
  readonly cursorIndex: number | undefined;
}

/** A key beyond those that work everywhere; only those named here do anything on this screen. */
export interface ScreenActions {
  /** `enter`. */
  readonly open?: (id: string) => { readonly screen: ScreenName; readonly subject: string } | undefined;
  /** `l`: the task whose log is meant. */
  readonly logs?: (id: string, view: ClusterView) => string | undefined;
  /** `k`, `r`, `d`, … on one or several rows: the question and what it would do, or why it cannot. */
  readonly kill?: (ids: readonly string[], view: ClusterView) => Asked | string;
  readonly restart?: (ids: readonly string[], view: ClusterView) => Asked | string;
  readonly drain?: (ids: readonly string[], view: ClusterView) => Asked | string;
  readonly run?: (ids: readonly string[], view: ClusterView) => Asked | string;
  readonly enable?: (ids: readonly string[], view: ClusterView) => Asked | string;
  readonly disable?: (ids: readonly string[], view: ClusterView) => Asked | string;
  /** `S` */
  readonly scale?: (
    id: string,
    view: ClusterView,
  ) => { readonly question: string; readonly effect: (n: number) => Effect } | string;
}

/** To be confirmed. */
export interface Asked {
  readonly question: string;
  readonly effect: Effect;
}

export interface Screen {
  readonly name: ScreenName;
  /** `1` … `0`; undefined for screens that are only reached from others. */
  readonly digit?: string;
  readonly title: string;
  readonly topics: readonly Topic[];
  /** Names for `s` and `:sort`, first the one by default; empty when there is nothing to sort. */
  readonly sortColumns: readonly string[];
  /** Those of which people want the most first. */
  readonly largestFirst?: readonly string[];
  /** Where `s` chooses what is shown, not its order: what that is, for the key bar. */
  readonly chooses?: string;
  readonly actions: ScreenActions;
  draw(scene: Scene): Drawing;
  /** The same as data, whole and unsliced, for `--once --json`. */
  data(scene: Omit<Scene, 'size' | 'hasMarks' | 'patience'>): unknown;
}
