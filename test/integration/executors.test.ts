// Executors on a real agent process: one written in another language against the public API alone, bad ones, and a task
// group of a server and a client.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { FakeMaster } from '../daemon/agent/support/fake-master.ts';
import { FRAMEWORK } from '../daemon/agent/support/scene.ts';
import { freePort } from './daemon-processes.ts';

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
const PYTHON_EXECUTOR = fileURLToPath(new URL('./fixtures/executor.py', import.meta.url));
const world = createRealWorld({ log: { level: 'error' } });
const framework: FrameworkInfo = { ...FRAMEWORK, user: world.host.currentUser };
const hasPython = existsSync('/usr/bin/python3');
if (!hasPython) console.log('SKIPPED: executors in Python, because there is no /usr/bin/python3');

let master: FakeMaster;
let directory: string;
let agent: ChildProcess | undefined;
let port: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-executors-'));
  master = await FakeMaster.start(world, '127.0.0.1', 0);
  port = await freePort();
});

afterEach(async () => {
  await end('SIGUSR1');
  rmSync(directory, { recursive: true, force: true });
});

async function start(...more: string[]): Promise<void> {
  const subscriptions = master.subscriptions.length;
  const flags = [
    `--master=127.0.0.1:${master.port}`,
    `--work_dir=${directory}/work`,
    `--runtime_dir=${directory}/run`,
    '--ip=127.0.0.1',
    `--port=${port}`,
    '--hostname=agent',
    `--cgroups_root=mctl-executors-${port}`,
    '--registration_backoff_factor=50ms',
    '--executor_shutdown_grace_period=500ms',
    '--resources=cpus:100;mem:10000;disk:1000',
    ...more,
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

async function until(what: string, isSo: () => boolean, limitMs = 20_000): Promise<void> {
  const deadlineMs = world.clock.monotonicMs() + limitMs;
  while (!isSo()) {
    if (world.clock.monotonicMs() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await world.clock.sleep(20);
  }
}

const untilState = (id: string, state: string, limitMs?: number) =>
  until(`${id} is ${state}`, () => master.states(id).includes(state), limitMs);
const resources = (text: string) => Resources.parse(text).allocatedTo('*').toMessages();

function executor(command: string, more: Partial<ExecutorInfo> = {}): ExecutorInfo {
  return {
    executor_id: { value: 'e1' },
    framework_id: { value: 'M-0000' },
    type: 'CUSTOM',
    command: { value: command },
    resources: resources('cpus:0.1;mem:64'),
    ...more,
  };
}

function task(id: string, more: Partial<TaskInfo>): TaskInfo {
  const ids = { task_id: { value: id }, agent_id: { value: 'M-S0' } };
  return { name: id, ...ids, resources: resources('cpus:0.1;mem:32'), ...more };
}

function say(text: string): void {
  const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
  master.send({ type: 'MESSAGE', message: { ...ids, data: Buffer.from(text).toString('base64') } });
}

const heard = () =>
  master.calls.flatMap(({ message }) => (message ? [Buffer.from(message.data, 'base64').toString()] : []));

/** Processes whose environment says that they belong to this test. */
function processesOfOurs(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isDead = /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
        return !isDead && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MESOS_DIRECTORY=${directory}`);
      } catch {
        return false;
      }
    });
}

test.runIf(hasPython)(
  'an executor in Python runs ten tasks, hears and says messages, and outlives its agent',
  {
    timeout: 90_000,
  },
  async () => {
    await start();
    const python = executor(`exec /usr/bin/python3 ${PYTHON_EXECUTOR}`);
    const ids = Array.from({ length: 10 }, (_, index) => `t${index}`);
    for (const id of ids.slice(0, 6)) master.run(framework, task(id, { executor: python }));
    for (const id of ids.slice(0, 6)) await untilState(id, 'TASK_RUNNING');
    say('hello');
    await until('the echo', () => heard().includes('echo hello'));
    say('finish t0');
    await untilState('t0', 'TASK_FINISHED');
    const [pid] = processesOfOurs();

    await end('SIGKILL');
    await start();
    expect(master.subscriptions.at(-1)?.executors?.map(({ executor_id }) => executor_id.value)).toEqual(['e1']);
    expect(processesOfOurs()).toContain(pid);
    for (const id of ids.slice(6)) master.run(framework, task(id, { executor: python }));
    for (const id of ids.slice(6)) await untilState(id, 'TASK_RUNNING');
    say('again');
    await until('the second echo', () => heard().includes('echo again'));
    for (const id of ids.slice(1)) say(`finish ${id}`);
    for (const id of ids) await untilState(id, 'TASK_FINISHED');
    for (const id of ids) expect(master.states(id)).toEqual(['TASK_RUNNING', 'TASK_FINISHED']);
    say('exit 7');
    await until('its end is told', () => master.exits('e1').length === 1);
    expect(master.exits('e1')).toEqual([7 << 8]);
    await until('nothing of it is left', () => processesOfOurs().length === 0);
  },
);

test('an executor that never subscribes is destroyed, and what it left behind too', { timeout: 60_000 }, async () => {
  await start('--executor_registration_timeout=1secs');
  master.run(framework, task('t1', { executor: executor('sleep 1000 & sleep 1000') }));
  await until('it runs', () => processesOfOurs().length > 1);
  await untilState('t1', 'TASK_FAILED');
  expect(master.updates('t1').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
    message: 'Executor did not register within 1secs',
  });
  await until('nothing of it is left', () => processesOfOurs().length === 0);
});

test('an executor that forks and leaves takes its children along', { timeout: 60_000 }, async () => {
  await start();
  master.run(framework, task('t1', { executor: executor('setsid sleep 1000 & sleep 0.2; exit 5') }));
  await untilState('t1', 'TASK_FAILED');
  expect(master.exits('e1')).toEqual([5 << 8]);
  await until('nothing of it is left', () => processesOfOurs().length === 0);
});

test.runIf(hasPython)(
  'an executor that floods its agent is ended, and the agent goes on',
  {
    timeout: 60_000,
  },
  async () => {
    master.acknowledges = false;
    await start();
    const flood = [
      `exec(open("${PYTHON_EXECUTOR}").read().split("def main")[0])`,
      'threading.Timer(1, lambda: [report("nobody-%d" % i, "TASK_RUNNING") for i in range(100000)]).start()',
      'subscribe()',
    ].join('\n');
    const command = { shell: false, value: '/usr/bin/python3', arguments: ['python3', '-c', flood] };
    master.run(framework, task('t1', { executor: executor('', { command }) }));
    await until('it is ended', () => master.exits('e1').length === 1, 40_000);
    await until('nothing of it is left', () => processesOfOurs().length === 0);
    master.acknowledges = true;
    master.run(framework, task('t2', { command: { value: 'true' } }));
    await untilState('t2', 'TASK_FINISHED');
  },
);

test('a group of a server and a client share a volume and localhost, and one that fails takes the other along', {
  timeout: 60_000,
}, async () => {
  await start();
  const group: ExecutorInfo = {
    executor_id: { value: 'pod' },
    framework_id: { value: 'M-0000' },
    type: 'DEFAULT',
    resources: resources('cpus:0.1;mem:64;disk:32'),
  };
  const volume = {
    mode: 'RW' as const,
    container_path: 'shared',
    source: { type: 'SANDBOX_PATH' as const, sandbox_path: { type: 'PARENT' as const, path: 'shared' } },
  };
  const container = { type: 'MESOS' as const, volumes: [volume] };
  const listen = await freePort();
  const node = process.execPath;
  const server = `exec ${node} -e 'require("http").createServer((q, r) => { require("fs").writeFileSync("shared/asked", q.url); r.end("welcome") }).listen(${listen}, "127.0.0.1")'`;
  const client = [
    `until ${node} -e 'fetch("http://127.0.0.1:${listen}/from-client").then((r) => r.text()).then(console.log)'; do sleep 0.2; done`,
    'cat shared/asked',
    'exit 1',
  ].join('; ');
  const wants = resources('cpus:0.5;mem:256');
  const tasks = [
    task('server', { command: { value: server }, container, executor: group, resources: wants }),
    task('client', { command: { value: client }, container, executor: group, resources: wants }),
  ];
  master.runGroup(framework, group, tasks);
  await untilState('client', 'TASK_FAILED');
  await untilState('server', 'TASK_KILLED');
  expect(master.states('server')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED']);
  expect(master.updates('client').at(-1)?.message).toBe('Command exited with status 1');
  const runs = `${directory}/work/slaves/M-S0/frameworks/M-0000/executors/pod/runs/latest`;
  expect(readFileSync(`${runs}/tasks/client/stdout`, 'utf8')).toBe('welcome\n/from-client');
  expect(readFileSync(`${runs}/shared/asked`, 'utf8')).toBe('/from-client');
  await until('the group is over', () => master.exits('pod').length === 1);
  await until('nothing of it is left', () => processesOfOurs().length === 0);
  expect(
    execFileSync('find', ['/sys/fs/cgroup', '-path', `*mctl-executors-${port}/*-*`, '-type', 'd']).toString(),
  ).toBe('');
});
