// What requests about single apps do to the root group (marathon.md 3.7). Whether the result may be is groups/ to say.
import { type AppUpdate, appDefaults, appFromUpdate, applyAppUpdate } from '../apps/index.ts';
import type { MarathonOptions } from '../flags.ts';
import { defaultRole } from '../groups/index.ts';
import type { App } from '../model/app.ts';
import type { PathId } from '../model/path-id.ts';
import { putApp, type RootGroup } from '../model/root-group.ts';
import type { Timestamp } from '../model/time.ts';
import { conflict, unknownApp } from '../refusals.ts';

/** One request to create or change an app. */
export interface AppChangeRequest {
  readonly id: PathId;
  readonly update: AppUpdate;
  /** What is not given keeps its value; false: falls back to its default. */
  readonly partial: boolean;
  /** Whether the app must, may, or must not be there. */
  readonly existing: 'required' | 'optional' | 'refused';
}

/** The root with the app as asked for, and the app. Throws Refusal 404, 409, 422. */
export function changeApp(
  root: RootGroup,
  version: Timestamp,
  { id, update, partial, existing }: AppChangeRequest,
  options: MarathonOptions,
): { readonly root: RootGroup; readonly app: App } {
  const present = root.apps.get(id);
  if (present === undefined && existing === 'required') throw unknownApp(id);
  if (present !== undefined && existing === 'refused') throw conflict(`An app with id [${id}] already exists.`);
  const defaults = appDefaults(options, defaultRole(root, id, options));
  const app =
    present === undefined
      ? appFromUpdate(update, id, defaults, version)
      : applyAppUpdate(present, update, partial, defaults);
  return { root: putApp(root, app), app };
}
