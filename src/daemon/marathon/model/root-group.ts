// The whole desired state: a tree of groups and apps, as an immutable value. A change shares everything it does not touch
// with the root it came from, so that its cost does not grow with the number of apps.
import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type { App } from './app.ts';
import { ancestorsOf, type PathId, parentOf, ROOT } from './path-id.ts';
import type { Timestamp } from './time.ts';

/** One directory of the tree; its content is named, not nested. */
export interface Group {
  readonly id: PathId;
  readonly apps: ImmutableSet<PathId>;
  readonly groups: ImmutableSet<PathId>;
  readonly dependencies: readonly PathId[];
  /** Top-level groups only (marathon.md 18.5). */
  readonly enforceRole?: boolean;
}

/** `groups` always holds `/` and every ancestor of every app and group. Change it through the functions below. */
export interface RootGroup {
  readonly version: Timestamp;
  readonly apps: ImmutableMap<PathId, App>;
  readonly groups: ImmutableMap<PathId, Group>;
  /** What may differ from the root that was stored as `version`; empty there. Whoever compares the two looks here only. */
  readonly touched: Touched;
}

/** Ids that the functions below were called with, and what followed from that. */
export interface Touched {
  readonly apps: ImmutableSet<PathId>;
  readonly groups: ImmutableSet<PathId>;
}

const NOTHING: Touched = { apps: ImmutableSet(), groups: ImmutableSet() };

/** Nothing but the group `/`. */
export function emptyRoot(version: Timestamp): RootGroup {
  return { version, apps: ImmutableMap(), groups: ImmutableMap([[ROOT, newGroup(ROOT)]]), touched: NOTHING };
}

/** As it is from now on, being stored as `version`. */
export function settled(root: RootGroup, version: Timestamp): RootGroup {
  return { ...root, version, touched: NOTHING };
}

function newGroup(id: PathId): Group {
  return { id, apps: ImmutableSet(), groups: ImmutableSet(), dependencies: [] };
}

/** With the app added or replaced, in groups that are made when missing. */
export function putApp(root: RootGroup, app: App): RootGroup {
  const parent = parentOf(app.id) ?? ROOT;
  const withGroup = root.groups.has(parent) ? root : putGroup(root, parent);
  const group = withGroup.groups.get(parent) ?? newGroup(parent);
  const groups = group.apps.has(app.id)
    ? withGroup.groups
    : withGroup.groups.set(parent, { ...group, apps: group.apps.add(app.id) });
  const touched = { ...withGroup.touched, apps: withGroup.touched.apps.add(app.id) };
  return { ...withGroup, apps: root.apps.set(app.id, app), groups, touched };
}

/** Without the app; its groups stay. */
export function removeApp(root: RootGroup, id: PathId): RootGroup {
  const parent = root.groups.get(parentOf(id) ?? ROOT);
  const groups =
    parent === undefined ? root.groups : root.groups.set(parent.id, { ...parent, apps: parent.apps.delete(id) });
  return { ...root, apps: root.apps.delete(id), groups, touched: { ...root.touched, apps: root.touched.apps.add(id) } };
}

/** With the group there, its ancestors too; `change` sets its own members. */
export function putGroup(
  root: RootGroup,
  id: PathId,
  change: Partial<Pick<Group, 'dependencies' | 'enforceRole'>> = {},
): RootGroup {
  let { groups } = root;
  let touched = root.touched.groups.add(id);
  const path = [...ancestorsOf(id), id];
  for (const [i, step] of path.entries()) {
    if (!groups.has(step)) {
      groups = groups.set(step, newGroup(step));
      touched = touched.add(step);
    }
    const parent = path[i - 1];
    const above = parent === undefined ? undefined : groups.get(parent);
    if (above !== undefined && !above.groups.has(step))
      groups = groups.set(above.id, { ...above, groups: above.groups.add(step) });
  }
  groups = groups.set(id, { ...(groups.get(id) ?? newGroup(id)), ...change });
  return { ...root, groups, touched: { ...root.touched, groups: touched } };
}

/** Without the group and everything in it. The root group is emptied instead. */
export function removeGroup(root: RootGroup, id: PathId): RootGroup {
  const appIds = appsWithin(root, id);
  const groupIds = groupsWithin(root, id);
  const apps = root.apps.deleteAll(appIds);
  let groups = root.groups.deleteAll(groupIds);
  const parent = groups.get(parentOf(id) ?? ROOT);
  if (id === ROOT) groups = groups.set(ROOT, newGroup(ROOT));
  else if (parent !== undefined) groups = groups.set(parent.id, { ...parent, groups: parent.groups.delete(id) });
  const touched = { apps: root.touched.apps.union(appIds), groups: root.touched.groups.union(groupIds) };
  return { ...root, apps, groups, touched };
}

/** Ids of the apps in the group and below it, in no order. Costs what it answers. */
export function appsWithin(root: RootGroup, id: PathId): PathId[] {
  return groupsWithin(root, id).flatMap((groupId) => [...(root.groups.get(groupId)?.apps ?? [])]);
}

/** The group and all groups below it, parents first; nothing when it is not there. */
export function groupsWithin(root: RootGroup, id: PathId): PathId[] {
  const found: PathId[] = [];
  const pending = root.groups.has(id) ? [id] : [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(next);
    for (const below of root.groups.get(next)?.groups ?? []) pending.push(below);
  }
  return found;
}

/** An app's own dependencies and those of every group it is in (marathon.md 5.2), as ids of apps. */
export function dependenciesOf(root: RootGroup, app: App): Set<PathId> {
  const targets = [...app.dependencies];
  for (const groupId of ancestorsOf(app.id)) targets.push(...(root.groups.get(groupId)?.dependencies ?? []));
  const found = new Set<PathId>();
  for (const target of targets) {
    if (root.apps.has(target)) found.add(target);
    for (const id of appsWithin(root, target)) found.add(id);
  }
  // A group that depends on a group it is in, or the other way round, does not make an app wait for itself.
  found.delete(app.id);
  return found;
}
