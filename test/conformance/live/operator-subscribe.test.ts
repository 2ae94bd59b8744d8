// What the operator stream tells, and does not tell, of what operators change.
import { afterEach, expect, it } from 'vitest';
import { type Exchange, exchangesOf } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { OperatorStream } from './operator-stream.ts';
import { lengthOf, unexpectedOf } from './operator-told.ts';

let cluster: LiveCluster;

afterEach(async () => {
  await cluster?.stop();
});

/** Agents of these numbers, registered in this order. */
async function start(...numbers: readonly number[]): Promise<void> {
  cluster = await LiveCluster.start();
  for (const number of numbers) await cluster.addAgent([], number);
}

function recordedStream(name: string): Exchange {
  const exchange = exchangesOf('operator-subscribe').find((one) => one.name === name);
  if (exchange === undefined) throw new Error(`${name} was not recorded`);
  return exchange;
}

/** Everything told when as much is there as was recorded, and nothing more comes for a moment. */
async function toldAs(exchange: Exchange, stream: OperatorStream): Promise<readonly unknown[]> {
  const length = lengthOf((exchange.records ?? []).map(([, record]) => record));
  await cluster.until('all is told', async () => lengthOf(stream.records) >= length);
  await cluster.world.clock.sleep(100);
  stream.close();
  return stream.records;
}

async function operatorCall(body: object): Promise<void> {
  const { status } = await cluster.world.net.request({
    method: 'POST',
    url: `${cluster.masterUrl}/api/v1`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(status).toBe(200);
}

it('operator-subscribe/mutations-W: weights make no events', async () => {
  await start(2, 1);
  const stream = await OperatorStream.open(cluster.world, cluster.masterUrl);
  await operatorCall({ type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role: 'web', weight: 2.5 }] } });
  const exchange = recordedStream('mutations-W');
  expect(unexpectedOf(exchange, await toldAs(exchange, stream))).toEqual([]);
});

it('operator-subscribe/mutations-T: a framework that an operator removes', async () => {
  await start(1, 2);
  const stream = await OperatorStream.open(cluster.world, cluster.masterUrl);
  const framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
    user: 'root',
    name: 'fw-opteardown',
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
  });
  const { offers } = await framework.next(({ type }) => type === 'OFFERS');
  const offer = offers?.offers?.find(({ agent_id }) => agent_id.value.endsWith('S0'));
  const task = {
    name: 'task ot1',
    task_id: { value: 'ot1' },
    agent_id: offer?.agent_id,
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ],
    command: { value: 'sleep 1000' },
  };
  const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }];
  await framework.call('ACCEPT', { accept: { offer_ids: [offer?.id], operations } });
  await framework.acknowledged('ot1', 'TASK_STARTING');
  await framework.acknowledged('ot1', 'TASK_RUNNING');
  await operatorCall({ type: 'TEARDOWN', teardown: { framework_id: { value: framework.id } } });
  const exchange = recordedStream('mutations-T');
  expect(unexpectedOf(exchange, await toldAs(exchange, stream))).toEqual([]);
});
