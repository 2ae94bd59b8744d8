// From the root that a request asked for to the one that is stored: what really changed, with its service ports and
// versions, and checked (marathon.md 11, 1 to 5). Looks at nothing but what the request touched.
import { strict as assert } from 'node:assert';
import type { MarathonOptions } from '../../flags.ts';
import type { App } from '../../model/app.ts';
import type { GroupChange, RootChanges } from '../../model/deployment.ts';
import { type PathId, ROOT, segmentsOf } from '../../model/path-id.ts';
import { type Group, putGroup, type RootGroup, removeGroup, settled } from '../../model/root-group.ts';
import type { Timestamp } from '../../model/time.ts';
import { invalidObject, unknownApp } from '../../refusals.ts';
import { PortAssignment, type ServicePorts } from './service-ports.ts';
import { violationsOf } from './validate.ts';
import { withVersionInfo } from './version-info.ts';

/** What the result depends on besides the two roots. */
export interface PrepareContext {
  readonly version: Timestamp;
  readonly options: MarathonOptions;
  /** Ports used in `before`. */
  readonly ports: ServicePorts;
  /** Apps to be restarted although nothing of them changed. */
  readonly restart?: readonly PathId[];
  /** Where apps stood in the request: prefixes of the paths of violations. */
  readonly places?: ReadonlyMap<PathId, string>;
}

/**
 * `after` is `before` itself when nothing changed. Throws Refusal: 404 of an app to restart, 422, or 500 when there are
 * no ports left.
 */
export function prepare(
  before: RootGroup,
  draft: RootGroup,
  context: PrepareContext,
): { readonly after: RootGroup; readonly changes: RootChanges } {
  assert(draft.version === before.version, 'a change of the root has to be made from the root it was given');
  const { root, changes } = finish(before, shapeGroups(before, draft, context.options), context);
  const violations = violationsOf(before, root, changes, context);
  if (violations.length > 0) throw invalidObject(violations);
  const isSame = changes.apps.length === 0 && changes.groups.length === 0;
  return { after: isSame ? before : settled(root, context.version), changes };
}

/** New top-level groups get their enforceRole, and empty groups make room for apps of their name. */
function shapeGroups(before: RootGroup, draft: RootGroup, { newGroupEnforceRole }: MarathonOptions): RootGroup {
  let root = draft;
  for (const id of draft.touched.apps) {
    const group = root.groups.get(id);
    if (group === undefined || !root.apps.has(id) || id === ROOT) continue;
    if (group.apps.isEmpty() && group.groups.isEmpty()) root = removeGroup(root, id);
  }
  for (const id of draft.touched.groups) {
    const group = root.groups.get(id);
    if (group === undefined || before.groups.has(id) || segmentsOf(id).length !== 1) continue;
    if (group.enforceRole === undefined) root = putGroup(root, id, { enforceRole: newGroupEnforceRole === 'top' });
  }
  return root;
}

function finish(
  before: RootGroup,
  draft: RootGroup,
  { version, ports, restart = [] }: PrepareContext,
): { readonly root: RootGroup; readonly changes: RootChanges } {
  const restarted = new Set(restart);
  for (const id of restarted) if (!draft.apps.has(id)) throw unknownApp(id);
  const touched = [...draft.touched.apps.union(restarted)].sort();
  const named: App[] = [];
  for (const id of touched) {
    const app = draft.apps.get(id);
    if (app !== undefined && app !== before.apps.get(id)) named.push(app);
  }
  const assignment = new PortAssignment(ports, named);
  const finished = new Map<PathId, App>();
  const changed: { id: PathId; before: App | undefined; after: App | undefined }[] = [];
  for (const id of touched) {
    const was = before.apps.get(id);
    const wanted = draft.apps.get(id);
    if (was === wanted && !restarted.has(id)) continue;
    if (wanted === undefined) {
      changed.push({ id, before: was, after: undefined });
      continue;
    }
    const after = withVersionInfo(was, assignment.assign(wanted, was), version, { isRestarted: restarted.has(id) });
    finished.set(id, after);
    if (after !== was) changed.push({ id, before: was, after });
  }
  const root = { ...draft, apps: draft.apps.merge(finished) };
  return { root, changes: { apps: changed, groups: groupChanges(before, root) } };
}

function groupChanges(before: RootGroup, after: RootGroup): GroupChange[] {
  const changes: GroupChange[] = [];
  for (const id of [...after.touched.groups].sort()) {
    const was = ownMembers(before.groups.get(id));
    const is = ownMembers(after.groups.get(id));
    if (JSON.stringify(was) !== JSON.stringify(is)) changes.push({ id, before: was, after: is });
  }
  return changes;
}

/** What a group has besides its content; undefined when there is no group. */
export function ownMembers(group: Group | undefined): GroupChange['after'] {
  if (group === undefined) return undefined;
  const { dependencies, enforceRole } = group;
  return enforceRole === undefined ? { dependencies } : { dependencies, enforceRole };
}
