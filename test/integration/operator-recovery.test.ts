// Containers of an operator outlive the agent that launched them, on a real agent with real containers.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAgentOptions, type RunningAgent, startAgent } from '../../src/daemon/agent/index.ts';
import { parseJson, stringify } from '../../src/mesos/codec.ts';
import { Call, Response } from '../../src/mesos/generated/agent.ts';
import type { ContainerID } from '../../src/mesos/generated/v1.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

let directory: string;
let world: RealWorld;
let agent: RunningAgent;

const start = async (): Promise<void> => {
  const args = [
    '--master=127.0.0.1:1',
    `--work_dir=${directory}/work`,
    `--runtime_dir=${directory}/run`,
    '--ip=127.0.0.1',
    '--port=0',
    '--hostname=agent',
    `--cgroups_root=mctl-test-${directory.slice(-6)}`,
    '--resources=cpus:4;mem:1000;disk:1000',
  ];
  agent = await startAgent(world, parseAgentOptions({ args, env: {} }));
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-operator-'));
  world = createRealWorld({ log: { level: 'error' } });
  await start();
});
afterEach(async () => {
  for (const { container_id } of await listed())
    await call({ type: 'KILL_CONTAINER', kill_container: { container_id } });
  await until(async () => (await listed()).length === 0);
  await agent.stop();
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

async function call(message: Call) {
  const request = { method: 'POST', url: `${agent.url}/api/v1`, headers: HEADERS, body: stringify(Call, message) };
  const { status, headers, body } = await world.net.request(request);
  const isJson = headers['content-type'] === 'application/json';
  return { status, text: new TextDecoder().decode(body), response: isJson ? parseJson(Response, body) : undefined };
}

async function listed() {
  const show = { show_nested: true, show_standalone: true };
  const { response } = await call({ type: 'GET_CONTAINERS', get_containers: show });
  return response?.get_containers?.containers ?? [];
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1_500; tries++) {
    if (await isSo()) return;
    await world.clock.sleep(20);
  }
  throw new Error('waited in vain');
}

async function launch(container_id: ContainerID, value: string): Promise<ContainerID> {
  const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
  const resources = container_id.parent === undefined ? [scalar('cpus', 0.1), scalar('mem', 32)] : [];
  const launch_container = { container_id, command: { value }, resources };
  expect(await call({ type: 'LAUNCH_CONTAINER', launch_container })).toMatchObject({ status: 200, text: '' });
  return container_id;
}

const kill = (container_id: ContainerID, signal?: number) =>
  call({ type: 'KILL_CONTAINER', kill_container: { container_id, ...(signal && { signal }) } });

/** Its wait status, or the status of the answer when there is none. */
async function endOf(container_id: ContainerID): Promise<number | string> {
  const { status, response } = await call({ type: 'WAIT_CONTAINER', wait_container: { container_id } });
  return response?.wait_container?.exit_status ?? `HTTP ${status}`;
}

const sandboxOf = (key: string): string => `${directory}/work/containers/${key}`;

test('they run on while their agent is away, are there for the next one, and how they ended is remembered', async () => {
  const parent = await launch({ value: 'one' }, 'until test -e go; do sleep 0.05; done; exit 5');
  const nested = await launch({ value: 'in', parent }, 'exec sleep 1000');
  const over = await launch({ value: 'over', parent }, 'exit 3');
  const alone = await launch({ value: 'two' }, 'exit 4');
  expect([await endOf(over), await endOf(alone)]).toEqual([3 << 8, 4 << 8]);
  const session = { value: 'session', parent };
  const stream = await world.net.openStream({
    method: 'POST',
    url: `${agent.url}/api/v1`,
    headers: { ...HEADERS, accept: 'application/recordio', 'message-accept': 'application/json' },
    body: stringify(Call, {
      type: 'LAUNCH_NESTED_CONTAINER_SESSION',
      launch_nested_container_session: { container_id: session, command: { value: 'sleep 1000' } },
    }),
  });
  expect(stream.status).toBe(200);
  const before = await listed();

  await agent.stop();
  await start();
  // The same processes, but for the session: that ended with its connection.
  const pids = (rows: typeof before) =>
    rows
      .filter(({ container_id }) => container_id.value !== 'session')
      .map(({ container_id, container_status }) => [container_id.value, container_status?.executor_pid]);
  expect(before.length).toBe(3);
  expect(pids(await listed())).toEqual(pids(before));
  expect((await listed()).length).toBe(2);
  expect([await endOf(over), await endOf(alone), await endOf(session)]).toEqual([3 << 8, 4 << 8, 'HTTP 404']);
  const ended = endOf(nested);
  expect((await kill(nested, 14)).status).toBe(200);
  expect(await ended).toBe(14);

  // One that ends while nobody looks.
  await agent.stop();
  writeFileSync(`${sandboxOf('one')}/go`, '');
  await until(() => readFileSync(`${directory}/run/containers/one/exit`, 'utf8') === 'exited 5\n');
  await start();
  expect([await endOf(parent), await endOf(nested)]).toEqual([5 << 8, 'HTTP 404']);

  await agent.stop();
  await start();
  expect([await endOf(parent), await endOf(over), await endOf(alone)]).toEqual([5 << 8, 'HTTP 404', 4 << 8]);
  for (const container_id of [parent, alone]) {
    expect((await call({ type: 'REMOVE_CONTAINER', remove_container: { container_id } })).status).toBe(200);
    expect(existsSync(sandboxOf(container_id.value))).toBe(false);
  }
  expect(readdirSync(`${directory}/work/meta/containers`)).toEqual([]);
  expect(await endOf(parent)).toBe('HTTP 404');
});

test('one whose file was written by a newer agent is not forgotten: the agent says so and does not start', async () => {
  await launch({ value: 'one' }, 'exec sleep 1000');
  await agent.stop();
  const file = `${directory}/work/meta/containers/one`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"version":1', '"version":2'));
  await expect(start()).rejects.toMatchObject({ code: 'newer-format', message: expect.stringContaining(file) });
  writeFileSync(file, text);
  await start();
  expect((await listed()).map(({ container_id }) => container_id.value)).toEqual(['one']);
});

test('one that nobody can remember is not launched', async () => {
  rmSync(`${directory}/work/meta/containers`, { recursive: true, force: true });
  writeFileSync(`${directory}/work/meta/containers`, 'in the way');
  const launch_container = { container_id: { value: 'one' }, command: { value: 'exec sleep 1000' } };
  expect((await call({ type: 'LAUNCH_CONTAINER', launch_container })).status).toBe(400);
  await until(async () => (await listed()).length === 0);
  expect(existsSync(sandboxOf('one'))).toBe(false);
});

test('who waits for one that is never launched is told that there is none', async () => {
  // A fetch from somebody who takes his time.
  const slow = await world.net.listen({
    host: '127.0.0.1',
    port: 0,
    handler: async () => {
      await world.clock.sleep(500);
      return { status: 404 };
    },
  });
  const uris = [{ value: `http://127.0.0.1:${slow.port}/file` }];
  const launch_container = { container_id: { value: 'one' }, command: { value: 'true', uris } };
  const launching = call({ type: 'LAUNCH_CONTAINER', launch_container });
  await until(() => existsSync(sandboxOf('one')));
  const [launched, end] = await Promise.all([launching, endOf({ value: 'one' })]);
  expect([launched.status, end]).toEqual([400, 'HTTP 404']);
  await slow.close();
});

test('one of an id that was there before does not find what that one left', async () => {
  const one = { value: 'one' };
  await launch(one, 'echo old >file');
  expect(await endOf(one)).toBe(0);
  await launch(one, 'cat file');
  expect(await endOf(one)).toBe(1 << 8);
});

test('every signal that ends a process is sent, and reported as what ended it; others are refused', async () => {
  const ways: (readonly [signal: number, status: number])[] = [];
  for (const signal of [1, 4, 6, 11, 13, 14, 15, 24, 31]) {
    const id = await launch({ value: `by-${signal}` }, 'ulimit -c 0; exec sleep 1000');
    expect((await kill(id, signal)).status).toBe(200);
    ways.push([signal, Number(await endOf(id)) & 0x7f]);
  }
  expect(ways).toEqual(ways.map(([signal]) => [signal, signal]));
  const stays = await launch({ value: 'stays' }, 'exec sleep 1000');
  expect(await kill(stays, 99)).toMatchObject({ status: 400, text: 'Signal 99 is not sent to containers' });
  // It stops, goes on, and can still be killed.
  expect([(await kill(stays, 19)).status, (await kill(stays, 18)).status]).toEqual([200, 200]);
  await kill(stays);
  expect(await endOf(stays)).toBe(9);
});
