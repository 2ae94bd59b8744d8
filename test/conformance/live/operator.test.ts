// What operators asked of a master to change, rightly and wrongly.
import { afterAll, beforeAll } from 'vitest';
import { LiveCluster } from './live-cluster.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
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
replayed('operator-calls', () => cluster, { without: ['GET-state-gone'] });
