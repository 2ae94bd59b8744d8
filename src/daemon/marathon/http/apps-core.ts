// What the routes of apps work with.
import type { MarathonCore } from '../core.ts';
import type { KillCore } from './kill-tasks.ts';
import type { AppViewCore } from './views/app-info.ts';

/** The parts that showing, changing and killing take. */
export type AppsCore = AppViewCore & KillCore & Pick<MarathonCore, 'options' | 'events'>;
