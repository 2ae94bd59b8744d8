// What operators asked of a master to change, rightly and wrongly.
import { afterAll, beforeAll, describe, expect } from 'vitest';
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

/** Calls that the recording leaves out. */
async function updateQuota(...configs: readonly object[]): Promise<void> {
  const answer = await cluster.world.net.request({
    method: 'POST',
    url: `${cluster.masterUrl}/api/v1`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'UPDATE_QUOTA', update_quota: { force: true, quota_configs: configs } }),
  });
  expect(answer.status).toBe(200);
}

/** In the order in which they were recorded, and what the recording leaves out in between. */
const QUOTA: readonly { readonly exchanges: readonly string[]; readonly before: readonly object[] }[] = [
  {
    before: [],
    exchanges: [
      'UPDATE_QUOTA',
      'GET-quota-after',
      'GET_QUOTA-after',
      'GET-roles-after-quota',
      'GET_ROLES-after-quota',
      'UPDATE_QUOTA-overcommit',
      'UPDATE_QUOTA-star',
      'SET_QUOTA-legacy',
    ],
  },
  { before: [{ role: 'forced', guarantees: { cpus: { value: 1000 } } }], exchanges: ['GET_QUOTA-after2'] },
  { before: ['leg', 'forced', 'dev'].map((role) => ({ role })), exchanges: ['GET_QUOTA-reset'] },
];

describe.each(QUOTA)('quotas: $exchanges', ({ before, exchanges }) => {
  beforeAll(() => updateQuota(...before));
  replayed('operator-calls', () => cluster, { only: exchanges, first: exchanges });
});

describe.each([
  { before: ['*'], exchanges: ['quota-post-ok', 'quota-post-toobig-force', 'quota-get', 'quota-delete'] },
  { before: ['big'], exchanges: ['quota-post-bad', 'quota-post-star', 'quota-put'] },
])('quotas of old: $exchanges', ({ before, exchanges }) => {
  beforeAll(() => updateQuota(...before.map((role) => ({ role }))));
  replayed('errors-master-endpoints', () => cluster, { only: exchanges, first: exchanges });
  afterAll(() => updateQuota({ role: '*' }));
});

// What is told of an agent that is gone comes with the calls that mark it so.
replayed('operator-calls', () => cluster, {
  names: () => new Map([[RECORDED_MASTER, masterId]]),
  without: ['GET-state-gone', ...QUOTA.flatMap(({ exchanges }) => exchanges)],
});
