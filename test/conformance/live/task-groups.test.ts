// Task groups as the original ran them: what the framework was told, and what master and agent showed meanwhile.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareJson } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import { bodyBytes, exchangesOf } from '../exchange.ts';
import { Renaming } from '../renaming.ts';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { Run } from './run.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;
let run: Run;

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  await cluster.addAgent();
  await cluster.addAgent();
});
afterAll(async () => {
  await cluster?.stop();
});

/** The recorded ones take two to five seconds. Here they take as long as it takes to look at them. */
const COMMANDS = { g1: 'echo g1; sleep 4', g2: 'echo g2; sleep 5', h1: 'sleep 2; exit 1' } as const;
type Lasting = keyof typeof COMMANDS;

const endOf = (task: Lasting): string => join(cluster.directory, `${task}-ends`);
const end = (task: Lasting): void => writeFileSync(endOf(task), '');

/** Recorded commands → ours. */
function lastingCommands(): Map<string, string> {
  const until = (task: Lasting) => `until test -e ${endOf(task)}; do sleep 0.05; done`;
  return new Map([
    [COMMANDS.g1, `echo g1; ${until('g1')}`],
    [COMMANDS.g2, `echo g2; ${until('g2')}`],
    [COMMANDS.h1, `${until('h1')}; exit 1`],
  ]);
}

/** How many events had come when the last task of a group was over, and its executor. */
const FIRST_GROUP_OVER = 12;
const SECOND_GROUP_OVER = 21;

/** How many had come, in the recording without disk, when all that was free had been offered for the last time. */
const ALL_OFFERED = 21;

describe('a task group', () => {
  /** What agent and master show while it runs. */
  const shown = new Map<string, string>();

  beforeAll(async () => {
    run = await Run.subscribe(
      { world: cluster.world, port: cluster.masterPort, names: lastingCommands() },
      'scheduler/task-group',
    );
    await run.callsUpTo('01-ACCEPT-launch-group');
    await run.wantsOffers();
    await run.callsUpTo('03-ACKNOWLEDGE-TASK_RUNNING');
    await run.callsUpTo('05-ACKNOWLEDGE-TASK_RUNNING');
    for (const [name, port] of [
      ['agent-group', cluster.agents[0]?.port],
      ['master-group', cluster.masterPort],
    ] as const) {
      const { body } = await cluster.world.net.request({ method: 'GET', url: `http://127.0.0.1:${port}/state` });
      shown.set(name, new TextDecoder().decode(body).replaceAll(cluster.directory, '/var/lib/mesos'));
    }
  });

  it.each(['agent-group', 'master-group'])('%s: what is shown of it in GET-state', (dir) => {
    const [exchange] = exchangesOf(dir).filter(({ name }) => name === 'GET-state');
    if (exchange === undefined || 'closed' in exchange.response) throw new Error('not recorded');
    const recorded = JSON.parse(bodyBytes(exchange.response).toString()).frameworks;
    const ours = JSON.parse(shown.get(dir) ?? '{}').frameworks;
    const lines = compareJson(inOrder(recorded), inOrder(ours), { renaming: new Renaming() });
    const deviations = deviationsOf(`${dir}/GET-state`);
    expect(lines.filter((line) => !deviations.some(({ shows }) => shows.test(line)))).toEqual([]);
  });

  replayed('agent-group', () => cluster);

  it('scheduler/task-group', { timeout: 120_000 }, async () => {
    end('g1');
    await run.toldThat('g1', 'TASK_FINISHED');
    await run.wantsOffers();
    end('g2');
    await run.told(FIRST_GROUP_OVER);
    await run.wantsOffers();
    await run.callsUpTo('08-ACCEPT-launch-group-fail');
    await run.wantsOffers();
    // The framework hears of that later: it has not acknowledged what came before.
    await cluster.until('the other task of the group runs', async () =>
      (await statesOnAgents('h2')).includes('TASK_RUNNING'),
    );
    end('h1');
    await run.callsUpTo('14-ACKNOWLEDGE-TASK_KILLED');
    await run.told(SECOND_GROUP_OVER);
    await run.wantsOffers();
    await run.callsUpTo('15-ACCEPT-group-no-tasks');
    await run.wantsOffers();
    expect(await run.finish()).toEqual({ unexpected: [], notSeen: [] });
  });
});

/** The states that agents tell of a task. */
async function statesOnAgents(taskId: string): Promise<string[]> {
  const states: string[] = [];
  for (const { port } of cluster.agents) {
    const { body } = await cluster.world.net.request({ method: 'GET', url: `http://127.0.0.1:${port}/state` });
    JSON.parse(new TextDecoder().decode(body), (_, value) => {
      if (value?.id === taskId && typeof value.state === 'string') states.push(value.state);
      return value;
    });
  }
  return states;
}

/** Tasks by their ids: in which order the two of them started is left to chance. */
function inOrder(frameworks: unknown): unknown {
  return JSON.parse(JSON.stringify(frameworks), (key, value) =>
    key === 'tasks' && Array.isArray(value)
      ? value.sort((a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id))
      : value,
  );
}

it('scheduler/task-group-executor-without-disk', async () => {
  const options = { world: cluster.world, port: cluster.masterPort, names: new Map<string, string>() };
  const other = await Run.subscribe(options, 'scheduler/task-group-executor-without-disk');
  for (const name of ['01-ACCEPT-launch-group', '02-ACCEPT-launch-group-fail', '03-ACCEPT-group-no-tasks']) {
    await other.callsUpTo(name);
    await other.wantsOffers();
  }
  // Else the next call could come before the offers, and what it gives back would be among them.
  await other.told(ALL_OFFERED);
  await other.callsBefore();
  await other.leave();
  expect(await other.finish()).toEqual({ unexpected: [], notSeen: [] });
});
