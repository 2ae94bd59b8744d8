// Sandboxes of tasks of several kinds: what is in their environment, what was fetched, what is not there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyBytes, exchangesOf } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { replay } from './replay.ts';
import { replayed } from './situation.ts';

const RECORDED_RUN = 'f387f9bb-aa5a-46cb-95b5-0c953ad23fac';
/** Answers that show what commands printed: compared line by line, without dates, sizes and limits of the machine. */
const PRINTED = ['env1-stdout', 'env2-stdout', 'f1-stdout'];
const FSTAB = '# UNCONFIGURED FSTAB FOR BASE SYSTEM\n';

const SHOW = 'env | sort; pwd; id; umask';
const A = { name: 'A', value: '1' };
const SECRET = { name: 'S', type: 'SECRET', secret: { type: 'VALUE', value: { data: btoa('secret') } } };

let cluster: LiveCluster;
let framework: LiveFramework;
/** Recorded directories of sandboxes → ours, and the recorded ids of master, agents and framework. */
let names: Map<string, string>;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  const agent = await cluster.addAgent();
  const fstab = join(cluster.directory, 'fstab');
  writeFileSync(fstab, FSTAB);
  framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
    user: 'root',
    name: 'fw-kinds',
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }],
  });
  const { offers } = await framework.next(({ type }) => type === 'OFFERS');
  const [offer] = offers?.offers ?? [];
  const commands = {
    env1: { value: `${SHOW}; ulimit -a; ls -la`, environment: { variables: [A, SECRET] } },
    env2: { value: `${SHOW}; ls -la`, environment: { variables: [A] } },
    f1: { value: 'cat fstab; ls -la', uris: [{ value: `file://${fstab}` }] },
    f2: { value: 'true', uris: [{ value: 'file:///no/such/file' }] },
    ns2: { shell: false, value: '/no/such/bin', arguments: ['x'] },
    u2: { value: 'id; pwd', user: 'root' },
  };
  const tasks = Object.entries(commands).map(([id, command]) => ({
    name: `task ${id}`,
    task_id: { value: id },
    agent_id: offer?.agent_id,
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ],
    command,
  }));
  const operations = [{ type: 'LAUNCH', launch: { task_infos: tasks } }];
  await framework.call('ACCEPT', { accept: { offer_ids: [offer?.id], operations } });
  const ends = { env1: 'TASK_FINISHED', env2: 'TASK_FINISHED', f1: 'TASK_FINISHED', u2: 'TASK_FINISHED' };
  await Promise.all(
    Object.entries(ends).map(async ([id, state]) => {
      for (const each of ['TASK_STARTING', 'TASK_RUNNING', state]) await framework.acknowledged(id, each);
    }),
  );
  for (const each of ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']) await framework.acknowledged('ns2', each);
  await framework.acknowledged('f2', 'TASK_FAILED');
  names = await sandboxNames(agent.port);
});
afterAll(async () => {
  await cluster?.stop();
});

/** From the agent's state, once it has all the ends. */
async function sandboxNames(port: number): Promise<Map<string, string>> {
  const url = `http://127.0.0.1:${port}/state`;
  let executors: { id: string; directory: string }[] = [];
  await cluster.until('all have ended', async () => {
    const { body } = await cluster.world.net.request({ method: 'GET', url });
    const { frameworks, completed_frameworks } = JSON.parse(new TextDecoder().decode(body));
    executors = [...frameworks, ...completed_frameworks].flatMap(({ completed_executors }) => completed_executors);
    return executors.length === 6;
  });
  const found = new Map<string, string>();
  for (const { request } of exchangesOf('agent-sandbox')) {
    const target = typeof request === 'string' ? '' : request.target;
    const [directory = '', id = ''] = /\/var\/lib[^&]*\/executors\/(\w+)\/runs\/[-0-9a-f]{36}/.exec(target) ?? [];
    const ours = executors.find((executor) => executor.id === id)?.directory;
    if (ours !== undefined) found.set(directory, ours);
  }
  const masterId = framework.id.replace(/-\d+$/, '');
  return new Map([
    ...found,
    ['/var/lib/mesos/agent2', '/var/lib/mesos/agent1'],
    [`${RECORDED_RUN}-S1`, `${masterId}-S0`],
    [RECORDED_RUN, masterId],
  ]);
}

const ofKinds = exchangesOf('agent-sandbox')
  .filter(({ request }) => typeof request !== 'string' && request.target.includes(RECORDED_RUN))
  .map(({ name }) => name);
replayed('agent-sandbox', () => cluster, {
  names: () => names,
  only: ofKinds.filter((name) => !PRINTED.includes(name)),
});

describe('what commands printed', () => {
  const printed = exchangesOf('agent-sandbox').filter(({ name }) => PRINTED.includes(name));
  it.each(printed.map((one) => [one.name, one] as const))('agent-sandbox: %s', async (_, exchange) => {
    const port = cluster.agents[0]?.port ?? 0;
    const { answer, unexpected } = await replay(exchange, port, names);
    expect(unexpected.filter((line) => !line.startsWith('$.data: '))).toEqual([]);
    if ('closed' in answer || 'closed' in exchange.response) throw new Error('no answer');
    let recorded: string = JSON.parse(bodyBytes(exchange.response).toString()).data;
    for (const [from, to] of names) recorded = recorded.replaceAll(from, to);
    const ours: string = JSON.parse(bodyBytes(answer).toString()).data;
    expect(plainLines(ours)).toEqual(plainLines(recorded));
  });
});

/** Without what differs from machine to machine and from minute to minute. */
function plainLines(text: string): string[] {
  return text.split('\n').map((line) =>
    line
      .replace(/ +\d+ [A-Z][a-z]{2} [ \d]\d +[\d:]+ /, ' … ')
      .replace(/^total \d+$/, 'total …')
      .replace(/127\.0\.0\.1:\d+/, '127.0.0.1:…')
      .replace(/^([a-z ]+(?:\([a-z]+\))?) +(\d+|unlimited)$/, '$1 …'),
  );
}
