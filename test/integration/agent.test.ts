// A real agent process with real containers, killed and started again in the middle of running tasks.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FrameworkInfo, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { FakeMaster } from '../daemon/agent/support/fake-master.ts';
import { FORGETFUL, FRAMEWORK, task as someTask } from '../daemon/agent/support/scene.ts';

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
const world = createRealWorld({ log: { level: 'error' } });
const user = world.host.currentUser;

let master: FakeMaster;
let directory: string;
let agent: ChildProcess | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-agent-'));
  master = await FakeMaster.start(world, '127.0.0.1', 0);
});

afterEach(async () => {
  await end('SIGUSR1');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts an agent and waits until it is registered. */
async function start(): Promise<void> {
  const subscriptions = master.subscriptions.length;
  const flags = [
    `--master=127.0.0.1:${master.port}`,
    `--work_dir=${directory}/work`,
    `--runtime_dir=${directory}/run`,
    '--ip=127.0.0.1',
    '--port=0',
    '--hostname=agent',
    '--advertise_port=5051',
    '--registration_backoff_factor=50ms',
    `--cgroups_root=mctl-test-${directory.slice(-6)}`,
    '--resources=cpus:100;mem:10000;disk:1000',
  ];
  agent = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
  await until('the agent has registered', () => master.subscriptions.length > subscriptions);
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const ending = agent;
  agent = undefined;
  if (ending === undefined || ending.exitCode !== null) return;
  await new Promise((resolve) => {
    ending.once('exit', resolve);
    ending.kill(signal);
  });
}

async function until(what: string, isSo: () => boolean, limitMs = 60_000): Promise<void> {
  const deadlineMs = world.clock.monotonicMs() + limitMs;
  while (!isSo()) {
    if (world.clock.monotonicMs() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await world.clock.sleep(20);
  }
}

const run = (framework: FrameworkInfo, id: string, command: string, more: Partial<TaskInfo> = {}) =>
  master.run({ ...framework, user }, someTask(id, { command: { value: command }, ...more }));
const isIn = (id: string, state: string) => () => master.states(id).includes(state);
const lastMessage = (id: string) => master.updates(id).at(-1)?.message;
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

const saysItsPid = (id: string) => () => {
  const file = `${directory}/${id}.pid`;
  return existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
};

/** Pid of the shell of a task, which it has written itself. */
function pidOf(id: string): number {
  return Number(readFileSync(`${directory}/${id}.pid`, 'utf8'));
}

test('a killed agent comes back to its tasks, and tells how those ended that did so without it', {
  timeout: 120_000,
}, async () => {
  await start();
  const codes = Array.from({ length: 20 }, (_, code) => code);
  for (const code of codes) run(FRAMEWORK, `t${code}`, `sleep ${code % 2 === 0 ? 1 : 4}; exit ${code}`);
  run(FRAMEWORK, 'long', `echo $$ > ${directory}/long.pid; sleep 1000`);
  for (const id of [...codes.map((code) => `t${code}`), 'long']) await until(id, isIn(id, 'TASK_RUNNING'));
  await end('SIGKILL');
  await world.clock.sleep(2_000);
  await start();
  for (const code of codes) {
    await until(`t${code} has ended`, isIn(`t${code}`, code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED'));
    expect(lastMessage(`t${code}`)).toBe(`Command exited with status ${code}`);
    expect(master.states(`t${code}`)).toHaveLength(3);
  }
  expect(isAlive(pidOf('long'))).toBe(true);
  master.kill(FRAMEWORK, 'long');
  await until('long is killed', isIn('long', 'TASK_KILLED'));
  expect(isAlive(pidOf('long'))).toBe(false);
});

test('an agent that is stopped leaves its tasks alone', { timeout: 120_000 }, async () => {
  await start();
  run(FRAMEWORK, 't1', `echo $$ > ${directory}/t1.pid; sleep 1000`);
  await until('t1 runs', isIn('t1', 'TASK_RUNNING'));
  await until('t1 says its pid', saysItsPid('t1'));
  await end('SIGTERM');
  expect(isAlive(pidOf('t1'))).toBe(true);
  await start();
  expect(master.subscriptions.at(-1)?.tasks?.[0]).toMatchObject({ task_id: { value: 't1' }, state: 'TASK_RUNNING' });
});

test('a restart ends the tasks of frameworks that did not ask for checkpoints', { timeout: 120_000 }, async () => {
  await start();
  run(FORGETFUL, 't1', `echo $$ > ${directory}/t1.pid; sleep 1000`);
  await until('t1 runs', isIn('t1', 'TASK_RUNNING'));
  await until('t1 says its pid', saysItsPid('t1'));
  await end('SIGKILL');
  await start();
  await until('t1 is gone', () => !isAlive(pidOf('t1')));
});

test('a task that does not heed SIGTERM is killed when its grace is over', { timeout: 120_000 }, async () => {
  await start();
  run(FRAMEWORK, 't1', `trap "" TERM; echo $$ > ${directory}/t1.pid; while true; do sleep 1; done`);
  await until('t1 runs', isIn('t1', 'TASK_RUNNING'));
  await until('it heeds nothing any more', saysItsPid('t1'));
  const sinceMs = world.clock.monotonicMs();
  master.kill(FRAMEWORK, 't1', 1_000);
  await until('t1 is killed', isIn('t1', 'TASK_KILLED'));
  expect(world.clock.monotonicMs() - sinceMs).toBeGreaterThan(900);
});

test('a command sees its environment and writes into its sandbox', { timeout: 120_000 }, async () => {
  await start();
  run(FRAMEWORK, 't1', 'env | sort; pwd; echo oops >&2; exit 3');
  await until('t1 has failed', isIn('t1', 'TASK_FAILED'));
  const sandbox = `${directory}/work/slaves/latest/frameworks/M-0000/executors/t1/runs/latest`;
  const stdout = readFileSync(`${sandbox}/stdout`, 'utf8');
  expect(stdout).toContain('MESOS_EXECUTOR_ID=t1\n');
  expect(stdout).toContain('MESOS_CHECKPOINT=1\n');
  expect(stdout).not.toContain('MESOS_TASK_ID');
  expect(readFileSync(`${sandbox}/stderr`, 'utf8')).toBe('oops\n');
});
