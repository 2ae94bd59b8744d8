// What the original told a framework of tasks and subscriptions, told again by ours.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareJson } from '../compare.ts';
import { bodyBytes, exchangesOf, loadExchanges } from '../exchange.ts';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { Run } from './run.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  await cluster.addAgent();
  await cluster.addAgent();
});
afterAll(async () => {
  await cluster?.stop();
});

const SUBSCRIPTIONS = new Set(
  loadExchanges()
    .map(({ dir }) => dir)
    .filter((dir) => dir.startsWith('scheduler/subscribe-')),
);

/** `names`: what is said otherwise than in the recording. */
async function lived(
  dir: string,
  calls?: (run: Run) => Promise<void>,
  names = new Map<string, string>(),
): Promise<void> {
  const options = { world: cluster.world, port: cluster.masterPort, names };
  const run = await Run.subscribe(options, dir);
  try {
    await calls?.(run);
    await run.callsBefore();
    await run.told();
    // Recorded or not, the original's frameworks were gone before the next one came.
    await run.leave();
    expect(await run.finish()).toEqual({ unexpected: [], notSeen: [] });
  } finally {
    await run.leave();
  }
}

it('scheduler/lifecycle', () => {
  // The recorded task slept for three seconds; ours lasts until everything else has been offered.
  const end = join(cluster.directory, 't1-ends');
  const names = new Map([['sleep 3', `until test -e ${end}; do sleep 0.05; done`]]);
  return lived(
    'scheduler/lifecycle',
    async (run) => {
      await run.callsUpTo('03-ACKNOWLEDGE-TASK_RUNNING');
      await run.wantsOffers();
      writeFileSync(end, '');
      await run.callsUpTo('04-ACKNOWLEDGE-TASK_FINISHED');
      await run.wantsOffers();
    },
    names,
  );
});

it('scheduler/tasks', { timeout: 120_000 }, () =>
  lived('scheduler/tasks', async (run) => {
    await run.callsUpTo('20-ACCEPT-kill-policy');
    await run.wantsOffers();
    await run.toldThat('trap1', 'TASK_RUNNING');
    await run.callsUpTo('25-ACCEPT-noack');
    await run.wantsOffers();
    // What was not acknowledged is told again, and that the task has ended meanwhile.
    await run.callsUpTo('27-ACKNOWLEDGE-TASK_STARTING');
    await run.wantsOffers();
    await run.callsUpTo('30-ACCEPT-checks');
    await run.wantsOffers();
  }),
);

describe('after those, a framework that wants no offers', () => {
  let framework: LiveFramework | undefined;
  beforeAll(async () => {
    framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
      user: 'root',
      name: 'fw-decline',
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
    });
    const { offers } = await framework.next(({ type }) => type === 'OFFERS');
    await framework.call('SUPPRESS');
    await framework.call('DECLINE', { decline: { offer_ids: offers?.offers?.map(({ id }) => id) } });
  });
  afterAll(async () => {
    await framework?.call('TEARDOWN');
  });
  replayed('operator-suppressed', () => cluster);
});

/** Told to have ended, which was not acknowledged. Of others it took the recorded master ten seconds to know. */
const UNACKNOWLEDGED = ['e7', 'e8'];

interface GoneFramework {
  readonly name: string;
  readonly completed_tasks: readonly {
    readonly id: string;
    readonly slave_id: string;
    readonly resources: Readonly<Record<string, number>>;
  }[];
}

it('master-invalid-after: a framework that went before it had acknowledged the ends of its tasks', async () => {
  const [exchange] = exchangesOf('master-invalid-after');
  if (exchange === undefined || 'closed' in exchange.response) throw new Error('not recorded');
  const recorded = goneIn(bodyBytes(exchange.response).toString());
  const framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
    user: 'root',
    name: recorded.name,
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
  });
  const { offers } = await framework.next(({ type }) => type === 'OFFERS');
  for (const { id, slave_id, resources } of recorded.completed_tasks) {
    const offer = offers?.offers?.find(({ agent_id }) => agent_id.value.endsWith(slave_id.slice(-2)));
    const task = {
      name: `task ${id}`,
      task_id: { value: id },
      agent_id: offer?.agent_id,
      resources: Object.entries(resources)
        .filter(([, value]) => value > 0)
        .map(([name, value]) => ({ name, type: 'SCALAR', scalar: { value } })),
      command: { value: 'true' },
    };
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }];
    await framework.call('ACCEPT', { accept: { offer_ids: [offer?.id], operations } });
  }
  for (const id of UNACKNOWLEDGED) {
    await framework.acknowledged(id, 'TASK_STARTING');
    await framework.acknowledged(id, 'TASK_RUNNING');
    await framework.next(
      ({ update }) => update?.status.task_id.value === id && update.status.state === 'TASK_FINISHED',
    );
  }
  await framework.call('TEARDOWN');
  const ours = goneIn((await cluster.get('/frameworks')).text);
  expect(compareJson(recorded, ours)).toEqual([]);
});

function goneIn(text: string): GoneFramework {
  const completed: readonly GoneFramework[] = JSON.parse(text).completed_frameworks;
  const framework = completed.find(({ name }) => name === 'fw-invalid');
  if (framework === undefined) throw new Error('it is not among those that went');
  return { ...framework, completed_tasks: framework.completed_tasks.filter(({ id }) => UNACKNOWLEDGED.includes(id)) };
}

it.each([...SUBSCRIPTIONS])('%s', (dir) => lived(dir));
