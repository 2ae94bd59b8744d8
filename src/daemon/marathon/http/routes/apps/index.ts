// /v2/apps: all apps, several at once, and where a path below leads (marathon.md 2, 3.7, 3.8).
import type { HttpResponse } from '../../../../../world/net.ts';
import {
  matchesAppFilter,
  parseAppUpdate,
  parseAppUpdates,
  parseLabelSelector,
  requiredId,
} from '../../../apps/index.ts';
import type { App } from '../../../model/app.ts';
import { ROOT, resolvePath } from '../../../model/path-id.ts';
import { byMethod, deploymentHeader, deploymentResult, jsonText } from '../../answers.ts';
import { changeApp, formerApp } from '../../app-changes.ts';
import type { AppsCore } from '../../apps-core.ts';
import { publishPost } from '../../post-event.ts';
import { type ApiRequest, jsonBody } from '../../request.ts';
import type { Resource } from '../../service.ts';
import { appInfoText } from '../../views/app-info.ts';
import { NO_COUNTS } from '../../views/counts.ts';
import { appDetails } from '../../views/embeds.ts';
import { oneApp } from './app.ts';
import { groupApps } from './group.ts';
import { appTasks, groupTasks } from './tasks.ts';
import { appVersions } from './versions.ts';

const NO_ID = 'App Update must have app id set';

/** The last segment, or the last but one, may name what is wanted of the app; so no app may end with these names. */
export function appsRoute(core: AppsCore): Resource {
  return (request, rest) => {
    if (rest.length === 0) return allApps(core, request);
    const [before, last] = [rest.at(-2), rest.at(-1)];
    const path = (cut: number) => resolvePath(rest.slice(0, rest.length - cut).join('/'));
    if (last === '*') return groupApps(core, request, path(1));
    if (last === 'tasks') {
      if (before === '*') return byMethod(request.method, { GET: () => groupTasks(core, path(2)) });
      return appTasks(core, request, path(1), undefined);
    }
    if (before === 'tasks') return appTasks(core, request, path(2), last);
    if (last === 'versions') return appVersions(core, request, path(1), undefined);
    if (before === 'versions') return appVersions(core, request, path(2), last);
    return oneApp(core, request, path(0), last === 'restart' ? path(1) : undefined);
  };
}

function allApps(core: AppsCore, request: ApiRequest): HttpResponse | Promise<HttpResponse> {
  return byMethod(request.method, {
    GET: () => list(core, request),
    POST: () => create(core, request),
    PUT: () => changeSeveral(core, request, 'optional'),
    PATCH: () => changeSeveral(core, request, 'required'),
  });
}

function list(core: AppsCore, request: ApiRequest): HttpResponse {
  const { query } = request;
  const label = query.first('label');
  const cmd = query.first('cmd');
  const id = query.first('id');
  const filter = {
    ...(cmd !== undefined && { cmd }),
    ...(id !== undefined && { id }),
    ...(label !== undefined && { label: parseLabelSelector(label) }),
  };
  const details = appDetails(request, ['counts', 'deployments']);
  const apps: App[] = [];
  for (const app of core.groups.root.apps.values()) if (matchesAppFilter(app, filter)) apps.push(app);
  return jsonText(`{"apps":[${apps.map((app) => appInfoText(core, app, details)).join(',')}]}`);
}

async function create(core: AppsCore, request: ApiRequest): Promise<HttpResponse> {
  const update = parseAppUpdate(jsonBody(request), { group: ROOT });
  const id = requiredId(update);
  let created: App | undefined;
  const plan = await core.groups.update(
    (root, version) => {
      const how = { id, update, partial: false, existing: 'refused' } as const;
      const changed = changeApp(root, version, how, core.options);
      created = changed.app;
      return changed.root;
    },
    { force: request.query.flag('force'), groupId: id },
  );
  if (created === undefined) throw new Error('A created app was not kept');
  publishPost(core, request, id);
  // As it was asked for: service ports are still 0, and there is no version info (marathon.md 26.2).
  const more = JSON.stringify({ ...NO_COUNTS, deployments: [{ id: plan.id }] });
  const text = `${appInfoText(core, created, new Set()).slice(0, -1)},${more.slice(1)}`;
  return jsonText(text, 201, { location: id, ...deploymentHeader(plan) });
}

async function changeSeveral(
  core: AppsCore,
  request: ApiRequest,
  existing: 'optional' | 'required',
): Promise<HttpResponse> {
  const updates = parseAppUpdates(jsonBody(request), { group: ROOT });
  const partial = existing === 'required' || request.query.flag('partialUpdate', true);
  const changes = updates.map((update) => ({ id: requiredId(update, NO_ID), update, partial, existing }));
  const formers = await Promise.all(changes.map((how) => formerApp(core.groups, how)));
  const plan = await core.groups.update(
    (root, version) =>
      changes.reduce((next, how, i) => {
        const former = formers[i];
        return changeApp(next, version, { ...how, ...(former && { former }) }, core.options).root;
      }, root),
    {
      force: request.query.flag('force'),
      groupId: ROOT,
      places: new Map(changes.map(({ id, update }) => [id, update.at])),
    },
  );
  return deploymentResult(plan);
}
