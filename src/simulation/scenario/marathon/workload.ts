// Clients of the scenario: random requests, each entered into the book of answers. Any answer that says that Marathon
// failed (500) is a broken promise.
import { configVersionOf } from '../../../daemon/marathon/model/app.ts';
import { isUnreachable } from '../../../daemon/marathon/model/instance.ts';
import type { SeededRandom } from '../../core/random.ts';
import type { AnswerBook, Effect } from './answers.ts';
import type { Answer } from './client.ts';
import type { MarathonCluster } from './cluster.ts';
import { APPS, GROUP, GROUP_APPS, LONE_APPS, MAX_INSTANCES, sampleApp, sampleGroup } from './sample-apps.ts';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly effects?: readonly Effect[];
}

/** A copy of a request may still come after its answer: as late as duplicates and slow packets are. */
const LATE_COPY_MS = 12_000;
/** A standby may wait for a leader with it, and for the leader's answer. */
const LATE_AT_STANDBY_MS = 20_000;
const READS = [
  '/v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.counts&embed=apps.lastTaskFailure&embed=apps.taskStats',
  '/v2/groups?embed=group.apps&embed=group.groups&embed=group.apps.counts',
  '/v2/queue?embed=lastUnusedOffers',
  '/v2/queue',
  '/v2/tasks',
  '/v2/deployments',
  '/v2/info',
  '/metrics',
];

export class Workload {
  readonly violations: string[] = [];
  /** Answers by status; `none`: there was no answer. */
  readonly answers = new Map<string, number>();
  /** Events heard of at the stream. */
  events = 0;
  /** App ids whose tasks were killed by a client, and when. */
  readonly killedAtMs = new Map<string, number>();
  readonly #cluster: MarathonCluster;
  readonly #book: AnswerBook;
  readonly #random: SeededRandom;
  #serial = 0;
  #mayBeBad = true;
  readonly #tell: (text: string) => void;

  constructor(cluster: MarathonCluster, book: AnswerBook, tell: (text: string) => void) {
    this.#cluster = cluster;
    this.#book = book;
    this.#tell = tell;
    this.#random = cluster.simulation.random('workload');
  }

