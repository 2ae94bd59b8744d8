// An agent answers no pings for a while: what frameworks and operators are told when it is given up and when it is back.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangesOf } from '../exchange.ts';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { OperatorStream } from './operator-stream.ts';
import { lengthOf, unexpectedOf } from './operator-told.ts';
import { Run, type RunOptions } from './run.ts';
import { replayed } from './situation.ts';

let cluster: LiveCluster;
let second: ChildProcess;
let session: RunOptions;
let operator: OperatorStream;
let aware: Run;
let other: Run;
const ofIt = () => cluster;
const names = () => session.names;

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS, '--agent_ping_timeout=1secs', '--max_agent_ping_timeouts=3']);
  await cluster.addAgent();
  const program = fileURLToPath(new URL('agent-process.ts', import.meta.url));
  second = fork(program, cluster.agentFlags(2), { execArgv: [] });
  await cluster.until('both agents are registered', async () => (await cluster.get('/slaves')).text.includes('-S1'));

  operator = await OperatorStream.open(cluster.world, cluster.masterUrl);
  session = { world: cluster.world, port: cluster.masterPort, names: new Map() };
  aware = await Run.subscribe(session, 'scheduler/unreachable-partition-aware');
  await aware.toldOffers();
  other = await Run.subscribe(session, 'scheduler/unreachable-not-aware');
  await aware.callsUpTo('01-ACCEPT');
  await aware.toldThat('pa1', 'TASK_RUNNING');
  // The rest is for the other one.
  await aware.unrecorded({ type: 'SUPPRESS' });
  await aware.declines('O0');
  await other.wantsOffers();
  await other.declines('O2', 'O3');
  await other.wantsOffers();
  await other.callsUpTo('02-ACCEPT');
  await other.toldThat('npa1', 'TASK_RUNNING');
  await other.unrecorded({ type: 'SUPPRESS' });
  await other.declines('O5');
  await secondAgentAnswers();
});
afterAll(async () => {
  second?.kill('SIGCONT');
  second?.kill('SIGTERM');
  await new Promise((resolve) => second?.once('exit', resolve) ?? resolve(undefined));
  await cluster?.stop();
});

/** By then it has read what the master sent it before: acknowledgements. Without them it would tell more when it is back. */
async function secondAgentAnswers(): Promise<void> {
  const { slaves } = JSON.parse((await cluster.get('/slaves')).text);
  const { pid } = slaves.find(({ id }: { id: string }) => id.endsWith('-S1'));
  const url = `http://${pid.slice(pid.indexOf('@') + 1)}/state`;
  for (let times = 0; times < 3; times++) await cluster.world.net.request({ method: 'GET', url });
}

describe('an agent that does not answer', () => {
  beforeAll(async () => {
    second.kill('SIGSTOP');
    await aware.toldThat('pa1', 'TASK_UNREACHABLE');
    await other.toldThat('npa1', 'TASK_LOST');
    await aware.callsUpTo('07-KILL-unreachable');
    await other.callsUpTo('08-KILL-unreachable');
  });
  replayed('master-unreachable', ofIt, { names });
});

describe('and then does', () => {
  beforeAll(async () => {
    second.kill('SIGCONT');
    await aware.told();
    await other.told();
  });
  replayed('master-reachable-again', ofIt, { names });

  it.each([
    ['scheduler/unreachable-partition-aware', () => aware],
    ['scheduler/unreachable-not-aware', () => other],
  ])('%s', async (_, run) => {
    expect(await run().finish()).toEqual({ unexpected: [], notSeen: [] });
  });

  it('operator-subscribe/agent-unreachable', async () => {
    const exchange = exchangesOf('operator-subscribe').find(({ name }) => name === 'agent-unreachable');
    if (exchange === undefined) throw new Error('not recorded');
    const length = lengthOf((exchange.records ?? []).map(([, record]) => record));
    await cluster.until('all is told', async () => lengthOf(operator.records) >= length);
    operator.close();
    expect(unexpectedOf(exchange, operator.records)).toEqual([]);
  });
});
