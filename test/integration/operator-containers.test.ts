// The agent's operator API for containers, on a real agent with real containers and over real sockets. It needs no master:
// containers that stand alone are parents too.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAgentOptions, type RunningAgent, startAgent } from '../../src/daemon/agent/index.ts';
import { parseJson, stringify } from '../../src/mesos/codec.ts';
import { Call, ProcessIO, Response } from '../../src/mesos/generated/agent.ts';
import type { ContainerID } from '../../src/mesos/generated/v1.ts';
import { encodeRecord, RecordDecoder } from '../../src/mesos/recordio.ts';
import type { ClientUpload } from '../../src/world/net.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-operator-'));
let world: RealWorld;
let agent: RunningAgent;
let next = 0;

beforeAll(async () => {
  world = createRealWorld({ log: { level: 'error' } });
  const args = [
    '--master=127.0.0.1:1',
    `--work_dir=${directory}/work`,
    `--runtime_dir=${directory}/run`,
    '--ip=127.0.0.1',
    '--port=0',
    '--hostname=agent',
    '--http_heartbeat_interval=200ms',
    `--cgroups_root=mctl-test-${directory.slice(-6)}`,
    '--resources=cpus:4;mem:1000;disk:1000',
  ];
  agent = await startAgent(world, parseAgentOptions({ args, env: {} }));
});
afterAll(async () => {
  for (const { container_id } of await listed())
    await call({ type: 'KILL_CONTAINER', kill_container: { container_id } });
  await until(async () => (await listed()).length === 0);
  await agent.stop();
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
const RECORDS = { accept: 'application/recordio', 'message-accept': 'application/json' };
const INPUT = { 'content-type': 'application/recordio', 'message-content-type': 'application/json' };

async function call(message: Call, headers: Record<string, string> = {}) {
  const request = { method: 'POST', url: `${agent.url}/api/v1`, body: stringify(Call, message) };
  const response = await world.net.request({ ...request, headers: { ...JSON_HEADERS, ...headers } });
  const text = new TextDecoder().decode(response.body);
  const isJson = response.headers['content-type'] === 'application/json';
  return { status: response.status, text, response: isJson ? parseJson(Response, response.body) : undefined };
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

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });

/** A container that stands alone. */
async function standalone(value = 'sleep 1000'): Promise<ContainerID> {
  next += 1;
  const container_id = { value: `sc${next}` };
  const resources = [scalar('cpus', 0.1), scalar('mem', 32)];
  const launched = await call({
    type: 'LAUNCH_CONTAINER',
    launch_container: { container_id, command: { value }, resources },
  });
  expect(launched).toMatchObject({ status: 200, text: '' });
  return container_id;
}

/** A session with its output so far. */
class Session {
  readonly id: ContainerID;
  readonly said = { STDIN: '', STDOUT: '', STDERR: '', UNKNOWN: '' };
  heartbeats = 0;
  isOver = false;
  close: () => void = () => undefined;

  constructor(parent: ContainerID) {
    next += 1;
    this.id = { value: `s${next}`, parent };
  }

  static async open(parent: ContainerID, script: string, tty = false): Promise<Session> {
    const session = new Session(parent);
    const message: Call = {
      type: 'LAUNCH_NESTED_CONTAINER_SESSION',
      launch_nested_container_session: {
        container_id: session.id,
        command: { value: script },
        ...(tty && { container: { type: 'MESOS' as const, tty_info: { window_size: { rows: 30, columns: 90 } } } }),
      },
    };
    await session.read(message);
    return session;
  }

  async read(message: Call): Promise<void> {
    const stream = await world.net.openStream({
      method: 'POST',
      url: `${agent.url}/api/v1`,
      headers: { ...JSON_HEADERS, ...RECORDS },
      body: stringify(Call, message),
    });
    expect([stream.status, stream.headers['content-type'], stream.headers['message-content-type']]).toEqual([
      200,
      'application/recordio',
      'application/json',
    ]);
    const decoder = new RecordDecoder();
    stream.onChunk((chunk) => {
      for (const record of decoder.push(chunk)) this.#take(parseJson(ProcessIO, record));
    });
    stream.onEnd(() => {
      this.isOver = true;
    });
    this.close = () => stream.close();
  }

  #take({ data, control }: ProcessIO): void {
    if (control?.type === 'HEARTBEAT') this.heartbeats += 1;
    if (data !== undefined) this.said[data.type ?? 'UNKNOWN'] += Buffer.from(data.data ?? '', 'base64').toString();
  }

  async until(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.said.STDOUT)).catch(() => {
      throw new Error(`never heard ${pattern}, only ${JSON.stringify(this.said)}`);
    });
  }
}

