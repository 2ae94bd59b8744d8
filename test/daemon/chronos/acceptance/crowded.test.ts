// Many jobs at once, and clusters with little room (chronos.md 4.5.2, 8.27, 21.12), on a whole simulated cluster.
import { expect, test } from 'vitest';
import { Scene } from './support/scene.ts';

const MINUTE = 60_000;

test('12: a thousand jobs of the same minute all start within ten seconds of it on ten agents of 8 CPUs', async () => {
  const agentFlags = Array.from({ length: 10 }, () => ['--resources=cpus:8;mem:16384;disk:65536']);
  const scene = await Scene.start({ agentFlags });
  // The promise is one of clusters that are well: nothing of the ensemble stalls.
  scene.ensemble.isSteady = true;
  const next = Math.ceil((scene.nowMs + 2 * MINUTE) / MINUTE) * MINUTE;
  const names = Array.from({ length: 1000 }, (_, at) => `job-${at}`);
  const schedule = `R/${new Date(next).toISOString()}/PT1M`;
  await scene.storeAll(
    names.map((name) => ({ name, command: 'true', schedule })),
    20,
  );
  // None was lost on the way (chronos.md 8.27).
  expect((await scene.ask('GET', '/scheduler/jobs')).json).toHaveLength(1000);
  expect(scene.nowMs).toBeLessThan(next);
  await scene.until(() => scene.launched.length >= 1000, next + 10_000 - scene.nowMs);
  expect(scene.launched.map(({ task }) => task.env.MESOS_TASK_ID).sort()).toEqual(
    names.map((name) => `ct:${next}:0:${name}:`).sort(),
  );
});

test('a job that only a less crowded cluster has room for is not said to fit nowhere', async () => {
  const scene = await Scene.start({ candidates: 2, agentFlags: [['--resources=cpus:4;mem:4096;disk:4096']] });
  const far = 'R/2100-01-01T00:00:00Z/P1D';
  await scene.store({ name: 'long', command: 'sleep 600', cpus: 3, schedule: far });
  await scene.store({ name: 'wide', command: 'true', cpus: 2, schedule: far });
  await scene.store({ name: 'huge', command: 'true', cpus: 5, schedule: far });
  await scene.ask('PUT', '/scheduler/job/long');
  await scene.until(() => scene.tasks('long').length === 1, MINUTE);
  // Who leads next has never seen the agent empty.
  const { leader } = scene;
  leader?.process.crash();
  await scene.until(() => scene.leader !== undefined && scene.leader !== leader, MINUTE);
  for (const name of ['wide', 'huge']) await scene.ask('PUT', `/scheduler/job/${name}`);
  await scene.pass(30_000);
  const { jobs } = (await scene.ask('GET', '/scheduler/jobs/summary')).json;
  const said = jobs.map(({ name, state, unplaceable }: Record<string, string>) => [name, state, unplaceable]);
  expect(said).toEqual([
    ['huge', 'queued', 'it asks for 5 of cpus, and no agent that it may use has more than 4'],
    ['long', '1 running', undefined],
    ['wide', 'queued', undefined],
  ]);
  await scene.ask('DELETE', '/scheduler/task/kill/long');
  await scene.until(() => scene.tasks('wide').length === 1, MINUTE);
});

test('a job that fits nowhere makes no other one late (chronos.md 4.4.9, 4.5.4)', async () => {
  const scene = await Scene.start();
  scene.ensemble.isSteady = true;
  await scene.store({ name: 'huge', command: 'true', cpus: 100, schedule: 'R1//PT1H' });
  // Not in step with the five seconds of --min_revive_offers_interval.
  const firstMs = Math.ceil(scene.nowMs / 1000) * 1000 + 20_000;
  const dueMs = Array.from({ length: 10 }, (_, at) => firstMs + at * 7100);
  const schedule = (ms: number) => `R1/${new Date(ms).toISOString()}/PT1H`;
  await scene.storeAll(
    dueMs.map((ms, at) => ({ name: `job-${at}`, command: 'true', schedule: schedule(ms) })),
    10,
  );
  for (const [at, ms] of dueMs.entries()) await scene.until(() => scene.launched.length > at, ms + 2000 - scene.nowMs);
});
