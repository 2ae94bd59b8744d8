// Where the person is: which screen, which row, what is typed. Changed by one reducer and nowhere else; what has to happen outside
// comes back from it as effects.
import type { Size } from '../frame/line.ts';

export type ScreenName =
  | 'overview'
  | 'agents'
  | 'agent'
  | 'frameworks'
  | 'framework'
  | 'offers'
  | 'tasks'
  | 'task'
  | 'logs'
  | 'apps'
  | 'app'
  | 'deployments'
  | 'deployment'
  | 'jobs'
  | 'job'
  | 'haproxy'
  | 'events';

/** One place on the way; `esc` goes back to the one before. */
export interface Place {
  readonly screen: ScreenName;
  /** What the screen is about, on screens of one thing: an id of that thing. */
  readonly subject?: string;
  /** Id of the row under the cursor, so that it stays there when rows move; undefined on the first. */
  readonly cursorId?: string;
  /** Where it was when last drawn, for when the row itself is gone. */
  readonly cursorIndex: number;
  /** First row shown. */
  readonly top: number;
  /** As typed: a regular expression, `!` before it inverts, `~` before it matches loosely. Empty: everything. */
  readonly filter: string;
  /** Column and direction; undefined: the screen's own order. */
  readonly sort?: { readonly column: string; readonly isDescending: boolean };
  readonly marked: ReadonlySet<string>;
  /** Only what is in trouble (`ctrl-z`). */
  readonly onlyFaults: boolean;
}

export type Prompt =
  | {
      readonly kind: 'filter' | 'command';
      readonly text: string;
      readonly caret: number;
      readonly error?: string;
      /** (filter) What it was before, for `esc`. */
      readonly before?: string;
      /** (command) What `tab` would make of it. */
      readonly completions?: readonly string[];
      /** (command) While `tab` goes through them: all that there are, and which of them is written. */
      readonly turn?: { readonly all: readonly string[]; readonly index: number };
    }
  /** A number is asked for, e.g. instances of an app. */
  | {
      readonly kind: 'number';
      readonly question: string;
      readonly text: string;
      readonly error?: string;
      readonly effect: (n: number) => Effect;
    }
  | { readonly kind: 'confirm'; readonly question: string; readonly effect: Effect };

export interface UiState {
  readonly size: Size;
  /** Never empty; the last is shown. */
  readonly path: readonly Place[];
  /** For `-`. */
  readonly previous: readonly Place[] | undefined;
  readonly prompt: Prompt | undefined;
  readonly isHelpShown: boolean;
  /** First line of the help, where it does not fit. */
  readonly helpTop: number;
  /** Nothing moves until `p` again; the feeds go on. */
  readonly isPaused: boolean;
  readonly isReadonly: boolean;
  /** Said in the line above the key bar until something else is. */
  readonly message: { readonly tone: 'plain' | 'good' | 'warn' | 'bad'; readonly text: string } | undefined;
}

/** What happens outside. Carried out by src/tui/effects, which answers with a message. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'save-screen' }
  | { readonly kind: 'kill-tasks'; readonly keys: readonly string[] }
  | { readonly kind: 'scale-app'; readonly appId: string; readonly instances: number }
  | { readonly kind: 'restart-apps'; readonly appIds: readonly string[] }
  | { readonly kind: 'cancel-deployment'; readonly deploymentId: string }
  | { readonly kind: 'drain-agents'; readonly agentIds: readonly string[] }
  | { readonly kind: 'run-jobs'; readonly names: readonly string[] }
  /** Ends what runs of them, and what waits. */
  | { readonly kind: 'kill-jobs'; readonly names: readonly string[] }
  | { readonly kind: 'switch-jobs'; readonly names: readonly string[]; readonly isDisabled: boolean }
  /** Asks for what a page of one thing shows beyond its row: isolation, why it waits, versions, sandbox, log text. */
  | { readonly kind: 'load-details'; readonly screen: ScreenName; readonly subject: string };
