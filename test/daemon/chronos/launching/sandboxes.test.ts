// Where the files of a run are, when agents say more or less of it (chronos.md 10.9).
import { expect, test } from 'vitest';
import { newestSandbox, Sandboxes } from '../../../../src/daemon/chronos/launching/sandboxes.ts';
import type { Run } from '../../../../src/daemon/chronos/model/run.ts';
import type { TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import { NetError } from '../../../../src/world/net.ts';
import { silentLog } from '../../../client/support/fake-master.ts';
import { settled, VirtualClock } from '../../marathon/support/virtual-clock.ts';

const offer = (address: { ip?: string; hostname?: string }) =>
  ({
    framework_id: { value: 'F' },
    url: { scheme: 'http', address: { ...address, port: 5051 }, path: '/slave(1)' },
  }) as never;

test('the newest of its executor is known from the offer: by address, by name where there is none, or not at all', () => {
  const path = encodeURIComponent('/frameworks/F/executors/ct:1:0:a:/runs/latest');
  expect(newestSandbox(offer({ ip: '10.0.0.7', hostname: 'h' }), 'ct:1:0:a:')).toBe(
    `http://10.0.0.7:5051/files/browse?path=${path}`,
  );
  expect(newestSandbox(offer({ ip: '::1' }), 'e')).toMatch(/^http:\/\/\[::1\]:5051\//);
  expect(newestSandbox(offer({ hostname: 'h' }), 'e')).toMatch(/^http:\/\/h:5051\//);
  expect(newestSandbox({ framework_id: { value: 'F' } }, 'e')).toBeUndefined();
});

/** Runs of one agent that answers with that. */
function rig(answer: () => { status: number; body: string }) {
  const runs = new Map<string, Run>();
  const asked: string[] = [];
  const clock = new VirtualClock(0);
  const sandboxes = new Sandboxes({
    world: {
      clock,
      net: {
        request: async ({ url }: { url: string }) => {
          asked.push(url);
          const { status, body } = answer();
          return { status, headers: {}, body: Buffer.from(body) };
        },
      } as never,
    },
    log: silentLog,
    runs: {
      byTaskId: (taskId) => runs.get(taskId),
      located: (taskId, sandbox) => runs.set(taskId, { ...(runs.get(taskId) as Run), sandbox }),
    },
  });
  const run = (taskId: string) => {
    const sandbox = newestSandbox(offer({ ip: '10.0.0.7' }), 'job');
    runs.set(taskId, { taskId, agentId: 'A', sandbox } as Run);
  };
  const tell = (taskId: string) =>
    sandboxes.told({
      task_id: { value: taskId },
      container_status: { container_id: { value: `c-${taskId}` } },
    } as TaskStatus);
  const pathOf = (taskId: string) => new URL(runs.get(taskId)?.sandbox ?? '').searchParams.get('path');
  return { run, tell, pathOf, asked, clock };
}

const FLAGS = { status: 200, body: '{"flags":{"work_dir":"/var/lib/mesos/"}}' };

test('with the container it is the very one, and an agent is asked once where it works', async () => {
  const { run, tell, pathOf, asked } = rig(() => FLAGS);
  for (const taskId of ['1', '2', '3']) run(taskId);
  tell('1');
  tell('2');
  await settled();
  tell('3');
  expect(asked).toEqual(['http://10.0.0.7:5051/flags']);
  for (const taskId of ['1', '2', '3'])
    expect(pathOf(taskId)).toBe(`/var/lib/mesos/slaves/A/frameworks/F/executors/job/runs/c-${taskId}`);
  tell('3');
  expect(pathOf('3')).toMatch(/c-3$/);
});

test.each([
  ['refuses', () => ({ status: 403, body: 'no' })],
  ['says nonsense', () => ({ status: 200, body: '{' })],
  [
    'cannot be reached',
    () => {
      throw new NetError('refused', 'connection refused');
    },
  ],
])('with an agent that %s it stays the newest, and the agent is asked again after a while only', async (_, answer) => {
  const { run, tell, pathOf, asked, clock } = rig(answer);
  run('1');
  tell('1');
  await settled();
  tell('1');
  await settled();
  expect(pathOf('1')).toBe('/frameworks/F/executors/job/runs/latest');
  expect(asked).toHaveLength(1);
  await clock.advance(10 * 60_000);
  tell('1');
  expect(asked).toHaveLength(2);
});
