// Killing tasks through the API: plain, with the instances' records, or with fewer instances afterwards (marathon.md 3.7).
import type { HttpResponse } from '../../../world/net.ts';
import type { MarathonCore } from '../core.ts';
import { type Instance, type InstanceId, isActive } from '../model/instance.ts';
import type { JsonValue } from '../model/json.ts';
import { type PathId, ROOT } from '../model/path-id.ts';
import { putApp } from '../model/root-group.ts';
import { Refusal } from '../refusals.ts';
import { deploymentResult, json } from './answers.ts';
import type { ApiRequest } from './request.ts';
import { isListed, taskJson } from './views/task.ts';

/** What killing takes. */
export type KillCore = Pick<MarathonCore, 'groups' | 'instances' | 'kills' | 'health' | 'storage'>;

/** `answer` shapes the list of tasks, as they were, for the endpoint. Throws Refusal. */
export async function killTasks(
  core: KillCore,
  request: ApiRequest,
  found: ReadonlyMap<PathId, readonly Instance[]>,
  answer: (tasks: JsonValue[]) => JsonValue,
): Promise<HttpResponse> {
  const { query } = request;
  const [scale, wipe, force] = [query.flag('scale'), query.flag('wipe'), query.flag('force')];
  if (scale && wipe) throw new Refusal(400, 'You cannot use scale and wipe at the same time.');
  const instances = [...found.values()].flat();
  if (scale) return scaleDown(core, found, force);
  const tasks = instances.filter(isListed).map((instance) => taskJson(core, instance, { withServicePorts: false }));
  const ids = instances.map(({ id }) => id);
  if (wipe) await core.kills.kill(ids, 'user', 'Decommissioned');
  else void core.kills.kill(ids, 'user');
  await core.storage.flushed();
  return json(answer(tasks));
}

/** One deployment in which each app loses as many instances as were hit, and exactly those. */
async function scaleDown(
  core: KillCore,
  found: ReadonlyMap<PathId, readonly Instance[]>,
  force: boolean,
): Promise<HttpResponse> {
  const instancesToKill = new Map<PathId, readonly InstanceId[]>();
  for (const [appId, instances] of found) {
    // One that is to end anyway has been taken off the number already.
    const hit = instances.filter((one) => one.goal === 'Running' && isActive(one) && one.condition !== 'Killing');
    instancesToKill.set(
      appId,
      hit.map(({ id }) => id),
    );
  }
  const plan = await core.groups.update(
    (root) => {
      let next = root;
      for (const [appId, ids] of instancesToKill) {
        const app = next.apps.get(appId);
        if (app !== undefined) next = putApp(next, { ...app, instances: Math.max(0, app.instances - ids.length) });
      }
      return next;
    },
    { force, instancesToKill, groupId: ROOT },
  );
  return deploymentResult(plan);
}
