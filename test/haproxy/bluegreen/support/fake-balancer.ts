// A balancer with the real model behind it: what drains is decided by the same rules as in `mctl haproxy watch`.
import { readApps } from '../../../../src/haproxy/discovery/read-apps.ts';
import { buildModel } from '../../../../src/haproxy/model/build-model.ts';
import type { Server } from '../../../../src/haproxy/model/model.ts';
import { DEFAULT_OPTIONS } from '../../../../src/haproxy/model/options.ts';
import type { HttpRequest, HttpResponse } from '../../../../src/world/net.ts';
import type { Clock } from '../../../../src/world/world.ts';
import type { FakeMarathon } from './fake-marathon.ts';

const HEAD =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck';
const OPTIONS = { ...DEFAULT_OPTIONS, groups: ['external'] };
/** Between two turns. */
const TURN_MS = 1_000;
/** A server is up so long after its task began. */
const CHECK_MS = 2_000;

export class FakeBalancer {
  /** Connections of a server end so long after it began to drain. */
  connectionsMs = 3_000;
  /** Tasks that no check passes for. */
  isBroken: (taskId: string) => boolean = () => false;
  pids: string | undefined = '11\n';
  /** Fewest servers that were up at any turn. */
  fewestUp = Number.POSITIVE_INFINITY;
  /** Tasks that were in rotation at the last look. */
  serving: readonly string[] = [];
  readonly #clock: Clock;
  readonly #marathon: FakeMarathon;
  readonly #drainingSinceMs = new Map<string, number>();
  #servers: readonly Server[] = [];
  #up = new Set<string>();

  constructor(clock: Clock, marathon: FakeMarathon) {
    this.#clock = clock;
    this.#marathon = marathon;
  }

  start(): void {
    this.#turn();
    this.#turn();
    this.#clock.every(TURN_MS, () => this.#turn());
  }

  readonly handler = (request: HttpRequest): HttpResponse => {
    if (request.target === '/haproxy?stats;csv') return { status: 200, body: this.#table() };
    if (request.target === '/_haproxy_getpids' && this.pids !== undefined) return { status: 200, body: this.pids };
    return { status: 503, body: 'No server is available' };
  };

  #turn(): void {
    const nowMs = this.#clock.nowMs();
    const started = new Map<string, number>();
    for (const app of this.#marathon.apps.values()) {
      for (const { id, startedAtMs } of app.tasks) started.set(id, startedAtMs);
    }
    if (started.size === 0) return;
    const discovery = readApps({ apps: this.#marathon.appsJson() }, 'fake');
    const upServers = new Map([['cart_10050', this.#up]]);
    const model = buildModel(discovery, OPTIONS, { addresses: new Map(), upServers });
    this.#servers = model.services[0]?.servers ?? [];
    this.#up = new Set();
    for (const { taskId, name, isDraining } of this.#servers) {
      if (!isDraining) this.#drainingSinceMs.delete(taskId);
      else if (!this.#drainingSinceMs.has(taskId)) this.#drainingSinceMs.set(taskId, nowMs);
      const isUp = nowMs - (started.get(taskId) ?? nowMs) >= CHECK_MS && !this.isBroken(taskId);
      if (isUp && !isDraining) this.#up.add(name);
    }
    this.serving = this.#servers.filter(({ name }) => this.#up.has(name)).map(({ taskId }) => taskId);
    this.fewestUp = Math.min(this.fewestUp, nowMs < CHECK_MS ? Number.POSITIVE_INFINITY : this.#up.size);
  }

  #table(): string {
    const rows = this.#servers.map(({ name, taskId, isDraining }) => {
      const sinceMs = this.#clock.nowMs() - (this.#drainingSinceMs.get(taskId) ?? 0);
      const sessions = isDraining && sinceMs >= this.connectionsMs ? 0 : 2;
      const status = isDraining ? 'MAINT' : this.#up.has(name) ? 'UP' : 'DOWN';
      return `cart_10050,${name},0,0,${sessions},0,,0,0,0,,0,,0,0,0,0,${status},1,1,0`;
    });
    return [HEAD, 'cart_10050,FRONTEND,,,0,0,,0,0,0,,0,,0,0,0,0,OPEN,,,', ...rows, ''].join('\n');
  }
}
