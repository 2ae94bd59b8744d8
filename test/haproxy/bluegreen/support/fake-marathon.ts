// As much of a Marathon as deployments between two colours need: apps that grow and shrink over time, each change a
// deployment that locks its app while it lasts.
import type { HttpRequest, HttpResponse } from '../../../../src/world/net.ts';
import type { Clock } from '../../../../src/world/world.ts';

export interface FakeTask {
  readonly id: string;
  readonly port: number;
  readonly startedAtMs: number;
}

export interface FakeApp {
  readonly definition: Readonly<Record<string, unknown>> & { readonly labels: Readonly<Record<string, string>> };
  instances: number;
  lastScalingAtMs: number;
  tasks: FakeTask[];
  deployment: { readonly id: string; readonly untilMs: number } | undefined;
}

/** A change takes this long. */
const DEPLOYMENT_MS = 4_000;

export class FakeMarathon {
  readonly apps = new Map<string, FakeApp>();
  /** `METHOD path body` of everything that changed something. */
  readonly changes: string[] = [];
  /** While true everything is answered with 503. */
  isDown = false;
  /** Called for each change, before it is answered. */
  onChange: (change: string) => void = () => undefined;
  readonly #clock: Clock;
  #serial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As if it had been running for long. */
  add(id: string, instances: number, labels: Record<string, string>, port: number): void {
    const definition = { id, labels, networks: [{ mode: 'host' }], portDefinitions: [{ port }] };
    this.apps.set(id, { definition, instances: 0, lastScalingAtMs: 0, tasks: [], deployment: undefined });
    this.#scale(id, instances);
    const app = this.#app(id);
    Object.assign(app, { deployment: undefined, tasks: app.tasks.map((task) => ({ ...task, startedAtMs: -1e6 })) });
  }

  readonly handler = (request: HttpRequest): HttpResponse => {
    if (this.isDown) return { status: 503, body: '{"message":"no leader"}' };
    const url = new URL(request.target, 'http://m');
    if (request.method === 'GET' && url.pathname === '/v2/apps') return json({ apps: this.appsJson() });
    const body = new TextDecoder().decode(request.body);
    const text = [request.method, url.pathname, body].filter((part) => part !== '').join(' ');
    const path = url.pathname.replace(/^\/v2\/apps/, '');
    const isForced = url.searchParams.get('force') === 'true';
    if (request.method === 'POST' && url.pathname === '/v2/apps') {
      this.#note(`POST ${JSON.parse(body).id} ${JSON.parse(body).instances}`);
      return this.#create(JSON.parse(body));
    }
    if (request.method === 'POST' && url.pathname === '/v2/tasks/delete') {
      const { ids } = JSON.parse(body);
      this.#note(`KILL ${ids.join(' ')}`);
      return this.#kill(ids);
    }
    const app = this.apps.get(path);
    if (app === undefined) return json({ message: `App '${path}' does not exist` }, 404);
    const lock = app.deployment;
    if (lock !== undefined && lock.untilMs > this.#clock.nowMs() && !isForced) {
      return json({ message: 'App is locked', deployments: [{ id: lock.id }] }, 409);
    }
    if (request.method === 'PUT') {
      this.#note(`PUT ${path} ${JSON.parse(body).instances}${isForced ? ' force' : ''}`);
      return json({ deploymentId: this.#scale(path, JSON.parse(body).instances), version: 'v' });
    }
    if (request.method !== 'DELETE') throw new Error(`not played: ${text}`);
    this.#note(`DELETE ${path}`);
    this.apps.delete(path);
    return json({ deploymentId: `d${++this.#serial}`, version: 'v' });
  };

  /** As GET /v2/apps tells them now. */
  appsJson(): Record<string, unknown>[] {
    const nowMs = this.#clock.nowMs();
    return [...this.apps.values()].map((app) => ({
      ...app.definition,
      instances: app.instances,
      versionInfo: { lastScalingAt: new Date(app.lastScalingAtMs).toISOString() },
      deployments: app.deployment !== undefined && app.deployment.untilMs > nowMs ? [{ id: app.deployment.id }] : [],
      tasks: app.tasks.map(({ id, port }) => ({ id, host: '10.0.0.11', ports: [port], state: 'TASK_RUNNING' })),
    }));
  }

  #create(definition: FakeApp['definition'] & { readonly id: string; readonly instances: number }): HttpResponse {
    const { id, instances } = definition;
    if (this.apps.has(id)) return json({ message: `An app with id [${id}] already exists.` }, 409);
    this.apps.set(id, { definition, instances: 0, lastScalingAtMs: 0, tasks: [], deployment: undefined });
    return json({ id, deployments: [{ id: this.#scale(id, instances) }] }, 201);
  }

  #kill(ids: readonly string[]): HttpResponse {
    for (const [id, app] of this.apps) {
      const left = app.tasks.filter((task) => !ids.includes(task.id));
      if (left.length === app.tasks.length) continue;
      app.tasks = left;
      return json({ deploymentId: this.#scale(id, left.length), version: 'v' });
    }
    return json({ tasks: [] });
  }

  #scale(id: string, instances: number): string {
    const app = this.#app(id);
    const nowMs = this.#clock.nowMs();
    app.instances = instances;
    app.lastScalingAtMs = nowMs;
    app.tasks = app.tasks.slice(0, instances);
    while (app.tasks.length < instances) {
      this.#serial += 1;
      const task = { id: `${id.slice(1)}.${this.#serial}`, port: 31_000 + this.#serial, startedAtMs: nowMs };
      app.tasks.push(task);
    }
    const deployment = { id: `d${++this.#serial}`, untilMs: nowMs + DEPLOYMENT_MS };
    app.deployment = deployment;
    return deployment.id;
  }

  #app(id: string): FakeApp {
    const app = this.apps.get(id);
    if (app === undefined) throw new Error(`no app ${id}`);
    return app;
  }

  #note(change: string): void {
    this.changes.push(change);
    this.onChange(change);
  }
}

function json(body: unknown, status = 200): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
