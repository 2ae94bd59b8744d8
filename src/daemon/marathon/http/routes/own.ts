// What is ours, below /mctl/v1: what the original never told (a deployment's instances, why an app does not start, what a
// change would do). The original's own paths keep the original's answers.
import type { HttpResponse } from '../../../../world/net.ts';
import type { DeploymentProgress } from '../../core.ts';
import type { Marathon } from '../../marathon.ts';
import { resolvePath } from '../../model/path-id.ts';
import { notFound, unknownDeployment } from '../../refusals.ts';
import { byMethod, json } from '../answers.ts';
import type { Resource } from '../service.ts';
import { planChange } from './own-plan.ts';
import { whyNot } from './own-why.ts';

/** `deployments/<id>`, `apps/<id>/why`, `plan`. (`ready` is answered before, by standbys too: leadership.ts.) */
export function ownRoute(marathon: Marathon): Resource {
  return (request, rest) => {
    const [first, second] = rest;
    if (first === 'deployments' && second !== undefined && rest.length === 2)
      return byMethod(request.method, { GET: () => progress(marathon, second) });
    if (first === 'apps' && rest.at(-1) === 'why')
      return byMethod(request.method, { GET: () => whyNot(marathon, resolvePath(rest.slice(1, -1).join('/'))) });
    if (first === 'plan' && rest.length === 1)
      return byMethod(request.method, { POST: () => planChange(marathon, request) });
    throw notFound('URI not found');
  };
}

function progress(marathon: Marathon, id: string): HttpResponse {
  const found: DeploymentProgress | undefined = marathon.deployments.progress(id);
  if (found === undefined) throw unknownDeployment(id);
  return json(found);
}
