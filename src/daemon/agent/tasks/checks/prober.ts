// Takes one look at a task: runs a command beside it, asks it over HTTP, or connects to it.
import type { CommandInfo } from '../../../../mesos/generated/v1.ts';
import { NetError } from '../../../../world/net.ts';
import type { World } from '../../../../world/world.ts';
import type { Containerizer, ContainerProbe } from '../../containers/containerizer.ts';
import { EnvironmentError } from '../launch/environment.ts';
import type { TaskRun } from '../task-run.ts';
import type { Outcome } from './outcome.ts';
import { getStatus } from './probe-http.ts';
import { connectInside, getInside } from './probe-inside.ts';
import type { ProbeRules, ProbeTarget } from './rules.ts';

export interface ProberOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'processes'>;
  readonly containerizer: Pick<Containerizer, 'probe' | 'find'>;
  /** That of the task with the variables of the command over it. Throws EnvironmentError. */
  readonly environmentOf: (run: TaskRun, command: CommandInfo) => Readonly<Record<string, string>>;
}

/** Has no state. */
export class Prober {
  readonly #options: ProberOptions;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Never rejects for anything that a task could bring about. */
  async look(run: TaskRun, name: ContainerProbe['name'], { target, timeoutMs }: ProbeRules): Promise<Outcome> {
    switch (target.type) {
      case 'COMMAND':
        return this.#runCommand(run, name, target.command, timeoutMs);
      case 'HTTP':
        return this.#get(run, target, timeoutMs);
      case 'TCP':
        return this.#connect(run, target, timeoutMs);
    }
  }

  async #runCommand(
    run: TaskRun,
    name: ContainerProbe['name'],
    command: CommandInfo,
    timeoutMs: number,
  ): Promise<Outcome> {
    const { shell = true, value = '', arguments: words = [] } = command;
    let environment: Readonly<Record<string, string>>;
    try {
      environment = this.#options.environmentOf(run, command);
    } catch (cause) {
      if (!(cause instanceof EnvironmentError)) throw cause;
      return { kind: 'error', why: cause.message };
    }
    const end = await this.#options.containerizer.probe(run.containerId, {
      name,
      command: { shell, value, arguments: words },
      environment,
      timeoutMs,
    });
    switch (end.kind) {
      case 'exited':
        return { kind: 'result', status: { type: 'COMMAND', command: { exit_code: end.code } } };
      case 'signaled':
        return { kind: 'error', why: `the command was ended by signal ${end.signal}` };
      case 'timed-out':
        return { kind: 'error', why: `the command did not end within ${timeoutMs} ms` };
      case 'not-run':
        return end;
    }
  }

  async #get(run: TaskRun, target: Extract<ProbeTarget, { type: 'HTTP' }>, timeoutMs: number): Promise<Outcome> {
    const { scheme, host, port, path } = target;
    if (!isPort(port)) return { kind: 'error', why: `there is no port ${port}` };
    const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
    const namespace = this.#namespaceOf(run);
    if (namespace !== undefined) return getInside(this.#options.world, namespace, url, timeoutMs);
    try {
      const statusCode = await getStatus(this.#options.world, url, timeoutMs);
      return { kind: 'result', status: { type: 'HTTP', http: { status_code: statusCode } } };
    } catch (cause) {
      return failure(cause);
    }
  }

  /** Undefined for a task in the agent's network. */
  #namespaceOf({ containerId }: TaskRun): string | undefined {
    return this.#options.containerizer.find(containerId)?.networkNamespace;
  }

  async #connect(run: TaskRun, target: Extract<ProbeTarget, { type: 'TCP' }>, timeoutMs: number): Promise<Outcome> {
    const { host, port } = target;
    const seen = (succeeded: boolean): Outcome => ({ kind: 'result', status: { type: 'TCP', tcp: { succeeded } } });
    if (!isPort(port)) return seen(false);
    const namespace = this.#namespaceOf(run);
    if (namespace !== undefined) return connectInside(this.#options.world, namespace, target, timeoutMs);
    try {
      await this.#options.world.net.connect(host, port, Math.min(timeoutMs, 2 ** 31 - 1));
      return seen(true);
    } catch (cause) {
      // Refused is an answer; none in time is not.
      return cause instanceof NetError && cause.code !== 'timeout' ? seen(false) : failure(cause);
    }
  }
}

function isPort(port: number): boolean {
  return port > 0 && port <= 65_535;
}

function failure(cause: unknown): Outcome {
  if (cause instanceof NetError) return { kind: 'error', why: cause.message };
  throw cause;
}
