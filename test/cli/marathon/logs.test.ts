// What `mctl app logs` does for an app that does not run.
import { expect, test } from 'vitest';
import { appLogs } from '../../../src/cli/marathon/logs.ts';

function logsOf(lastTaskFailure: { taskId: string; message: string }) {
  const said: string[] = [];
  const tried = new Error('its sandbox is asked for');
  const options = {
    world: {},
    marathon: { tasks: async () => [], app: async () => ({ id: '/x', tasks: [], lastTaskFailure }) },
    master: { call: () => Promise.reject(tried) },
    terminal: { style: { dim: String }, errorStyle: { dim: String } },
    id: '/x',
    instance: undefined,
    lines: undefined,
    follow: false,
    streams: ['stdout', 'stderr'],
    say: (text: string) => said.push(text),
  };
  return { ended: appLogs(options as never), said };
}

test('who was never launched wrote nothing: the reason is told instead', async () => {
  const failure = { taskId: 'x.1', message: 'Failed to launch container: there is no such image' };
  await expect(logsOf(failure).ended).rejects.toMatchObject({
    exitCode: 3,
    text: { why: 'Failed to launch container: there is no such image', next: 'mctl app why /x' },
  });
});

test('of an app whose last instance ran its output is looked for', async () => {
  const { ended, said } = logsOf({ taskId: 'x.1', message: 'Command exited with status 1' });
  await expect(ended).rejects.not.toHaveProperty('exitCode');
  expect(said).toEqual(['No instance runs; this is what the last one that failed wrote.']);
});
