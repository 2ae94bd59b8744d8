// Marathon runs another framework as an app: the framework launches tasks of its own on the same cluster, and whatever
// becomes of its process, it is started again and takes its FrameworkID and its tasks over.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getJson, until } from './daemon-processes.ts';
import { figure, MarathonCluster, type MarathonProcess } from './marathon-process.ts';

const SCHEDULER = fileURLToPath(new URL('fixtures/scheduler.ts', import.meta.url));
const APP = '/frameworks/workers';
let cluster: MarathonCluster;
let marathon: MarathonProcess;

beforeAll(async () => {
  cluster = await MarathonCluster.start(2);
  marathon = cluster.marathon;
});

afterAll(() => cluster.stop());

interface Framework {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly tasks: readonly { readonly id: string; readonly state: string }[];
}

/** The framework that Marathon runs, when it is connected and has its workers. */
async function workers(): Promise<Framework> {
  const found: Framework[] = [];
  await until('the framework is active with two workers', 30_000, async () => {
    const { frameworks } = await getJson<{ frameworks: Framework[] }>(`${cluster.daemons.master.url}/state`);
    found.splice(0, found.length, ...frameworks.filter(({ name }) => name === 'workers'));
    const running = found[0]?.tasks.filter(({ state }) => state === 'TASK_RUNNING');
    if (found[0]?.active !== true || running?.length !== 2) throw new Error(JSON.stringify(found));
    return true;
  });
  const [framework, ...others] = found;
  if (framework === undefined || others.length > 0) throw new Error(`${found.length} frameworks`);
  return framework;
}

function workerProcesses(): [string, number[]][] {
  return [...cluster.processes()].filter(([id]) => id.startsWith('worker-')).sort();
}

async function taskId(): Promise<string> {
  const [task] = await marathon.running(APP);
  if (task === undefined) throw new Error('The framework does not run');
  return task.id;
}

test('a framework started as an app launches tasks of its own', async () => {
  await marathon.deploy('POST', '/v2/apps', {
    id: APP,
    cmd: `exec ${process.execPath} ${SCHEDULER}`,
    cpus: 0.1,
    mem: 64,
    env: { MASTER: new URL(cluster.daemons.master.url).host, BOOK: join(cluster.daemons.directory, 'book.json') },
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
    backoffSeconds: 0.2,
  });
  const framework = await workers();
  expect(framework.tasks.map(({ id }) => id).sort()).toEqual(['worker-1', 'worker-2']);
  expect(workerProcesses()).toHaveLength(2);
});

test('killed, it is launched again and takes over its FrameworkID and its tasks', async () => {
  const [before, processes, id] = [await workers(), workerProcesses(), await taskId()];
  const start = performance.now();
  for (const pid of cluster.processes().get(id) ?? []) process.kill(pid, 'SIGKILL');
  await until('it runs again', 30_000, async () => (await taskId()) === id.replace(/\.1$/, '.2'));
  const after = await workers();
  figure('framework killed → active again with its tasks', `${(performance.now() - start).toFixed(0)} ms`, 'no time');
  expect(after.id).toBe(before.id);
  expect(after.tasks.map(({ id: task }) => task).sort()).toEqual(['worker-1', 'worker-2']);
  expect(workerProcesses()).toEqual(processes);
  expect(await marathon.app(APP)).toMatchObject({ lastTaskFailure: { taskId: id, state: 'TASK_FAILED' } });
});

test('with agents, Marathon and master killed and started again, it is the same framework with the same tasks', async () => {
  const [before, processes] = [await workers(), workerProcesses()];
  for (const daemon of [...cluster.daemons.agents, marathon.daemon, cluster.daemons.master]) {
    await daemon.kill('SIGKILL');
    daemon.restart();
  }
  await marathon.whenUp();
  await cluster.daemons.whenRegistered();
  const after = await workers();
  expect(after.id).toBe(before.id);
  expect(workerProcesses()).toEqual(processes);
  await until('the app runs', 30_000, async () => (await marathon.running(APP)).length === 1);
  expect([...cluster.processes().keys()].sort()).toEqual([await taskId(), 'worker-1', 'worker-2']);
});
