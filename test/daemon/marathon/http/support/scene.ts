// Marathon as its clients see it: the whole program with a real master and agents, all on simulated machines, and somebody
// who sends requests. Time is virtual, so that back-offs, grace periods and lost agents take no time to wait for.

import { parseMarathonOptions, type RunningMarathon, startMarathon } from '../../../../../src/daemon/marathon/index.ts';
import type { Marathon } from '../../../../../src/daemon/marathon/marathon.ts';
import type { SimulatedHost } from '../../../../../src/simulation/host.ts';
import { type ProcessHandle, Simulation } from '../../../../../src/simulation/index.ts';
import { SimulatedMaster, startSimulatedAgent } from '../../../../../src/simulation/scenario/daemons.ts';
import type { ClientResponse, HttpHeaders } from '../../../../../src/world/net.ts';
import { Services, type TaskHandler } from './services.ts';
import { checkAnswer, checkEvent } from './strict.ts';

/** What a test looks at of JSON; whoever reads a member that is not there fails anyway. */
// biome-ignore lint/suspicious/noExplicitAny: tests walk through answers freely.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
  /** Of a JSON body; undefined of any other. */
  readonly json: Json;
}

export interface EventMessage {
  readonly eventType: string;
  readonly [member: string]: Json;
}

/** `accept` and other headers; a `body` that is no text is sent as JSON. */
export interface RequestOptions {
  readonly headers?: HttpHeaders;
  readonly body?: unknown;
}

/** `flags` are Marathon's; `agentFlags` one list an agent. */
export interface SceneOptions {
  readonly agents?: number;
  readonly masterFlags?: readonly string[];
  readonly agentFlags?: readonly (readonly string[])[];
  readonly flags?: readonly string[];
}

const MASTER_ADDRESS = '10.0.0.1';
const MARATHON_ADDRESS = '10.0.3.1';
const PORT = 8080;

/** A task that runs until it is killed. */
export const SLEEP = 'sleep 100000';

export class Scene {
  readonly simulation = new Simulation({ seed: 11 });
  readonly agentHosts: readonly SimulatedHost[];
  readonly process: ProcessHandle<RunningMarathon>;
  readonly services: Services;
  readonly url = `http://${MARATHON_ADDRESS}:${PORT}`;
  readonly #client: ProcessHandle<void>;
  #marathon: Marathon | undefined;

  private constructor({ agents, masterFlags, agentFlags, flags }: Required<SceneOptions>) {
    this.services = new Services(this.simulation);
    const masterHost = this.simulation.host('master', { address: MASTER_ADDRESS });
    new SimulatedMaster(masterHost, {}, masterFlags);
    this.agentHosts = Array.from({ length: agents }, (_, i) => {
      const host = this.simulation.host(`agent-${i + 1}`, { address: `10.0.1.${i + 1}` });
      startSimulatedAgent(host, MASTER_ADDRESS, agentFlags[i]);
      return host;
    });
    const host = this.simulation.host('marathon', { address: MARATHON_ADDRESS });
    this.process = host.start('marathon', (world, context) => {
      const args = [
        `--master=${MASTER_ADDRESS}:5050`,
        `--http_address=${MARATHON_ADDRESS}`,
        `--http_port=${PORT}`,
        '--insecure_no_auth',
        ...flags,
      ];
      return startMarathon(world, parseMarathonOptions({ args }), {
        store: context.openStore('/var/lib/marathon'),
        election: context.openElection('/var/lib/marathon'),
        onMarathon: (marathon) => {
          this.#marathon = marathon;
        },
      });
    });
    this.#client = this.simulation.host('client').start('client', async () => undefined);
  }

  /** Resolves once Marathon is subscribed. */
  static async start(options: SceneOptions = {}): Promise<Scene> {
    const { agentFlags = [], agents = agentFlags.length || 2, masterFlags = [], flags = [] } = options;
    const scene = new Scene({ agents, masterFlags, agentFlags, flags });
    await scene.subscribed();
    return scene;
  }

