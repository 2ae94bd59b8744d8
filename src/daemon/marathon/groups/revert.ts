// The way back of a deployment: its changes undone in the root as it is now, what came later left alone (marathon.md 12.7).
import type { DeploymentPlan } from '../model/deployment.ts';
import { putApp, putGroup, type RootGroup, removeApp, removeGroup } from '../model/root-group.ts';

/**
 * Apps changed or removed by the plan get the definition they had, apps added are removed; group dependencies likewise;
 * groups added go when they are empty then and nobody changed them since. Versions come later, as for any change.
 */
export function revertChanges({ changes }: DeploymentPlan, present: RootGroup): RootGroup {
  let root = present;
  for (const { id, before } of changes.apps) {
    if (before === undefined && root.apps.has(id)) root = removeApp(root, id);
  }
  // Groups below before those above, so that what is empty then is seen.
  const groups = [...changes.groups].sort((a, b) => b.id.length - a.id.length);
  for (const { id, before, after } of groups) {
    const group = root.groups.get(id);
    if (before === undefined) {
      const isUntouched =
        group?.dependencies.join() === after?.dependencies.join() && group?.enforceRole === after?.enforceRole;
      if (group?.apps.isEmpty() && group.groups.isEmpty() && isUntouched) root = removeGroup(root, id);
    } else {
      const { dependencies, enforceRole } = before;
      root = putGroup(root, id, { dependencies, ...(enforceRole !== undefined && { enforceRole }) });
    }
  }
  for (const { before } of changes.apps) if (before !== undefined) root = putApp(root, before);
  return root;
}
