// What operators asked of a master to change, rightly and wrongly.
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { DRAINING, MAINTENANCE } from './going.ts';
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

async function operate(call: object): Promise<void> {
  const answer = await cluster.world.net.request({
    method: 'POST',
    url: `${cluster.masterUrl}/api/v1`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call),
  });
  expect(answer.status).toBe(202);
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

const reserved = (name: string, value: number, ...roles: readonly string[]) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations: roles.map((role) => ({ type: 'DYNAMIC', role, principal: 'bob' })),
});

/** Of the recording whose agents had reservations. */
const RESERVING_MASTER = '21fb5d0c-e342-48f7-b886-964216f92109';

/** In the order in which they were recorded; a refined reservation was made in between. */
const RESERVATIONS = [
  [
    'RESERVE_RESOURCES',
    'GET_AGENTS-reserved',
    'GET-slaves-reserved',
    'GET-state-reserved',
    'RESERVE_RESOURCES-static',
    'RESERVE_RESOURCES-old-format',
    'RESERVE_RESOURCES-empty',
    'RESERVE_RESOURCES-missing',
  ],
  [
    'CREATE_VOLUMES',
    'GET_AGENTS-volume',
    'CREATE_VOLUMES-badid',
    'CREATE_VOLUMES-ro',
    'CREATE_VOLUMES-nodisk',
    'CREATE_VOLUMES-hostpath',
    'UNRESERVE_RESOURCES-with-volume',
    'DESTROY_VOLUMES',
    'DESTROY_VOLUMES-again',
    'UNRESERVE_RESOURCES-refined',
    'UNRESERVE_RESOURCES',
    'UNRESERVE_RESOURCES-again',
    'UNRESERVE_RESOURCES-old',
    'POST-reserve-form',
    'POST-unreserve-form',
  ],
];

describe.each(RESERVATIONS.map((exchanges, index) => ({ exchanges, index })))(
  'reservations and volumes: $exchanges',
  ({ exchanges, index }) => {
    beforeAll(async () => {
      if (index === 0) return;
      const resources = [reserved('cpus', 0.5, 'ops', 'ops/sub')];
      await operate({
        type: 'RESERVE_RESOURCES',
        reserve_resources: { agent_id: { value: `${masterId}-S0` }, resources },
      });
    });
    const names = () => new Map([[RESERVING_MASTER, masterId]]);
    replayed('operator-calls', () => cluster, { only: exchanges, first: exchanges, names });
  },
);

describe.each([
  { before: ['*'], exchanges: ['quota-post-ok', 'quota-post-toobig-force', 'quota-get', 'quota-delete'] },
  { before: ['big'], exchanges: ['quota-post-bad', 'quota-post-star', 'quota-put'] },
])('quotas of old: $exchanges', ({ before, exchanges }) => {
  beforeAll(() => updateQuota(...before.map((role) => ({ role }))));
  replayed('errors-master-endpoints', () => cluster, { only: exchanges, first: exchanges });
  afterAll(() => updateQuota({ role: '*' }));
});

replayed('operator-calls', () => cluster, {
  names: () => new Map([[RECORDED_MASTER, masterId]]),
  without: [
    ...DRAINING.flat(),
    ...MAINTENANCE.flat(),
    ...QUOTA.flatMap(({ exchanges }) => exchanges),
    ...RESERVATIONS.flat(),
  ],
});
