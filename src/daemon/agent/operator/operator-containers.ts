// Containers that an operator launches, waits for, kills and removes (mesos-api.md 7): nested in those of tasks, or standing
// alone. They end with the agent: nobody else would know what they are for. Their sandboxes are beside those of tasks and not
// in them, for what is inside a sandbox is the task's to move and to link.

import type { CommandInfo, ContainerID, ContainerInfo, Resource } from '../../../mesos/generated/v1.ts';
import { validateContainerId } from '../../../mesos/ids.ts';
import { DiskError } from '../../../world/disk.ts';
import { containerKey, parentKey, rootKey } from '../containers/container-id.ts';
import { ContainerError, type ContainerExit, type ContainerView } from '../containers/containerizer.ts';
import type { ContainerStreams } from '../containers/io/streams.ts';
import type { AgentContext } from '../context.ts';

/** Ends that are remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 1_000;
const SANDBOX_MODE = 0o750;
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SIGNALS: ReadonlyMap<number, 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2' | 'SIGTERM'> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [10, 'SIGUSR1'],
  [12, 'SIGUSR2'],
  [15, 'SIGTERM'],
]);
const SIGKILL = 9;

/** What is to be launched, in any of the forms of the API. */
export interface LaunchWish {
  readonly container_id: ContainerID;
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
  readonly resources?: readonly Resource[];
  readonly limits?: Readonly<Record<string, { readonly value: number }>>;
}

/** What became of a launch. `refused`: the request cannot be met, and why. `exists`: there is a container of that id. */
export type LaunchResult =
  | { readonly kind: 'launched'; readonly key: string; readonly streams: ContainerStreams | undefined }
  | { readonly kind: 'exists' }
  | { readonly kind: 'refused'; readonly why: string };

/** `unsupported`: no such signal is sent here. */
export type KillResult = 'sent' | 'not-found' | 'unsupported';

/** One per agent. */
export class OperatorContainers {
  readonly #context: AgentContext;
  /** Sandboxes of those that run or are remembered, by key. */
  readonly #sandboxes = new Map<string, string>();
  readonly #ends = new Map<string, ContainerExit>();
  readonly #waiting = new Map<string, ((exit: ContainerExit) => void)[]>();
  readonly #launching = new Set<string>();

