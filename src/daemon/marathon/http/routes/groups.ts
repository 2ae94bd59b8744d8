// /v2/groups (marathon.md 5): the tree, its history, and changing a whole part of it at once.
import { z } from 'zod';
import type { HttpResponse } from '../../../../world/net.ts';
import { planJson } from '../../deployments/plan-json.ts';
import { parseGroupUpdate, placesOf } from '../../groups/index.ts';
import type { PathId } from '../../model/path-id.ts';
import { ROOT, resolvePath, segmentsOf } from '../../model/path-id.ts';
import { appsWithin, removeGroup } from '../../model/root-group.ts';
import { invalidShape, Refusal, unknownGroup } from '../../refusals.ts';
import { byMethod, deploymentResult, json, jsonText } from '../answers.ts';
import type { AppsCore } from '../apps-core.ts';
import { groupChange } from '../group-changes.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import type { Resource } from '../service.ts';
import { appInfoText } from '../views/app-info.ts';
import { appDetails, groupEmbeds } from '../views/embeds.ts';
import { groupInfoText } from '../views/group-info.ts';
import { requireTimestamp } from './apps/versions.ts';

/** When something is asked for, the last segments may name what is wanted of the group. */
export function groupsRoute(core: AppsCore): Resource {
  return (request, rest) => {
    const [before, last] = [rest.at(-2), rest.at(-1)];
    const path = (cut: number) => resolvePath(rest.slice(0, rest.length - cut).join('/'));
    const id = path(0);
    return byMethod(request.method, {
      GET: () => {
        if (last === 'versions') return versions(core, path(1));
        if (before === 'versions') return version(core, request, path(2), last);
        if (last === 'apps' && !core.groups.root.groups.has(id)) return apps(core, request, path(1));
        return show(core, request, id);
      },
      POST: () => create(core, request, id),
      PUT: () => change(core, request, id),
      PATCH: () => setEnforceRole(core, request, id),
      DELETE: () => remove(core, request, id),
    });
  };
}

function show(core: AppsCore, request: ApiRequest, id: PathId): HttpResponse {
  const text = groupInfoText(core, core.groups.root, id, groupEmbeds(request));
  if (text === undefined) throw unknownGroup(id);
  return jsonText(text);
}

function versions(core: AppsCore, id: PathId): HttpResponse {
  if (!core.groups.root.groups.has(id)) throw unknownGroup(id);
  return json(core.groups.rootVersions());
}

async function version(core: AppsCore, request: ApiRequest, id: PathId, text = ''): Promise<HttpResponse> {
  const wanted = requireTimestamp(text);
  const root = await core.groups.rootVersion(wanted);
  const shown = root && groupInfoText(core, root, id, groupEmbeds(request));
  if (shown === undefined) throw unknownGroup(id, wanted);
  return jsonText(shown);
}

function apps(core: AppsCore, request: ApiRequest, id: PathId): HttpResponse {
  const { root } = core.groups;
  if (!root.groups.has(id)) throw unknownGroup(id);
  const details = appDetails(request);
  const texts = appsWithin(root, id)
    .sort()
    .flatMap((appId) => {
      const app = root.apps.get(appId);
      return app === undefined ? [] : [appInfoText(core, app, details)];
    });
  return jsonText(`[${texts.join(',')}]`);
}

async function create(core: AppsCore, request: ApiRequest, base: PathId): Promise<HttpResponse> {
  const update = parseGroupUpdate(jsonBody(request), base);
  const apply = await groupChange(core, update, 'create');
  const plan = await core.groups.update(apply, {
    force: request.query.flag('force'),
    groupId: update.id,
    places: placesOf(update),
  });
  return deploymentResult(plan, 201, { location: update.id });
}

async function change(core: AppsCore, request: ApiRequest, base: PathId): Promise<HttpResponse> {
  const update = parseGroupUpdate(jsonBody(request), base);
  const apply = await groupChange(core, update, 'change');
  const places = placesOf(update);
  if (request.query.flag('dryRun')) return json({ steps: planJson(core.groups.plan(apply, { places })).steps });
  const plan = await core.groups.update(apply, { force: request.query.flag('force'), groupId: update.id, places });
  return deploymentResult(plan);
}

async function remove(core: AppsCore, request: ApiRequest, id: PathId): Promise<HttpResponse> {
  const plan = await core.groups.update(
    (root) => {
      if (!root.groups.has(id)) throw unknownGroup(id);
      return removeGroup(root, id);
    },
    { force: request.query.flag('force'), groupId: id },
  );
  return deploymentResult(plan);
}

const PATCH_BODY = z.object({ enforceRole: z.boolean() });

async function setEnforceRole(core: AppsCore, request: ApiRequest, id: PathId): Promise<HttpResponse> {
  const body = PATCH_BODY.safeParse(jsonBody(request));
  if (!body.success) throw invalidShape([{ path: '/enforceRole', error: 'error.expected.jsboolean' }]);
  if (id === ROOT || segmentsOf(id).length > 1) throw new Refusal(422, 'Path needs to be top-level');
  if (!core.groups.root.groups.has(id)) throw unknownGroup(id);
  await core.groups.setEnforceRole(id, body.data.enforceRole);
  return { status: 200 };
}
