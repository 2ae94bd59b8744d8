// What reports of agents have in common is kept once.
import { expect, test } from 'vitest';
import { SharedParts } from '../../../../src/daemon/master/agent-link/shared-parts.ts';
import type { Call_Subscribe } from '../../../../src/mesos/generated/agent_protocol.ts';
import type { Task } from '../../../../src/mesos/generated/v1.ts';

const task = (agentId: string, taskId: string, color: string): Task => ({
  name: 'web',
  task_id: { value: taskId },
  framework_id: { value: 'F' },
  agent_id: { value: agentId },
  state: 'TASK_RUNNING',
  resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, allocation_info: { role: '*' } }],
  labels: { labels: [{ key: 'color', value: color }] },
  statuses: [{ task_id: { value: taskId }, agent_id: { value: agentId }, state: 'TASK_RUNNING' }],
});

const report = (agentId: string, tasks: Task[]): Call_Subscribe => ({
  agent_info: {
    hostname: agentId,
    id: { value: agentId },
    resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 8 } }],
  },
  version: '1.12.0',
  pid: `slave(1)@${agentId}:5051`,
  tasks,
});

test('equal parts of tasks and agents are the same, and every report says what it said', () => {
  const parts = new SharedParts();
  const said = () => [
    report('a1', [task('a1', 't1', 'red'), task('a1', 't2', 'blue')]),
    report('a2', [task('a2', 't3', 'red')]),
  ];
  const reports = said();
  for (const one of reports) parts.shareIn(one);
  expect(reports).toEqual(said());
  const [a1, a2] = reports.map(({ agent_info }) => agent_info);
  const [red, blue, alsoRed] = reports.flatMap(({ tasks }) => tasks ?? []);
  expect(a2?.resources).toBe(a1?.resources);
  expect(alsoRed?.labels).toBe(red?.labels);
  expect(blue?.labels).not.toBe(red?.labels);
  expect(alsoRed?.resources).toBe(red?.resources);
  expect(alsoRed?.framework_id).toBe(red?.framework_id);
  expect(red?.statuses?.[0]?.task_id).toBe(red?.task_id);
  expect(red?.statuses?.[0]?.agent_id).toBe(red?.agent_id);
});

test('a status of another task or agent keeps whose it is', () => {
  const odd = { ...task('a1', 't1', 'red'), statuses: task('a9', 't9', 'red').statuses ?? [] };
  new SharedParts().shareIn(report('a1', [odd]));
  expect(odd.statuses).toEqual(task('a9', 't9', 'red').statuses);
});

test('numbers that JSON does not have are not taken for each other', () => {
  const parts = new SharedParts();
  const [none, all] = [Number.NaN, Number.POSITIVE_INFINITY].map((value) => {
    const one = { ...task('a1', 't1', 'red'), limits: { cpus: { value } } };
    parts.shareIn(report('a1', [one]));
    return one.limits;
  });
  expect([none, all]).toEqual([{ cpus: { value: Number.NaN } }, { cpus: { value: Number.POSITIVE_INFINITY } }]);
});

test('after very many different parts the newest are still shared', () => {
  const parts = new SharedParts();
  for (let index = 0; index < 10_000; index++) parts.shareIn(report('a1', [task('a1', 't1', `color ${index}`)]));
  const [first, second] = ['t2', 't3'].map((taskId) => {
    const one = task('a1', taskId, 'color 9999');
    parts.shareIn(report('a1', [one]));
    return one.labels;
  });
  expect(second).toBe(first);
});
