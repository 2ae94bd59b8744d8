// A custom executor's own traffic as it was recorded: the test is the executor and speaks to a live agent in its words, while
// the recorded framework speaks to the master. A command that only waits stands for the executor's process.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event as ExecutorEvent } from '../../../src/mesos/generated/executor.ts';
import type { Event } from '../../../src/mesos/generated/scheduler.ts';
import type { TaskStatus } from '../../../src/mesos/generated/v1.ts';
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import { compareJson } from '../compare.ts';
import { bodyBytes, type Exchange, exchangesOf } from '../exchange.ts';
import { Renaming } from '../renaming.ts';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { replay } from './replay.ts';
import { Run } from './run.ts';

const RECORDED_COMMAND = 'python3 /opt/frameworks/pyexec.py';
const ENVIRONMENT = new URL('../fixtures/executor-environment.json', import.meta.url);
const COMMAND = 'env > environment; until test -e done; do sleep 0.05; done';

let cluster: LiveCluster;
let run: Run;
const names = new Map([[RECORDED_COMMAND, COMMAND]]);
const places = new Map([[COMMAND, RECORDED_COMMAND]]);
const renaming = new Renaming();
const events: ExecutorEvent[] = [];
const exchanges = exchangesOf('executor-api');
const stream = exchanges.find(({ name }) => name === 'stream');
const recordedEvents = (stream?.records ?? []).map(([, record]) => record as ExecutorEvent);

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  await cluster.addAgent();
  await cluster.addAgent();
  run = await Run.subscribe({ world: cluster.world, port: cluster.masterPort, names }, 'scheduler/custom-executor');
  await run.callsUpTo('01-ACCEPT-custom');
  await cluster.until('the executor runs', async () => {
    const { body } = await cluster.world.net.request({
      method: 'GET',
      url: `http://127.0.0.1:${agentPort()}/containers`,
    });
    return new TextDecoder().decode(body).includes('executor_pid');
  });
});
afterAll(async () => {
  await cluster?.stop();
});

async function executorDirectory(): Promise<string | undefined> {
  const { body } = await cluster.world.net.request({ method: 'GET', url: `http://127.0.0.1:${agentPort()}/state` });
  const { frameworks } = JSON.parse(new TextDecoder().decode(body));
  return frameworks[0]?.executors.find(({ id }: { id: string }) => id === 'pyexec')?.directory;
}

const agentPort = (): number => cluster.agents[0]?.port ?? 0;
const sortedNames = () => new Map([...names].sort(([a], [b]) => b.length - a.length));

function renamed(text: string): string {
  let ours = text;
  for (const [recorded, name] of sortedNames()) ours = ours.replaceAll(recorded, name);
  return ours;
}

async function post(call: object): Promise<number> {
  const ids = { framework_id: { value: run.frameworkId }, executor_id: { value: 'pyexec' } };
  const answer = await cluster.world.net.request({
    method: 'POST',
    url: `http://127.0.0.1:${agentPort()}/api/v1/executor`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...ids, ...call }),
  });
  return answer.status;
}

/** An update that was left out of the executor's recording, as the framework's tells it. */
async function unrecordedUpdate(taskId: string, state: TaskStatus['state']): Promise<void> {
  const told = exchangesOf('scheduler/custom-executor')
    .flatMap(({ records = [] }) => records.map(([, record]) => (record as Event).update?.status))
    .find((status) => status?.task_id.value === taskId && status.state === state);
  if (told === undefined) throw new Error(`${taskId} was never ${state}`);
  const { container_status: _, agent_id: _agent, ...status } = told;
  expect(await post({ type: 'UPDATE', update: { status } })).toBe(202);
}

async function subscribe(): Promise<void> {
  if (stream === undefined || typeof stream.request === 'string') throw new Error('not recorded');
  const live = await cluster.world.net.openStream({
    method: 'POST',
    url: `http://127.0.0.1:${agentPort()}/api/v1/executor`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: renamed(bodyBytes(stream.request).toString()),
  });
  const decoder = new RecordDecoder();
  live.onChunk((chunk) => {
    for (const record of decoder.push(chunk)) events.push(JSON.parse(new TextDecoder().decode(record)));
  });
  live.onEnd(() => undefined);
}

