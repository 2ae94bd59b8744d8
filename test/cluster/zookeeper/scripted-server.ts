// A server that says what a test tells it to, for what real ZooKeepers do too seldom: unknown errors, refused credentials,
// answers nobody asked for. It shakes hands and answers everything with success unless told otherwise.
import { createServer, type Server, type Socket } from 'node:net';
import jute from 'node-zookeeper-client/lib/jute/index.js';

/** A request as it came. */
export interface ScriptedRequest {
  readonly xid: number;
  readonly type: number;
  /** What comes after the header. */
  readonly body: Buffer;
  /** Answers with an error number and what comes after the header. */
  answer(code: number, body?: Buffer, xid?: number): void;
  readonly socket: Socket;
}

/** What becomes of it; `default` answers with success and an empty body. */
export type Script = (request: ScriptedRequest) => 'default' | 'done';

/** One server on a free port of 127.0.0.1. */
export class ScriptedServer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Every request, handshakes left out. */
  readonly requests: ScriptedRequest[] = [];
  script: Script = () => 'default';
  /** Time-out to answer a handshake with, 0 for a session that is over; undefined does not answer. */
  handshakeMs: number | undefined = 4_000;
  handshakes = 0;

  constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (socket) => this.#accept(socket));
  }

  get url(): string {
    return `zk://127.0.0.1:${this.port}/x`;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    let isGreeted = false;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const frame = bytes.subarray(4, 4 + bytes.readInt32BE(0));
        bytes = bytes.subarray(4 + frame.length);
        if (isGreeted) this.#take(socket, frame);
        else this.#greet(socket);
        isGreeted = true;
      }
    });
  }

  #greet(socket: Socket): void {
    this.handshakes += 1;
    if (this.handshakeMs === undefined) return;
    const answer = Buffer.alloc(4 + 4 + 8 + 4 + 16);
    answer.writeInt32BE(this.handshakeMs, 4);
    answer.writeBigInt64BE(0x1_0000_0000_0abcn, 8);
    answer.writeInt32BE(16, 16);
    send(socket, answer);
  }

  #take(socket: Socket, frame: Buffer): void {
    const xid = frame.readInt32BE(0);
    const type = frame.readInt32BE(4);
    const request: ScriptedRequest = {
      xid,
      type,
      body: frame.subarray(8),
      socket,
      answer: (code, body = Buffer.alloc(0), other = xid) => {
        const header = Buffer.alloc(16);
        header.writeInt32BE(other, 0);
        header.writeBigInt64BE(BigInt(this.requests.length), 4);
        header.writeInt32BE(code, 12);
        send(socket, Buffer.concat([header, body]));
      },
    };
    this.requests.push(request);
    if (this.script(request) === 'done') return;
    request.answer(0);
    if (type === jute.OP_CODES.CLOSE_SESSION) socket.end();
  }
}

function send(socket: Socket, message: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length, 0);
  if (socket.writable) socket.write(Buffer.concat([length, message]));
}

/** Rejects when this machine has no such address. */
export async function startScriptedServer(host = '127.0.0.1'): Promise<ScriptedServer> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return new ScriptedServer(server, address.port);
}
