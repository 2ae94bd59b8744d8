// Ports for tests that start processes. Several files of tests run at the same time, and a port that is free for the moment, because
// the daemon that has it was just killed and comes back, must not be given to another file. So a port that is handed out is claimed
// first: the UDP port of the same number stays bound, which the kernel undoes when the process that tests ends, however it ends.
import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';

/** Above the ports that tests name themselves, below 31000, where tasks get theirs by default. */
const SINGLE = { first: 21_000, end: 23_000, step: 1 };
const BLOCKS = { first: 23_000, end: 25_000, step: 100 };
/** What `mctl cluster up --port-base` uses: a hundred for the daemons, then as many for the tasks of each agent. */
const CLUSTERS = { first: 25_000, end: 31_000, step: 500 };
/** What agents offer to tasks; clear of everything that daemons listen on. */
const FOR_TASKS = { first: 12_000, end: 19_000, step: 100 };

type Region = typeof SINGLE;

/** Ports that follow each other, from `first` on. */
export interface PortBlock {
  readonly first: number;
  /** For a process that needs many, one after another. */
  readonly release: () => void;
}

/** A port that nobody listens on, and that is given to nobody else as long as this process lives. */
export async function freePort(): Promise<number> {
  return (await claim(SINGLE)).first;
}

/** As many ports as asked for, each as `freePort` gives it. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

/** A hundred ports that nobody listens on. */
export function freePortBlock(): Promise<PortBlock> {
  return claim(BLOCKS);
}

/** A base for `mctl cluster up --port-base` with up to four agents. */
export async function freePortBase(): Promise<number> {
  return (await claim(CLUSTERS)).first;
}

/** A hundred ports for agents to offer, as Mesos writes them: `[12300-12399]`. */
export async function freeTaskPorts(): Promise<string> {
  const { first } = await claim(FOR_TASKS);
  return `[${first}-${first + FOR_TASKS.step - 1}]`;
}

/** Begins anywhere, so that processes that start together seldom ask for the same. */
async function claim({ first, end, step }: Region): Promise<PortBlock> {
  const count = (end - first) / step;
  const start = Math.floor(Math.random() * count);
  for (let tried = 0; tried < count; tried += 1) {
    const port = first + ((start + tried) % count) * step;
    const socket = await bound(port);
    if (socket === undefined) continue;
    if (await areFree(port, step)) return { first: port, release: () => socket.close() };
    socket.close();
  }
  throw new Error(`no ${step} free ports between ${first} and ${end}`);
}

/** The socket that claims a port; undefined when another process, or this one, has it. */
function bound(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(undefined));
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => {
      socket.unref();
      resolve(socket);
    });
  });
}

/** On every address: agents and containers of this machine listen on others than 127.0.0.1. */
async function areFree(first: number, count: number): Promise<boolean> {
  for (let port = first; port < first + count; port += 1) {
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
    });
    if (!isFree) return false;
  }
  return true;
}
