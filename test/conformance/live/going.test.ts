// Agents that are drained, deactivated and gone; machines that will be away: what frameworks and operators are told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/mesos/generated/v1.ts';
import { exchangesOf } from '../exchange.ts';
import { DRAINING, MAINTENANCE } from './going.ts';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { OperatorStream } from './operator-stream.ts';
import { lengthOf, unexpectedOf } from './operator-told.ts';
import { Run } from './run.ts';
import { replayed } from './situation.ts';

/** Of the recordings of draining. */
const RECORDED_MASTER = '74794933-4a40-416b-acb3-3f3c062b64f0';

/** Of the maintenance, in nanoseconds, which only a text can say. */
const RECORDED_START = Number('1795206184475749632');

let cluster: LiveCluster;
let operator: OperatorStream;

async function start(): Promise<void> {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  await cluster.addAgent();
  await cluster.addAgent();
  operator = await OperatorStream.open(cluster.world, cluster.masterUrl);
}

async function operate(call: object): Promise<void> {
  const { status, body } = await cluster.world.net.request({
    method: 'POST',
    url: `${cluster.masterUrl}/api/v1`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call),
  });
  expect([status, new TextDecoder().decode(body)]).toEqual([200, '']);
}

/** What the operator stream was told, when as much is there as was recorded. */
async function operatorIsTold(name: string): Promise<void> {
  const exchange = exchangesOf('operator-subscribe').find((one) => one.name === name);
  if (exchange === undefined) throw new Error(`${name} was not recorded`);
  const length = lengthOf((exchange.records ?? []).map(([, record]) => record));
  await cluster.until('all is told', async () => lengthOf(operator.records) >= length);
  operator.close();
  expect(unexpectedOf(exchange, operator.records)).toEqual([]);
}

describe('draining', () => {
  let framework: LiveFramework;
  let second: string;
  const names = () => new Map([[RECORDED_MASTER, second.replace(/-S1$/, '')]]);
  const replays = (index: number, agent = 1) => {
    const exchanges = DRAINING[index] ?? [];
    replayed('operator-calls', () => cluster, { only: exchanges, first: exchanges, names, agent });
  };

  const used = new Set<string>();
  const lookedAt = () => join(cluster.directory, 'dr1-was-looked-at');

  const offerOfSecond = async (): Promise<Offer | undefined> => {
    const ofSecond = ({ agent_id }: Offer): boolean => agent_id.value.endsWith('-S1');
    const rescinded = new Set(framework.events.map(({ rescind }) => rescind?.offer_id.value));
    const isLeft = (offer: Offer): boolean =>
      ofSecond(offer) && !used.has(offer.id.value) && !rescinded.has(offer.id.value);
    const { offers } = await framework.next(({ offers }) => offers?.offers?.some(isLeft) === true);
    const offer = offers?.offers?.find(isLeft);
    used.add(offer?.id.value ?? '');
    return offer;
  };

  const launch = async (id: string, command: string): Promise<void> => {
    const offer = await offerOfSecond();
    second = offer?.agent_id.value ?? '';
    const task = {
      name: `task ${id}`,
      task_id: { value: id },
      agent_id: offer?.agent_id,
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
      command: { value: command },
    };
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }];
    await framework.call('ACCEPT', { accept: { offer_ids: [offer?.id], operations } });
    await framework.acknowledged(id, 'TASK_STARTING');
    await framework.acknowledged(id, 'TASK_RUNNING');
  };

  beforeAll(async () => {
    await start();
    framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
      user: 'root',
      name: 'fw-drain',
      failover_timeout: 0,
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
    });
    // Takes until somebody has looked to die, or as long as it has.
    const dies = `until test -e ${lookedAt()}; do sleep 0.05; done; trap - TERM; kill -TERM $$`;
    await launch('dr1', `trap "${dies}" TERM; sleep 1000 & wait; wait`);
    await operate({
      type: 'DRAIN_AGENT',
      drain_agent: { agent_id: { value: second }, max_grace_period: { seconds: 2 } },
    });
  });
  afterAll(() => cluster?.stop());

  describe('that is under way', () => replays(0));

  describe('that is done', () => {
    beforeAll(async () => {
      writeFileSync(lookedAt(), '');
      await framework.acknowledged('dr1', 'TASK_KILLED');
      await cluster.until('it is drained', async () => (await cluster.get('/slaves')).text.includes('"DRAINED"'));
    });
    replays(1);
  });

  describe('and gone', () => {
    beforeAll(async () => {
      await framework.call('REVIVE');
      await launch('dr2', 'sleep 1000');
    });
    replays(2);
  });

  describe('for good', () => {
    beforeAll(async () => {
      await framework.next(({ failure }) => failure !== undefined);
    });
    replays(3);
    it('operator-subscribe/mutations-D', async () => {
      await framework.call('TEARDOWN');
      await operatorIsTold('mutations-D');
    });
  });
});

describe('maintenance', () => {
  let run: Run;
  const ghost = { hostname: 'ghost', ip: '10.0.0.9' };
  const replays = (index: number) => {
    const exchanges = MAINTENANCE[index] ?? [];
    replayed('operator-calls', () => cluster, { only: exchanges, first: exchanges });
  };

  beforeAll(async () => {
    await start();
    run = await Run.subscribe(
      { world: cluster.world, port: cluster.masterPort, names: new Map() },
      'scheduler/maintenance',
    );
    // The offers of both agents.
    await run.told(3);
  });
  afterAll(() => cluster?.stop());

  describe('of a machine', () => replays(0));

  describe('of one more, which goes down', () => {
    beforeAll(async () => {
      await run.callsUpTo('01-ACCEPT_INVERSE_OFFERS');
      const unavailability = { start: { nanoseconds: RECORDED_START }, duration: { nanoseconds: 600e9 } };
      const machine_ids = [{ hostname: 'localhost', ip: '127.0.0.1' }, ghost];
      const schedule = { windows: [{ machine_ids, unavailability }] };
      await operate({ type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule } });
      await operate({ type: 'START_MAINTENANCE', start_maintenance: { machines: [ghost] } });
      await run.callsUpTo('02-DECLINE_INVERSE_OFFERS');
    });
    replays(1);
  });

  describe('of none', () => {
    beforeAll(() => operate({ type: 'STOP_MAINTENANCE', stop_maintenance: { machines: [ghost] } }));
    replays(2);

    it('scheduler/maintenance', async () => {
      expect(await run.finish()).toEqual({ unexpected: [], notSeen: [] });
    });
    it('operator-subscribe/mutations-M', () => operatorIsTold('mutations-M'));
  });
});
