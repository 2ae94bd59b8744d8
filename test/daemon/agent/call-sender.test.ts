// What waits for the master is bounded.
import { expect, test } from 'vitest';
import { CallSender, MAX_WAITING_BYTES } from '../../../src/daemon/agent/registration/call-sender.ts';
import { parseJson } from '../../../src/mesos/codec.ts';
import { Call } from '../../../src/mesos/generated/agent_protocol.ts';
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import { Simulation } from '../../../src/simulation/index.ts';

test('messages of executors are dropped when too many wait, status updates are not', async () => {
  const simulation = new Simulation({ seed: 1 });
  const { world } = simulation.host('agent').start('agent', async (started) => started);
  await simulation.run({ forMs: 1 });
  const answers: (() => void)[] = [];
  const bodies: Uint8Array[] = [];
  const net = {
    request: ({ body }: { body: Uint8Array }) => {
      bodies.push(body);
      return new Promise((resolve) =>
        answers.push(() => resolve({ status: 202, headers: {}, body: new Uint8Array() })),
      );
    },
  };
  const sender = new CallSender({
    world: { ...world, net } as unknown as typeof world,
    url: 'http://master/',
    streamId: 's',
    onRefused: () => undefined,
  });
  const ids = { framework_id: { value: 'f' }, executor_id: { value: 'e' } };
  const data = Buffer.alloc(2 ** 20).toString('base64');
  const flood = (MAX_WAITING_BYTES / 2 ** 20) * 3;
  for (let count = 0; count < flood; count += 1) sender.send({ type: 'MESSAGE', message: { ...ids, data } });
  const status = { task_id: { value: 't' }, state: 'TASK_RUNNING' as const };
  sender.send({ type: 'UPDATE', update: { framework_id: ids.framework_id, status } });
  while (answers.length > 0) {
    answers.shift()?.();
    await simulation.run({ forMs: 10 });
  }
  const calls = bodies.flatMap((body) => new RecordDecoder({ maxRecordBytes: 1 << 26 }).push(body));
  const types = calls.map((record) => parseJson(Call, record).type);
  expect(types.filter((type) => type === 'MESSAGE').length).toBeLessThan(flood / 2);
  expect(types.at(-1)).toBe('UPDATE');
});
