// What must be true once faults and requests are over and everything had its time: what is wanted runs, once, where it
// can be reached, and nothing else does. Each line is something that is still to come; none: the cluster is at rest.
import type { Marathon } from '../../../daemon/marathon/marathon.ts';
import { type App, configVersionOf } from '../../../daemon/marathon/model/app.ts';
import type { MarathonCluster } from './cluster.ts';
import type { LaunchedTask } from './task-ledger.ts';

/** `lost`: instances that came back to where others may have been put meanwhile. */
export function stillToCome(cluster: MarathonCluster, lost: ReadonlySet<string>): string[] {
  const { core, marathon } = cluster;
  if (core === undefined) return ['no master leads'];
  if (marathon?.mesos.isSubscribed !== true) return ['Marathon is not subscribed'];
  const up = cluster.agentHosts.filter(({ isUp }) => isUp).length;
  const connected = [...core.state.agents.registered.values()].filter((agent) => agent.connected).length;
  if (connected !== up || core.state.agents.registered.size !== up)
    return [`${core.state.agents.registered.size} agents are registered and ${connected} connected of ${up}`];
  const { tasks } = cluster;
  return [
    ...marathon.deployments.running.map(({ plan, currentStep }) => {
      const waits = marathon.deployments
        .progress(plan.id)
        ?.actions.map(({ action, appId, waitsFor }) => `${action} ${appId}: ${waitsFor}`);
      return `deployment ${plan.id} is at step ${currentStep} of ${plan.steps.length}: ${waits?.join('; ')}`;
    }),
    ...[...marathon.groups.root.apps.values()].flatMap((app) => ofApp(marathon, app, tasks, lost)),
    ...strangers(marathon, tasks),
    ...inMaster(cluster, marathon, tasks),
    ...leftovers(cluster, marathon),
  ];
}

/** As many tasks as asked for, of the present configuration, each the one that the book says it is. */
function ofApp(
  { instances, health }: Marathon,
  app: App,
  tasks: readonly LaunchedTask[],
  lost: ReadonlySet<string>,
): string[] {
  const left: string[] = [];
  const running = tasks.filter(({ appId }) => appId === app.id);
  const book = instances.ofApp(app.id);
  if (running.length !== app.instances)
    left.push(`${app.id} has ${running.length} tasks of ${app.instances}: ${book.map(brief).join(', ')}`);
  for (const instance of book) {
    if (configVersionOf(instance.app) !== configVersionOf(app))
      left.push(`${instance.id} is of configuration ${configVersionOf(instance.app)}, not ${configVersionOf(app)}`);
    if (instance.goal !== 'Running' || instance.condition !== 'Running') left.push(`${brief(instance)} is in the book`);
    else if (!running.some(({ taskId }) => taskId === instance.task?.id))
      left.push(`${instance.id} does not really run`);
    else if (app.healthChecks.length > 0 && health.healthOf(instance) !== true)
      left.push(`${instance.id} is not healthy`);
  }
  const unique = app.constraints.some(({ operator }) => operator === 'UNIQUE');
  const placed = running.filter(({ instanceId }) => !lost.has(instanceId));
  if (unique && new Set(placed.map(({ host }) => host)).size < placed.length) left.push(`${app.id} is not UNIQUE`);
  return left;
}

const brief = (one: { id: string; goal: string; condition: string }) => `${one.id} ${one.goal} ${one.condition}`;

/** Tasks that run without Marathon's knowledge. */
function strangers({ instances, groups }: Marathon, tasks: readonly LaunchedTask[]): string[] {
  return tasks.flatMap(({ taskId, appId, host }) => {
    if (![...groups.root.apps.keys()].some((id) => id === appId))
      return [`${taskId} of a removed app runs on ${host.name}`];
    return instances.byTaskId(taskId) === undefined
      ? [`${taskId} runs on ${host.name}, and Marathon does not know`]
      : [];
  });
}

/** The master keeps a task until its end was acknowledged. */
function inMaster({ core }: MarathonCluster, marathon: Marathon, tasks: readonly LaunchedTask[]): string[] {
  const left: string[] = [];
  for (const framework of core?.state.frameworks.values() ?? []) {
    if (framework.frameworkId !== marathon.mesos.frameworkId) {
      // Subscribed in vain by a life that ended before it could write its id down.
      if (framework.tasks.size > 0) left.push(`framework ${framework.frameworkId}, which is nobody, has tasks`);
      continue;
    }
    for (const { taskId, message } of framework.tasks.values()) {
      if (!tasks.some((task) => task.taskId === taskId)) left.push(`the master has ${taskId} as ${message.state}`);
    }
  }
  return left;
}

function leftovers(cluster: MarathonCluster, { instances, launchQueue, kills, groups }: Marathon): string[] {
  const left: string[] = [];
  const waiting = launchQueue.entries().map(({ app, count }) => `${count} of ${app.id}`);
  if (waiting.length > 0) left.push(`${waiting.join(', ')} are in the launch queue`);
  if (kills.inFlight.tasks > 0) left.push(`${kills.inFlight.tasks} kills are under way`);
  for (const { id, app } of instances.all())
    if (groups.app(app.id) === undefined) left.push(`${id} is in the book, its app is gone`);
  const stored = [...cluster.stored('instances/').keys()].map((key) => key.slice('instances/'.length)).sort();
  const known = [...instances.all()].map(({ id }): string => id).sort();
  if (stored.join() !== known.join()) left.push(`stored are ${stored.join()}, known are ${known.join()}`);
  const deployments = [...cluster.stored('deployments/').keys()];
  if (deployments.length > 0) left.push(`${deployments.join()} are in the store`);
  return left;
}
