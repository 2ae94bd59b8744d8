// The switchboard of a local cluster: every connection between its members goes through here and can be cut, without a
// firewall and without root. Members on HTTP have a CONNECT proxy each (world/real/net/egress.ts), those that speak
// ZooKeeper have a port for each server they talk to.

import { rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../plan.ts';
import type { Cuts } from './cuts.ts';
import { redirectCallback } from './election-greeting.ts';
import { Lines } from './lines.ts';

/** Who is who and where; the switchboard listens on 127.0.0.1 where no `ip` is said. */
export interface SwitchboardPlan {
  readonly members: readonly { readonly name: string; readonly endpoints: readonly Endpoint[] }[];
  /** The way out of one member for HTTP, to wherever. */
  readonly egress: readonly { readonly member: string; readonly ip?: string; readonly port: number }[];
  /** The way of one member to one port of another. */
  readonly forwards: readonly {
    readonly from: string;
    readonly to: string;
    readonly ip?: string;
    readonly port: number;
    readonly target: Endpoint;
    /** To an election port of ZooKeeper: the way back, told to the target in place of the caller's own address. */
    readonly callback?: Endpoint;
    /** As LineRequest's: for ports that open in the course of an election. */
    readonly patienceMs?: number;
  }[];
}

/** `cut` names those to be cut off from; left out: everybody. Without a member, `heal` ends all cuts. */
export type SwitchboardRequest =
  | { readonly kind: 'cut'; readonly member: string; readonly others?: readonly string[] }
  | { readonly kind: 'heal'; readonly member?: string }
  | { readonly kind: 'show' };

const MAX_REQUEST_BYTES = 16 * 1024;

/** Listens on all ports of the plan, and on a Unix socket for SwitchboardRequests, one a connection. */
export class Switchboard {
  readonly #plan: SwitchboardPlan;
  readonly #cuts: Cuts;
  readonly #log: (text: string) => void;
  readonly #lines: Lines;
  readonly #memberAt = new Map<string, string>();
  readonly #servers: Server[] = [];

  /** `log` is told of every change. */
  constructor(plan: SwitchboardPlan, cuts: Cuts, log: (text: string) => void = () => undefined) {
    this.#plan = plan;
    this.#log = log;
    this.#cuts = cuts;
    this.#lines = new Lines((from, to) => cuts.has(from, to));
    for (const { name, endpoints } of plan.members) {
      for (const { ip, port } of endpoints) this.#memberAt.set(`${ip}:${port}`, name);
    }
  }

  /** Rejects when a port is taken. */
  async start(controlSocket: string): Promise<void> {
    await Promise.all([
      ...this.#plan.egress.map((egress) => this.#listen(this.#egress(egress.member), egress)),
      ...this.#plan.forwards.map((forward) => this.#listen(this.#forward(forward), forward)),
    ]);
    rmSync(controlSocket, { force: true });
    await listening(this.#remember(this.#control()), controlSocket);
  }

  close(): void {
    for (const server of this.#servers) server.close();
    this.#lines.close();
  }

  /** What is asked on the control socket. Throws TypeError for a member that there is not. */
  handle(request: SwitchboardRequest): { readonly cuts: readonly (readonly [string, string])[] } {
    if (request.kind !== 'show') {
      const named = [...(request.member === undefined ? [] : [request.member])];
      if (request.kind === 'cut') named.push(...(request.others ?? []));
      for (const name of named) {
        if (!this.#plan.members.some((member) => member.name === name)) throw new TypeError(`there is no ${name}`);
      }
      if (request.kind === 'heal') this.#cuts.heal(request.member);
      else this.#cuts.cut(request.member, request.others ?? this.#plan.members.map(({ name }) => name));
      this.#lines.review();
      this.#log(`${JSON.stringify(request)}: ${this.#cuts.all.length} cuts, ${this.#lines.count} lines`);
    }
    return { cuts: this.#cuts.all };
  }

  #listen(server: Server, { ip = '127.0.0.1', port }: { ip?: string; port: number }): Promise<void> {
    return listening(this.#remember(server), { host: ip, port });
  }

  #remember(server: Server): Server {
    this.#servers.push(server);
    return server;
  }

  #egress(member: string): Server {
    const server = createHttpServer((_request, response) => response.writeHead(405).end());
    return server.on('connect', (request, stream) => {
      const socket = stream as Socket;
      const target = parseTarget(request.url ?? '');
      if (target === undefined) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      this.#lines.open({
        from: member,
        to: this.#memberAt.get(`${target.ip}:${target.port}`),
        target,
        socket,
        accepted: () => void socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
        refused: () => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
      });
    });
  }

  #forward({ callback, from, to, target, patienceMs = 0 }: SwitchboardPlan['forwards'][number]): Server {
    return createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      const open = (): void =>
        this.#lines.open({
          from,
          to,
          target,
          patienceMs,
          socket,
          accepted: () => undefined,
          refused: () => socket.destroy(),
        });
      if (callback === undefined) open();
      else redirectCallback(socket, callback, open);
    });
  }

  #control(): Server {
    return createServer({ allowHalfOpen: true }, (socket) => {
      let text = '';
      socket.on('error', () => socket.destroy());
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (text.length > MAX_REQUEST_BYTES) socket.destroy();
      });
      socket.on('end', () => socket.end(this.#answer(text)));
    });
  }

  #answer(text: string): string {
    try {
      return JSON.stringify(this.handle(JSON.parse(text) as SwitchboardRequest));
    } catch (error) {
      return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function parseTarget(authority: string): Endpoint | undefined {
  const [, ip, port] = /^([^\s:/@]+):(\d{1,5})$/.exec(authority) ?? [];
  return ip === undefined ? undefined : { ip, port: Number(port) };
}

function listening(server: Server, where: string | { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
