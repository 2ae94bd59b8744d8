// Checks of the tasks of a group on a real agent: each task is looked at from within its own container, and what is found is
// in its updates.
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CheckInfo, CheckStatusInfo, ExecutorInfo } from '../../src/mesos/generated/v1.ts';
import { freePort } from '../ports.ts';

import { ExecutorAgent, framework, resources, task, until } from './executor-agent.ts';

const SOON = { delay_seconds: 0, interval_seconds: 0.1 };
const POD: ExecutorInfo = {
  executor_id: { value: 'pod' },
  framework_id: { value: 'M-0000' },
  type: 'DEFAULT',
  resources: resources('cpus:0.1;mem:64;disk:32'),
};

let agent: ExecutorAgent;
beforeEach(async () => {
  agent = await ExecutorAgent.make();
});
afterEach(() => agent.remove());

/** What was found of a task, in its order. */
const found = (id: string): (CheckStatusInfo | undefined)[] =>
  agent.master
    .updates(id)
    .filter(({ reason }) => reason === 'REASON_TASK_CHECK_STATUS_UPDATED')
    .map(({ check_status }) => check_status);
const is = (id: string, count: number) => until(`${id} was looked at`, () => found(id).length >= count);

test('each of them is looked at by itself, in its container and over the network they share', async () => {
  await agent.start();
  const port = await freePort();
  const server = [
    'const { existsSync } = require("node:fs");',
    'require("node:http").createServer((_, answer) => {',
    '  answer.statusCode = existsSync("gone") ? 410 : 204;',
    '  answer.end();',
    `}).listen(${port}, "127.0.0.1");`,
  ].join(' ');
  const checked = (id: string, value: string, check: CheckInfo) =>
    task(id, {
      command: { value },
      check: { ...SOON, ...check },
      executor: POD,
      resources: resources('cpus:0.5;mem:256'),
    });
  const look = `test "$WHO" = me && test "$MESOS_EXECUTOR_ID" = pod && if test -e ready; then exit 0; else exit 7; fi`;
  const inside = checked('inside', 'sleep 1000', { type: 'COMMAND', command: { command: { value: look } } });
  const tasks = [
    { ...inside, command: { ...inside.command, environment: { variables: [{ name: 'WHO', value: 'me' }] } } },
    checked('server', `exec ${process.execPath} -e '${server}'`, { type: 'HTTP', http: { port, path: '/x' } }),
    checked('client', 'sleep 1000', { type: 'TCP', tcp: { port } }),
  ];
  agent.master.runGroup(framework, POD, tasks);
  for (const { task_id } of tasks) await agent.untilState(task_id.value, 'TASK_RUNNING');
  expect(agent.master.updates('inside')[0]?.check_status).toEqual({ type: 'COMMAND', command: {} });

  await is('inside', 1);
  await is('server', 1);
  await until('the port is open', () => found('client').at(-1)?.tcp?.succeeded === true);
  expect(found('inside')).toEqual([{ type: 'COMMAND', command: { exit_code: 7 } }]);
  expect(found('server')).toEqual([{ type: 'HTTP', http: { status_code: 204 } }]);

  const runs = `${agent.directory}/work/slaves/M-S0/frameworks/M-0000/executors/pod/runs/latest/tasks`;
  writeFileSync(`${runs}/inside/ready`, '');
  writeFileSync(`${runs}/server/gone`, '');
  await is('inside', 2);
  await is('server', 2);
  expect(found('inside').at(-1)).toEqual({ type: 'COMMAND', command: { exit_code: 0 } });
  expect(found('server').at(-1)).toEqual({ type: 'HTTP', http: { status_code: 410 } });

  // A check only tells: whatever it found, all of them run until they are killed.
  agent.master.kill(framework, 'inside');
  for (const { task_id } of tasks) await agent.untilState(task_id.value, 'TASK_KILLED');
  await until('the group is over', () => agent.master.exits('pod').length === 1);
  expect(agent.processesOfOurs()).toEqual([]);
});
