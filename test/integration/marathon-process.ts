// A cluster with a Marathon on it, all of them real processes, and Marathon's API as any client sees it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAnswer } from '../daemon/marathon/http/support/strict.ts';
import { freePort, freeTaskPorts } from '../ports.ts';
import { DaemonProcess, DaemonSet, getJson, until } from './daemon-processes.ts';

const WEB_APP = fileURLToPath(new URL('fixtures/web-app.ts', import.meta.url));
/** Runs the web server of fixtures/ as a command of an app. */
export const WEB_APP_COMMAND = `exec ${process.execPath} ${WEB_APP}`;

export type Json = Record<string, unknown>;

export interface Task {
  readonly id: string;
  readonly host: string;
  readonly slaveId: string;
  readonly state: string;
  readonly ports: readonly number[];
  readonly version: string;
  readonly healthCheckResults?: readonly { readonly alive: boolean; readonly instanceId: string }[];
}

export interface AppView extends Json {
  readonly id: string;
  readonly version: string;
  readonly instances: number;
  readonly tasks: readonly Task[];
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly deployments: readonly { readonly id: string }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export class MarathonProcess {
  readonly daemon: DaemonProcess;
  readonly url: string;

  private constructor(daemon: DaemonProcess) {
    this.daemon = daemon;
    this.url = daemon.url;
  }

  /** Resolves when it leads. */
  static async start(
    masterUrl: string,
    workDirectory: string,
    flags: readonly string[] = [],
  ): Promise<MarathonProcess> {
    const port = await freePort();
    const args = [
      'marathon',
      `--master=${new URL(masterUrl).host}`,
      `--http_port=${port}`,
      `--work_dir=${workDirectory}`,
    ];
    const daemon = new DaemonProcess('marathon', `http://127.0.0.1:${port}`, [...args, ...flags]);
    const marathon = new MarathonProcess(daemon);
    await marathon.whenUp();
    return marathon;
  }

  /** Resolves when it leads and has loaded its state. */
  async whenUp(timeoutMs = 60_000): Promise<void> {
    await until('Marathon leads', timeoutMs, async () => (await fetch(`${this.url}/v2/info`)).ok);
  }

  async killAndRestart(): Promise<void> {
    await this.daemon.kill('SIGKILL');
    this.daemon.restart();
    await this.whenUp();
  }

  /** Throws for answers with anything in them that the original would not send. */
  async ask(method: string, path: string, content?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(content !== undefined && { body: JSON.stringify(content), headers: { 'Content-Type': 'application/json' } }),
    });
    const { status, headers } = response;
    const text = await response.text();
    const isJson = headers.get('Content-Type')?.includes('json') === true && text !== '';
    const body: Json = isJson ? JSON.parse(text) : { text };
    checkAnswer(method, path, { status, headers: Object.fromEntries(headers), text, json: body });
    return { status, headers, body };
  }

  /** As `ask`; throws for statuses from 300 on. */
  async change(method: string, path: string, content?: unknown): Promise<Json> {
    const { status, body } = await this.ask(method, path, content);
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.change('GET', path)) as T;
  }

  /** A change, followed until its deployment has ended. */
  async deploy(method: string, path: string, content?: unknown, timeoutMs = 60_000): Promise<Json> {
    const { status, headers, body } = await this.ask(method, path, content);
    const id = headers.get('Marathon-Deployment-Id');
    if (status >= 300 || id === null) {
      throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(body)}`);
    }
    await this.whenDeployed(id, timeoutMs);
    return body;
  }

  async whenDeployed(id: string, timeoutMs = 60_000): Promise<void> {
    await until(`deployment ${id} has ended`, timeoutMs, async () => !(await this.deploymentIds()).includes(id));
  }

  async deploymentIds(): Promise<string[]> {
    const list = await this.get<readonly { id: string }[]>('/v2/deployments');
    return list.map(({ id }) => id);
  }

  async app(id: string): Promise<AppView> {
    return (await this.get<{ app: AppView }>(`/v2/apps${id}`)).app;
  }

  /** In order of their ids. */
  async tasks(id: string): Promise<Task[]> {
    const { tasks } = await this.get<{ tasks: Task[] }>(`/v2/apps${id}/tasks`);
    return tasks.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Of all apps. */
  async allTasks(): Promise<Task[]> {
    const { tasks } = await this.get<{ tasks: Task[] }>('/v2/tasks');
    return tasks.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async running(id: string): Promise<Task[]> {
    return (await this.tasks(id)).filter(({ state }) => state === 'TASK_RUNNING');
  }
}

/** One master, some agents, one Marathon. */
export class MarathonCluster {
  readonly daemons: DaemonSet;
  readonly marathon: MarathonProcess;

  private constructor(daemons: DaemonSet, marathon: MarathonProcess) {
    this.daemons = daemons;
    this.marathon = marathon;
  }

  /** Ping times are short, but an agent that is killed has the time to start again; so are the waits for offers. */
  static async start(agents: number, marathonFlags: readonly string[] = []): Promise<MarathonCluster> {
    const taskPorts = await freeTaskPorts();
    const daemons = await DaemonSet.start({
      agents,
      resources: `cpus:8;mem:8192;disk:10000;ports:${taskPorts}`,
      masterFlags: ['--agent_ping_timeout=1secs', '--max_agent_ping_timeouts=8', '--allocation_interval=200ms'],
    });
    const flags = ['--min_revive_offers_interval=200', ...marathonFlags];
    const marathon = await MarathonProcess.start(daemons.master.url, join(daemons.directory, 'marathon'), flags);
    return new MarathonCluster(daemons, marathon);
  }

  agentOn(host: string): DaemonProcess {
    const agent = this.daemons.agents.find(({ url }) => new URL(url).hostname === host);
    if (agent === undefined) throw new Error(`No agent on ${host}`);
    return agent;
  }

  /** Pids by task id, of everything that runs on an agent of this cluster, or on the one given. */
  processes(agent?: DaemonProcess): Map<string, number[]> {
    return processesBelow(join(this.daemons.directory, agent?.name ?? 'agent-'));
  }

  /** Ids of tasks that the master takes for running, of all frameworks. */
  async runningOnMaster(): Promise<string[]> {
    const state = await getJson<{ frameworks: { tasks: { id: string; state: string }[] }[] }>(
      `${this.daemons.master.url}/state`,
    );
    const tasks = state.frameworks.flatMap((framework) => framework.tasks);
    return tasks.flatMap(({ id, state: taskState }) => (taskState === 'TASK_RUNNING' ? [id] : [])).sort();
  }

  /** As a machine that loses power: the agent and all that it runs are gone, and say nothing any more. */
  async losePower(agent: DaemonProcess): Promise<void> {
    await agent.kill('SIGKILL');
    this.#killTasks(agent);
  }

  async stop(): Promise<void> {
    await this.marathon.daemon.kill('SIGTERM');
    await until('no task runs', 30_000, () => {
      this.#killTasks();
      return this.processes().size === 0;
    });
    await this.daemons.stop();
  }

  #killTasks(agent?: DaemonProcess): void {
    for (const pid of [...this.processes(agent).values()].flat()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        // Gone by itself, or with its parent, since we looked.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

/** Processes whose sandbox is below a directory; those that have ended and wait for their parent are none. */
export function processesBelow(directory: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const variables = environmentOf(name);
    if (variables.get('MESOS_SANDBOX')?.startsWith(directory) !== true) continue;
    const taskId = variables.get('MESOS_TASK_ID') ?? variables.get('MESOS_EXECUTOR_ID') ?? '';
    found.set(taskId, [...(found.get(taskId) ?? []), Number(name)]);
  }
  return found;
}

function environmentOf(pid: string): Map<string, string> {
  try {
    if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return new Map();
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return new Map(
      entries.map((entry): [string, string] => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at), entry.slice(at + 1)];
      }),
    );
  } catch {
    return new Map(); // gone while we looked
  }
}

/** One line for people: what was measured, how much, and how much was promised. */
export function figure(what: string, measured: string, promised: string): void {
  console.info(`marathon: ${what}: ${measured} (promised: ${promised})`);
}
