// Calls and a stream in application/x-protobuf.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decode, type MessageType } from '../../../src/mesos/codec.ts';
import { Response } from '../../../src/mesos/generated/master.ts';
import { Event } from '../../../src/mesos/generated/scheduler.ts';
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import { compareAnswers, compareJson } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import { bodyBytes, type Exchange, exchangesOf, type RecordedResponse } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { replay } from './replay.ts';

let cluster: LiveCluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  // The recorded ones registered in this order.
  await cluster.addAgent([], 2);
  await cluster.addAgent([], 1);
});
afterAll(async () => {
  await cluster?.stop();
});

function messages(type: MessageType, answer: RecordedResponse): unknown[] {
  const bytes = bodyBytes(answer);
  const records = type === Event ? new RecordDecoder().push(bytes) : [bytes];
  return records.map((record) => decode(type, record));
}

async function differences(exchange: Exchange, type: MessageType): Promise<string[]> {
  const { answer } = await replay(exchange, cluster.masterPort);
  if ('closed' in answer || 'closed' in exchange.response) return ['hung up'];
  const heads = compareAnswers(
    { ...exchange, response: { ...exchange.response, base64: '' } },
    { ...answer, base64: '' },
  );
  const deviations = deviationsOf(`${exchange.dir}/${exchange.name}`);
  const lines = compareJson(messages(type, exchange.response), messages(type, answer));
  return [...heads, ...lines].filter((line) => !deviations.some(({ shows }) => shows.test(line)));
}

it.each(exchangesOf('protobuf').map((one) => [one.name, one] as const))('protobuf: %s', async (name, exchange) => {
  if (name === 'empty') expect((await replay(exchange, cluster.masterPort)).unexpected).toEqual([]);
  else expect(await differences(exchange, name.startsWith('scheduler') ? Event : Response)).toEqual([]);
});
