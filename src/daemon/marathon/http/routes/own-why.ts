// GET /mctl/v1/apps/<id>/why: why instances of an app do not start, over all agents, with the smallest change that helps.
import type { HttpResponse } from '../../../../world/net.ts';
import type { Marathon } from '../../marathon.ts';
import { explainPlacement } from '../../matching/why/explain.ts';
import { isScheduled } from '../../model/instance.ts';
import type { PathId } from '../../model/path-id.ts';
import { timestamp } from '../../model/time.ts';
import { unknownApp } from '../../refusals.ts';
import { agentPicture } from '../agent-picture.ts';
import { jsonText } from '../answers.ts';
import { placementContext } from '../placement-context.ts';
import { appInfoText } from '../views/app-info.ts';

/** `{app: AppInfo, missing, delayedUntil?, why: PlacementExplanation}`. Throws Refusal 404, 503. */
export async function whyNot(marathon: Marathon, id: PathId): Promise<HttpResponse> {
  if (marathon.groups.app(id) === undefined) throw unknownApp(id);
  const agents = await agentPicture(marathon);
  // Removed while the master was asked.
  const app = marathon.groups.app(id);
  if (app === undefined) throw unknownApp(id);
  const waiting = marathon.instances.ofApp(id).filter(isScheduled);
  // What waits may be of the version before: that is what will be launched.
  const launched = waiting[0]?.app ?? app;
  const delayedUntilMs = marathon.backOffs.delayedUntilMs(launched);
  const why = explainPlacement({
    app: launched,
    missing: waiting.length,
    agents,
    placed: marathon.launchQueue.placements.of(launched),
    context: placementContext(marathon),
    maxInstancesPerOffer: marathon.options.maxInstancesPerOffer,
    ...(delayedUntilMs !== undefined && { delayedUntilMs }),
  });
  const info = appInfoText(marathon, app, new Set(['counts', 'deployments', 'lastTaskFailure']));
  const more = JSON.stringify({
    missing: waiting.length,
    ...(delayedUntilMs !== undefined && { delayedUntil: timestamp(delayedUntilMs) }),
    why,
  });
  return jsonText(`{"app":${info},${more.slice(1)}`);
}
