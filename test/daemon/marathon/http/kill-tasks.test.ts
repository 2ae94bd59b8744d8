// Killing tasks and having fewer of them (marathon.md 3.7), on a whole Marathon whose kills take their time.
import { expect, test } from 'vitest';
import { createApi } from '../../../../src/daemon/marathon/http/index.ts';
import { settled } from '../support/virtual-clock.ts';
import { path, Whole } from '../support/whole.ts';

test('a task that is killed twice with scale=true takes one instance, not two', async () => {
  const whole = await Whole.start();
  await whole.running('/a', { instances: 5 });
  whole.master.doKillsEnd = false;
  const handler = createApi(whole.it, {
    whereabouts: () => ({ leader: 'box:8080', elected: true, httpPort: 8080, hostname: 'box' }),
    abdicate: () => undefined,
    setLogLevel: () => undefined,
    logLevel: () => 'info',
  });
  const [taskId = ''] = whole.master.tasks.keys();
  for (let time = 0; time < 2; time += 1) {
    const target = `/v2/apps/a/tasks/${taskId}?scale=true&force=true`;
    const request = { method: 'DELETE', target, headers: {}, body: new Uint8Array(), remoteAddress: '127.0.0.1' };
    expect((await handler(request)).status).toBe(200);
    await settled();
  }
  expect(whole.it.groups.app(path('/a'))?.instances).toBe(4);
  expect(whole.master.of('KILL').map(({ kill }) => kill?.task_id.value)).toEqual([taskId]);
  whole.master.endKilled();
  await whole.deployed();
  expect(whole.states('/a')).toEqual(Array(4).fill('Running Running'));
});
