// The registry of screens: a screen that is not in here does not exist.
import type { ScreenName } from '../ui/state.ts';
import { LOGS } from './logs.ts';
import type { Screen } from './screen.ts';
import { TASK } from './task.ts';
import { TASKS } from './tasks.ts';

/** In the order of their keys, pages of one thing after their list. */
const ALL: readonly Screen[] = [TASKS, TASK, LOGS];

/** Every screen by name. */
export const SCREENS: ReadonlyMap<ScreenName, Screen> = new Map(ALL.map((screen) => [screen.name, screen]));
