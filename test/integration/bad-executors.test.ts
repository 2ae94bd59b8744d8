// Executors that misbehave, as processes of a real agent: each is refused or cleaned up, the reason is told, and whatever else
// the agent has to do it does.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NetError } from '../../src/world/net.ts';
import { ExecutorAgent, executor, framework, hasPython, processes, task, until, world } from './executor-agent.ts';

const BAD_EXECUTOR = fileURLToPath(new URL('./fixtures/bad_executor.py', import.meta.url));
/** More than the agent has, garbage of what went by included, of which there is more on faster machines; less than it is sent. */
const MAX_FLOODED_MB = 550;
/** The same for one that is sent a hundred. */
const MAX_AGENT_MB = 350;

// Floods take what the machine has to give, which may be little.
vi.setConfig({ testTimeout: 120_000 });

let agent: ExecutorAgent;
const sockets: Socket[] = [];

beforeEach(async () => {
  agent = await ExecutorAgent.make();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await agent.remove();
});

const bad = (way: string) => executor(`exec /usr/bin/python3 -B ${BAD_EXECUTOR} ${way}`);
const isDone = () => until('nothing of it is left', () => agent.processesOfOurs().length === 0);
const sandbox = () => `${agent.directory}/work/slaves/M-S0/frameworks/M-0000/executors/e1/runs/latest`;
const said = (): string => (existsSync(`${sandbox()}/stdout`) ? readFileSync(`${sandbox()}/stdout`, 'utf8') : '');
const agentMb = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) / 1024;

/** The agent still does what it is for. */
async function isUnharmed(id: string): Promise<void> {
  expect((await agent.ask('/health')).status).toBe(200);
  agent.master.run(framework, task(id, { command: { value: 'true' } }));
  await agent.untilState(id, 'TASK_FINISHED');
}

test('one that never subscribes is destroyed, and what it left behind too', async () => {
  await agent.start('--executor_registration_timeout=1secs');
  agent.master.run(framework, task('t1', { executor: executor('sleep 1000 & echo left one; sleep 1000') }));
  await agent.untilState('t1', 'TASK_FAILED');
  expect(said()).toContain('left one');
  expect(agent.master.updates('t1').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
    message: 'Executor did not register within 1secs',
  });
  await isDone();
});

test('one that forks and leaves takes its children along', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: executor('setsid sleep 1000 & sleep 0.2; exit 5') }));
  await agent.untilState('t1', 'TASK_FAILED');
  expect(agent.master.exits('e1')).toEqual([5 << 8]);
  await isDone();
});

