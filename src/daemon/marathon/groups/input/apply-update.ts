// What a group update makes of the tree (marathon.md 5.2). Pure; numbers, versions and rules of the whole come later
// (change/prepare.ts).
import { type AppUpdate, appDefaults, appFromUpdate, requiredId } from '../../apps/index.ts';
import type { MarathonOptions } from '../../flags.ts';
import { childTowards, type PathId } from '../../model/path-id.ts';
import {
  appsWithin,
  groupsWithin,
  putApp,
  putGroup,
  type RootGroup,
  removeApp,
  removeGroup,
} from '../../model/root-group.ts';
import type { Timestamp } from '../../model/time.ts';
import { conflict, unknownGroup } from '../../refusals.ts';
import { defaultRole } from '../roles.ts';
import type { GroupUpdate } from './group-update.ts';

/** What an update needs besides the tree. */
export interface UpdateContext {
  /** That of the root to come. */
  readonly version: Timestamp;
  readonly options: MarathonOptions;
  /** The root that an update with `version` asks for; undefined: it is not kept. */
  readonly former?: RootGroup | undefined;
}

/** POST: the group must not be there yet. Throws Refusal 409, else as `applyGroupUpdate`. */
export function createGroup(root: RootGroup, update: GroupUpdate, context: UpdateContext): RootGroup {
  const { id } = update;
  if (root.groups.has(id)) throw conflict(`Group ${id} is already created. Use PUT to change this group.`);
  if (root.apps.has(id)) throw conflict(`An app with the path ${id} already exists.`);
  return applyGroupUpdate(root, update, context);
}

/**
 * PUT: rolls back, scales, or sets what was given; makes the group when it is not there. Throws Refusal 404 when there is
 * nothing to scale or to roll back to.
 */
export function applyGroupUpdate(root: RootGroup, update: GroupUpdate, context: UpdateContext): RootGroup {
  const { id, version, scaleBy } = update;
  if (version !== undefined) return restoreGroup(root, id, version, context.former);
  if (scaleBy !== undefined) return scaleGroup(root, id, scaleBy);
  return setGroup(root, update, context);
}

/** Where the apps of an update stand in the request: `places` of UpdateOptions. */
export function placesOf(update: GroupUpdate): Map<PathId, string> {
  const places = new Map<PathId, string>();
  const pending = [update];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { id, at } of next.apps ?? []) if (id !== undefined) places.set(id, at);
    pending.push(...(next.groups ?? []));
  }
  return places;
}

function setGroup(before: RootGroup, update: GroupUpdate, context: UpdateContext): RootGroup {
  const { id, apps, groups, dependencies, enforceRole } = update;
  const { apps: presentApps = [], groups: presentGroups = [] } = before.groups.get(id) ?? {};
  let root = before;
  if (apps !== undefined) {
    const given = new Set(apps.map((app) => app.id));
    for (const appId of presentApps) if (!given.has(appId)) root = removeApp(root, appId);
  }
  if (groups !== undefined) {
    // Relative ids may lead further down: what they lead through stays.
    const stays = new Set(groups.map((group) => childTowards(group.id, id)));
    for (const child of presentGroups) if (!stays.has(child)) root = removeGroup(root, child);
  }
  root = putGroup(root, id, {
    ...(dependencies !== undefined && { dependencies }),
    ...(enforceRole !== undefined && { enforceRole }),
  });
  for (const group of groups ?? []) root = setGroup(root, group, context);
  for (const app of apps ?? []) root = setApp(root, app, context);
  return root;
}

/** The definition given is the whole one, also of an app that is there (marathon.md 5.1). */
function setApp(root: RootGroup, update: AppUpdate, { version, options }: UpdateContext): RootGroup {
  const id = requiredId(update);
  const defaults = appDefaults(options, defaultRole(root, id, options));
  return putApp(root, appFromUpdate(update, id, defaults, version));
}

/** Every app in and below the group gets `factor` times its instances, rounded up. */
function scaleGroup(before: RootGroup, id: PathId, factor: number): RootGroup {
  if (!before.groups.has(id)) throw unknownGroup(id);
  let root = before;
  for (const appId of appsWithin(before, id)) {
    const app = before.apps.get(appId);
    if (app === undefined) continue;
    // 10 × 1.1 is 11.000000000000002 to a computer and 11 to everyone else.
    const instances = Math.ceil(Number((app.instances * factor).toPrecision(12)));
    if (instances !== app.instances) root = putApp(root, { ...app, instances });
  }
  return root;
}

/** The group as it was in a former root: its apps, its groups, their dependencies; enforceRole of groups that are there stays. */
function restoreGroup(before: RootGroup, id: PathId, version: Timestamp, former: RootGroup | undefined): RootGroup {
  if (former === undefined || !former.groups.has(id)) throw unknownGroup(id, version);
  let root = before;
  for (const groupId of groupsWithin(root, id))
    if (!former.groups.has(groupId) && root.groups.has(groupId)) root = removeGroup(root, groupId);
  for (const appId of appsWithin(root, id)) if (!former.apps.has(appId)) root = removeApp(root, appId);
  for (const groupId of groupsWithin(former, id)) {
    const { dependencies = [], enforceRole } = former.groups.get(groupId) ?? {};
    const isThere = root.groups.has(groupId);
    root = putGroup(root, groupId, {
      dependencies,
      ...(!isThere && enforceRole !== undefined && { enforceRole }),
    });
  }
  for (const appId of appsWithin(former, id)) {
    const app = former.apps.get(appId);
    if (app !== undefined && app !== root.apps.get(appId)) root = putApp(root, app);
  }
  return root;
}