  constructor(context: AgentContext) {
    this.#context = context;
    context.containerizer.onExit((exit) => this.#exited(exit));
  }

  /** Whether the container was launched by an operator and not for a task. */
  has(key: string): boolean {
    return this.#sandboxes.has(key);
  }

  /** A debug container (`isSession`) is one more command in the container that it is nested in. */
  async launch(wish: LaunchWish, isSession: boolean): Promise<LaunchResult> {
    const key = containerKey(wish.container_id);
    const { containerizer } = this.#context;
    if (this.#launching.has(key) || containerizer.find(key) !== undefined) return { kind: 'exists' };
    const outer = parentKey(key);
    const parent = outer === undefined ? undefined : containerizer.find(outer);
    const why = this.#refusal(wish, outer, parent, isSession);
    if (why !== undefined) return { kind: 'refused', why };
    this.#launching.add(key);
    this.#forget(key);
    try {
      const sandbox = isSession && parent !== undefined ? parent.sandbox : await this.#sandbox(key);
      await containerizer.launch({
        containerId: key,
        sandbox,
        runtimeDirectory: this.#context.layout.runtimeContainer(key),
        ...this.#command(wish, parent, sandbox, isSession),
        ...this.#limits(wish, parent),
        ...(wish.container && { info: wish.container }),
        ...(isSession && { isDebug: true, streams: sessionStreams(wish.container) }),
      });
      return { kind: 'launched', key, streams: containerizer.find(key)?.streams };
    } catch (cause) {
      await this.#removeSandbox(key);
      if (cause instanceof ContainerError || cause instanceof DiskError) return { kind: 'refused', why: cause.message };
      throw cause;
    } finally {
      this.#launching.delete(key);
    }
  }

  /** The end of any container: now, or when it comes; undefined when there is none of that id. */
  wait(id: ContainerID): Promise<ContainerExit> | undefined {
    const key = containerKey(id);
    const ended = this.#ends.get(key);
    if (ended !== undefined) return Promise.resolve(ended);
    if (!this.#isThere(key)) return undefined;
    return new Promise((resolve) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    });
  }

  /** Any container, at any depth. Default: SIGKILL, which leaves nothing. */
  async kill(id: ContainerID, signal = SIGKILL): Promise<KillResult> {
    const key = containerKey(id);
    const { containerizer } = this.#context;
    if (containerizer.find(key) === undefined) return 'not-found';
    if (signal === SIGKILL) {
      // Who wants to know the end waits for it.
      this.#context.background.run('kill of a container', () => containerizer.destroy(key));
      return 'sent';
    }
    const name = SIGNALS.get(signal);
    if (name === undefined) return 'unsupported';
    return (await containerizer.signal(key, name)) ? 'sent' : 'not-found';
  }

  /** Forgets one that has ended, and its sandbox. False when it runs. */
  async remove(id: ContainerID): Promise<boolean> {
    const key = containerKey(id);
    if (this.#isThere(key)) return false;
    this.#ends.delete(key);
    await this.#removeSandbox(key);
    return true;
  }

  /** Somebody's session is over: nobody will look at what is left of it. */
  end(key: string): void {
    const { background, containerizer } = this.#context;
    background.run('end of a session', () => containerizer.destroy(key));
  }

  #isThere(key: string): boolean {
    return this.#launching.has(key) || this.#context.containerizer.find(key) !== undefined;
  }

  #refusal(
    wish: LaunchWish,
    outer: string | undefined,
    parent: ContainerView | undefined,
    isSession: boolean,
  ): string | undefined {
    const invalid = validateContainerId(wish.container_id);
    if (invalid !== undefined) return invalid;
    if (outer !== undefined && parent?.phase !== 'running') return `Parent container ${outer} does not exist`;
    if (wish.container?.type === 'DOCKER') return 'The provided ContainerInfo is not supported';
    if (isSession && wish.command?.value === undefined) return 'A session needs a command';
    return undefined;
  }

  #command(wish: LaunchWish, parent: ContainerView | undefined, sandbox: string, isSession: boolean) {
    const { command } = wish;
    const { options, world } = this.#context;
    const variables = command?.environment?.variables ?? [];
    const own = Object.fromEntries(variables.map(({ name, value = '' }) => [name, value]));
    const given = isSession
      ? {}
      : { ...(options.executorEnvironmentVariables?.value ?? { PATH: DEFAULT_PATH }), MESOS_SANDBOX: sandbox };
    const user = command?.user ?? (isSession ? undefined : parent?.user);
    return {
      user: options.switchUser && user !== world.host.currentUser ? user : undefined,
      command:
        command?.value === undefined
          ? undefined
          : {
              shell: command.shell ?? true,
              value: command.value,
              arguments: command.arguments ?? [],
            },
      environment: { ...given, ...own },
      uris: command?.uris ?? [],
    };
  }

  #limits(wish: LaunchWish, parent: ContainerView | undefined) {
    const { cpus, mem } = wish.limits ?? {};
    const sharesLimits = parent !== undefined && wish.container?.linux_info?.share_cgroups !== false;
    return {
      resources: [...(wish.resources ?? [])],
      limits: { ...(cpus && { cpus: cpus.value }), ...(mem && { memMb: mem.value }) },
      ...(sharesLimits && { sharesLimits }),
    };
  }

  async #sandbox(key: string): Promise<string> {
    const { layout, world } = this.#context;
    const sandbox = `${layout.workDirectory}/containers/${key}`;
    await world.disk.makeDirectory(sandbox, { mode: SANDBOX_MODE });
    this.#sandboxes.set(key, sandbox);
    return sandbox;
  }

  async #removeSandbox(key: string): Promise<void> {
    const sandbox = this.#sandboxes.get(key);
    this.#sandboxes.delete(key);
    if (sandbox !== undefined) await this.#context.world.disk.remove(sandbox);
  }

  #exited(exit: ContainerExit): void {
    const { containerId } = exit;
    for (const resolve of this.#waiting.get(containerId) ?? []) resolve(exit);
    this.#waiting.delete(containerId);
    // What was nested in it cannot be asked for any more; tasks tell their own end.
    if (parentKey(containerId) === undefined) {
      for (const key of [...this.#ends.keys()]) if (rootKey(key) === containerId) this.#forget(key);
    } else this.#ends.set(containerId, exit);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MAX_REMEMBERED && oldest !== undefined) this.#forget(oldest);
    if (parentKey(containerId) === undefined && this.#sandboxes.has(containerId)) this.#ends.set(containerId, exit);
  }

  /** Its sandbox is left to the garbage collector. */
  #forget(key: string): void {
    this.#ends.delete(key);
    const sandbox = this.#sandboxes.get(key);
    if (sandbox === undefined || this.#launching.has(key)) return;
    this.#sandboxes.delete(key);
    this.#context.collector.schedule(sandbox);
  }
}

function sessionStreams(container: ContainerInfo | undefined) {
  const tty = container?.tty_info;
  return { terminal: tty && { size: tty.window_size }, isLogged: false };
}
