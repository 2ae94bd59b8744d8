// POST /mctl/v1/plan: what a change would do, without doing it.
import type { HttpResponse } from '../../../../world/net.ts';
import { type AppUpdate, parseAppUpdate, parseAppUpdates, renderApp, requiredId } from '../../apps/index.ts';
import { planJson } from '../../deployments/plan-json.ts';
import { parseGroupUpdate, placesOf } from '../../groups/index.ts';
import type { Marathon } from '../../marathon.ts';
import type { App } from '../../model/app.ts';
import type { DeploymentPlan } from '../../model/deployment.ts';
import type { JsonValue } from '../../model/json.ts';
import { type PathId, ROOT } from '../../model/path-id.ts';
import { Refusal } from '../../refusals.ts';
import { json } from '../answers.ts';
import { changeApp } from '../app-changes.ts';
import { groupChange } from '../group-changes.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import { placementsOf } from './own-placement.ts';

/** The body is an app, a list of apps, or with `kind=group` a group, as for PUT. Throws Refusal as the change would. */
export async function planChange(marathon: Marathon, request: ApiRequest): Promise<HttpResponse> {
  const kind = request.query.first('kind') ?? 'app';
  if (kind !== 'app' && kind !== 'group')
    throw new Refusal(422, `Invalid value '${kind}' of the query parameter 'kind': expected app or group`);
  const plan = await (kind === 'app' ? planApps(marathon, request) : planGroup(marathon, request));
  return json({
    steps: planJson(plan).steps,
    changes: plan.changes.apps.map(({ id, before, after }) => ({ id, before: shown(before), after: shown(after) })),
    placement: await placementsOf(marathon, plan),
  });
}

async function planApps(marathon: Marathon, request: ApiRequest): Promise<DeploymentPlan> {
  const body = jsonBody(request);
  const updates: readonly AppUpdate[] = Array.isArray(body)
    ? parseAppUpdates(body, { group: ROOT })
    : [parseAppUpdate(body, { group: ROOT })];
  const partial = request.query.flag('partial', true);
  const places = new Map<PathId, string>(updates.map((update) => [requiredId(update), update.at]));
  return marathon.groups.plan(
    (root, version) =>
      updates.reduce((next, update) => {
        const how = { id: requiredId(update), update, partial, existing: 'optional' } as const;
        return changeApp(next, version, how, marathon.options).root;
      }, root),
    { places },
  );
}

async function planGroup(marathon: Marathon, request: ApiRequest): Promise<DeploymentPlan> {
  const update = parseGroupUpdate(jsonBody(request), ROOT);
  return marathon.groups.plan(await groupChange(marathon, update, 'change'), { places: placesOf(update) });
}

function shown(app: App | undefined): JsonValue {
  return app === undefined ? null : renderApp(app);
}
