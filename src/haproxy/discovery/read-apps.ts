// Marathon's answer to GET /v2/apps?embed=apps.tasks, parsed, as a Discovery: lenient with single apps, strict with the
// whole. What one app does wrong is a problem of that app (haproxy.md 2.1.2, 2.2, 17.3).
import type { Problem } from '../model/model.ts';
import type { DiscoveredApp, Discovery } from './discovered.ts';
import { DiscoveryError } from './discovery-error.ts';
import { isObject, kindOf } from './json-fields.ts';
import { readApp } from './read-app.ts';

/**
 * Reads parsed JSON. `source` names the Marathon, for messages. Of two apps with one id the first counts.
 * @throws DiscoveryError `unusable` for another document, or when no app can be read, `empty` when there is none.
 */
export function readApps(answer: unknown, source: string): Discovery {
  if (!isObject(answer)) {
    throw new DiscoveryError('unusable', `${source}: the answer is ${kindOf(answer)}, not {"apps": […]}`);
  }
  const list = answer.apps;
  if (!Array.isArray(list)) {
    throw new DiscoveryError('unusable', `${source}: "apps" is ${kindOf(list)}, not a list; is this a Marathon?`);
  }
  const problems: Problem[] = [];
  const apps = new Map<string, DiscoveredApp>();
  for (const [index, value] of list.entries()) {
    if (value === null) continue;
    const app = readApp(value, index, problems);
    if (app === undefined) continue;
    if (apps.has(app.id)) {
      problems.push({ appId: app.id, effect: 'warning', message: 'the answer has this app twice; the first counts' });
    } else apps.set(app.id, app);
  }
  if (apps.size === 0) {
    if (problems.length === 0) throw new DiscoveryError('empty', `${source}: the answer has no apps`);
    throw new DiscoveryError('unusable', `${source}: none of the ${list.length} apps can be read`);
  }
  return { source, apps: [...apps.values()], problems };
}
