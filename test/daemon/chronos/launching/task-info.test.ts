// What is launched for a run (chronos.md 9).
import { describe, expect, test } from 'vitest';
import { buildTaskInfo } from '../../../../src/daemon/chronos/launching/task-info/build-task-info.ts';
import type { JobDefinition } from '../../../../src/daemon/chronos/model/job.ts';
import { definition } from '../support/core-rig.ts';

const DUE_MS = Date.parse('2026-02-01T02:00:00Z');

function taskOf(more: Partial<JobDefinition>, extraArguments = '') {
  const key = { job: 'A', generation: 1, dueMs: DUE_MS, number: 1 };
  return buildTaskInfo({
    definition: definition('A', more),
    run: { key, attempt: 1, extraArguments },
    taskId: `ct:${DUE_MS}:1:A:`,
    amounts: { cpus: 0.5, mem: 128, disk: 256 },
    resources: [],
    offer: { agent_id: { value: 'a1' }, framework_id: { value: 'F' }, hostname: 'box' },
    user: 'worker',
  });
}

const environmentOf = (more: Partial<JobDefinition>) =>
  Object.fromEntries((taskOf(more).command?.environment?.variables ?? []).map(({ name, value }) => [name, value]));

describe('the task of a run', () => {
  test('is named, labelled and given to the user of its job', () => {
    const task = taskOf({ maxCompletionTimeSeconds: 30 });
    expect(task).toMatchObject({
      name: 'ChronosTask:A',
      task_id: { value: `ct:${DUE_MS}:1:A:` },
      max_completion_time: { nanoseconds: 30e9 },
      command: { user: 'worker' },
    });
    expect(task.labels?.labels).toEqual([
      { key: 'chronos.job', value: 'A' },
      { key: 'chronos.due', value: '2026-02-01T02:00:00.000Z' },
      { key: 'chronos.attempt', value: '1' },
    ]);
    expect(taskOf({ runAsUser: 'root' }).command?.user).toBe('root');
  });

  test.each([
    ['a shell has the arguments of the job behind its command', { arguments: ['-a', '1'] }, '', 'true -a 1'],
    ['those given by hand come in their place', { arguments: ['-a'] }, '--day 2', 'true --day 2'],
    ['without any the command stays as it is', {}, '', 'true'],
  ])('%s', (_, more, extra, value) => {
    expect(taskOf(more, extra).command).toMatchObject({ shell: true, value });
  });

  test('without a shell the program has its name, the arguments of the job and those by hand, each apart', () => {
    const { command } = taskOf({ shell: false, command: '/bin/report', arguments: ['--full now'] }, '--day  2');
    expect(command).toMatchObject({
      shell: false,
      value: '/bin/report',
      arguments: ['/bin/report', '--full now', '--day', '2'],
    });
  });

  test('a command that is an address is fetched and run, and nothing else is fetched', () => {
    const { command } = taskOf({ command: 'https://files.example/bin/run.sh', uris: ['http://x/y'] }, 'ignored');
    expect(command).toMatchObject({
      value: '"./run.sh"',
      uris: [{ value: 'https://files.example/bin/run.sh', executable: true }],
    });
    expect(command?.uris).toHaveLength(1);
    expect(taskOf({ command: 'httping -c1 x' }).command?.value).toBe('httping -c1 x');
  });

  test('fetch wins over uris, and an output file is named only when there is one', () => {
    const item = { uri: 'http://x/a', executable: false, cache: true, extract: false, outputFile: '' };
    expect(taskOf({ uris: ['http://x/b'], fetch: [item, { ...item, outputFile: 'o' }] }).command?.uris).toEqual([
      { value: 'http://x/a', executable: false, cache: true, extract: false },
      { value: 'http://x/a', executable: false, cache: true, extract: false, output_file: 'o' },
    ]);
    expect(taskOf({ uris: ['http://x/b'] }).command?.uris).toEqual([
      { value: 'http://x/b', extract: true, executable: false, cache: false },
    ]);
  });

  test('the variables that are always there cannot be overridden by the job', () => {
    const environmentVariables = [
      { name: 'MODE', value: 'full' },
      { name: 'CHRONOS_JOB_NAME', value: 'other' },
    ];
    expect(environmentOf({ environmentVariables, owner: 'ops@example.com' })).toEqual({
      mesos_task_id: `ct:${DUE_MS}:1:A:`,
      MESOS_TASK_ID: `ct:${DUE_MS}:1:A:`,
      CHRONOS_JOB_OWNER: 'ops@example.com',
      CHRONOS_JOB_NAME: 'A',
      HOST: 'box',
      CHRONOS_RESOURCE_MEM: '128.0',
      CHRONOS_RESOURCE_CPU: '0.5',
      CHRONOS_RESOURCE_DISK: '256.0',
      CHRONOS_JOB_RUN_TIME: String(DUE_MS),
      CHRONOS_JOB_RUN_ATTEMPT: '1',
      MODE: 'full',
    });
  });

  test('an executor that the job brings gets its flags and command as data', () => {
    const task = taskOf({ executor: '/opt/exec', executorFlags: '-v', command: 'go' });
    expect(task.executor).toMatchObject({ executor_id: { value: 'A' }, command: { value: '/opt/exec' } });
    expect(Buffer.from(task.data ?? '', 'base64').toString()).toBe('-v|go');
    expect(task.command).toBeUndefined();
  });
});
