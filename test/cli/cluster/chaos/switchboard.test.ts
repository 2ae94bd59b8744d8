// The switchboard with real sockets: what is cut is silent, not refused, and goes on where it was.
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cuts } from '../../../../src/cli/cluster/chaos/cuts.ts';
import { Switchboard } from '../../../../src/cli/cluster/chaos/switchboard.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';
import { freePort } from '../../../ports.ts';

let directory: string;
let echo: Server;
let target: { ip: string; port: number };
/** Where nobody listens at first. */
let late: { ip: string; port: number };
let ways: { egress: number; forward: number };
let switchboard: Switchboard;
let world: RealWorld;
const sockets = new Set<Socket>();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-switchboard-'));
  echo = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => socket.write(`<${chunk}>`));
  });
  target = { ip: '127.0.0.1', port: await listen(echo) };
  late = { ip: '127.0.0.1', port: await freePort() };
  ways = { egress: await freePort(), forward: await freePort() };
  world = createRealWorld({ log: { level: 'silent' } });
  switchboard = await start();
});

afterEach(async () => {
  switchboard.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => echo.close(resolve));
  await world.close();
  rmSync(directory, { recursive: true });
});

async function start(): Promise<Switchboard> {
  const members = [
    { name: 'a', endpoints: [] },
    { name: 'b', endpoints: [target] },
    { name: 'c', endpoints: [] },
  ];
  const plan = {
    members,
    egress: [{ member: 'a', port: ways.egress }],
    forwards: [
      { from: 'c', to: 'b', port: ways.forward, target },
      { from: 'c', to: 'b', ip: '127.0.0.2', port: ways.forward, target: late, patienceMs: 2_000 },
    ],
  };
  const started = new Switchboard(plan, new Cuts(join(directory, 'cuts.json')));
  await started.start(join(directory, 'control'));
  return started;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** What arrives, all of it so far, and a way to wait for it to be long enough. */
class Caller {
  readonly socket: Socket;
  text = '';
  isOver = false;
  #heard = Promise.withResolvers<void>();
  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ host, port });
    sockets.add(this.socket);
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => {
      this.isOver = true;
      this.#heard.resolve();
    });
    this.socket.on('data', (chunk) => {
      this.text += chunk;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }
  async hears(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      if (this.isOver) expect.fail(`closed after '${this.text}'`);
      await this.#heard.promise;
    }
  }
}

/** On the way of HTTP, once the proxy has agreed. */
async function tunnel(): Promise<Caller> {
  const caller = new Caller(ways.egress);
  caller.socket.write(`CONNECT ${target.ip}:${target.port} HTTP/1.1\r\n\r\n`);
  await caller.hears('\r\n\r\n');
  return caller;
}

test('both ways lead to the target', async () => {
  const [http, other] = [await tunnel(), new Caller(ways.forward)];
  expect(http.text).toMatch(/^HTTP\/1.1 200 /);
  http.socket.write('one');
  other.socket.write('two');
  await Promise.all([http.hears('<one>'), other.hears('<two>')]);
});

test('what is said during a cut arrives when it ends; who is not cut off hears nothing of it', async () => {
  const [cut, whole] = [await tunnel(), new Caller(ways.forward)];
  switchboard.handle({ kind: 'cut', member: 'a', others: ['b'] });
  cut.socket.write('late');
  const later = new Caller(ways.egress);
  later.socket.write(`CONNECT ${target.ip}:${target.port} HTTP/1.1\r\n\r\n`);
  whole.socket.write('now');
  await whole.hears('<now>');
  expect(cut.text).not.toContain('late');
  expect(later.text).toBe('');
  switchboard.handle({ kind: 'heal' });
  await Promise.all([cut.hears('<late>'), later.hears('200')]);
});

test('a target that begins to listen a moment later is waited for where that is asked for', async () => {
  const patient = new Caller(ways.forward, '127.0.0.2');
  patient.socket.write('early');
  await new Promise((resolve) => setTimeout(resolve, 60));
  const opened = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => socket.write(`<${chunk}>`));
  });
  await new Promise<void>((resolve) => opened.listen(late.port, late.ip, resolve));
  await patient.hears('<early>');
  opened.close();
});

test('who hung up during a cut is not connected to anybody afterwards for long, nor waited for', async () => {
  switchboard.handle({ kind: 'cut', member: 'c' });
  const impatient = new Caller(ways.forward);
  await new Promise((resolve) => impatient.socket.once('connect', resolve));
  impatient.socket.destroy();
  switchboard.handle({ kind: 'heal' });
  const next = new Caller(ways.forward);
  next.socket.write('still here');
  await next.hears('<still here>');
});

test('a member that is cut off from everybody is cut off on all ways', async () => {
  const [http, other] = [await tunnel(), new Caller(ways.forward)];
  expect(switchboard.handle({ kind: 'cut', member: 'b' }).cuts).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ]);
  http.socket.write('x');
  other.socket.write('x');
  switchboard.handle({ kind: 'heal', member: 'c' });
  await other.hears('<x>');
  expect(http.text).not.toContain('<x>');
});

test('cuts outlive the switchboard, and the control socket says what they are', async () => {
  const ask = async (request: object): Promise<unknown> =>
    JSON.parse(
      await world.net.exchange(join(directory, 'control'), JSON.stringify(request), {
        timeoutMs: 5_000,
        maxBytes: 9_999,
      }),
    );
  expect(await ask({ kind: 'cut', member: 'a', others: ['b'] })).toEqual({ cuts: [['a', 'b']] });
  switchboard.close();
  switchboard = await start();
  expect(await ask({ kind: 'show' })).toEqual({ cuts: [['a', 'b']] });
  expect(await ask({ kind: 'cut', member: 'nobody' })).toEqual({ error: 'there is no nobody' });
});

test('a target that refuses is refused, a malformed one too', async () => {
  const refused = new Caller(ways.egress);
  refused.socket.write(`CONNECT 127.0.0.1:${await freePort()} HTTP/1.1\r\n\r\n`);
  await refused.hears('502');
  const malformed = new Caller(ways.egress);
  malformed.socket.write('CONNECT nonsense HTTP/1.1\r\n\r\n');
  await malformed.hears('400');
});
