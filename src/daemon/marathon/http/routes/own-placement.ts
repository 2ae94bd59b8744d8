// Where the instances of a plan would go as things stand: part of POST /mctl/v1/plan.
import { Resources } from '../../../../mesos/resources.ts';
import { isConfigChange } from '../../apps/index.ts';
import { countsForSize } from '../../deployments/victims.ts';
import type { Marathon } from '../../marathon.ts';
import { PlacedInstances } from '../../matching/placed-instances.ts';
import type { AgentOffer } from '../../matching/why/cluster-picture.ts';
import { explainPlacement, previewPlacement } from '../../matching/why/explain.ts';
import type { AppChange, DeploymentPlan } from '../../model/deployment.ts';
import type { Instance } from '../../model/instance.ts';
import { agentPicture } from '../agent-picture.ts';
import { placementContext } from '../placement-context.ts';

/** One entry an app that is to have new instances. Each is looked at by itself: apps of one plan may be in each other's way. */
export async function placementsOf(marathon: Marathon, plan: DeploymentPlan): Promise<unknown> {
  const wanting = plan.changes.apps.map((change) => ({ change, count: newInstances(marathon, change) }));
  const growing = wanting.filter(({ count }) => count > 0);
  if (growing.length === 0) return [];
  const agents = await agentPicture(marathon);
  return growing.map(({ change, count }) => placementOf(marathon, change, count, agents));
}

function newInstances(marathon: Marathon, { id, before, after }: AppChange): number {
  if (after === undefined) return 0;
  if (before !== undefined && isConfigChange(before, after)) return after.instances;
  return Math.max(0, after.instances - marathon.instances.ofApp(id).filter(countsForSize).length);
}

function placementOf(
  marathon: Marathon,
  { id, before, after }: AppChange,
  count: number,
  agents: readonly AgentOffer[],
): unknown {
  if (after === undefined) throw new Error(`${id} is removed and has no placement`);
  const replaces = before !== undefined && isConfigChange(before, after);
  const question = {
    app: after,
    // What is replaced makes room, and constraints do not look at it.
    agents: replaces ? withoutTasksOf(agents, marathon.instances.ofApp(id)) : agents,
    placed: replaces || before === undefined ? new PlacedInstances(after) : marathon.launchQueue.placements.of(before),
    context: placementContext(marathon),
    maxInstancesPerOffer: marathon.options.maxInstancesPerOffer,
  };
  const preview = previewPlacement({ ...question, count });
  const why = preview.missing > 0 ? explainPlacement({ ...question, missing: count }) : undefined;
  return {
    app: id,
    count,
    agents: preview.agents,
    unplaced: preview.missing,
    ...(why !== undefined && { why }),
  };
}

/** With what the instances hold given back; ports by number, as they were taken. */
function withoutTasksOf(agents: readonly AgentOffer[], instances: readonly Instance[]): AgentOffer[] {
  const byAgent = Map.groupBy(instances, ({ agent }) => agent?.id);
  return agents.map((agent) => {
    const there = byAgent.get(agent.agentId) ?? [];
    if (there.length === 0) return agent;
    const held = there.map(({ app, task }) => {
      const ports = (task?.hostPorts ?? []).map((port) => `${port}-${port}`).join(',');
      const scalars = `cpus:${app.cpus};mem:${app.mem};disk:${app.disk}`;
      return Resources.parse(ports === '' ? scalars : `${scalars};ports:[${ports}]`);
    });
    const free = held.reduce((sum, one) => sum.plus(one), Resources.of(agent.resources));
    return { ...agent, resources: free.toMessages() };
  });
}