test.runIf(hasPython).each(['', '--launcher=posix'])('one that leaves a daemon takes that along %s', async (flag) => {
  await agent.start(...(flag === '' ? [] : [flag]));
  const seconds = 100_000 + agent.port;
  const leaving = bad('daemon');
  const variables = [{ name: 'LEAVES', value: `sleep ${seconds}` }];
  const command = { ...leaving.command, environment: { variables } };
  const daemons = () => processes((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`);
  agent.master.run(framework, task('t1', { executor: { ...leaving, command } }));
  await agent.untilState('t1', 'TASK_FAILED');
  expect(agent.master.updates('t1').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_TERMINATED',
    message: 'Executor terminated',
  });
  expect(agent.master.exits('e1')).toEqual([0]);
  expect(said()).toContain('left a daemon');
  await until('the daemon is gone', () => daemons().length === 0);
});

test.runIf(hasPython)('one that reports without end what nobody takes is ended', async () => {
  agent.master.acknowledges = false;
  await agent.start();
  agent.master.run(framework, task('t1', { executor: bad('updates') }));
  await until('it is ended', () => agent.master.exits('e1').length === 1, 60_000);
  await isDone();
  // What it may leave unacknowledged, several times over.
  expect(agentMb()).toBeLessThan(MAX_FLOODED_MB + 250);
  agent.master.acknowledges = true;
  const [first] = agent.master.updates('t1');
  if (first !== undefined) agent.master.acknowledge(framework, first);
  await agent.untilState('t1', 'TASK_FAILED', 40_000);
  expect(agent.master.updates('t1').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_TERMINATED',
    message:
      'Executor was ended: it sent more than 5000 status updates, or 67108864 bytes of them, that nobody has acknowledged',
  });
  await isUnharmed('t2');
});

test.runIf(hasPython)('one that talks without end to a master that does not listen harms nobody', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: bad('messages') }));
  await agent.untilState('t1', 'TASK_RUNNING');
  await until('it talks', () => agent.master.calls.some(({ type }) => type === 'MESSAGE'));
  agent.master.refusal = { status: 503 };
  // More than the agent may keep, and more than it may use.
  await until('it has said a lot', () => sentMb() > MAX_FLOODED_MB, 60_000);
  expect(agentMb()).toBeLessThan(MAX_FLOODED_MB);
  agent.master.run(framework, task('t2', { command: { value: 'true' } }));
  await until('another task has run', async () => /"t2".*"TASK_FINISHED"/.test((await agent.ask('/state')).text));
  shutdown();
  await isDone();
  agent.master.refusal = undefined;
  await agent.untilState('t1', 'TASK_FAILED');
  await agent.untilState('t2', 'TASK_FINISHED');
});

/** Megabytes that the executor says it has sent. */
const sentMb = (): number => Number(/sent (\d+)\n[^\n]*$/.exec(said())?.[1] ?? 0);

function shutdown(): void {
  const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
  agent.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
}

test.runIf(hasPython)('one that refuses to end is destroyed when its grace is over', async () => {
  // Long enough to hear of it.
  await agent.start('--executor_shutdown_grace_period=1500ms');
  agent.master.run(framework, task('t1', { executor: bad('deaf') }));
  await agent.untilState('t1', 'TASK_RUNNING');
  shutdown();
  await agent.untilState('t1', 'TASK_FAILED');
  expect(said()).toMatch(/not me\n$/);
  expect(agent.master.updates('t1').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_TERMINATED',
    message: 'Executor terminated',
  });
  expect(agent.master.exits('e1')).toEqual([9]);
  await isDone();
});

test.runIf(hasPython)('one that dies while there is no agent is told by the next', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: bad('late') }));
  await agent.untilState('t1', 'TASK_RUNNING');
  await agent.end('SIGKILL');
  for (const pid of agent.processesOfOurs()) process.kill(Number(pid), 'SIGKILL');
  await isDone();
  await agent.start('--executor_reregistration_timeout=15secs');
  await agent.untilState('t1', 'TASK_FAILED');
  expect(agent.master.updates('t1').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_TERMINATED',
    message: 'Executor terminated',
  });
  // It costs its framework nothing any more.
  expect(agent.master.subscriptions.at(-1)?.executors ?? []).toEqual([]);
  await isUnharmed('t2');
});

test.runIf(hasPython)('one that comes back too late to the next agent is destroyed, one in time goes on', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: bad('late') }));
  await agent.untilState('t1', 'TASK_RUNNING');
  const [pid] = agent.processesOfOurs();
  await agent.end('SIGKILL');
  writeFileSync(`${sandbox()}/come-back`, '');
  await agent.start('--executor_reregistration_timeout=15secs');
  agent.say('finish t1');
  await agent.untilState('t1', 'TASK_FINISHED');
  expect(agent.processesOfOurs()).toContain(pid);

  agent.master.run(framework, task('t2', { executor: bad('late') }));
  await agent.untilState('t2', 'TASK_RUNNING');
  await agent.end('SIGKILL');
  await world.disk.remove(`${sandbox()}/come-back`);
  await agent.start('--executor_reregistration_timeout=500ms');
  await agent.untilState('t2', 'TASK_LOST');
  expect(agent.master.updates('t2').at(-1)).toMatchObject({
    reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
    message: 'Executor did not reregister within 500ms',
  });
  expect(agent.master.subscriptions.at(-1)?.executors ?? []).toEqual([]);
  await isDone();
});

const JSON_TYPE = { 'content-type': 'application/json' };
const IDS = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
const call = (more: object) => JSON.stringify({ ...IDS, ...more });

/** A connection on which only so much is said. */
function halfOpen(text: string): Socket {
  const socket = connect(agent.port, '127.0.0.1', () => socket.write(text));
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

test('rubbish is refused, and told what it is', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: executor('sleep 1000') }));
  await until('it runs', () => agent.processesOfOurs().length > 0);
  const send = (body: string, headers: Record<string, string> = JSON_TYPE) =>
    agent.ask('/api/v1/executor', body, headers);
  const refusals: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
    ['{"type":', JSON_TYPE, 400, /^Failed to parse body into JSON/],
    ['\u0000\u0001\u0002', JSON_TYPE, 400, /^Failed to parse body into JSON/],
    ['[]', JSON_TYPE, 400, /^Failed to convert JSON/],
    ['[['.repeat(100_000), JSON_TYPE, 400, /^Failed to/],
    [`{"a":${'{"a":'.repeat(100_000)}`, JSON_TYPE, 400, /^Failed to/],
    ['no protobuf', { 'content-type': 'application/x-protobuf' }, 400, /^Failed to parse body/],
    [call({ type: 'MESSAGE' }), { 'content-type': 'text/plain' }, 415, /^Expecting 'Content-Type'/],
    [call({ type: 'MESSAGE' }), {}, 400, /^Expecting 'Content-Type' to be present/],
    [call({ type: 'NO_SUCH_CALL' }), JSON_TYPE, 400, /Expecting 'type' to be present$/],
    [call({ type: 'SUBSCRIBE' }), JSON_TYPE, 400, /Expecting 'subscribe' to be present$/],
    [call({ type: 'SUBSCRIBE', subscribe: {} }), { ...JSON_TYPE, accept: 'text/html' }, 406, /^Expecting 'Accept'/],
    [call({ type: 'MESSAGE', message: { data: 'eA==' } }), JSON_TYPE, 403, /^Executor is not subscribed$/],
    [
      call({ type: 'SUBSCRIBE', subscribe: {}, framework_id: { value: 'nobody' } }),
      JSON_TYPE,
      400,
      /^Framework cannot be found$/,
    ],
    [
      call({ type: 'SUBSCRIBE', subscribe: {}, executor_id: { value: '../e1' } }),
      JSON_TYPE,
      400,
      /^Executor cannot be found$/,
    ],
  ];
  for (const [body, headers, status, text] of refusals) {
    const answer = await send(body, headers);
    expect({ status: answer.status, of: body.slice(0, 80) }).toEqual({ status, of: body.slice(0, 80) });
    expect(answer.text).toMatch(text);
  }
  // Who goes on sending what is refused may find the line closed before reading why.
  const tooLarge = await send('x'.repeat(70 * 2 ** 20)).catch((error: unknown) => {
    if (error instanceof NetError) return { status: 413 };
    throw error;
  });
  expect(tooLarge.status).toBe(413);
  expect(agent.master.states('t1')).toEqual([]);
  await isUnharmed('t2');
});

test('connections on which nothing comes any more keep nobody out, and events that are not read do not pile up', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: executor('sleep 1000') }));
  await until('it runs', () => agent.processesOfOurs().length > 0);
  const head = 'POST /api/v1/executor HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
  for (let count = 0; count < 100; count += 1) {
    halfOpen('POST /api/v1/exec');
    halfOpen(head);
    halfOpen(`${head}Content-Length: 1000\r\n\r\n{"type":`);
  }
  const body = call({ type: 'SUBSCRIBE', subscribe: {} });
  const deaf = halfOpen(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  await new Promise((resolve) => deaf.once('readable', resolve));
  deaf.pause();
  const hungUp = new Promise((resolve) => deaf.once('close', resolve));
  const message = { ...IDS, data: 'A'.repeat(2 ** 20) };
  for (let count = 0; count < 100; count += 1) agent.master.send({ type: 'MESSAGE', message });
  await isUnharmed('t2');
  expect(agentMb()).toBeLessThan(MAX_AGENT_MB);
  deaf.resume();
  await hungUp;
  // It may come again.
  const again = halfOpen(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  await new Promise((resolve) => again.once('data', resolve));
});

test('two executors with one id are one: the newer connection is the executor’s', async () => {
  await agent.start();
  agent.master.run(framework, task('t1', { executor: executor('sleep 1000') }));
  await until('it runs', () => agent.processesOfOurs().length > 0);
  const subscribe = async () => {
    const body = call({ type: 'SUBSCRIBE', subscribe: {} });
    const request = { method: 'POST' as const, url: `http://127.0.0.1:${agent.port}/api/v1/executor` };
    const stream = await world.net.openStream({ ...request, headers: JSON_TYPE, body });
    let text = '';
    let isOver = false;
    stream.onChunk((chunk) => {
      text += new TextDecoder().decode(chunk);
    });
    stream.onEnd(() => {
      isOver = true;
    });
    return { stream, text: () => text, isOver: () => isOver };
  };
  const first = await subscribe();
  await until('it is told of its task', () => first.text().includes('"LAUNCH"'));
  const status = { task_id: { value: 't1' }, state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR' };
  const update = { status: { ...status, uuid: Buffer.from(world.random.uuid().replaceAll('-', ''), 'hex') } };
  const body = JSON.stringify({ ...IDS, type: 'UPDATE', update }, (_, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64') : value,
  );
  expect((await agent.ask('/api/v1/executor', body, JSON_TYPE)).status).toBe(202);
  await agent.untilState('t1', 'TASK_RUNNING');
  const second = await subscribe();
  await until('the first is over', first.isOver);
  agent.say('hello');
  await until('the second hears', () => second.text().includes('"MESSAGE"'));
  expect(first.text()).not.toContain('"MESSAGE"');
  expect(second.isOver()).toBe(false);
  second.stream.close();
});
