// A Marathon that answers with what a test puts into it, and has an event stream.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An app of one TCP service port on 127.0.0.1 with a task at each of these ports, as Marathon tells it. */
export function appJson(id: string, servicePort: number, taskPorts: readonly number[], labels: object = {}): object {
  return {
    id,
    instances: taskPorts.length,
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: servicePort, protocol: 'tcp' }],
    labels: { HAPROXY_GROUP: 'test', HAPROXY_0_BIND_ADDR: '127.0.0.1', ...labels },
    tasks: taskPorts.map((port) => ({
      id: `${id.slice(1)}.${port}`,
      host: '127.0.0.1',
      ports: [port],
      state: 'TASK_RUNNING',
    })),
  };
}

export class MadeMarathon {
  apps: readonly object[] = [];
  /** Instead of apps. */
  answer: { readonly status: number; readonly body: string } | undefined;
  /** Of /v2/info; without, there is no such page. */
  features: readonly string[] | undefined;
  /** Requests for apps. */
  asked = 0;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.url?.startsWith('/v2/events') === true) {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        this.#streams.add(response);
        response.on('close', () => this.#streams.delete(response));
        return;
      }
      if (request.url === '/v2/info') {
        const { features } = this;
        response.writeHead(features === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ marathon_config: { features } }));
        return;
      }
      this.asked += 1;
      const { status, body } = this.answer ?? { status: 200, body: JSON.stringify({ apps: this.apps }) };
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  }

  static async start(): Promise<MadeMarathon> {
    const marathon = new MadeMarathon();
    await new Promise<void>((resolve) => marathon.#server.listen(0, '127.0.0.1', resolve));
    return marathon;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get listeners(): number {
    return this.#streams.size;
  }

  event(type = 'status_update_event'): void {
    for (const stream of this.#streams) stream.write(`event: ${type}\ndata: {"eventType":"${type}"}\n\n`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
