// What requests about single apps do to the root group (marathon.md 3.7). Whether the result may be is groups/ to say.
import { type AppUpdate, appDefaults, appFromUpdate, applyAppUpdate, versionToReapply } from '../apps/index.ts';
import type { Groups } from '../core.ts';
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
  /** A stored definition that is to be the present one again, instead of what `update` says. */
  readonly former?: App;
}

/**
 * The stored definition that an update of an app asks for by `version`; undefined when it asks for none. In a complete
 * definition, as a new app needs one, `version` means nothing (marathon.md 3.7). Throws Refusal 404, 422.
 */
export async function formerApp(
  groups: Pick<Groups, 'app' | 'appVersion'>,
  { id, update, partial, existing }: AppChangeRequest,
): Promise<App | undefined> {
  const isThere = groups.app(id) !== undefined;
  if (!isThere && existing === 'required') throw unknownApp(id);
  // Nothing but a version is no definition either, so whoever sends that means an app that was there.
  const isVersionOnly = update.version !== undefined && Object.keys(update.fields).length === 0;
  if (!partial || (!isThere && !isVersionOnly)) return undefined;
  const version = versionToReapply(update);
  if (version === undefined) return undefined;
  const former = isThere ? await groups.appVersion(id, version) : undefined;
  if (former === undefined) throw unknownApp(id, isThere ? version : undefined);
  return former;
}

/** The root with the app as asked for, and the app. Throws Refusal 404, 409, 422. */
export function changeApp(
  root: RootGroup,
  version: Timestamp,
  { id, update, partial, existing, former }: AppChangeRequest,
  options: MarathonOptions,
): { readonly root: RootGroup; readonly app: App } {
  const present = root.apps.get(id);
  if (present === undefined && (existing === 'required' || former !== undefined)) throw unknownApp(id);
  if (present !== undefined && existing === 'refused') throw conflict(`An app with id [${id}] already exists.`);
  if (present !== undefined && former !== undefined) {
    const app = { ...former, version: present.version };
    return { root: putApp(root, app), app };
  }
  const defaults = appDefaults(options, defaultRole(root, id, options));
  const app =
    present === undefined
      ? appFromUpdate(update, id, defaults, version)
      : applyAppUpdate(present, update, partial, defaults);
  return { root: putApp(root, app), app };
}
