// What operators asked of a master to change, rightly and wrongly.
import { afterAll, beforeAll } from 'vitest';
import { LiveCluster } from './live-cluster.ts';
import { replayed } from './situation.ts';

/** The master of the recording whose agents were marked gone. */
const RECORDED_MASTER = '74794933-4a40-416b-acb3-3f3c062b64f0';

let cluster: LiveCluster;
let masterId: string;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  await cluster.addAgent();
  await cluster.addAgent();
  masterId = JSON.parse((await cluster.get('/state')).text).id;
  await cluster.world.net.request({
    method: 'POST',
    url: `${cluster.masterUrl}/api/v1`,
    headers: { 'content-type': 'application/json' },
    body: '{"type":"UPDATE_WEIGHTS","update_weights":{"weight_infos":[{"role":"web","weight":2.5}]}}',
  });
});
afterAll(async () => {
  await cluster?.stop();
});

// What is told of an agent that is gone comes with the calls that mark it so.
replayed('operator-calls', () => cluster, {
  names: () => new Map([[RECORDED_MASTER, masterId]]),
  without: ['GET-state-gone'],
});
