// Executors on a real agent process: one written in another language against the public API alone, and a task group of a
// server and a client.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExecutorInfo } from '../../src/mesos/generated/v1.ts';
import { freePort } from '../ports.ts';

import { ExecutorAgent, executor, framework, hasPython, resources, task, until } from './executor-agent.ts';

const PYTHON_EXECUTOR = fileURLToPath(new URL('./fixtures/executor.py', import.meta.url));

let agent: ExecutorAgent;
beforeEach(async () => {
  agent = await ExecutorAgent.make();
});
afterEach(() => agent.remove());

test.runIf(hasPython)(
  'an executor in Python runs ten tasks, hears and says messages, and outlives its agent',
  {
    timeout: 120_000,
  },
  async () => {
    await agent.start();
    const python = executor(`exec /usr/bin/python3 ${PYTHON_EXECUTOR}`);
    const ids = Array.from({ length: 10 }, (_, index) => `t${index}`);
    for (const id of ids.slice(0, 6)) agent.master.run(framework, task(id, { executor: python }));
    for (const id of ids.slice(0, 6)) await agent.untilState(id, 'TASK_RUNNING');
    agent.say('hello');
    await until('the echo', () => agent.heard().includes('echo hello'));
    agent.say('finish t0');
    await agent.untilState('t0', 'TASK_FINISHED');
    const [pid] = agent.processesOfOurs();

    await agent.end('SIGKILL');
    await agent.start();
    expect(agent.master.subscriptions.at(-1)?.executors?.map(({ executor_id }) => executor_id.value)).toEqual(['e1']);
    expect(agent.processesOfOurs()).toContain(pid);
    for (const id of ids.slice(6)) agent.master.run(framework, task(id, { executor: python }));
    for (const id of ids.slice(6)) await agent.untilState(id, 'TASK_RUNNING');
    agent.say('again');
    await until('the second echo', () => agent.heard().includes('echo again'));
    for (const id of ids.slice(1)) agent.say(`finish ${id}`);
    for (const id of ids) await agent.untilState(id, 'TASK_FINISHED');
    for (const id of ids) expect(agent.master.states(id)).toEqual(['TASK_RUNNING', 'TASK_FINISHED']);
    agent.say('exit 7');
    await until('its end is told', () => agent.master.exits('e1').length === 1);
    expect(agent.master.exits('e1')).toEqual([7 << 8]);
    await until('nothing of it is left', () => agent.processesOfOurs().length === 0);
  },
);

test('a group of a server and a client share a volume and localhost, and one that fails takes the other along', {
  timeout: 120_000,
}, async () => {
  await agent.start();
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
  agent.master.runGroup(framework, group, tasks);
  await agent.untilState('client', 'TASK_FAILED');
  await agent.untilState('server', 'TASK_KILLED');
  expect(agent.master.states('server')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED']);
  expect(agent.master.updates('client').at(-1)?.message).toBe('Command exited with status 1');
  const runs = `${agent.directory}/work/slaves/M-S0/frameworks/M-0000/executors/pod/runs/latest`;
  expect(readFileSync(`${runs}/tasks/client/stdout`, 'utf8')).toBe('welcome\n/from-client');
  expect(readFileSync(`${runs}/shared/asked`, 'utf8')).toBe('/from-client');
  await until('the group is over', () => agent.master.exits('pod').length === 1);
  await until('nothing of it is left', () => agent.processesOfOurs().length === 0);
  // Others' cgroups go while it looks, which it calls a failure.
  const looking = ['/sys/fs/cgroup', '-path', `*${agent.cgroupsRoot}/*-*`, '-type', 'd'];
  expect(spawnSync('find', looking).stdout.toString()).toBe('');
});
