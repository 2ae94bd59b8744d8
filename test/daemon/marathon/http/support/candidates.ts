// Several Marathons on one ensemble, with a real master and agents, all on simulated machines: for what becomes of clients
// and tasks when the leadership moves.
import { parseMarathonOptions, type RunningMarathon, startMarathon } from '../../../../../src/daemon/marathon/index.ts';
import type { Marathon } from '../../../../../src/daemon/marathon/marathon.ts';
import type { SimulatedHost } from '../../../../../src/simulation/host.ts';
import { type ProcessHandle, type SimulatedEnsemble, Simulation } from '../../../../../src/simulation/index.ts';
import type { TaskRun } from '../../../../../src/simulation/programs/task-run.ts';
import { SimulatedMaster, startSimulatedAgent } from '../../../../../src/simulation/scenario/daemons.ts';
import type { ClientResponse, ClientStream, HttpHeaders } from '../../../../../src/world/net.ts';
import type { Json } from './scene.ts';

export interface Answer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
  readonly json: Json;
}

export interface CandidatesOptions {
  readonly seed?: number;
  readonly marathons?: number;
  readonly agents?: number;
  readonly flags?: readonly string[];
}

const MASTER_ADDRESS = '10.0.0.1';
const PORT = 8080;
export const SESSION_TIMEOUT_MS = 6_000;

/** One that stands for election, over all its lives. */
export interface CandidateProcess {
  readonly host: SimulatedHost;
  readonly process: ProcessHandle<RunningMarathon>;
  /** `host:port` */
  readonly address: string;
  readonly url: string;
}

export class Candidates {
  readonly simulation: Simulation;
  readonly ensemble: SimulatedEnsemble;
  readonly master: SimulatedMaster;
  readonly agentHosts: readonly SimulatedHost[];
  readonly all: readonly CandidateProcess[];
  /** Every task process that was ever launched. */
  readonly launched: TaskRun[] = [];
  readonly #client: ProcessHandle<void>;
  /** Parts of the latest term, by candidate. */
  readonly #acting = new Map<string, Marathon>();

  private constructor({ seed, marathons, agents, flags }: Required<CandidatesOptions>) {
    this.simulation = new Simulation({ seed });
    this.ensemble = this.simulation.ensemble({ sessionTimeoutMs: SESSION_TIMEOUT_MS });
    this.master = new SimulatedMaster(this.simulation.host('master', { address: MASTER_ADDRESS }), {});
    this.agentHosts = Array.from({ length: agents }, (_, index) => {
      const host = this.simulation.host(`agent-${index + 1}`, { address: `10.0.1.${index + 1}` });
      startSimulatedAgent(host, MASTER_ADDRESS);
      return host;
    });
    this.simulation.onLaunch((run) => this.launched.push(run));
    this.all = Array.from({ length: marathons }, (_, index) => this.#candidate(index + 1, flags));
    this.#client = this.simulation.host('client').start('client', async () => undefined);
  }

  /** Resolves once one of them leads and is subscribed. */
  static async start(options: CandidatesOptions = {}): Promise<Candidates> {
    const { seed = 5, marathons = 2, agents = 2, flags = [] } = options;
    const candidates = new Candidates({ seed, marathons, agents, flags });
    await candidates.led();
    return candidates;
  }

  /** Who leads, and is subscribed to the master. */
  get leader(): CandidateProcess | undefined {
    return this.all.find((one) => this.partsOf(one)?.mesos.isSubscribed === true);
  }

  /** One that does not lead. */
  get standby(): CandidateProcess {
    const found = this.all.find((one) => one !== this.leader && one.process.state === 'running');
    if (found === undefined) throw new Error('there is no standby');
    return found;
  }

  partsOf({ process, address }: CandidateProcess): Marathon | undefined {
    return process.state === 'running' ? this.#acting.get(address) : undefined;
  }

  /** Of the leader. */
  get marathon(): Marathon {
    const parts = this.leader && this.partsOf(this.leader);
    if (parts === undefined) throw new Error('nobody leads');
    return parts;
  }

  /** Until one leads that is not `former`. */
  async led(former?: CandidateProcess, limitMs = 60_000): Promise<CandidateProcess> {
    await this.until(() => this.leader !== undefined && this.leader !== former, limitMs);
    const { leader } = this;
    if (leader === undefined) throw new Error('nobody leads');
    return leader;
  }

  async until(predicate: () => boolean, limitMs = 120_000): Promise<void> {
    if (!(await this.simulation.runUntil(predicate, limitMs)))
      throw new Error(`not within ${limitMs} ms: ${predicate}`);
  }

  async pass(ms: number): Promise<void> {
    await this.simulation.run({ forMs: ms });
  }

  async ask(
    { url }: Pick<CandidateProcess, 'url'>,
    method: string,
    path: string,
    { body, headers = {} }: { readonly body?: unknown; readonly headers?: HttpHeaders } = {},
  ): Promise<Answer> {
    return await this.simulation.settle(this.send(url, method, path, { body, headers }));
  }

  /** As `ask`, without letting time pass. */
  async send(
    url: string,
    method: string,
    path: string,
    { body, headers = {} }: { readonly body?: unknown; readonly headers?: HttpHeaders } = {},
  ): Promise<Answer> {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const exchange = { method, url: `${url}${path}`, headers, timeoutMs: 60_000 };
    return read(await this.#client.world.net.request({ ...exchange, ...(text !== undefined && { body: text }) }));
  }

  stream({ url }: CandidateProcess, path: string): Promise<ClientStream> {
    const headers = { accept: 'text/event-stream' };
    const opened = this.#client.world.net.openStream({ method: 'GET', url: `${url}${path}`, headers });
    return this.simulation.settle(opened);
  }

  /** Creates the app through that Marathon and waits until its deployment is over. */
  async run(one: CandidateProcess, app: Json): Promise<Answer> {
    const answer = await this.ask(one, 'POST', '/v2/apps', { body: app });
    if (answer.status !== 201) throw new Error(`POST ${JSON.stringify(app)}: ${answer.status} ${answer.text}`);
    await this.deployed();
    return answer;
  }

  async deployed(limitMs = 120_000): Promise<void> {
    await this.until(() => this.leader !== undefined && this.marathon.deployments.running.length === 0, limitMs);
    await this.pass(10);
  }

  /** Ids of tasks that run on some agent now. */
  get running(): string[] {
    return this.launched
      .filter((run) => run.exitLine === undefined)
      .map(({ task }) => task.env.MESOS_TASK_ID ?? '')
      .sort();
  }

  #candidate(number: number, flags: readonly string[]): CandidateProcess {
    const host = this.simulation.host(`marathon-${number}`, { address: `10.0.3.${number}` });
    const address = `${host.address}:${PORT}`;
    const process = host.start('marathon', (world, context) => {
      this.#acting.delete(address);
      const args = [
        `--master=${MASTER_ADDRESS}:5050`,
        `--http_address=${host.address}`,
        `--http_port=${PORT}`,
        '--insecure_no_auth',
        ...flags,
      ];
      const membership = context.join(this.ensemble);
      return startMarathon(world, parseMarathonOptions({ args }), {
        openStore: async () => membership.openStore('/marathon/mctl-state'),
        election: membership.election,
        onMarathon: (marathon) => {
          if (marathon === undefined) this.#acting.delete(address);
          else this.#acting.set(address, marathon);
        },
      });
    });
    return { host, process, address, url: `http://${address}` };
  }
}

function read({ status, headers, body }: ClientResponse): Answer {
  const text = new TextDecoder().decode(body);
  const isJson = headers['content-type']?.startsWith('application/json') === true && text !== '';
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined };
}
