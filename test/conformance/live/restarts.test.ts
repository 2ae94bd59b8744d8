// Agent and master go and come back while tasks run: what frameworks are told, and what is told of it.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Disk } from '../../../src/world/disk.ts';
import type { RealWorld } from '../../../src/world/real/index.ts';
import { exchangesOf } from '../exchange.ts';
import { CLOCK_STANDS, type LiveAgent, LiveCluster } from './live-cluster.ts';
import { Run, type RunOptions } from './run.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;
let session: RunOptions;
let aware: Run;
let unchecked: Run;
const ofIt = () => cluster;
const ourNames = () => session.names;

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  await cluster.addAgent();
  session = { world: cluster.world, port: cluster.masterPort, names: new Map() };
  aware = await Run.subscribe(session, 'scheduler/agent-restart');
  await aware.toldOffers();
  // Before the first accepts, so that what that leaves is offered to the second.
  unchecked = await Run.subscribe(session, 'scheduler/agent-restart-nocheckpoint');
  await aware.callsUpTo('01-ACCEPT');
  await aware.toldThat('rs1', 'TASK_RUNNING');
  await unchecked.wantsOffers();
  await unchecked.declines('O1');
  await unchecked.wantsOffers();
  await unchecked.callsUpTo('02-ACCEPT');
  await unchecked.toldThat('rs2', 'TASK_RUNNING');
});
afterAll(async () => {
  await cluster?.stop();
});

const agent = () => {
  const [first] = cluster.agents;
  if (first === undefined) throw new Error('no agent was started');
  return first;
};

describe('an agent that is gone', () => {
  beforeAll(async () => {
    await cluster.stopAgent(agent());
    await unchecked.toldThat('rs2', 'TASK_LOST');
  });
  replayed('master-agent-disconnected', ofIt, { names: ourNames });
});

const DURING_RECOVERY = exchangesOf('agent-recovering')
  .filter(({ response }) => 'status' in response && response.status === 503)
  .map(({ name }) => name);

describe('that comes back', () => {
  const gate = Promise.withResolvers<void>();
  let starting: Promise<LiveAgent>;
  beforeAll(async () => {
    starting = cluster.startAgainAgent(agent(), (world) => checkpointBehind(gate.promise, world));
    await cluster.until('the agent listens', () => isListening(agent().port));
  });
  replayed('agent-recovering', ofIt, { names: ourNames, only: DURING_RECOVERY });

  describe('and has recovered', () => {
    beforeAll(async () => {
      gate.resolve();
      await starting;
      await cluster.until('the agent is back', async () => {
        const { slaves } = JSON.parse((await cluster.get('/slaves')).text);
        return slaves.every(({ active }: { active: boolean }) => active);
      });
      await unchecked.wantsOffers();
      await unchecked.told();
    });
    replayed('agent-recovering', ofIt, { names: ourNames, without: DURING_RECOVERY });
  });
});

describe('and is there again', () => {
  replayed('agent-recovered', ofIt, { names: ourNames });
  replayed('master-agent-restarted', ofIt, { names: ourNames });

  it.each([
    ['scheduler/agent-restart', () => aware],
    ['scheduler/agent-restart-nocheckpoint', () => unchecked],
  ])('%s', async (_, run) => {
    expect(await run().finish()).toEqual({ unexpected: [], notSeen: [] });
  });
});

describe('a new master', () => {
  beforeAll(async () => {
    await cluster.stopAgent(agent());
    await cluster.restartMaster(['--agent_ping_timeout=1secs', '--max_agent_ping_timeouts=3']);
    await cluster.until('there was an allocation', async () => {
      const { text } = await cluster.get('/metrics/snapshot');
      return text.includes('allocation_run_ms') && text.includes('state_store_ms');
    });
  });
  replayed('master-restarted-no-agents', ofIt, { names: ourNames });

  describe('finds the agent', () => {
    beforeAll(async () => {
      await cluster.startAgainAgent(agent());
      await cluster.until('the agent is back', async () => (await cluster.get('/slaves')).text.includes('-S0'));
    });
    replayed('master-restarted-agents-back', ofIt, { names: ourNames });
  });

  describe('and the framework', () => {
    let again: Run;
    beforeAll(async () => {
      again = await Run.subscribe(session, 'scheduler/master-failover-resubscribe');
      await again.callsUpTo('01-RECONCILE-after-master-failover');
    });
    replayed('master-restarted-framework-back', ofIt, { names: ourNames });
    it('scheduler/master-failover-resubscribe', async () => {
      expect(await again.finish()).toEqual({ unexpected: [], notSeen: [] });
    });
  });
});

/** A world whose checkpoints cannot be read before `opened`. */
function checkpointBehind(opened: Promise<void>, world: RealWorld): RealWorld {
  const { disk } = world;
  const readText: Disk['readText'] = async (path, ...rest) => {
    if (path.includes('/meta/')) await opened;
    return disk.readText(path, ...rest);
  };
  const behind = new Proxy(disk, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === 'readText') return readText;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...world, disk: behind };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
