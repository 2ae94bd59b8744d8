// Chronos as its clients see it: one or several of the whole program on an ensemble, with a real master and agents, all on simulated
// machines, somebody who sends requests, and a place that its notices are posted to. Time is virtual.
import type { Chronos } from '../../../../../src/daemon/chronos/chronos.ts';
import { parseChronosOptions, type RunningChronos, startChronos } from '../../../../../src/daemon/chronos/index.ts';
import { type ProcessHandle, type SimulatedEnsemble, Simulation } from '../../../../../src/simulation/index.ts';
import type { TaskRun } from '../../../../../src/simulation/programs/task-run.ts';
import { SimulatedMaster, startSimulatedAgent } from '../../../../../src/simulation/scenario/daemons.ts';
import type { Json } from '../../http/support/fake-core.ts';

/** `flags` are Chronos'; `agentFlags` one list an agent. */
export interface SceneOptions {
  readonly candidates?: number;
  readonly agentFlags?: readonly (readonly string[])[];
  readonly flags?: readonly string[];
}

const MASTER = '10.0.0.1';
const PORT = 4400;
const MAILBOX = 'http://10.0.9.1:80/';

/** One that stands for election, over all its lives. */
export interface Candidate {
  readonly name: string;
  readonly process: ProcessHandle<RunningChronos>;
  readonly url: string;
}

export class Scene {
  readonly simulation = new Simulation({ seed: 3 });
  readonly ensemble: SimulatedEnsemble;
  readonly all: readonly Candidate[];
  /** Every task process that was ever launched. */
  readonly launched: TaskRun[] = [];
  /** Notices that were posted: their subjects and texts. */
  readonly told: { readonly subject: string; readonly message: string }[] = [];
  readonly #acting = new Map<string, Chronos>();
  readonly #client: ProcessHandle<void>;

  private constructor({ candidates = 1, agentFlags = [[]], flags = [] }: SceneOptions) {
    this.ensemble = this.simulation.ensemble({ sessionTimeoutMs: 6000 });
    new SimulatedMaster(this.simulation.host('master', { address: MASTER }), {});
    for (const [at, own] of agentFlags.entries())
      startSimulatedAgent(this.simulation.host(`agent-${at + 1}`, { address: `10.0.1.${at + 1}` }), MASTER, own);
    this.simulation.onLaunch((run) => this.launched.push(run));
    this.#startMailbox();
    this.all = Array.from({ length: candidates }, (_, at) => this.#candidate(at + 1, flags));
    this.#client = this.simulation.host('client').start('client', async () => undefined);
  }

  /** Resolves once one leads and is subscribed. */
  static async start(options: SceneOptions = {}): Promise<Scene> {
    const scene = new Scene(options);
    await scene.until(() => scene.leader !== undefined, 60_000);
    return scene;
  }

  /** Who leads, and is subscribed to the master. */
  get leader(): Candidate | undefined {
    return this.all.find(
      ({ name, process }) => process.state === 'running' && this.#acting.get(name)?.mesos.isSubscribed,
    );
  }

  get nowMs(): number {
    return this.#client.world.clock.nowMs();
  }

  /** ISO, so many ms from now, on a whole second. */
  at(inMs: number): string {
    return new Date(Math.ceil((this.nowMs + inMs) / 1000) * 1000).toISOString();
  }

  async until(predicate: () => boolean, limitMs = 120_000): Promise<void> {
    if (!(await this.simulation.runUntil(predicate, limitMs)))
      throw new Error(`not within ${limitMs} ms: ${predicate}`);
  }

  async pass(ms: number): Promise<void> {
    await this.simulation.run({ forMs: ms });
  }

  /** Of the leader, or of `whom`. */
  async ask(method: string, path: string, body?: unknown, whom?: Candidate) {
    const { url } = whom ?? this.leader ?? { url: 'http://10.0.4.1:4400' };
    return await this.#request(method, `${url}${path}`, body);
  }

  /** Of whoever is at that address. */
  async get(url: string) {
    return await this.#request('GET', url);
  }

  async #request(method: string, url: string, body?: unknown) {
    const answer = await this.simulation.settle(this.#send(method, url, body));
    const text = new TextDecoder().decode(answer.body);
    const isJson = answer.headers['content-type']?.includes('json') === true;
    const json: Json = isJson ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, json };
  }

  #send(method: string, url: string, body: unknown) {
    return this.#client.world.net.request({
      method,
      url,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      timeoutMs: 60_000,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Stores scheduled jobs, so many at a time; throws unless all are taken. */
  async storeAll(jobs: readonly object[], atATime: number): Promise<void> {
    const left = [...jobs];
    const url = `${this.leader?.url}/scheduler/iso8601`;
    const lane = async (): Promise<void> => {
      for (let job = left.pop(); job !== undefined; job = left.pop()) {
        const { status } = await this.#send('POST', url, job);
        if (status !== 204) throw new Error(`${status} for ${JSON.stringify(job)}`);
      }
    };
    await this.simulation.settle(Promise.all(Array.from({ length: atATime }, lane)));
  }

  /** Stores a job; throws unless it was taken. */
  async store(job: object): Promise<void> {
    const path = 'parents' in job ? 'dependency' : 'iso8601';
    const { status, text } = await this.ask('POST', `/v1/scheduler/${path}`, job);
    if (status !== 204) throw new Error(`${status}: ${text}`);
  }

  async job(name: string): Promise<Json> {
    return (await this.ask('GET', `/v1/scheduler/job/${name}`)).json;
  }

  /** Newest first. */
  async runs(name: string): Promise<Json[]> {
    return (await this.ask('GET', `/mctl/v1/jobs/${name}/runs?limit=100`)).json.runs;
  }

  /** Task ids of what was launched for a job, in order. */
  tasks(name: string): string[] {
    return this.launched.map(({ task }) => task.env.MESOS_TASK_ID ?? '').filter((id) => id.split(':')[3] === name);
  }

  #candidate(number: number, flags: readonly string[]): Candidate {
    const name = `chronos-${number}`;
    const host = this.simulation.host(name, { address: `10.0.4.${number}` });
    const process = host.start('chronos', (world, context) => {
      this.#acting.delete(name);
      const args = [
        `--master=${MASTER}:5050`,
        `--http_address=${host.address}`,
        `--http_port=${PORT}`,
        '--insecure_no_auth',
        ...flags,
      ];
      const membership = context.join(this.ensemble);
      return startChronos(world, parseChronosOptions({ args }), {
        openStore: async () => membership.openStore('/chronos/mctl-state'),
        election: membership.election,
        notices: {
          clusterName: undefined,
          mail: undefined,
          slackUrl: undefined,
          mattermostUrl: undefined,
          httpUrl: MAILBOX,
          httpCredentials: undefined,
          webUrl: undefined,
        },
        onChronos: (chronos) => {
          if (chronos === undefined) this.#acting.delete(name);
          else this.#acting.set(name, chronos);
        },
      });
    });
    return { name, process, url: `http://${host.address}:${PORT}` };
  }

  #startMailbox(): void {
    const host = this.simulation.host('mailbox', { address: '10.0.9.1' });
    host.start('mailbox', async (world) => {
      await world.net.listen({
        host: host.address,
        port: 80,
        handler: ({ body }) => {
          this.told.push(JSON.parse(new TextDecoder().decode(body)));
          return { status: 200 };
        },
      });
    });
  }
}
