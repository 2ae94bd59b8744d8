// A small cluster with a Marathon for directed scenarios: asked and waited for in virtual time.
import { Simulation } from '../../src/simulation/index.ts';
import type { Answer } from '../../src/simulation/scenario/marathon/client.ts';
import { MarathonCluster, type MarathonClusterOptions } from '../../src/simulation/scenario/marathon/cluster.ts';
import type { LaunchedTask } from '../../src/simulation/scenario/marathon/task-ledger.ts';

export interface Rig {
  readonly simulation: Simulation;
  readonly cluster: MarathonCluster;
  /** One request; throws unless answered with 2xx. Gives the body. */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Processes of an app that run now. */
  tasksOf(appId: string): LaunchedTask[];
  /** Waits; throws with what there is instead when it does not come within the time. */
  until(what: string, predicate: () => boolean, limitMs?: number): Promise<void>;
  /** No deployment, and as many tasks as asked for, each known to Marathon and running. */
  settled(appId: string, count: number, limitMs?: number): Promise<void>;
  stop(): void;
}

export async function startRig(options: MarathonClusterOptions & { readonly seed?: number } = {}): Promise<Rig> {
  const simulation = new Simulation({ seed: options.seed ?? 1 });
  const cluster = new MarathonCluster(simulation, options);
  const client = cluster.clients[0];
  const until: Rig['until'] = async (what, predicate, limitMs = 60_000) => {
    if (await simulation.runUntil(predicate, limitMs)) return;
    throw new Error(`${what}: not within ${limitMs} ms; ${describe(cluster)}`);
  };
  const tasksOf = (appId: string) => cluster.tasks.filter((task) => task.appId === appId);
  const ask: Rig['ask'] = async (method, path, body) => {
    const answer = client?.value?.ask(method, path, body);
    if (answer === undefined) throw new Error('there is no client');
    return await simulation.settle(answer);
  };
  await until('subscribed', () => cluster.marathon?.mesos.isSubscribed === true && client?.value !== undefined);
  return {
    simulation,
    cluster,
    ask,
    request: async (method, path, body) => {
      const answer = await ask(method, path, body);
      if (answer.status !== undefined && answer.status < 300) return answer.body;
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
    tasksOf,
    until,
    settled: (appId, count, limitMs) =>
      until(`${appId} has ${count} tasks`, () => isSettled(cluster, appId, count, tasksOf(appId)), limitMs),
    stop: () => {
      for (const process of [...cluster.processes, ...cluster.clients]) process.crash();
    },
  };
}

function isSettled({ marathon }: MarathonCluster, appId: string, count: number, tasks: LaunchedTask[]): boolean {
  if (marathon === undefined || tasks.length !== count || marathon.deployments.running.length > 0) return false;
  const instances = [...marathon.instances.all()].filter(({ app }) => app.id === appId);
  const running = new Set(instances.flatMap((one) => (one.condition === 'Running' ? [one.task?.id] : [])));
  return instances.length === count && tasks.every(({ taskId }) => running.has(taskId));
}

function describe({ marathon, tasks }: MarathonCluster): string {
  const book = [...(marathon?.instances.all() ?? [])].map(
    ({ id, condition, goal, app }) => `${id} ${goal} ${condition} of ${app.version}`,
  );
  const deployments = marathon?.deployments.running.map(({ plan }) =>
    JSON.stringify(marathon.deployments.progress(plan.id)),
  );
  return JSON.stringify(
    { book, deployments, running: tasks.map(({ taskId, host }) => `${taskId} on ${host.name}`) },
    null,
    1,
  );
}
