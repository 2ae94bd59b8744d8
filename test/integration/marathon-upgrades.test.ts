// A web app through its life on real processes: placed, scaled, upgraded under load, and brought back from an upgrade that
// fails. How many instances are well is asked of the instances themselves, each 50 ms.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getJson, until } from './daemon-processes.ts';
import { AppWatch, type Watched } from './marathon-load.ts';
import { figure, MarathonCluster, type MarathonProcess, type Task, WEB_APP_COMMAND } from './marathon-process.ts';

const APP = '/shop/web';
let cluster: MarathonCluster;
let marathon: MarathonProcess;

beforeAll(async () => {
  cluster = await MarathonCluster.start(3);
  marathon = cluster.marathon;
});

afterAll(() => cluster.stop());

const webApp = {
  id: APP,
  cmd: WEB_APP_COMMAND,
  cpus: 0.1,
  mem: 32,
  instances: 3,
  env: { VERSION: 'first' },
  constraints: [['hostname', 'UNIQUE']],
  healthChecks: [{ protocol: 'HTTP', path: '/health', intervalSeconds: 1, gracePeriodSeconds: 30 }],
};

interface QueueItem {
  readonly app: { readonly id: string };
  readonly count: number;
  readonly processedOffersSummary: {
    readonly rejectSummaryLastOffers: readonly { reason: string; declined: number; processed: number }[];
  };
}

function perHost(tasks: readonly Task[]): number[] {
  const counts = new Map<string, number>();
  for (const { host } of tasks) counts.set(host, (counts.get(host) ?? 0) + 1);
  return [...counts.values()].sort();
}

