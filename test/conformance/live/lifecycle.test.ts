// Two agents, a task that runs and ends, and what master and agent tell at each moment.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareJson } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import { exchangesOf } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { OperatorStream } from './operator-stream.ts';
import { withoutHeartbeats } from './operator-told.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;
const ofIt = () => cluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  await cluster.addAgent();
  await cluster.addAgent();
});
afterAll(async () => {
  await cluster?.stop();
});

describe('two agents', () => {
  replayed('master-2agents', ofIt);
  replayed('operator-2agents', ofIt);
  replayed('errors-agent', ofIt);
  replayed('errors-executor-http', ofIt);
});

/** What ends the task. The recorded one slept for three seconds; ours goes on until it has been looked at. */
const endOfTask = () => join(cluster.directory, 't1-ends');

const task = () => ({
  name: 'task t1',
  task_id: { value: 't1' },
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
  ],
  command: { shell: true, value: `echo hello; until test -e ${endOfTask()}; do sleep 0.05; done; echo bye` },
  labels: { labels: [{ key: 'k', value: 'v' }] },
});

const RECORDED_SANDBOX =
  '/var/lib/mesos/agent1/slaves/d498177e-1d05-426c-88a7-fa4327ccd475-S0/frameworks/' +
  'd498177e-1d05-426c-88a7-fa4327ccd475-0000/executors/t1/runs/31d01924-675c-4766-8b80-77e776cd751a';
const RECORDED_RUN = 'd498177e-1d05-426c-88a7-fa4327ccd475';

describe('a running task', () => {
  let framework: LiveFramework;
  let operator: OperatorStream;
  let directory = '';
  const masterId = () => framework.id.replace(/-\d+$/, '');
  const names = () => new Map([[RECORDED_RUN, masterId()]]);

  beforeAll(async () => {
    operator = await OperatorStream.open(cluster.world, cluster.masterUrl);
    framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
      user: 'root',
      name: 'fw-lifecycle',
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
    });
    const { offers } = await framework.next(({ type }) => type === 'OFFERS');
    const offer = offers?.offers?.find(({ agent_id }) => agent_id.value.endsWith('S0'));
    await framework.call('ACCEPT', {
      accept: {
        offer_ids: [offer?.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: [{ ...task(), agent_id: offer?.agent_id }] } }],
        // Long enough for what is left not to be offered again while the replay lasts.
        filters: { refuse_seconds: 3600 },
      },
    });
    await framework.acknowledged('t1', 'TASK_STARTING');
    await framework.acknowledged('t1', 'TASK_RUNNING');
    const { update } = await framework.next(({ type }) => type === 'UPDATE');
    const { value } = update?.status.container_status?.container_id ?? { value: '' };
    const slave = `${cluster.agents[0]?.workDir}/slaves/${masterId()}-S0`;
    directory = `${slave}/frameworks/${framework.id}/executors/t1/runs/${value}`;
  });
  replayed('master-running', ofIt, { names });
  replayed('operator-running', ofIt, { names });
  replayed('agent-running', ofIt, { names });

  describe('and when it has ended', () => {
    beforeAll(async () => {
      writeFileSync(endOfTask(), '');
      await framework.acknowledged('t1', 'TASK_FINISHED');
      await framework.call('TEARDOWN');
    });
    replayed('master-after', ofIt, { names });
    replayed('operator-after', ofIt, { names });

    const inSandbox = (target: string): boolean => target.includes('/t1/') || !target.includes('/executors/');
    const only = exchangesOf('agent-sandbox')
      .filter(({ request }) => typeof request !== 'string' && inSandbox(`${request.target} ${request.text ?? ''}`))
      .map(({ name }) => name);
    replayed('agent-sandbox', ofIt, { names: () => new Map([[RECORDED_SANDBOX, directory]]), only });

    it('operator-subscribe: task-lifecycle', async () => {
      const [exchange] = exchangesOf('operator-subscribe').filter(({ name }) => name === 'task-lifecycle');
      const recorded = withoutHeartbeats((exchange?.records ?? []).map(([, record]) => record));
      const ours = withoutHeartbeats(await operator.until('FRAMEWORK_REMOVED'));
      const deviations = deviationsOf('operator-subscribe/task-lifecycle');
      const lines = recorded.flatMap((record, index) =>
        compareJson(record, ours[index]).map((line) => `${index} ${line}`),
      );
      expect(lines.filter((line) => !deviations.some(({ shows }) => shows.test(line)))).toEqual([]);
      operator.close();
    });
  });
});
