// Tasks of every kind, one of them running, and how the agent shows them: launched as the recorded state tells, which is all
// that was recorded of them.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exchangesOf } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { replay } from './replay.ts';

/** Runs on, unlike the recorded one that had four seconds. */
const COMMAND = 'sleep 400';
const RECORDED_COMMAND = 'sleep 4';

let cluster: LiveCluster;
let framework: LiveFramework;
/** Ends no answer: what is fetched from it is never there. */
let silent: Server;

beforeAll(async () => {
  silent = createServer((_, response) => response.write('...'));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  cluster = await LiveCluster.start();
  await cluster.addAgent();
  framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
    user: 'root',
    name: 'fw-kinds',
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
  });
  framework.acknowledgeAll();
});
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await cluster?.stop();
});

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } });
const RESOURCES = [scalar('cpus', 0.1), scalar('mem', 32)];
const PORTS = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_010, end: 31_012 }] } };
const QUICKLY = { delay_seconds: 0, interval_seconds: 0.5, grace_period_seconds: 0, consecutive_failures: 2 };
const command = (value: string) => ({ command: { value } });

/** By id: what it is beside its name and resources, and how it ends. */
function kinds(slowUri: string): Readonly<Record<string, readonly [object, string]>> {
  return {
    k0: [{ command: { value: 'sleep 100', uris: [{ value: slowUri }] } }, 'TASK_KILLED'],
    f1: [{ command: { value: 'cat fstab; ls -l', uris: [{ value: 'file:///etc/fstab' }] } }, 'TASK_FINISHED'],
    ns2: [{ command: { shell: false, value: '/no/such/bin', arguments: ['x'] } }, 'TASK_FAILED'],
    u2: [{ command: { value: 'id; pwd', user: 'nobody' } }, 'TASK_FINISHED'],
    env2: [{ ...command('env | sort; echo done'), resources: [...RESOURCES, PORTS] }, 'TASK_FINISHED'],
    hf1: [
      { ...command('sleep 100'), health_check: { type: 'COMMAND', ...QUICKLY, ...command('exit 1') } },
      'TASK_KILLED',
    ],
    hf3: [
      { ...command('sleep 100'), health_check: { type: 'HTTP', ...QUICKLY, http: { port: 1, path: '/' } } },
      'TASK_KILLED',
    ],
    dc1: [
      { ...command('ls'), container: { type: 'DOCKER', docker: { image: 'alpine', network: 'HOST' } } },
      'TASK_FAILED',
    ],
    dl1: [
      {
        ...command('true'),
        labels: { labels: [{ key: 'a', value: 'b' }, { key: 'only' }] },
        discovery: {
          visibility: 'CLUSTER',
          name: 'svc',
          ports: { ports: [{ number: 80, name: 'http', protocol: 'tcp' }] },
        },
      },
      'TASK_FINISHED',
    ],
    df1: [command('(sleep 300 &); true'), 'TASK_FINISHED'],
    rd1: [command(COMMAND), 'TASK_RUNNING'],
  };
}

it('agent-kinds: GET-state', async () => {
  const all = kinds(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/slow`);
  const { offers } = await framework.next(({ type }) => type === 'OFFERS');
  const [offer] = offers?.offers ?? [];
  const task_infos = Object.entries(all).map(([id, [what]]) => {
    const { agent_id } = offer ?? {};
    return { name: `task ${id}`, task_id: { value: id }, agent_id, resources: RESOURCES, ...what };
  });
  const fetching = new Promise((resolve) => silent.once('request', resolve));
  await framework.call('ACCEPT', {
    accept: {
      offer_ids: [offer?.id],
      operations: [{ type: 'LAUNCH', launch: { task_infos } }],
      filters: { refuse_seconds: 3600 },
    },
  });
  await fetching;
  await framework.call('KILL', { kill: { task_id: { value: 'k0' } } });
  for (const [id, [, state]] of Object.entries(all)) {
    await framework.next(({ update }) => update?.status.task_id.value === id && update.status.state === state);
  }
  await cluster.until('all but one are over', async () => {
    const { body } = await cluster.world.net.request({ method: 'GET', url: `${cluster.agents[0]?.daemon.url}/state` });
    const [{ executors, completed_executors }] = JSON.parse(new TextDecoder().decode(body)).frameworks;
    return executors.length === 1 && completed_executors.length === Object.keys(all).length - 1;
  });

  const [exchange] = exchangesOf('agent-kinds');
  if (exchange === undefined) throw new Error('not recorded');
  const places = new Map([
    [cluster.directory, '/var/lib/mesos'],
    [`'${COMMAND}'`, `'${RECORDED_COMMAND}'`],
  ]);
  const { unexpected, notSeen } = await replay(exchange, cluster.agents[0]?.port ?? 0, undefined, undefined, places);
  expect({ unexpected, notSeen }).toEqual({ unexpected: [], notSeen: [] });
});
