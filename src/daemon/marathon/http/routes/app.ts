// /v2/apps/<id> and /v2/apps/<id>/restart (marathon.md 3.7).
import type { HttpResponse } from '../../../../world/net.ts';
import { parseAppUpdate, versionToReapply } from '../../apps/index.ts';
import type { DeploymentPlan } from '../../model/deployment.ts';
import type { PathId } from '../../model/path-id.ts';
import { parentOf, ROOT } from '../../model/path-id.ts';
import { putApp, removeApp } from '../../model/root-group.ts';
import type { Timestamp } from '../../model/time.ts';
import { unknownApp } from '../../refusals.ts';
import { byMethod, deploymentResult, jsonText } from '../answers.ts';
import { changeApp } from '../app-changes.ts';
import type { AppsCore } from '../apps-core.ts';
import { publishPost } from '../post-event.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import { appInfoText } from '../views/app-info.ts';
import { appDetails } from '../views/embeds.ts';

/** `isRestart`: the path ended with `/restart`; only a POST to it restarts (marathon.md 3.7, DELETE). */
export function oneApp(
  core: AppsCore,
  request: ApiRequest,
  id: PathId,
  isRestart: boolean,
): HttpResponse | Promise<HttpResponse> {
  if (isRestart) return byMethod(request.method, { POST: () => restart(core, request, id) });
  return byMethod(request.method, {
    GET: () => show(core, request, id),
    PUT: () => change(core, request, id, request.query.flag('partialUpdate', true), 'optional'),
    PATCH: () => change(core, request, id, true, 'required'),
    DELETE: () => remove(core, request, id),
  });
}

function show(core: AppsCore, request: ApiRequest, id: PathId): HttpResponse {
  const app = core.groups.app(id);
  if (app === undefined) throw unknownApp(id);
  const details = appDetails(request, ['counts', 'deployments', 'tasks', 'lastTaskFailure']);
  return jsonText(`{"app":${appInfoText(core, app, details)}}`);
}

async function change(
  core: AppsCore,
  request: ApiRequest,
  id: PathId,
  partial: boolean,
  existing: 'optional' | 'required',
): Promise<HttpResponse> {
  const update = parseAppUpdate(jsonBody(request), { group: parentOf(id) ?? ROOT, id });
  const force = request.query.flag('force');
  const wanted = versionToReapply(update);
  if (wanted !== undefined) return deploymentResult(await reapply(core, request, id, wanted, force));
  let isNew = false;
  const plan = await core.groups.update(
    (root, version) => {
      isNew = !root.apps.has(id);
      return changeApp(root, version, { id, update, partial, existing }, core.options).root;
    },
    { force, groupId: id },
  );
  publishPost(core, request, id);
  return isNew ? deploymentResult(plan, 201, { location: id }) : deploymentResult(plan);
}

/** A stored definition as a new version. */
async function reapply(
  core: AppsCore,
  request: ApiRequest,
  id: PathId,
  wanted: Timestamp,
  force: boolean,
): Promise<DeploymentPlan> {
  if (core.groups.app(id) === undefined) throw unknownApp(id);
  const former = await core.groups.appVersion(id, wanted);
  if (former === undefined) throw unknownApp(id, wanted);
  const plan = await core.groups.update(
    (root) => {
      const present = root.apps.get(id);
      if (present === undefined) throw unknownApp(id);
      return putApp(root, { ...former, version: present.version });
    },
    { force, groupId: id },
  );
  publishPost(core, request, id);
  return plan;
}

async function restart(core: AppsCore, request: ApiRequest, id: PathId): Promise<HttpResponse> {
  const plan = await core.groups.update(
    (root) => {
      if (!root.apps.has(id)) throw unknownApp(id);
      return root;
    },
    { force: request.query.flag('force'), restart: [id], groupId: id },
  );
  return deploymentResult(plan);
}

async function remove(core: AppsCore, request: ApiRequest, id: PathId): Promise<HttpResponse> {
  const plan = await core.groups.update(
    (root) => {
      if (!root.apps.has(id)) throw unknownApp(id);
      return removeApp(root, id);
    },
    // Unlike everywhere else (marathon.md 26.1).
    { force: request.query.flag('force', true), groupId: id },
  );
  return deploymentResult(plan);
}
