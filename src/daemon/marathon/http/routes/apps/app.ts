// /v2/apps/<id> and /v2/apps/<id>/restart (marathon.md 3.7).
import type { HttpResponse } from '../../../../../world/net.ts';
import { parseAppUpdate } from '../../../apps/index.ts';
import type { PathId } from '../../../model/path-id.ts';
import { parentOf, ROOT } from '../../../model/path-id.ts';
import { removeApp } from '../../../model/root-group.ts';
import { unknownApp } from '../../../refusals.ts';
import { byMethod, deploymentResult, jsonText } from '../../answers.ts';
import { changeApp, formerApp } from '../../app-changes.ts';
import type { AppsCore } from '../../apps-core.ts';
import { publishPost } from '../../post-event.ts';
import { type ApiRequest, jsonBody } from '../../request.ts';
import { appInfoText } from '../../views/app-info.ts';
import { appDetails } from '../../views/embeds.ts';

/**
 * `restarted`: the app whose restart the path is, when it ends with `/restart`. Only a POST to it means that; anything else
 * means an app of that very name, such as older releases allowed (marathon.md 3.1, 3.7).
 */
export function oneApp(
  core: AppsCore,
  request: ApiRequest,
  id: PathId,
  restarted: PathId | undefined,
): HttpResponse | Promise<HttpResponse> {
  return byMethod(request.method, {
    GET: () => show(core, request, id),
    PUT: () => change(core, request, id, request.query.flag('partialUpdate', true), 'optional'),
    PATCH: () => change(core, request, id, true, 'required'),
    DELETE: () => remove(core, request, id),
    ...(restarted !== undefined && { POST: () => restart(core, request, restarted) }),
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
  const how = { id, update, partial, existing };
  const former = await formerApp(core.groups, how);
  let isNew = false;
  const plan = await core.groups.update(
    (root, version) => {
      isNew = !root.apps.has(id);
      return changeApp(root, version, { ...how, ...(former && { former }) }, core.options).root;
    },
    { force: request.query.flag('force'), groupId: id },
  );
  publishPost(core, request, id);
  return isNew ? deploymentResult(plan, 201, { location: id }) : deploymentResult(plan);
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