  /** Its parts, for what no client can see. */
  get marathon(): Marathon {
    if (this.#marathon === undefined) throw new Error('Marathon does not lead');
    return this.#marathon;
  }

  async subscribed(): Promise<void> {
    await this.until(() => this.process.state === 'running' && this.#marathon?.mesos.isSubscribed === true, 60_000);
  }

  /** Kills Marathon and starts it again; resolves once it is subscribed again. */
  async restartMarathon(): Promise<void> {
    this.#marathon = undefined;
    this.process.restart();
    await this.subscribed();
  }

  async request(method: string, path: string, { headers = {}, body }: RequestOptions = {}): Promise<Answer> {
    const asked = this.ask(method, path, { headers, body });
    return this.simulation.settle(asked);
  }

  /** As `request`, without letting time pass: for requests that wait for something. */
  async ask(method: string, path: string, { headers = {}, body }: RequestOptions = {}): Promise<Answer> {
    const answer = read(await this.#send(method, path, { accept: 'application/json', ...headers }, body));
    if (method !== 'HEAD') checkAnswer(method, path, answer);
    return answer;
  }

  /** The answer as it came, bytes and all. */
  raw(method: string, path: string, headers: HttpHeaders = {}): Promise<ClientResponse> {
    return this.simulation.settle(this.#send(method, path, headers, undefined));
  }

  #send(method: string, path: string, headers: HttpHeaders, body: unknown): Promise<ClientResponse> {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    return this.#client.world.net.request({
      method,
      url: `${this.url}${path}`,
      headers,
      ...(text !== undefined && { body: text }),
      timeoutMs: 600_000,
    });
  }

  get = (path: string, options?: RequestOptions): Promise<Answer> => this.request('GET', path, options);
  post = (path: string, body?: unknown): Promise<Answer> => this.request('POST', path, { body });
  put = (path: string, body?: unknown): Promise<Answer> => this.request('PUT', path, { body });
  patch = (path: string, body?: unknown): Promise<Answer> => this.request('PATCH', path, { body });
  delete = (path: string, body?: unknown): Promise<Answer> => this.request('DELETE', path, { body });

  async app(id: string, query = ''): Promise<Json> {
    const { json, status, text } = await this.get(`/v2/apps${id}${query}`);
    if (status !== 200) throw new Error(`GET ${id}: ${status} ${text}`);
    return json.app;
  }

  async tasks(id: string): Promise<Json[]> {
    return (await this.get(`/v2/apps${id}/tasks`)).json.tasks;
  }

  async taskIds(id: string): Promise<string[]> {
    return (await this.tasks(id)).map((task) => task.id).sort();
  }

  async deployments(): Promise<Json[]> {
    return (await this.get('/v2/deployments')).json;
  }

  /** Creates the app and waits until its deployment is over. */
  async run(app: Json): Promise<Answer> {
    const answer = await this.post('/v2/apps', app);
    if (answer.status !== 201) throw new Error(`POST ${JSON.stringify(app)}: ${answer.status} ${answer.text}`);
    await this.deployed();
    return answer;
  }

  /** Until no deployment is under way, and all who listen have heard of it. */
  async deployed(limitMs = 120_000): Promise<void> {
    const isOver = await this.simulation.runUntil(() => this.marathon.deployments.running.length === 0, limitMs);
    if (!isOver) throw new Error(`still under way: ${JSON.stringify(await this.deployments())}`);
    await this.pass(10);
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    await this.simulation.run({ forMs: ms });
  }

  async until(predicate: () => boolean, limitMs = 120_000): Promise<void> {
    if (!(await this.simulation.runUntil(predicate, limitMs)))
      throw new Error(`not within ${limitMs} ms: ${predicate}`);
  }

  /** Until so many tasks of the app are TASK_RUNNING. */
  async running(id: string, count: number, limitMs = 120_000): Promise<void> {
    await this.until(() => this.#conditions(id).filter((one) => one === 'Running').length === count, limitMs);
  }

  #conditions(id: string): string[] {
    return this.marathon.instances.ofApp(id as never).map(({ condition }) => condition);
  }

  /** What `/v2/events` tells from now on. Every message is held to the shapes of strict.ts. */
  async events(query = ''): Promise<EventMessage[]> {
    const messages: EventMessage[] = [];
    const stream = await this.simulation.settle(
      this.#client.world.net.openStream({
        method: 'GET',
        url: `${this.url}/v2/events${query}`,
        headers: { accept: 'text/event-stream' },
      }),
    );
    if (stream.status !== 200) throw new Error(`/v2/events: ${stream.status}`);
    let rest = '';
    const utf8 = new TextDecoder();
    stream.onChunk((chunk) => {
      const frames = (rest + utf8.decode(chunk, { stream: true })).split('\r\n\r\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const data = frame.split('\r\n').find((line) => line.startsWith('data: '));
        if (data === undefined) continue;
        const message = JSON.parse(data.slice('data: '.length)) as EventMessage;
        messages.push(message);
        checkEvent(message);
      }
    });
    stream.onEnd(() => undefined);
    return messages;
  }

  /** Makes the tasks of an app answer on their ports; see Services. */
  serve(appId: string, handler: TaskHandler, options: { readonly afterMs?: number } = {}): void {
    this.services.serve(appId, handler, options);
  }

  /** The name of the agent's machine that the task runs on cuts it off from everything. */
  cutOff(hostName: string): void {
    const host = this.agentHosts.find(({ name, address }) => name === hostName || address === hostName);
    if (host === undefined) throw new Error(`no agent ${hostName}`);
    this.simulation.network.partition([host]);
  }
}

function read({ status, headers, body }: ClientResponse): Answer {
  const text = new TextDecoder().decode(body);
  const isJson = headers['content-type']?.startsWith('application/json') === true && text !== '';
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined };
}
