// A framework that reserves, makes a volume and launches on it in one call, as it was recorded; its data is there for the next
// task and the next agent (scenario 29).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Offer } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { type Exchange, exchangesOf } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { replay } from './replay.ts';

/** Ends when the volume has a file `end`. */
const COMMAND = 'echo x > data/f; until [ -f data/end ]; do sleep 0.05; done';
const RECORDED_COMMAND = "sh -c 'echo x > dat...";

let cluster: LiveCluster;
let framework: LiveFramework;
let used: Offer | undefined;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  await cluster.addAgent();
  await cluster.addAgent();
  framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
    user: 'root',
    name: 'fw-ops',
    principal: 'alice',
    roles: ['eng'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }, { type: 'SHARED_RESOURCES' }],
  });
  framework.acknowledgeAll();
});
afterAll(async () => {
  await cluster?.stop();
});

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } });

const reserved = (name: string, value: number) => ({
  ...scalar(name, value),
  reservations: [{ type: 'DYNAMIC', role: 'eng', principal: 'alice' }],
});
const VOLUME = {
  ...reserved('disk', 128),
  disk: { persistence: { id: 'vol-1', principal: 'alice' }, volume: { container_path: 'data', mode: 'RW' } },
};

const offersOf = (agentId: string): Offer[] =>
  framework.events.flatMap(({ offers }) => offers?.offers ?? []).filter(({ agent_id }) => agent_id.value === agentId);

function launch(offer: Offer, taskId: string, command: string) {
  const resources = [reserved('cpus', 0.2), reserved('mem', 64), VOLUME];
  const task = { name: `task ${taskId}`, task_id: { value: taskId }, agent_id: offer.agent_id, resources };
  return { type: 'LAUNCH', launch: { task_infos: [{ ...task, command: { value: command } }] } };
}

async function answersAlike(exchange: Exchange, places?: ReadonlyMap<string, string>): Promise<void> {
  const port = exchange.daemon === 'master' ? cluster.masterPort : (cluster.agents[0]?.port ?? 0);
  const { unexpected, notSeen } = await replay(exchange, port, undefined, undefined, places);
  expect({ name: exchange.name, unexpected, notSeen }).toEqual({ name: exchange.name, unexpected: [], notSeen: [] });
}

async function accept(offer: Offer, ...operations: object[]): Promise<void> {
  const filters = { refuse_seconds: 3600 };
  await framework.call('ACCEPT', { accept: { offer_ids: [offer.id], operations, filters } });
}

it('a volume is reserved, made and used in one call, and shown as the original shows it', async () => {
  const agentId = `${JSON.parse((await cluster.get('/state')).text).id}-S0`;
  await framework.next(() => offersOf(agentId).length > 0);
  const [offer] = offersOf(agentId) as [Offer];
  used = offer;
  await accept(
    offer,
    { type: 'RESERVE', reserve: { resources: [reserved('cpus', 1), reserved('mem', 256), reserved('disk', 512)] } },
    { type: 'CREATE', create: { volumes: [VOLUME] } },
    launch(offer, 'vol1', COMMAND),
  );
  await framework.acknowledged('vol1', 'TASK_RUNNING');
  const file = join(cluster.agents[0]?.workDir ?? '', 'volumes/roles/eng/vol-1/f');
  await cluster.until('the task has written', async () => existsSync(file));
  await cluster.until(
    'the update is acknowledged',
    async () => !/TASK_STAGING/.test((await cluster.get('/state')).text),
  );

  const places = new Map([
    [cluster.directory, '/var/lib/mesos'],
    [COMMAND.slice(0, 17), RECORDED_COMMAND],
  ]);
  for (const exchange of [...exchangesOf('master-volume'), ...exchangesOf('agent-volume')]) {
    await answersAlike(exchange, places);
  }
});

it('its task is told with those of other frameworks that came and went', async () => {
  const [{ workDir = '' } = {}] = cluster.agents;
  writeFileSync(join(workDir, 'volumes/roles/eng/vol-1/end'), '');
  await framework.acknowledged('vol1', 'TASK_FINISHED');
  const [other] = framework.events.flatMap(({ offers }) => offers?.offers ?? []).filter(({ id }) => id !== used?.id);
  await framework.call('DECLINE', { decline: { offer_ids: [other?.id], filters: { refuse_seconds: 3600 } } });
  await framework.call('SUPPRESS');
  for (const [taskId, command, state] of [
    ['fo1', 'true', 'TASK_FINISHED'],
    ['fo2', 'sleep 400', 'TASK_RUNNING'],
  ] as const) {
    const { world, masterUrl } = cluster;
    const one = await LiveFramework.subscribe(world, masterUrl, {
      user: 'root',
      name: taskId,
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }],
    });
    one.acknowledgeAll();
    const onSecond = ({ agent_id }: Offer) => agent_id.value.endsWith('-S1');
    const { offers } = await one.next((event) => event.offers?.offers?.some(onSecond) ?? false);
    const offer = offers?.offers?.find(onSecond);
    const resources = [scalar('cpus', 0.1), scalar('mem', 32)];
    const task = { name: `task ${taskId}`, task_id: { value: taskId }, agent_id: offer?.agent_id, resources };
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [{ ...task, command: { value: command } }] } }];
    await one.call('ACCEPT', { accept: { offer_ids: [offer?.id], operations } });
    await one.acknowledged(taskId, state);
    await one.call('TEARDOWN');
  }
  await framework.call('REVIVE');
  for (const exchange of exchangesOf('master-failover0')) await answersAlike(exchange);
});

it('what a task has left in its volume is there for the next one, also after the agent was started again', async () => {
  const [agent] = cluster.agents;
  if (agent === undefined) throw new Error('there is no agent');
  const agentId = used?.agent_id.value ?? '';
  await cluster.stopAgent(agent);
  const { workDir } = await cluster.startAgainAgent(agent);
  const hasVolume = ({ resources }: Offer) => !Resources.of(resources).persistentVolumes().isEmpty;
  const before = offersOf(agentId).length;
  await cluster.until('the volume is offered again', async () => {
    await framework.call('REVIVE');
    return offersOf(agentId).slice(before).some(hasVolume);
  });
  const offer = offersOf(agentId).findLast(hasVolume);
  if (offer === undefined) throw new Error('there was no offer');
  await accept(offer, launch(offer, 'vol2', 'cat data/f > data/g'));
  await framework.acknowledged('vol2', 'TASK_FINISHED');
  expect(readFileSync(join(workDir, 'volumes/roles/eng/vol-1/g'), 'utf8')).toBe('x\n');
});
