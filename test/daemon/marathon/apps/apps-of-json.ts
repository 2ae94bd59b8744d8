// Apps made the way requests make them.
import {
  type AppDefaults,
  appFromUpdate,
  parseAppUpdate,
  validateApp,
} from '../../../../src/daemon/marathon/apps/index.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { type PathId, ROOT } from '../../../../src/daemon/marathon/model/path-id.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { invalidObject, Refusal } from '../../../../src/daemon/marathon/refusals.ts';

export const VERSION = timestamp(Date.UTC(2021, 0, 1));
export const DEFAULTS: AppDefaults = { role: '*' };

/** What is needed for an app, unless `json` says so itself. */
export const RUNNABLE = { id: '/web', cmd: 'sleep 1000' };

/** `json` as a new app, completed; not validated. */
export function appOf(json: Readonly<Record<string, unknown>>, defaults = DEFAULTS): App {
  const update = parseAppUpdate(json, { group: ROOT });
  return appFromUpdate(update, update.id ?? ('/web' as PathId), defaults, VERSION);
}

export interface Limits {
  readonly features?: readonly string[];
  readonly allowedRoles?: readonly string[];
  readonly defaults?: AppDefaults;
}

/** Status, message and `details` of the refusal of a new app: `{ '/path': [texts] }`; undefined when it is accepted. */
export function refusalOf(
  json: unknown,
  { features = [], allowedRoles, defaults = DEFAULTS }: Limits = {},
): { message: unknown; details: Record<string, string[]> } | undefined {
  return told(() => {
    const update = parseAppUpdate(json, { group: ROOT });
    const app = appFromUpdate(update, update.id ?? ('/web' as PathId), defaults, VERSION);
    const violations = validateApp(app, { features: new Set(features), ...(allowedRoles && { allowedRoles }) });
    if (violations.length > 0) throw invalidObject(violations);
  });
}

/** What a 422 that `act` throws says. */
export function told(act: () => unknown): { message: unknown; details: Record<string, string[]> } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 422) throw error;
    const details: unknown = error.body.details ?? [];
    const entries = details as { path: string; errors: string[] }[];
    return { message: error.body.message, details: Object.fromEntries(entries.map((one) => [one.path, one.errors])) };
  }
}
