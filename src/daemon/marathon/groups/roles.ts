// Which roles the services of a place in the tree may have (marathon.md 18.5).
import type { MarathonOptions } from '../flags.ts';
import { type PathId, resolvePath, segmentsOf } from '../model/path-id.ts';
import type { RootGroup } from '../model/root-group.ts';

/** What the rules depend on besides the tree. */
export type RoleOptions = Pick<MarathonOptions, 'mesosRole' | 'newGroupEnforceRole'>;

/** `/a/b/c` → `/a`; undefined for what stands directly in the root, and for the root. */
function topLevelGroupOf(appId: PathId): PathId | undefined {
  const [top, second] = segmentsOf(appId);
  return top === undefined || second === undefined ? undefined : resolvePath(`/${top}`);
}

/** Whether the services of a top-level group take its name as their role, also of one that is not there yet. */
function enforcesRole(root: RootGroup, topLevel: PathId, options: RoleOptions): boolean {
  const group = root.groups.get(topLevel);
  return group === undefined ? options.newGroupEnforceRole === 'top' : (group.enforceRole ?? false);
}

/** The role of a new app that names none. */
export function defaultRole(root: RootGroup, appId: PathId, options: RoleOptions): string {
  const top = topLevelGroupOf(appId);
  return top !== undefined && enforcesRole(root, top, options) ? top.slice(1) : options.mesosRole;
}

/** Roles that an app may have, the one it would get by default first. `present`: the one it has now. */
export function allowedRoles(
  root: RootGroup,
  appId: PathId,
  present: string | undefined,
  options: RoleOptions,
): readonly string[] {
  const top = topLevelGroupOf(appId);
  if (top === undefined) return [options.mesosRole];
  const name = top.slice(1);
  const roles = enforcesRole(root, top, options) ? [name] : [options.mesosRole, name];
  if (present !== undefined) roles.push(present);
  return [...new Set(roles)];
}
