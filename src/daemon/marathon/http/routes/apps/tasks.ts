// /v2/apps/<id>/tasks (marathon.md 3.7): an app's tasks, listed and killed.
import type { HttpResponse } from '../../../../../world/net.ts';
import type { Instance } from '../../../model/instance.ts';
import type { JsonValue } from '../../../model/json.ts';
import type { PathId } from '../../../model/path-id.ts';
import { appsWithin } from '../../../model/root-group.ts';
import { unknownApp, unknownGroup, unknownTask } from '../../../refusals.ts';
import { byMethod, json } from '../../answers.ts';
import { type KillCore, killTasks } from '../../kill-tasks.ts';
import type { ApiRequest } from '../../request.ts';
import { tasksAsText, wantsText } from '../../tasks-as-text.ts';
import { isListed, taskJson } from '../../views/task.ts';

/** `taskId` undefined: all tasks of the app. */
export function appTasks(
  core: KillCore,
  request: ApiRequest,
  appId: PathId,
  taskId: string | undefined,
): HttpResponse | Promise<HttpResponse> {
  if (taskId !== undefined) return byMethod(request.method, { DELETE: () => killOne(core, request, appId, taskId) });
  return byMethod(request.method, {
    GET: () => {
      const app = core.groups.app(appId);
      if (app === undefined) throw unknownApp(appId);
      return wantsText(request) ? tasksAsText(core, request, [app]) : json({ tasks: tasksOf(core, appId) });
    },
    DELETE: () => killAll(core, request, appId),
  });
}

/** Tasks of all apps in a group and below it. */
export function groupTasks(core: KillCore, groupId: PathId): HttpResponse {
  const { root } = core.groups;
  if (!root.groups.has(groupId)) throw unknownGroup(groupId);
  return json({ tasks: appsWithin(root, groupId).flatMap((appId) => tasksOf(core, appId)) });
}

function tasksOf(core: KillCore, appId: PathId): JsonValue[] {
  const listed = core.instances.ofApp(appId).filter(isListed);
  return listed.map((instance) => taskJson(core, instance, { withServicePorts: true }));
}

function killAll(core: KillCore, request: ApiRequest, appId: PathId): Promise<HttpResponse> {
  if (core.groups.app(appId) === undefined) throw unknownApp(appId);
  const host = request.query.first('host') ?? '*';
  // A part of the name is enough (marathon.md 26.44).
  const isThere = ({ agent }: Instance): boolean => host === '*' || agent?.host.includes(host) === true;
  const instances = core.instances.ofApp(appId).filter((instance) => isListed(instance) && isThere(instance));
  return killTasks(core, request, new Map([[appId, instances]]), (tasks) => ({ tasks }));
}

function killOne(core: KillCore, request: ApiRequest, appId: PathId, taskId: string): Promise<HttpResponse> {
  if (core.groups.app(appId) === undefined) throw unknownApp(appId);
  const instance = core.instances.byTaskId(taskId);
  if (instance === undefined || instance.app.id !== appId || !isListed(instance)) throw unknownTask(taskId);
  return killTasks(core, request, new Map([[appId, [instance]]]), ([task]) => ({ task }));
}