function upload(headers: Record<string, string> = INPUT): ClientUpload {
  return world.net.openUpload({ method: 'POST', url: `${agent.url}/api/v1`, headers });
}

function record(message: Call['attach_container_input']): Uint8Array {
  return encodeRecord(stringify(Call, { type: 'ATTACH_CONTAINER_INPUT', attach_container_input: message ?? {} }));
}

const naming = (container_id: ContainerID) => record({ type: 'CONTAINER_ID', container_id });
const typing = (text: string) =>
  record({
    type: 'PROCESS_IO',
    process_io: { type: 'DATA', data: { type: 'STDIN', data: Buffer.from(text).toString('base64') } },
  });
const resizing = (rows: number, columns: number) =>
  record({
    type: 'PROCESS_IO',
    process_io: { type: 'CONTROL', control: { type: 'TTY_INFO', tty_info: { window_size: { rows, columns } } } },
  });

async function refused(...pieces: Uint8Array[]): Promise<[number, string]> {
  const input = upload();
  for (const piece of pieces) input.write(piece);
  input.end();
  const { status, body } = await input.response;
  return [status, new TextDecoder().decode(body)];
}

describe('containers of an operator', () => {
  test('are launched once, listed, waited for and killed; nested ones are remembered until they are removed', async () => {
    const parent = await standalone();
    const again: Call = {
      type: 'LAUNCH_CONTAINER',
      launch_container: { container_id: parent, command: { value: 'x' } },
    };
    expect(await call(again)).toMatchObject({ status: 202 });
    const container_id = { value: 'n1', parent };
    const nested: Call = {
      type: 'LAUNCH_NESTED_CONTAINER',
      launch_nested_container: { container_id, command: { value: 'echo nested; exit 3' } },
    };
    expect(await call(nested)).toMatchObject({ status: 200, text: '' });
    for (let times = 0; times < 2; times++) {
      const wait = await call({ type: 'WAIT_NESTED_CONTAINER', wait_nested_container: { container_id } });
      expect(wait.text).toBe('{"type":"WAIT_NESTED_CONTAINER","wait_nested_container":{"exit_status":768}}');
    }
    const remove: Call = { type: 'REMOVE_NESTED_CONTAINER', remove_nested_container: { container_id } };
    expect([await call(remove), await call(remove)]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await call({ type: 'WAIT_CONTAINER', wait_container: { container_id } })).toMatchObject({
      status: 404,
      text: `Container ${parent.value}.n1 cannot be found`,
    });
    const second = { value: 'n2', parent };
    const launch = { container_id: second, command: { value: 'sleep 1000' } };
    expect((await call({ type: 'LAUNCH_NESTED_CONTAINER', launch_nested_container: launch })).status).toBe(200);
    expect((await listed()).map((one) => [one.container_id.value, one.container_status?.container_id])).toEqual([
      [parent.value, parent],
      ['n2', second],
    ]);
    expect((await call({ type: 'GET_CONTAINERS' })).text).toBe('{"type":"GET_CONTAINERS"}');
    const running = await call({ type: 'REMOVE_CONTAINER', remove_container: { container_id: second } });
    expect(running.status).toBe(500);
    const ended = call({ type: 'WAIT_CONTAINER', wait_container: { container_id: second } });
    expect((await call({ type: 'KILL_CONTAINER', kill_container: { container_id: second } })).status).toBe(200);
    expect((await ended).text).toBe('{"type":"WAIT_CONTAINER","wait_container":{"exit_status":9}}');
    await call({ type: 'KILL_CONTAINER', kill_container: { container_id: parent, signal: 15 } });
    const end = await call({ type: 'WAIT_CONTAINER', wait_container: { container_id: parent } });
    expect(end.response?.wait_container?.exit_status).toBe(15);
  });

  test('are refused when they cannot be', async () => {
    const nowhere = { value: 'x', parent: { value: 'nope' } };
    const orphan: Call = { type: 'LAUNCH_NESTED_CONTAINER', launch_nested_container: { container_id: nowhere } };
    expect(await call(orphan)).toMatchObject({ status: 400, text: 'Parent container nope does not exist' });
    for (const value of ['', '../x', 'a b', 'a.b', 'x'.repeat(243)]) {
      const bad: Call = {
        type: 'LAUNCH_CONTAINER',
        launch_container: { container_id: { value }, command: { value: 'x' } },
      };
      expect((await call(bad)).status, value).toBe(400);
    }
    expect((await call({ type: 'KILL_CONTAINER', kill_container: { container_id: { value: 'nope' } } })).status).toBe(
      404,
    );
  });
});

