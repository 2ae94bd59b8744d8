// Checks of real tasks by a real agent process: over HTTP and TCP, by commands beside the task, over a restart of the agent.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HealthCheck, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { FakeMaster } from '../daemon/agent/support/fake-master.ts';
import { FRAMEWORK, task as someTask } from '../daemon/agent/support/scene.ts';

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
const world = createRealWorld({ log: { level: 'error' } });
const user = world.host.currentUser;

let master: FakeMaster;
let directory: string;
let agent: ChildProcess | undefined;
let server: Server | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-checks-'));
  master = await FakeMaster.start(world, '127.0.0.1', 0);
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
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
    '--port=0',
    '--hostname=agent',
    '--advertise_port=5051',
    '--registration_backoff_factor=50ms',
    `--cgroups_root=mctl-test-${directory.slice(-6)}`,
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

async function until(what: string, isSo: () => boolean, limitMs = 60_000): Promise<void> {
  const deadlineMs = world.clock.monotonicMs() + limitMs;
  while (!isSo()) {
    if (world.clock.monotonicMs() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await world.clock.sleep(10);
  }
}

const QUICK = { delay_seconds: 0, interval_seconds: 0.1, timeout_seconds: 5, grace_period_seconds: 0 };
const byCommand = (value: string, more: HealthCheck = {}): Partial<TaskInfo> => ({
  health_check: { type: 'COMMAND', command: { value }, ...QUICK, ...more },
});
const run = (id: string, command: string, more: Partial<TaskInfo>) =>
  master.run({ ...FRAMEWORK, user }, someTask(id, { command: { value: command }, ...more }));
const isIn = (id: string, state: string) => () => master.states(id).includes(state);
const isTold = (id: string, healthy: boolean) => () =>
  master.updates(id).some((status) => status.state === 'TASK_RUNNING' && status.healthy === healthy);
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
const numberIn = (name: string) => Number(readFileSync(`${directory}/${name}`, 'utf8'));
const sandboxOf = (id: string) =>
  `${directory}/work/slaves/latest/frameworks/${FRAMEWORK.id?.value}/executors/${id}/runs/latest`;

test('a server that becomes unhealthy is killed', { timeout: 120_000 }, async () => {
  let status = 200;
  server = createServer((request, response) => {
    if (request.url === '/health') response.writeHead(302, { location: '/really' }).end();
    else response.writeHead(status).end('x'.repeat(100_000));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await start();
  const http: HealthCheck = { type: 'HTTP', http: { port, path: '/health' }, ...QUICK };
  run('http', 'sleep 1000', { health_check: http });
  run('tcp', 'sleep 1000', { health_check: { type: 'TCP', tcp: { port }, ...QUICK } });
  await until('both are healthy', () => isTold('http', true)() && isTold('tcp', true)());
  status = 503;
  await until('the one that looks at the status is killed', isIn('http', 'TASK_KILLED'));
  expect(master.updates('http').at(-1)).toMatchObject({ healthy: false });
  expect(isTold('tcp', false)()).toBe(false);
  server.closeAllConnections();
  server.close();
  await until('the other one too', isIn('tcp', 'TASK_KILLED'));
});

for (const isolation of ['', 'posix/cpu,posix/mem']) {
  const flags = isolation === '' ? [] : [`--isolation=${isolation}`];
  test(`a command looks at its task from within, ${isolation || 'as isolated as can be'}`, {
    timeout: 120_000,
  }, async () => {
    await start(...flags);
    const command = {
      value:
        // By renaming: the next probe writes them again while they are read.
        'echo "$MESOS_EXECUTOR_ID $WHO $(pwd -P)"; cat /proc/self/cgroup >new; mv new cgroup.probe; id -u >new; mv new uid.probe; test -f ok',
      environment: { variables: [{ name: 'WHO', value: 'probe' }] },
    };
    run('t1', 'cat /proc/self/cgroup > cgroup.task; touch ok; exec sleep 1000', {
      health_check: { type: 'COMMAND', command, ...QUICK, grace_period_seconds: 20 },
    });
    await until('it is healthy', isTold('t1', true));
    const sandbox = sandboxOf('t1');
    const inSandbox = (name: string) => readFileSync(`${sandbox}/${name}`, 'utf8');
    expect(inSandbox('stderr')).toMatch(/^t1 probe \/.*\/executors\/t1\/runs\//);
    expect(inSandbox('cgroup.probe')).toBe(inSandbox('cgroup.task'));
    expect(inSandbox('uid.probe')).toBe(`${process.getuid?.()}\n`);
    rmSync(`${sandbox}/ok`);
    await until('it is killed', isIn('t1', 'TASK_KILLED'));
    expect(master.states('t1').filter((state) => state === 'TASK_RUNNING')).toHaveLength(5);
  });

  test(`a probe that takes too long is killed with all it started, ${isolation || 'as isolated as can be'}`, {
    timeout: 120_000,
  }, async () => {
    await start(...flags);
    const probe = `sleep 1001 & echo $! > ${directory}/child; echo $$ > ${directory}/probe; wait`;
    run('t1', 'sleep 1000', byCommand(probe, { timeout_seconds: 1, consecutive_failures: 2 }));
    await until('it has failed once', isTold('t1', false));
    const [child, leader] = [numberIn('child'), numberIn('probe')];
    await until('the first probe or the second is gone', () => !isAlive(child) && !isAlive(leader));
    await until('the task is killed', isIn('t1', 'TASK_KILLED'));
    await until('so is the last probe', () => !isAlive(numberIn('child')) && !isAlive(numberIn('probe')));
  });

  test(`no probe outlives its task or its agent, ${isolation || 'as isolated as can be'}`, {
    timeout: 120_000,
  }, async () => {
    await start(...flags);
    const probe = (name: string) =>
      byCommand(`echo $$ > ${directory}/${name}; exec sleep 1001`, { timeout_seconds: 0 });
    run('t1', `while [ ! -s ${directory}/one ]; do sleep 0.05; done`, probe('one'));
    run('t2', 'sleep 1000', probe('two'));
    await until('the first task has ended', isIn('t1', 'TASK_FINISHED'));
    await until('its probe is gone', () => !isAlive(numberIn('one')));
    await until('the other probe runs', () => existsSync(`${directory}/two`) && isAlive(numberIn('two')));
    const before = numberIn('two');
    await end('SIGKILL');
    await start(...flags);
    await until('what the earlier agent looked with is gone', () => !isAlive(before));
    await until('the later one looks too', () => numberIn('two') !== before && isAlive(numberIn('two')));
    expect(master.updates('t2').every(({ healthy }) => healthy === undefined)).toBe(true);
  });
}

test('a restarted agent goes on checking, and tells nothing twice', { timeout: 120_000 }, async () => {
  await start();
  writeFileSync(`${directory}/code`, '0');
  const look = `echo >> ${directory}/looks; exit $(cat ${directory}/code)`;
  const looks = () => readFileSync(`${directory}/looks`, 'utf8').length;
  const check = { type: 'COMMAND' as const, command: { command: { value: 'exit 7' } }, ...QUICK };
  run('t1', 'sleep 1000', { ...byCommand(look), check });
  await until('it is healthy', isTold('t1', true));
  await until('its check has a result', () => master.updates('t1').at(-1)?.check_status?.command?.exit_code === 7);
  // An update whose acknowledgement the killed agent had not written down comes again, as the same one.
  const different = () => [...new Map(master.updates('t1').map((status) => [status.uuid, status])).values()];
  const told = different().length;
  await end('SIGKILL');
  await start();
  const before = looks();
  await until('it is looked at again', () => looks() >= before + 3);
  expect(different()).toHaveLength(told);
  writeFileSync(`${directory}/code`, '1');
  await until('it is killed', isIn('t1', 'TASK_KILLED'));
  const last = different().slice(told);
  expect(last.map(({ state, healthy }) => [state, healthy])).toEqual([
    ['TASK_RUNNING', false],
    ['TASK_RUNNING', false],
    ['TASK_RUNNING', false],
    ['TASK_KILLED', false],
  ]);
});
