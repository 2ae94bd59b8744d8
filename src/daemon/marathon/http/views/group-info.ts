// A group as the API shows it: the tree again, with what was asked for at every level (marathon.md 5.1).
import type { JsonValue } from '../../model/json.ts';
import type { PathId } from '../../model/path-id.ts';
import { ROOT } from '../../model/path-id.ts';
import type { RootGroup } from '../../model/root-group.ts';
import { type AppViewCore, appInfoText } from './app-info.ts';
import type { GroupEmbeds } from './embeds.ts';

/** As JSON text; undefined when there is no such group in `root`, which may be a former one. */
export function groupInfoText(core: AppViewCore, root: RootGroup, id: PathId, embeds: GroupEmbeds): string | undefined {
  const group = root.groups.get(id);
  if (group === undefined) return undefined;
  const isTopLevel = id !== ROOT && id.lastIndexOf('/') === 0;
  const own: JsonValue = {
    id,
    dependencies: group.dependencies,
    version: root.version,
    ...(isTopLevel && { enforceRole: group.enforceRole ?? false }),
    ...(embeds.pods && { pods: [] }),
  };
  let text = JSON.stringify(own).slice(0, -1);
  if (embeds.apps) {
    const apps = [...group.apps].sort().flatMap((appId) => {
      const app = root.apps.get(appId);
      return app === undefined ? [] : [appInfoText(core, app, embeds.details)];
    });
    text += `,"apps":[${apps.join(',')}]`;
  }
  if (embeds.groups) {
    const groups = [...group.groups].sort().flatMap((below) => groupInfoText(core, root, below, embeds) ?? []);
    text += `,"groups":[${groups.join(',')}]`;
  }
  return `${text}}`;
}