describe('a session', () => {
  test('hears its container, types, resizes, and is told how it ended', async () => {
    const session = await Session.open(
      await standalone(),
      'stty size; read line; stty size; echo "got $line"; exit 4',
      true,
    );
    const wait = call({ type: 'WAIT_NESTED_CONTAINER', wait_nested_container: { container_id: session.id } });
    await session.until(/30 90/);
    const input = upload();
    input.write(naming(session.id));
    input.write(resizing(44, 111));
    await until(() => session.heartbeats > 1);
    input.write(typing('some words\r'));
    await session.until(/44 111\r\ngot some words/);
    expect((await wait).response?.wait_nested_container?.exit_status).toBe(4 << 8);
    expect((await input.response).status).toBe(200);
    await until(() => session.isOver);
  });

  test('keeps stdout and stderr apart, and an empty record ends its input', async () => {
    const session = await Session.open(await standalone(), 'cat; echo bye >&2');
    const input = upload();
    input.write(naming(session.id));
    input.write(typing('all'));
    input.write(typing(''));
    input.end();
    expect((await input.response).status).toBe(200);
    await until(() => session.isOver);
    expect([session.said.STDOUT, session.said.STDERR]).toEqual(['all', 'bye\n']);
  });

  test('ends with its client, and with the container it looks into', async () => {
    const parent = await standalone();
    const left = await Session.open(parent, 'sleep 1000');
    left.close();
    await until(async () => (await listed()).every(({ container_id }) => container_id.value !== left.id.value));
    const stays = await Session.open(parent, 'sleep 1000');
    await call({ type: 'KILL_CONTAINER', kill_container: { container_id: parent } });
    await until(() => stays.isOver);
  });

  test('has nothing of its own but a terminal', async () => {
    const parent = await standalone();
    const answers = [];
    for (const own of [
      { mesos: { image: { type: 'DOCKER' as const, docker: { name: 'x' } } } },
      { volumes: [{ mode: 'RO' as const, container_path: 'x', host_path: '/etc' }] },
      { linux_info: { effective_capabilities: { capabilities: [] } } },
    ]) {
      const container_id = { value: 'own', parent };
      const launch = { container_id, command: { value: 'true' }, container: { type: 'MESOS' as const, ...own } };
      answers.push(
        await call({ type: 'LAUNCH_NESTED_CONTAINER_SESSION', launch_nested_container_session: launch }, RECORDS),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(answers[0]?.text).toContain("'container.mesos.image' cannot be set for it");
  });

  test('does not lose or pile up what a slow client has not read', async () => {
    const session = await Session.open(await standalone(), 'seq 200000');
    await until(() => session.isOver);
    expect(session.said.STDOUT.length).toBe(1_288_895);
    expect(session.said.STDOUT.endsWith('\n200000\n')).toBe(true);
  });

  test('is looked at by others, one of whom may type', async () => {
    const session = await Session.open(await standalone(), 'echo ready; cat', true);
    await session.until(/ready/);
    const onlooker = new Session(session.id);
    await onlooker.read({ type: 'ATTACH_CONTAINER_OUTPUT', attach_container_output: { container_id: session.id } });
    const input = upload();
    input.write(naming(session.id));
    input.write(typing('hello\r'));
    await onlooker.until(/hello/);
    expect(await refused(naming(session.id))).toEqual([409, 'Multiple input connections are not allowed']);
    input.write(typing(''));
    await until(() => onlooker.isOver && session.isOver);
  });
});

describe('what is refused of streams', () => {
  test('by its headers', async () => {
    const container_id = await standalone();
    const output: Call = { type: 'ATTACH_CONTAINER_OUTPUT', attach_container_output: { container_id } };
    const answers = [
      await call(output),
      await call({ type: 'ATTACH_CONTAINER_OUTPUT', attach_container_output: { container_id: { value: 'no' } } }),
      await call({ type: 'GET_HEALTH' }, RECORDS),
      await call({ type: 'GET_HEALTH' }, { 'message-accept': 'application/json' }),
      await call(output, { ...RECORDS, 'message-accept': 'text/html' }),
      await call({ type: 'GET_HEALTH' }, { 'message-content-type': 'application/json' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 404, 406, 406, 406, 415]);
    const untyped = upload({ 'content-type': 'application/recordio' });
    untyped.end();
    expect((await untyped.response).status).toBe(400);
  });

  test('by its records: the wrong ones, in the wrong order, too long, cut off, or none', async () => {
    const session = await Session.open(await standalone(), 'cat');
    const text = (words: string) => new TextEncoder().encode(words);
    expect(await refused()).toEqual([400, 'Received EOF while reading request body']);
    expect(await refused(typing('x'))).toEqual([400, "Expecting 'attach_container_input.type' to be CONTAINER_ID"]);
    expect((await refused(naming({ value: 'nope' })))[0]).toBe(404);
    expect((await refused(encodeRecord('{"type":"GET_HEALTH"}')))[0]).toBe(415);
    expect((await refused(text('99999999999\n')))[0]).toBe(400);
    expect((await refused(text('nonsense')))[0]).toBe(400);
    expect((await refused(encodeRecord('{')))[0]).toBe(400);
    expect((await refused(naming(session.id), naming(session.id)))[0]).toBe(400);
    expect((await refused(naming(session.id), text('17\n{"type"')))[0]).toBe(400);
    expect((await refused(naming(session.id), record({ type: 'PROCESS_IO', process_io: { type: 'DATA' } })))[0]).toBe(
      400,
    );
    // None of it has harmed the container, or anybody's place at it.
    const input = upload();
    input.write(naming(session.id));
    input.write(typing('still here'));
    await session.until(/still here/);
    session.close();
    expect((await input.response).status).toBe(200);
  });

  test('input that nobody reads holds its sender back', async () => {
    const session = await Session.open(await standalone(), 'sleep 1000');
    const input = upload();
    input.write(naming(session.id));
    const block = typing('x'.repeat(100_000));
    for (let count = 0; count < 200; count++) input.write(block);
    await world.clock.sleep(300);
    expect(input.bufferedBytes).toBeGreaterThan(2_000_000);
    session.close();
    expect((await input.response).status).toBe(200);
  });
});