async function heard(type: ExecutorEvent['type'], count = 1): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 10) {
    if (events.filter((event) => event.type === type).length >= count) return;
    await sleep(10);
  }
  throw new Error(`no ${type} among ${events.map((event) => event.type).join()}`);
}

const before = exchanges.filter(({ name }) => name < '03' || (name >= '98' && name !== 'stream'));
const shown = exchangesOf('agent-custom');
const during = exchanges.filter(({ name }) => name >= '03' && name < '26' && name !== 'stream');

async function alike(exchange: Exchange): Promise<void> {
  const { unexpected, notSeen } = await replay(exchange, agentPort(), sortedNames(), renaming, places);
  expect({ unexpected, notSeen }).toEqual({ unexpected: [], notSeen: [] });
}

describe('an executor that has not subscribed', () => {
  it.each(before.map((one) => [one.name, one] as const))('executor-api: %s', (_, exchange) => alike(exchange));
});

it('executor-api: its environment', async () => {
  const recorded: Record<string, string> = JSON.parse(readFileSync(ENVIRONMENT, 'utf8'));
  const { LC_CTYPE: _, ...environment } = recorded; // Python's own.
  const file = `${await executorDirectory()}/environment`;
  const ours = (): Record<string, string> =>
    Object.fromEntries(
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  // It is there before all of it is.
  await expect.poll(() => compareJson(environment, ours())).toEqual([]);
});

describe('an executor that has', () => {
  beforeAll(async () => {
    await subscribe();
    await heard('LAUNCH', 2);
  });
  it.each(during.map((one) => [one.name, one] as const))('executor-api: %s', (_, exchange) => alike(exchange));
  it.each(shown.map((one) => [one.name, one] as const))('agent-custom: %s', (_, exchange) => alike(exchange));
});

it('executor-api: all it was told, and scheduler/custom-executor', { timeout: 120_000 }, async () => {
  await unrecordedUpdate('unknown-task', 'TASK_RUNNING');
  await unrecordedUpdate('c2', 'TASK_RUNNING');
  await run.callsUpTo('06-MESSAGE-to-executor');
  await heard('MESSAGE');
  await run.wantsOffers();
  await run.callsUpTo('07-ACCEPT-custom-third');
  await heard('LAUNCH', 3);
  await unrecordedUpdate('c3', 'TASK_STARTING');
  await unrecordedUpdate('c3', 'TASK_RUNNING');
  await run.wantsOffers();
  await run.callsUpTo('11-KILL-c2');
  await heard('KILL');
  const killed = exchanges.find(({ name }) => name === '26-UPDATE-c2-TASK_KILLED');
  if (killed !== undefined) await alike(killed);
  await run.callsUpTo('13-SHUTDOWN-executor');
  await heard('SHUTDOWN');
  writeFileSync(`${await executorDirectory()}/done`, '');
  await run.callsUpTo('15-ACKNOWLEDGE-TASK_FAILED');
  await run.wantsOffers();
  expect(await run.finish()).toEqual({ unexpected: [], notSeen: [] });

  // Each task's in the order of the recording; between them it is left to chance.
  const ours = JSON.parse(JSON.stringify(events).replaceAll(COMMAND, RECORDED_COMMAND)) as ExecutorEvent[];
  for (const taskId of ['c1', 'c2', 'c3', '']) {
    const of = (list: readonly ExecutorEvent[]) => list.filter((event) => taskOf(event) === taskId);
    const [recorded, told] = [of(recordedEvents), of(ours)];
    expect(told.map(({ type }) => type)).toEqual(recorded.map(({ type }) => type));
    expect(recorded.flatMap((event, index) => compareJson(event, told[index], { renaming }))).toEqual([]);
  }
});

function taskOf({ launch, kill, acknowledged }: ExecutorEvent): string {
  return launch?.task.task_id.value ?? kill?.task_id.value ?? acknowledged?.task_id.value ?? '';
}
