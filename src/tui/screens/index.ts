// The registry of screens: a screen that is not in here does not exist.
import type { ScreenName } from '../ui/state.ts';
import { AGENT } from './agent.ts';
import { AGENTS } from './agents.ts';
import { JOB } from './chronos/job.ts';
import { JOBS } from './chronos/jobs.ts';
import { EVENTS } from './events.ts';
import { FRAMEWORK } from './framework.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { HAPROXY } from './haproxy.ts';
import { LOGS } from './logs.ts';
import { APP } from './marathon/app.ts';
import { APPS } from './marathon/apps.ts';
import { DEPLOYMENT } from './marathon/deployment.ts';
import { DEPLOYMENTS } from './marathon/deployments.ts';
import { OFFERS } from './offers.ts';
import { OVERVIEW } from './overview.ts';
import type { Screen } from './screen.ts';
import { TASK } from './task.ts';
import { TASKS } from './tasks.ts';

/** In the order of their keys, pages of one thing after their list. */
const ALL: readonly Screen[] = [
  OVERVIEW,
  AGENTS,
  AGENT,
  FRAMEWORKS,
  FRAMEWORK,
  OFFERS,
  TASKS,
  TASK,
  LOGS,
  APPS,
  APP,
  DEPLOYMENTS,
  DEPLOYMENT,
  JOBS,
  JOB,
  HAPROXY,
  EVENTS,
];

/** Every screen by name. */
export const SCREENS: ReadonlyMap<ScreenName, Screen> = new Map(ALL.map((screen) => [screen.name, screen]));