async function seconds(work: () => Promise<unknown>): Promise<string> {
  const start = performance.now();
  await work();
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function tell(what: string, watched: Watched, fewest: number, most: number): void {
  const { samples, fewestHealthy, mostTasks, requests, retried, failed } = watched;
  figure(
    what,
    `${fewestHealthy} healthy at least and ${mostTasks} tasks at most in ${samples} samples; ` +
      `${requests} requests answered, ${retried} after another try, ${failed} not`,
    `${fewest} healthy, ${most} tasks`,
  );
}

test('three instances with UNIQUE on hostname run on three agents and are healthy when the deployment ends', async () => {
  const time = await seconds(() => marathon.deploy('POST', '/v2/apps', webApp));
  figure('0 → 3 healthy instances', time, 'no time');
  const app = await marathon.app(APP);
  expect(app).toMatchObject({ tasksRunning: 3, tasksHealthy: 3, tasksUnhealthy: 0, deployments: [] });
  expect(perHost(app.tasks)).toEqual([1, 1, 1]);
  const answers = await Promise.all(app.tasks.map(({ host, ports }) => getJson(`http://${host}:${ports[0]}/`)));
  expect(answers).toEqual(app.tasks.map(({ id }) => ({ version: 'first', task: id, pid: expect.any(Number) })));
});

test('with UNIQUE over three agents ten do not fit: three stay, and the queue tells the constraint', async () => {
  const before = await marathon.running(APP);
  const { deploymentId } = await marathon.change('PUT', `/v2/apps${APP}`, { instances: 10 });
  await until('the queue tells why', 30_000, async () => {
    const [item] = (await marathon.get<{ queue: QueueItem[] }>('/v2/queue')).queue;
    const { rejectSummaryLastOffers = [] } = item?.processedOffersSummary ?? {};
    const unfulfilled = rejectSummaryLastOffers.find(({ reason }) => reason === 'UnfulfilledConstraint');
    return item?.count === 7 && unfulfilled?.declined === 3 && unfulfilled.processed === 3;
  });
  expect(await marathon.tasks(APP)).toEqual(before.map((task) => ({ ...task, healthCheckResults: expect.anything() })));
  expect(await marathon.deploymentIds()).toEqual([deploymentId]);
  await marathon.deploy('DELETE', `/v2/deployments/${deploymentId}`);
  expect(await marathon.app(APP)).toMatchObject({ instances: 3, tasksRunning: 3 });
  expect((await marathon.running(APP)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test('without UNIQUE it grows to ten, evenly spread, and shrinks to three and grows again', async () => {
  const constraints = [['hostname', 'GROUP_BY', '3']];
  await marathon.deploy('PUT', `/v2/apps${APP}`, { constraints });
  const up = await seconds(() => marathon.deploy('PUT', `/v2/apps${APP}`, { instances: 10 }));
  const ten = await marathon.running(APP);
  expect(perHost(ten)).toEqual([3, 3, 4]);
  const down = await seconds(() => marathon.deploy('PUT', `/v2/apps${APP}`, { instances: 3 }));
  const three = await marathon.running(APP);
  expect(perHost(three)).toEqual([1, 1, 1]);
  expect(ten.map(({ id }) => id)).toEqual(expect.arrayContaining(three.map(({ id }) => id)));
  await until('seven processes are gone', 30_000, () => cluster.processes().size === 3);
  await marathon.deploy('PUT', `/v2/apps${APP}`, { instances: 10 });
  expect(await marathon.app(APP)).toMatchObject({ tasksRunning: 10, tasksHealthy: 10 });
  figure('3 → 10 → 3 instances', `${up} and ${down}`, 'no time');
});

test.each([
  { version: 'careful', minimumHealthCapacity: 1, maximumOverCapacity: 0.3, fewest: 10, most: 13 },
  { version: 'thrifty', minimumHealthCapacity: 0.5, maximumOverCapacity: 0, fewest: 5, most: 10 },
])(
  'an upgrade under load keeps to its strategy at every moment: $version',
  async ({ version, fewest, most, ...upgradeStrategy }) => {
    const watch = await AppWatch.start(marathon, APP, true);
    const time = await seconds(() =>
      marathon.deploy('PUT', `/v2/apps${APP}`, { env: { VERSION: version }, upgradeStrategy }),
    );
    const watched = await watch.stop();
    tell(`upgrade of 10 in ${time}`, watched, fewest, most);
    expect(watched.fewestHealthy).toBeGreaterThanOrEqual(fewest);
    expect(watched.mostTasks).toBeLessThanOrEqual(most);
    expect(watched.failed).toBe(0);
    expect(watched.samples).toBeGreaterThan(10);
    const answers = (await marathon.running(APP)).map(({ host, ports }) => getJson(`http://${host}:${ports[0]}/`));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 10 }, () => expect.objectContaining({ version })));
  },
);

test('a version that never gets healthy takes nothing away, and goes by DELETE of its deployment', async () => {
  await marathon.deploy('PUT', `/v2/apps${APP}`, {
    instances: 4,
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0.5 },
  });
  const { env, version } = await marathon.app(APP);
  const watch = await AppWatch.start(marathon, APP, false);
  const { deploymentId } = await marathon.change('PUT', `/v2/apps${APP}`, { env: { HEALTHY: 'false' } });
  await until('two of the new ones run and are not well', 30_000, async () => {
    const app = await marathon.app(APP);
    return app.tasksRunning === 6 && app.tasksUnhealthy === 2;
  });
  expect(await marathon.deploymentIds()).toEqual([deploymentId]);
  expect(await marathon.ask('PUT', `/v2/apps${APP}`, { version })).toMatchObject({
    status: 409,
    body: { deployments: [{ id: deploymentId }] },
  });
  await marathon.deploy('DELETE', `/v2/deployments/${deploymentId}`);
  const watched = await watch.stop();
  tell('failing version, deployment reverted', watched, 4, 6);
  expect(watched.fewestHealthy).toBeGreaterThanOrEqual(4);
  expect(await marathon.app(APP)).toMatchObject({ env, tasksRunning: 4, tasksHealthy: 4 });
});

test('and by PUT of the version before it, with force', async () => {
  const { env, version } = await marathon.app(APP);
  const watch = await AppWatch.start(marathon, APP, false);
  const bad = await marathon.change('PUT', `/v2/apps${APP}`, { env: { HEALTHY: 'false' } });
  await until('a new one runs', 30_000, async () => (await marathon.app(APP)).tasksRunning > 4);
  await marathon.deploy('PUT', `/v2/apps${APP}?force=True`, { version });
  const watched = await watch.stop();
  tell('failing version, version before it put back', watched, 4, 6);
  expect(watched.fewestHealthy).toBeGreaterThanOrEqual(4);
  expect(await marathon.deploymentIds()).not.toContain(bad.deploymentId);
  const app = await marathon.app(APP);
  expect(app).toMatchObject({ env, tasksRunning: 4, tasksHealthy: 4 });
  expect(app.version > version).toBe(true);
});
