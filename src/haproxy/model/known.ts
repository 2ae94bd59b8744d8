// What a turn leaves to the next (haproxy.md 2.4.2, 2.4.5, 17.6).
import type { Discovery } from '../discovery/discovered.ts';
import type { Known, ModelContext } from './context.ts';
import type { BalancerModel } from './model.ts';
import type { BalancerOptions } from './options.ts';
import { knownOf, verdictOn } from './servers/eligible-tasks.ts';
import { claimsOf } from './whole/claims.ts';

/**
 * Knowledge about the tasks and apps that there are, no more: it does not grow with time. A claim outlives the service as
 * long as its app is there but left out for a fault, so that a typing mistake does not cost a host name.
 */
export function remember(
  discovery: Discovery,
  model: BalancerModel,
  options: BalancerOptions,
  context: ModelContext,
): Known {
  const verdicts: [taskId: string, isAlive: boolean][] = [];
  const killingSinceMs: [taskId: string, ms: number][] = [];
  for (const app of discovery.apps) {
    for (const task of app.tasks) {
      if (options.health !== undefined && app.healthChecks.length > 0) {
        const verdict = verdictOn(task, options.health) ?? knownOf(context.known?.verdicts, task.id);
        if (verdict !== undefined) verdicts.push([task.id, verdict]);
      }
      if (task.state !== 'TASK_KILLING') continue;
      const sinceMs = knownOf(context.known?.killingSinceMs, task.id) ?? context.nowMs;
      if (sinceMs !== undefined) killingSinceMs.push([task.id, Math.floor(sinceMs)]);
    }
  }
  return {
    verdicts: Object.fromEntries(verdicts),
    killingSinceMs: Object.fromEntries(killingSinceMs),
    holders: holdersAfter(model, context.known),
  };
}

function holdersAfter(model: BalancerModel, known: Known | undefined): Record<string, string> {
  const holders: Record<string, string> = {};
  const faulty = new Set<string>();
  for (const problem of model.problems) if (problem.effect === 'left-out') faulty.add(problem.appId);
  for (const [claim, appId] of Object.entries(known?.holders ?? {})) if (faulty.has(appId)) holders[claim] = appId;
  for (const service of model.services) for (const claim of claimsOf(service)) holders[claim] = service.appId;
  return holders;
}