  /** The first client listens to events from now on. */
  listen(): void {
    this.#cluster.clients[0]?.value?.listen(
      (type, data) => {
        this.events += 1;
        if (typeof data !== 'object' || data === null || !('eventType' in data) || data.eventType !== type)
          this.violations.push(`an event of type ${type} says ${JSON.stringify(data)}`);
      },
      (status) => {
        // 302: the leader that a standby named is a standby by now.
        if (![302, 502, 503].includes(status)) this.violations.push(`the event stream was answered with ${status}`);
      },
    );
  }

  /** Begins one request, or one and what follows from its answer. */
  step(): void {
    const random = this.#random;
    const acts: readonly (readonly [number, () => Promise<unknown>])[] = [
      [3, () => this.#do(this.#create())],
      [4, () => this.#do(this.#change())],
      [4, () => this.#do(this.#scale())],
      [3, () => this.#do(this.#changePart())],
      [3, () => this.#do(this.#restart())],
      [1, () => this.#do(this.#remove())],
      [3, () => this.#do(this.#changeGroup())],
      [1, () => this.#do(this.#removeGroup())],
      [3, () => this.#killTask()],
      [3, () => this.#endDeployment()],
      // It ends, and is started again.
      [0.3, () => this.#do({ method: 'DELETE', path: '/v2/leader' })],
      [4, () => this.#do({ method: 'GET', path: random.pick(READS) ?? '/ping' })],
    ];
    let left = random.float() * acts.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, act] of acts) {
      left -= weight;
      if (left < 0) {
        void act();
        return;
      }
    }
  }

  /**
   * Makes every app one that can come to rest; to be called again until nothing is left to do. Answers what is left.
   * `hosts`: how many there are to spread over.
   */
  tidy(hosts: number): string[] {
    const { marathon } = this.#cluster;
    if (marathon === undefined) return ['no Marathon acts'];
    this.#mayBeBad = false;
    const left: string[] = [];
    for (const app of marathon.groups.root.apps.values()) {
      const instances = marathon.instances.ofApp(app.id);
      const isSpreadable = app.constraints.length === 0 || app.instances <= hosts;
      // It waits for ever for those on machines that are gone.
      const waits = app.unreachableStrategy === 'disabled' && instances.some(isUnreachable);
      const isFree = marathon.deployments.locking(app.id).length === 0;
      // A rollout that was cancelled leaves what it had not replaced yet (marathon.md 12.6).
      const isMixed = isFree && instances.some((one) => configVersionOf(one.app) !== configVersionOf(app));
      if (app.env.GOOD === 'true' && isSpreadable && !waits && !isMixed) continue;
      left.push(`${app.id} cannot come to rest`);
      const good = sampleApp(this.#random, app.id, this.#mark(), { agents: hosts, mustBeGood: true });
      const { dependencies: _, ...body } = good;
      void this.#do({ method: 'PUT', path: `/v2/apps${app.id}?force=true`, body, effects: [effectOf(good)] });
    }
    return left;
  }

  #create(): Request {
    const id = this.#random.pick(LONE_APPS) ?? '';
    const app = this.#app(id);
    return { method: 'POST', path: `/v2/apps${this.#force()}`, body: app, effects: [effectOf(app)] };
  }

  #change(): Request {
    const id = this.#random.pick(APPS) ?? '';
    const { dependencies: _, ...app } = this.#app(id);
    return { method: 'PUT', path: `/v2/apps${id}${this.#force()}`, body: app, effects: [effectOf(app)] };
  }

  #changePart(): Request {
    const id = this.#random.pick(APPS) ?? '';
    const mark = this.#mark();
    const good = { MARK: mark, GOOD: 'true' };
    // The command stays what it was, and with it whether the app is a good one: told to be bad, it is tidied up.
    const body = { env: { ...good, GOOD: 'unknown' } };
    const method = this.#random.chance(0.5) ? 'PUT' : 'PATCH';
    return { method, path: `/v2/apps${id}${this.#force()}`, body, effects: [{ appId: id, mark }] };
  }

  #scale(): Request {
    const id = this.#random.pick(APPS) ?? '';
    const instances = this.#random.integer(MAX_INSTANCES + 1);
    const effects = [{ appId: id, instances }];
    return { method: 'PUT', path: `/v2/apps${id}${this.#force()}`, body: { instances }, effects };
  }

  #restart(): Request {
    return { method: 'POST', path: `/v2/apps${this.#random.pick(APPS)}/restart${this.#force()}` };
  }

  #remove(): Request {
    const id = this.#random.pick(APPS) ?? '';
    const force = this.#random.chance(0.5) ? '?force=false' : '';
    return { method: 'DELETE', path: `/v2/apps${id}${force}`, effects: [{ appId: id, mark: 'gone' }] };
  }

  #changeGroup(): Request {
    const { agentCount: agents } = this;
    const apps = sampleGroup(this.#random, this.#mark(), { agents, mustBeGood: !this.#mayBeBad });
    const effects = GROUP_APPS.map((appId): Effect => {
      const app = apps.find(({ id }) => id === appId);
      return app === undefined ? { appId, mark: 'gone' } : effectOf(app);
    });
    return { method: 'PUT', path: `/v2/groups${GROUP}${this.#force()}`, body: { id: GROUP, apps }, effects };
  }

  #removeGroup(): Request {
    const effects = GROUP_APPS.map((appId) => ({ appId, mark: 'gone' }));
    return { method: 'DELETE', path: `/v2/groups${GROUP}${this.#force()}`, effects };
  }

  async #killTask(): Promise<void> {
    const { body } = await this.#do({ method: 'GET', path: '/v2/tasks' });
    const { tasks = [] } = (body ?? {}) as { tasks?: { id: string; appId: string }[] };
    const task = this.#random.pick(tasks);
    if (task === undefined) return;
    const { id, appId } = task;
    this.killedAtMs.set(appId, this.#cluster.simulation.nowMs);
    const how = this.#random.pick(['', '?wipe=true', '?scale=true', '?host=agent-1', '?scale=true&force=true']) ?? '';
    const effects: Effect[] = how.startsWith('?scale') ? [{ appId, instances: 'any' }] : [];
    const one = { method: 'DELETE', path: `/v2/apps${appId}/tasks/${id}${how}`, effects };
    const byList = { method: 'POST', path: `/v2/tasks/delete${how}`, body: { ids: [id] }, effects };
    const onHost = { method: 'DELETE', path: `/v2/apps${appId}/tasks${how}`, effects };
    await this.#do(how.startsWith('?host') ? onHost : (this.#random.pick([one, one, byList]) ?? one));
    this.killedAtMs.set(appId, this.#cluster.simulation.nowMs);
  }

  async #endDeployment(): Promise<void> {
    const { body } = await this.#do({ method: 'GET', path: '/v2/deployments' });
    const running = Array.isArray(body) ? (body as { id: string; affectedApps: string[] }[]) : [];
    const deployment = this.#random.pick(running);
    if (deployment === undefined) return;
    const { id, affectedApps } = deployment;
    if (this.#random.chance(0.5)) {
      await this.#do({ method: 'DELETE', path: `/v2/deployments/${id}?force=true` });
      return;
    }
    const effects = affectedApps.map((appId): Effect => ({ appId, mark: 'any', instances: 'any' }));
    await this.#do({ method: 'DELETE', path: `/v2/deployments/${id}`, effects });
  }

  async #do({ method, path, body, effects = [] }: Request): Promise<Answer> {
    const { simulation } = this.#cluster;
    const client = this.#random.pick(this.#cluster.clients)?.value;
    if (client === undefined) return { status: undefined, body: undefined };
    const what = `${method} ${path} at ${(simulation.nowMs / 1000).toFixed(3)}`;
    const mayRepeat = simulation.network.conditions.duplicateChance > 0;
    const { lives } = this.#cluster;
    const answered = this.#book.asks(what, effects);
    const answer = await client.ask(method, path, body);
    const { status } = answer;
    this.#tell(`${what}: ${status ?? 'no answer'} ${method === 'GET' ? '' : brief(answer.body)}`);
    const key = String(status ?? 'none');
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    const isKnown = !saysUnknown(answer);
    const lateMs = LATE_COPY_MS + (this.#cluster.ensemble === undefined ? 0 : LATE_AT_STANDBY_MS);
    answered(isKnown ? status : undefined, mayRepeat ? lateMs : 0);
    if (status === 500 && isKnown)
      this.violations.push(`${what} was answered with 500: ${JSON.stringify(answer.body)}`);
    if (status !== undefined && status < 300) {
      if (lives === this.#cluster.lives) this.#checkDeployment(what, answer.body);
      this.#checkStored(what, effects);
    }
    return answer;
  }

  /** marathon.md 28: a deployment must not be missing right after the answer that names it. */
  #checkDeployment(what: string, body: unknown): void {
    const { marathon } = this.#cluster;
    const id = (body as { deploymentId?: string } | undefined)?.deploymentId;
    if (id === undefined || marathon === undefined) return;
    // Those that ended lately are remembered too.
    if (marathon.deployments.progress(id) === undefined) this.violations.push(`${what}: nothing is known of ${id}`);
  }

  /** What was answered with 2xx is durable by then. */
  #checkStored(what: string, effects: readonly Effect[]): void {
    if (effects.length === 0) return;
    const stored = storedApps(this.#cluster);
    for (const { appId } of effects) {
      const wrong = this.#book.contradiction(appId, stored.get(appId));
      if (wrong !== undefined) this.violations.push(`stored after ${what}: ${wrong}`);
    }
  }

  get agentCount(): number {
    return this.#cluster.agentHosts.filter(({ isUp }) => isUp).length;
  }

  #app(id: string): ReturnType<typeof sampleApp> {
    return sampleApp(this.#random, id, this.#mark(), { agents: this.agentCount, mustBeGood: !this.#mayBeBad });
  }

  #mark(): string {
    this.#serial += 1;
    return `m${this.#serial}`;
  }

  #force(): string {
    return this.#random.chance(0.4) ? '?force=true' : '';
  }
}

function effectOf({
  id,
  env,
  instances,
}: {
  id: string;
  env: Readonly<Record<string, string>>;
  instances: number;
}): Effect {
  return { appId: id, mark: env.MARK ?? '', instances };
}

/** A leadership ended, or a leader did not answer, while the request was under way: nobody knows what became of it. */
function saysUnknown({ status, body }: Answer): boolean {
  const { message = '' } = (body ?? {}) as { message?: unknown };
  return status === 500 && /may have been done or not|gave no answer/.test(String(message));
}

/** Apps as they are in the store. */
export function storedApps(
  cluster: MarathonCluster,
): Map<string, { readonly mark: string; readonly instances: number }> {
  const apps = new Map<string, { readonly mark: string; readonly instances: number }>();
  for (const text of cluster.stored('apps/').values()) {
    const { app } = JSON.parse(text) as { app: { id: string; env: Record<string, string>; instances: number } };
    apps.set(app.id, { mark: app.env.MARK ?? '', instances: app.instances });
  }
  return apps;
}

function brief(body: unknown): string {
  return body === undefined ? '' : JSON.stringify(body).slice(0, 160);
}
