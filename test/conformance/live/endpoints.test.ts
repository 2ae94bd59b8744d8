// What a master without agents was asked, rightly and wrongly, sent to ours.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangesOf } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;
const ofIt = () => cluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  // The spread of a timer is told from its second measurement on.
  await cluster.until('there were two allocations', async () => {
    const { text } = await cluster.get('/metrics/snapshot');
    return text.includes('allocation_run_ms/count');
  });
});
afterAll(async () => {
  await cluster?.stop();
});

describe('an empty master', () => {
  replayed('master-empty', ofIt);
  replayed('operator-empty', ofIt);
  replayed('errors-operator', ofIt);
  replayed('errors-scheduler-http', ofIt);
});

describe('a framework that asks for the wrong', () => {
  let framework: LiveFramework;
  beforeAll(async () => {
    framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
      user: 'root',
      name: 'fw-errors',
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
    });
  });
  const names = () =>
    new Map([
      ['8f612f3d-3dd6-4073-b301-b9c140c16652-0000', framework.id],
      ['4e992cf1-9e5b-41d1-9051-3833e5295536-0013', framework.id],
      ['4f4c1d7d-4ac3-4442-8f8a-2eea61c802ae', framework.streamId],
      ['5012fb26-42eb-4bce-bb7c-a076e7caeaa8', framework.streamId],
    ]);
  replayed('errors-scheduler', ofIt, { names, without: ['after-teardown'] });

  describe('and is gone', () => {
    beforeAll(async () => {
      expect(await framework.call('TEARDOWN')).toBe(202);
    });
    replayed('errors-scheduler', ofIt, { names, only: ['after-teardown'] });
  });
});

describe('the endpoints of that master', () => {
  replayed('errors-master-endpoints', ofIt, {
    first: ['weights-put-ok', 'weights-get'],
    // Asked where there are agents: operator.test.ts.
    without: exchangesOf('errors-master-endpoints').flatMap(({ name }) => (name.startsWith('quota-') ? name : [])),
  });
});

it('still answers after all that', async () => {
  expect((await cluster.get('/health')).status).toBe(200);
});
