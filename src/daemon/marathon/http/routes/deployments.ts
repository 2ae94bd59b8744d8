// /v2/deployments (marathon.md 7.1, 7.2).
import type { HttpResponse } from '../../../../world/net.ts';
import type { MarathonCore, RunningDeployment } from '../../core.ts';
import { actionJson, planJson } from '../../deployments/plan-json.ts';
import { revertChanges } from '../../groups/index.ts';
import type { JsonValue } from '../../model/json.ts';
import { ROOT } from '../../model/path-id.ts';
import { notFound, unknownDeployment } from '../../refusals.ts';
import { byMethod, deploymentResult, json } from '../answers.ts';
import type { ApiRequest } from '../request.ts';
import type { Resource } from '../service.ts';

type Core = Pick<MarathonCore, 'deployments' | 'groups' | 'readiness' | 'storage'>;

const CANCELLED = 'The upgrade has been cancelled';

/** Lists what is under way; DELETE reverts it, or with `force` leaves it where it is. */
export function deploymentsRoute(core: Core): Resource {
  return (request, rest) => {
    const [id] = rest;
    if (rest.length > 1) throw notFound('URI not found');
    if (id === undefined) {
      return byMethod(request.method, { GET: () => json(core.deployments.running.map((one) => view(core, one))) });
    }
    return byMethod(request.method, { DELETE: () => remove(core, request, id) });
  };
}

function view(core: Core, { plan, step, currentStep }: RunningDeployment): JsonValue {
  const { id, version, steps } = planJson(plan);
  const affected = [...new Set(plan.steps.flatMap(({ actions }) => actions.map(({ app }) => app.id)))];
  return {
    id,
    version,
    affectedApps: affected,
    affectedPods: [],
    steps,
    currentActions: (step?.actions ?? []).map((action) => ({
      ...actionJson(action),
      readinessCheckResults: core.readiness.results(action.app.id).map((result) => ({ ...result })),
    })),
    currentStep,
    totalSteps: plan.steps.length,
  };
}

async function remove(core: Core, request: ApiRequest, id: string): Promise<HttpResponse> {
  const running = core.deployments.get(id);
  if (running === undefined) throw unknownDeployment(id);
  if (request.query.flag('force')) {
    core.deployments.cancel(id, CANCELLED);
    await core.storage.flushed();
    return { status: 202 };
  }
  const plan = await core.groups.update((root) => revertChanges(running.plan, root), {
    force: true,
    groupId: ROOT,
  });
  // Nothing to take back, as with a restart, leaves nothing that is in its way: it ends all the same (marathon.md 7.2).
  core.deployments.cancel(id, CANCELLED);
  await core.storage.flushed();
  return deploymentResult(plan);
}
