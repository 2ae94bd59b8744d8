// Rules of the tree as a whole, asked of what changed only (marathon.md 3.6 rules 30, 31, 38; 5.2; 18.5).
import { validateApp } from '../../apps/index.ts';
import type { RootChanges } from '../../model/deployment.ts';
import { ROOT } from '../../model/path-id.ts';
import type { RootGroup } from '../../model/root-group.ts';
import type { Violation } from '../../refusals.ts';
import { MAX_DEFINITION_BYTES, MAX_GROUP_BYTES, storedBytes } from '../kept/records.ts';
import { allowedRoles } from '../roles.ts';
import { hasCycle } from './cycles.ts';
import type { PrepareContext } from './prepare.ts';

type Context = Pick<PrepareContext, 'options' | 'places'>;

/** All that is wrong with `after`, provided that nothing was with `before`. */
export function violationsOf(
  before: RootGroup,
  after: RootGroup,
  changes: RootChanges,
  context: Context,
): readonly Violation[] {
  const apps = appViolations(after, changes, context);
  // Rules of the whole are looked at when the parts are right (marathon.md 3.6).
  return apps.length > 0 ? apps : treeViolations(before, after, changes, context);
}

function appViolations(after: RootGroup, changes: RootChanges, { options, places }: Context): Violation[] {
  const features = new Set(options.enableFeatures?.value);
  const maxInstances = options.maxInstancesPerApp;
  return changes.apps.flatMap(({ id, before: was, after: app }) => {
    if (app === undefined) return [];
    const at = places?.get(id) ?? '';
    const roles = allowedRoles(after, id, was?.role, options);
    const found = [...validateApp(app, { features, allowedRoles: roles, maxInstances }, at)];
    const bytes = storedBytes(app);
    if (bytes > MAX_DEFINITION_BYTES)
      found.push({
        path: at === '' ? '/' : at,
        error: `the definition takes ${bytes} bytes; at most ${MAX_DEFINITION_BYTES} can be stored`,
      });
    return found;
  });
}

function treeViolations(
  before: RootGroup,
  after: RootGroup,
  changes: RootChanges,
  { options: { maxApps } }: Context,
): Violation[] {
  const found: Violation[] = [];
  const whole = (error: string) => found.push({ path: '/', error });
  if (maxApps !== undefined && after.apps.size > maxApps && after.apps.size > before.apps.size)
    whole(`there may be no more than ${maxApps} apps (--max_apps)`);
  const clashes =
    changes.apps.some(({ id, after: app }) => app !== undefined && (id === ROOT || after.groups.has(id))) ||
    changes.groups.some(({ id, after: group }) => group !== undefined && after.apps.has(id));
  if (clashes) whole('Groups and Applications may not have the same identifier.');
  const roleChanged = changes.groups.some(
    ({ before: was, after: is }) => was !== undefined && is !== undefined && was.enforceRole !== is.enforceRole,
  );
  if (roleChanged && changes.apps.length > 0)
    found.push({
      path: '/enforceRole',
      error:
        'enforceRole cannot be modified in a request that adds, removes or modifies services; ' +
        'please make these changes in separate requests.',
    });
  for (const { id, after: group } of changes.groups) {
    const bytes = JSON.stringify(group?.dependencies ?? []).length;
    if (bytes > MAX_GROUP_BYTES)
      found.push({
        path: '/dependencies',
        error: `the dependencies of ${id} take ${bytes} bytes; at most ${MAX_GROUP_BYTES} can be stored`,
      });
  }
  if (mayCloseCycle(after, changes)) whole('Dependency graph has cyclic dependencies.');
  return found;
}

function mayCloseCycle(after: RootGroup, changes: RootChanges): boolean {
  const apps = changes.apps.filter(
    ({ before: was, after: app }) =>
      app !== undefined && (was === undefined || was.dependencies.join() !== app.dependencies.join()),
  );
  const groups = changes.groups.filter(({ before: was, after: is }) => {
    const dependencies = is?.dependencies ?? [];
    return dependencies.length > 0 && was?.dependencies.join() !== dependencies.join();
  });
  return hasCycle(
    after,
    apps.map(({ id }) => id),
    groups.map(({ id }) => id),
  );
}
