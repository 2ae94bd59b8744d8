// The one table of keys. The key bar, the help of `?`, the README's section and what a key does all come from here.
import type { ScreenActions } from '../screens/screen.ts';
import type { ScreenName } from '../ui/state.ts';

export type KeyAction =
  | `go-${ScreenName}`
  | 'open'
  | 'back'
  | 'last'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'end'
  | 'filter'
  | 'command'
  | 'sort'
  | 'invert'
  | 'mark'
  | 'logs'
  | 'kill'
  | 'scale'
  | 'restart'
  | 'drain'
  | 'run'
  | 'enable'
  | 'disable'
  | 'faults'
  | 'pause'
  | 'save'
  | 'redraw'
  | 'help'
  | 'quit';

/** Those that ask before they change something. */
export type ActingAction = Extract<KeyAction, 'kill' | 'scale' | 'restart' | 'drain' | 'run' | 'enable' | 'disable'>;

export interface KeyEntry {
  readonly action: KeyAction;
  /** By the names of decode.ts. */
  readonly keys: readonly string[];
  /** For the key bar; undefined: only in the help. */
  readonly short?: string;
  /** For the help, a sentence without a full stop. */
  readonly words: string;
  readonly group: 'screens' | 'moving' | 'looking' | 'acting' | 'other';
  /** It does something only where the screen has this. */
  readonly needs?: keyof ScreenActions | 'rows' | 'sort';
  /** Not with --readonly. */
  readonly changes?: true;
}

export const KEY_TABLE: readonly KeyEntry[] = [
  screen('go-overview', '1', 'overview: health, resources, alarms'),
  screen('go-agents', '2', 'agents'),
  screen('go-frameworks', '3', 'frameworks, roles: who is next, why'),
  screen('go-offers', '4', 'offers as they come and go'),
  screen('go-tasks', '5', 'tasks'),
  screen('go-apps', '6', 'apps of Marathon'),
  screen('go-deployments', '7', 'deployments'),
  screen('go-jobs', '8', 'jobs of Chronos'),
  screen('go-haproxy', '9', 'the load balancer'),
  screen('go-events', '0', 'events'),
  { action: 'open', keys: ['enter', 'right'], short: 'in', words: 'into the row', group: 'moving', needs: 'open' },
  {
    action: 'back',
    keys: ['esc', 'left'],
    short: 'out',
    words: 'out again; first it clears a filter',
    group: 'moving',
  },
  { action: 'last', keys: ['-'], words: 'where you were before, and back', group: 'moving' },
  { action: 'up', keys: ['up'], words: 'up a row', group: 'moving' },
  { action: 'down', keys: ['down'], words: 'down a row', group: 'moving' },
  { action: 'page-up', keys: ['pageup', 'ctrl-b'], words: 'up a page', group: 'moving' },
  { action: 'page-down', keys: ['pagedown', 'ctrl-f'], words: 'down a page', group: 'moving' },
  { action: 'first', keys: ['home', 'g'], words: 'to the first row, and stay there', group: 'moving' },
  { action: 'end', keys: ['end', 'G'], words: 'to the last row', group: 'moving' },
  {
    action: 'filter',
    keys: ['/'],
    short: 'filter',
    words: 'filter: regex, !inverse, ~loose',
    group: 'looking',
    needs: 'rows',
  },
  { action: 'command', keys: [':'], short: 'command', words: 'command, with tab for completion', group: 'looking' },
  { action: 'sort', keys: ['s'], short: 'sort', words: 'sort by the next column', group: 'looking', needs: 'sort' },
  { action: 'invert', keys: ['i'], words: 'invert the order', group: 'looking', needs: 'sort' },
  { action: 'faults', keys: ['ctrl-z'], short: 'faults', words: 'only faults', group: 'looking', needs: 'rows' },
  { action: 'pause', keys: ['p'], words: 'pause: what is shown stands still', group: 'looking' },
  {
    action: 'mark',
    keys: ['space'],
    short: 'mark',
    words: 'mark the row for what is done next',
    group: 'acting',
    needs: 'rows',
  },
  {
    action: 'logs',
    keys: ['l'],
    short: 'logs',
    words: 'live logs of the task, of the last run of a job',
    group: 'acting',
    needs: 'logs',
  },
  acting('kill', 'k', 'kill tasks, runs of jobs; cancel a deployment'),
  acting('scale', 'S', 'scale the app'),
  acting('restart', 'r', 'restart the apps'),
  acting('drain', 'd', 'drain the agents'),
  acting('run', 'R', 'run the jobs now'),
  acting('enable', 'e', 'enable the jobs'),
  acting('disable', 'D', 'disable the jobs'),
  { action: 'save', keys: ['ctrl-s'], words: 'save what is shown into a file', group: 'other' },
  { action: 'redraw', keys: ['ctrl-l'], words: 'draw everything anew', group: 'other' },
  { action: 'help', keys: ['?'], short: 'help', words: 'this help', group: 'other' },
  { action: 'quit', keys: ['q'], short: 'quit', words: 'quit; so does ctrl-c', group: 'other' },
];

function screen(action: KeyAction, key: string, words: string): KeyEntry {
  return { action, keys: [key], words, group: 'screens' };
}

function acting(action: ActingAction, key: string, words: string): KeyEntry {
  return { action, keys: [key], short: action, words, group: 'acting', needs: action, changes: true };
}
