// kill -9 of the master, of an agent and of the framework, each in the middle of 200 running tasks, with real
// processes: nothing is lost, nothing is doubled, and the agents keep their ids.
import { execFileSync, fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createRealWorld } from '../../src/world/real/index.ts';
import { DaemonSet, getJson, until } from './daemon-processes.ts';
import { TaskLoad, type TaskLoadOptions } from './task-load.ts';
import type { TaskLoadProgress } from './task-load-main.ts';

const TASKS = 200;
const FRAMEWORK = fileURLToPath(new URL('task-load-main.ts', import.meta.url));
const world = createRealWorld();
let daemons: DaemonSet;
let marks: string;

beforeAll(async () => {
  marks = mkdtempSync(join(tmpdir(), 'mctl-marks-'));
  daemons = await DaemonSet.start({
    agents: 2,
    resources: 'cpus:200;mem:100000;disk:10000;ports:[31000-32000]',
    masterFlags: ['--agent-ping-timeout=1secs'],
  });
});

afterAll(async () => {
  await daemons.stop();
  rmSync(marks, { recursive: true, force: true });
});

/** Each task leaves a line per start in a file of its own and then waits for `letEnd`: nobody can open the pipe alone. */
function loadOptions(prefix: string): Omit<TaskLoadOptions, 'world'> {
  execFileSync('mkfifo', [`${marks}/pipe-of-${prefix}`]);
  const end = `: < ${marks}/pipe-of-${prefix}; : > ${marks}/end-of-$MESOS_EXECUTOR_ID`;
  return {
    master: daemons.master.url,
    tasks: TASKS,
    prefix,
    command: `echo started >> ${marks}/$MESOS_EXECUTOR_ID; ${end}`,
  };
}

/** The other end stays open as long as the test: some may come late. */
function letEnd(prefix: string): void {
  const pipe = openSync(`${marks}/pipe-of-${prefix}`, 'r+');
  onTestFinished(() => closeSync(pipe));
}

async function runningLoad(prefix: string): Promise<TaskLoad> {
  const load = new TaskLoad({ ...loadOptions(prefix), world });
  load.start();
  await until(`${TASKS} tasks running`, 60_000, () => load.running.size === TASKS);
  return load;
}

async function expectAllOnce(load: TaskLoad, prefix: string): Promise<void> {
  await until(`${TASKS} tasks at their end`, 60_000, () => load.ends.size === TASKS);
  const ends = [...load.ends.values()].map((states) => states.join());
  expect(ends.filter((states) => states !== 'TASK_FINISHED')).toEqual([]);
  const files = readdirSync(marks).filter((name) => name.startsWith(`${prefix}-`));
  expect(files).toHaveLength(TASKS);
  const startedMoreThanOnce = files.filter((name) => readFileSync(join(marks, name), 'utf8') !== 'started\n');
  expect(startedMoreThanOnce).toEqual([]);
  await load.teardown();
}

test('kill -9 of the master in the middle of 200 running tasks loses and doubles nothing', async () => {
  const ids = await daemons.agentIds();
  const load = await runningLoad('master');
  await daemons.master.kill('SIGKILL');
  daemons.master.restart();
  await daemons.whenRegistered();
  letEnd('master');
  await expectAllOnce(load, 'master');
  expect(await daemons.agentIds()).toEqual(ids);
});

test('kill -9 of an agent in the middle of 200 running tasks loses and doubles nothing', async () => {
  const ids = await daemons.agentIds();
  const load = await runningLoad('agent');
  const [agent] = daemons.agents;
  if (agent === undefined) throw new Error('No agent');
  await agent.kill('SIGKILL');
  agent.restart();
  await until('the agent is back', 30_000, async () => (await fetch(`${agent.url}/health`)).ok);
  letEnd('agent');
  await expectAllOnce(load, 'agent');
  expect(await daemons.agentIds()).toEqual(ids);
});

test('an agent that was away while its tasks ended reports how each of them really ended', async () => {
  const load = await runningLoad('away');
  await Promise.all(daemons.agents.map((agent) => agent.kill('SIGKILL')));
  letEnd('away');
  const haveEnded = () => readdirSync(marks).filter((name) => name.startsWith('end-of-away-')).length;
  await until('all have ended', 30_000, () => haveEnded() === TASKS);
  for (const agent of daemons.agents) agent.restart();
  await expectAllOnce(load, 'away');
});

test('kill -9 of the framework in the middle of 200 running tasks: its successor hears of every end', async () => {
  const options = loadOptions('framework');
  const framework = fork(FRAMEWORK, [JSON.stringify(options)]);
  const frameworkId = await new Promise<string>((resolve, reject) => {
    framework.on('message', (progress: TaskLoadProgress) => {
      if (progress.running === TASKS && progress.frameworkId !== undefined) resolve(progress.frameworkId);
    });
    framework.once('exit', (code) => reject(new Error(`The framework ended early, with ${code}`)));
  });
  const gone = new Promise((resolve) => framework.once('exit', resolve));
  framework.kill('SIGKILL');
  await gone;
  const load = new TaskLoad({ ...options, world, successorOf: frameworkId });
  load.start();
  letEnd('framework');
  await expectAllOnce(load, 'framework');
});

test('a cluster stopped and started again with the same state comes back with the ids of its agents', async () => {
  const ids = await daemons.agentIds();
  const all = [daemons.master, ...daemons.agents];
  await Promise.all(all.map((daemon) => daemon.kill('SIGTERM')));
  for (const daemon of all) daemon.restart();
  await daemons.whenRegistered();
  expect(await daemons.agentIds()).toEqual(ids);
  const state = await getJson<{ frameworks: unknown[] }>(`${daemons.master.url}/state`);
  expect(state.frameworks).toEqual([]);
});
