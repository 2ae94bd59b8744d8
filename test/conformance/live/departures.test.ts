// An agent leaves the cluster while tasks run on it, and another comes in its place.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { Run, type RunOptions } from './run.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;
let session: RunOptions;
let aware: Run;
let other: Run;

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  const agent = await cluster.addAgent();
  session = { world: cluster.world, port: cluster.masterPort, names: new Map() };
  aware = await Run.subscribe(session, 'scheduler/agent-shutdown');
  await aware.toldOffers();
  // Before the first accepts, so that what that leaves is offered to the second.
  other = await Run.subscribe(session, 'scheduler/agent-shutdown-not-aware');
  await aware.callsUpTo('01-ACCEPT');
  await aware.toldThat('as1', 'TASK_RUNNING');
  await other.wantsOffers();
  await other.declines('O1');
  await other.wantsOffers();
  await other.callsUpTo('02-ACCEPT');
  await other.toldThat('as2', 'TASK_RUNNING');
  await agent.daemon.unregister?.();
  await aware.toldThat('as1', 'TASK_LOST');
  await other.toldThat('as2', 'TASK_LOST');
});
afterAll(async () => {
  await cluster?.stop();
});

describe('an agent that left', () => {
  replayed('master-agent-removed', () => cluster, { names: () => session.names });
});

describe('what its frameworks were told, of the next one too', () => {
  beforeAll(async () => {
    const [left] = cluster.agents;
    if (left !== undefined) await cluster.startAgainAgent(left);
    await aware.declines('O3');
    await aware.unrecorded({ type: 'SUPPRESS' });
    await other.wantsOffers();
  });

  it.each([
    ['scheduler/agent-shutdown', () => aware],
    ['scheduler/agent-shutdown-not-aware', () => other],
  ])('%s', async (_, run) => {
    expect(await run().finish()).toEqual({ unexpected: [], notSeen: [] });
  });
});
