// What a person who follows a deployment sees (core.ts, DeploymentProgress).
import type { ActionProgress, DeploymentProgress, Health, Instances } from '../core.ts';
import { configVersionOf } from '../model/app.ts';
import { type Instance, isActive, isUnreachable } from '../model/instance.ts';
import type { Timestamp } from '../model/time.ts';
import type { ActionWorker } from './action-worker.ts';
import type { DeploymentRun } from './deployment-run.ts';

/** Instances an action that are remembered of a deployment that is over. */
const REMEMBERED_INSTANCES = 200;

interface Parts {
  readonly instances: Pick<Instances, 'ofApp'>;
  readonly health: Pick<Health, 'healthOf'>;
}

/** As it is now. Costs the instances of the apps of the current step. */
export function progressOf(run: DeploymentRun, parts: Parts): DeploymentProgress {
  return {
    id: run.plan.id,
    state: 'running',
    currentStep: run.currentStep,
    totalSteps: run.plan.steps.length,
    startedAt: run.startedAt,
    actions: run.workers.map((worker) => actionProgress(worker, parts)),
  };
}

/** As it ended. */
export function finalProgress(
  run: DeploymentRun,
  parts: Parts,
  end: { readonly state: DeploymentProgress['state']; readonly reason?: string; readonly endedAt: Timestamp },
): DeploymentProgress {
  const { actions, ...progress } = progressOf(run, parts);
  const remembered = actions.map((action) => ({
    ...action,
    instances: action.instances.slice(0, REMEMBERED_INSTANCES),
  }));
  return { ...progress, ...end, actions: remembered };
}

function actionProgress(worker: ActionWorker, { instances, health }: Parts): ActionProgress {
  const { kind, app } = worker.action;
  const waitsFor = worker.waitsFor();
  const markOf = (instance: Instance): Mark => {
    const isOld = kind === 'RestartApplication' && configVersionOf(instance.app) !== configVersionOf(app);
    return isOld && instance.goal === 'Running' ? 'old' : conditionMark(instance, health);
  };
  return {
    action: kind,
    appId: app.id,
    target: kind === 'StopApplication' || kind === 'StartApplication' ? 0 : app.instances,
    done: worker.isDone,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    instances: instances.ofApp(app.id).map((instance) => ({
      id: instance.id,
      mark: markOf(instance),
      ...(instance.agent === undefined ? {} : { host: instance.agent.host }),
    })),
  };
}

type Mark = ActionProgress['instances'][number]['mark'];

function conditionMark(instance: Instance, health: Pick<Health, 'healthOf'>): Mark {
  if (instance.goal !== 'Running' || instance.condition === 'Killing') return 'killed';
  if (isUnreachable(instance)) return 'unreachable';
  if (!isActive(instance)) return 'waiting';
  if (instance.condition !== 'Running') return 'staged';
  const isHealthy = instance.app.healthChecks.length === 0 ? undefined : health.healthOf(instance);
  if (isHealthy === undefined) return 'running';
  return isHealthy ? 'healthy' : 'unhealthy';
}
