// Containers that an operator launches, waits for, kills and removes (mesos-api.md 7): nested in those of tasks, or standing
// alone. All but sessions outlive the agent, and so does the memory of how they ended (container-records.ts). Their sandboxes
// are beside those of tasks and not in them, for what is inside a sandbox is the task's to move and to link.

import type { CommandInfo, ContainerID, ContainerInfo, Resource } from '../../../mesos/generated/v1.ts';
import { validateContainerId } from '../../../mesos/ids.ts';
import { DiskError } from '../../../world/disk.ts';
import { containerKey, parentKey, rootKey } from '../containers/container-id.ts';
import {
  type ContainerCheckpoint,
  ContainerError,
  type ContainerExit,
  type ContainerView,
} from '../containers/containerizer.ts';
import type { ContainerStreams } from '../containers/io/streams.ts';
import type { AgentContext } from '../context.ts';
import { destroyUntilGone } from '../tasks/killer.ts';
import { type ContainerRecord, ContainerRecords } from './container-records.ts';
import { SIGNALS } from './signals.ts';

/** Ends that are remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 1_000;
/** Beyond so many who wait for ends the first is sent away: most likely nobody is there any more, which is not noticed. */
const MAX_WAITING = 10_000;
const LAUNCH_POLL_MS = 1_000;
const SANDBOX_MODE = 0o750;
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SIGKILL = 9;

/** What is to be launched, in any of the forms of the API. */
export interface LaunchWish {
  readonly container_id: ContainerID;
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
  readonly resources?: readonly Resource[];
  readonly limits?: Readonly<Record<string, { readonly value: number }>>;
}

/**
 * What became of a launch. `exists`: there is a container of that id. `refused`: the request cannot be met, and why.
 * `no-sandbox`: the machine is to blame.
 */
export type LaunchResult =
  | { readonly kind: 'launched'; readonly key: string; readonly streams: ContainerStreams | undefined }
  | { readonly kind: 'exists' }
  | { readonly kind: 'refused' | 'no-sandbox'; readonly why: string };

/** `unsupported`: no such signal is sent here. */
export type KillResult = 'sent' | 'not-found' | 'unsupported';

/** `not-found`: there is none of that id, or its launch has failed. `too-many`: others wanted to wait. */
export type WaitResult = ContainerExit | 'not-found' | 'too-many';

/** One per agent. */
export class OperatorContainers {
  readonly #context: AgentContext;
  /** Those that run or are remembered, by key; without sessions. */
  readonly #own = new Map<string, ContainerRecord>();
  /** Of these, and of whatever else was nested in a container. */
  readonly #ends = new Map<string, ContainerExit>();
  readonly #waiting = new Map<string, ((result: WaitResult) => void)[]>();
  readonly #launching = new Set<string>();
  readonly #records: ContainerRecords;
  #waitingCount = 0;

  constructor(context: AgentContext) {
    this.#context = context;
    this.#records = new ContainerRecords(context.world.disk, context.layout.operatorRecords);
    context.containerizer.onExit((exit) => this.#exited(exit));
  }

  /**
   * Takes over what an earlier agent left, and answers which containers are to be taken back beside those of tasks (`others`).
   * Throws CheckpointError, DiskError.
   */
  async recover(others: readonly ContainerCheckpoint[]): Promise<ContainerCheckpoint[]> {
    const there = new Set(others.map(({ containerId }) => containerId));
    const own: ContainerCheckpoint[] = [];
    for (const [key, record] of await this.#records.read()) {
      const { checkpoint, exit } = record;
      const outer = parentKey(key);
      const isRemembered = exit !== undefined && (outer === undefined || there.has(rootKey(key)));
      const mayRun = exit === undefined && (outer === undefined || there.has(outer));
      if (isRemembered) this.#ends.set(key, exit);
      else if (mayRun && checkpoint !== undefined) {
        there.add(key);
        own.push(checkpoint);
      } else {
        // What it was nested in is gone, and it with that.
        await this.#records.remove(key);
        continue;
      }
      this.#own.set(key, record);
    }
    await this.#scheduleLeftovers();
    return own;
  }

  /** Resolves when what is to be remembered is. */
  settled(): Promise<void> {
    return this.#records.settled();
  }

  /** Whether the container was launched by an operator and not for a task. */
  has(key: string): boolean {
    return this.#own.has(key);
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
      if (typeof sandbox !== 'string') return sandbox;
      const config = {
        containerId: key,
        sandbox,
        runtimeDirectory: this.#context.layout.runtimeContainer(key),
        ...this.#command(wish, parent, sandbox, isSession),
        ...this.#limits(wish, parent),
        ...(wish.container && { info: wish.container }),
        ...(isSession && { isDebug: true, streams: sessionStreams(wish.container) }),
      };
      const { process } = await containerizer.launch(config);
      const { runtimeDirectory, resources, sharesLimits } = config;
      const { bootId } = this.#context;
      const checkpoint = { containerId: key, process, sandbox, runtimeDirectory, bootId, resources, sharesLimits };
      if (!isSession) await this.#keep(key, { checkpoint });
      return { kind: 'launched', key, streams: containerizer.find(key)?.streams };
    } catch (cause) {
      // It may run, when it could not be remembered.
      this.end(key);
      await this.#undo(key);
      if (cause instanceof ContainerError || cause instanceof DiskError) return { kind: 'refused', why: cause.message };
      throw cause;
    } finally {
      this.#launching.delete(key);
    }
  }

  /** The end of any container: now, or when it comes. */
  async wait(id: ContainerID): Promise<WaitResult> {
    const key = containerKey(id);
    const ended = this.#ends.get(key);
    if (ended !== undefined) return ended;
    if (!this.#isThere(key)) return 'not-found';
    if (this.#waitingCount >= MAX_WAITING) this.#sendFirstAway();
    const { promise, resolve } = Promise.withResolvers<WaitResult>();
    const others = this.#waiting.get(key);
    if (others === undefined) this.#waiting.set(key, [resolve]);
    else others.push(resolve);
    this.#waitingCount += 1;
    this.#watchLaunch(key);
    return promise;
  }

  /** Of a launch that fails no end is told. */
  #watchLaunch(key: string): void {
    const { containerizer, world } = this.#context;
    const isLaunching = this.#launching.has(key) || containerizer.find(key)?.phase === 'launching';
    if (isLaunching) world.clock.setTimer(LAUNCH_POLL_MS, () => this.#watchLaunch(key));
    else if (!this.#isThere(key)) this.#answer(key, this.#ends.get(key) ?? 'not-found');
  }

  #answer(key: string, result: WaitResult): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    this.#waitingCount -= waiting.length;
    for (const resolve of waiting) resolve(result);
  }

  /** Of those who wait for the container that has been waited for the longest. */
  #sendFirstAway(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [key, waiting] = first;
    waiting.shift()?.('too-many');
    this.#waitingCount -= 1;
    if (waiting.length === 0) this.#waiting.delete(key);
  }

  /** Any container, at any depth. Default: SIGKILL, which leaves nothing. */
  async kill(id: ContainerID, signal = SIGKILL): Promise<KillResult> {
    const key = containerKey(id);
    const { containerizer } = this.#context;
    if (containerizer.find(key) === undefined) return 'not-found';
    if (signal === SIGKILL) {
      // Who wants to know the end waits for it.
      this.end(key);
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
    const { sandbox } = this.#own.get(key) ?? {};
    if (sandbox === undefined) return true;
    this.#own.delete(key);
    await this.#records.remove(key);
    await this.#context.world.disk.remove(sandbox);
    return true;
  }

  /** SIGKILL, and again until it is gone. */
  end(key: string): void {
    destroyUntilGone(this.#context, key, () => this.#context.containerizer.find(key) === undefined);
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
    if (!isSession) return undefined;
    if (wish.command?.value === undefined) return 'A session needs a command';
    const own = ownOfSession(wish.container);
    return own && `A session has what the container has that it looks into: '${own}' cannot be set for it`;
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

  /** A new one; one that a container of the same id has left goes. */
  async #sandbox(key: string): Promise<string | (LaunchResult & { readonly kind: 'no-sandbox' })> {
    const { collector, layout, world } = this.#context;
    const sandbox = `${layout.operatorSandboxes}/${key}`;
    try {
      await collector.claim(sandbox);
      await world.disk.remove(sandbox);
      await world.disk.makeDirectory(sandbox, { mode: SANDBOX_MODE });
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      return { kind: 'no-sandbox', why: `Failed to create the sandbox of the container: ${cause.message}` };
    }
    this.#own.set(key, { sandbox });
    return sandbox;
  }

  /** After a launch that failed. */
  async #undo(key: string): Promise<void> {
    const { sandbox } = this.#own.get(key) ?? {};
    if (sandbox === undefined) return;
    this.#own.delete(key);
    this.#inBackground('that a container is forgotten', key, () => this.#records.remove(key));
    await this.#context.world.disk.remove(sandbox);
  }

  /** Throws DiskError. */
  async #keep(key: string, news: Partial<ContainerRecord>): Promise<void> {
    const record = this.#own.get(key);
    if (record === undefined) return;
    const now = { ...record, ...news };
    this.#own.set(key, now);
    await this.#records.write(key, now);
  }

  #exited(exit: ContainerExit): void {
    const { containerId } = exit;
    this.#answer(containerId, exit);
    // What was nested in it cannot be asked for any more; tasks tell their own end.
    if (parentKey(containerId) === undefined) {
      for (const key of [...this.#ends.keys()]) if (rootKey(key) === containerId) this.#forget(key);
    } else this.#ends.set(containerId, exit);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MAX_REMEMBERED && oldest !== undefined) this.#forget(oldest);
    if (!this.#own.has(containerId)) return;
    this.#ends.set(containerId, exit);
    this.#inBackground('the end of a container', containerId, () => this.#keep(containerId, { exit }));
  }

  /** Its sandbox is left to the garbage collector. */
  #forget(key: string): void {
    this.#ends.delete(key);
    const { sandbox } = this.#own.get(key) ?? {};
    if (sandbox === undefined || this.#launching.has(key)) return;
    this.#own.delete(key);
    this.#inBackground('that a container is forgotten', key, () => this.#records.remove(key));
    this.#context.collector.schedule(sandbox);
  }

  /** Sandboxes that nobody remembers. */
  async #scheduleLeftovers(): Promise<void> {
    const { collector, layout, world } = this.#context;
    const stat = await world.disk.statLink(layout.operatorSandboxes);
    for (const key of stat?.kind === 'directory' ? await world.disk.list(layout.operatorSandboxes) : []) {
      const path = `${layout.operatorSandboxes}/${key}`;
      if (!this.#own.has(key)) collector.schedule(path, (await world.disk.statLink(path))?.mtimeMs);
    }
  }

  /** What cannot be written costs no more than what it is about: a later agent may not know it. */
  #inBackground(what: string, containerId: string, write: () => Promise<void>): void {
    const { background, world } = this.#context;
    background.run(what, async () => {
      try {
        await write();
      } catch (cause) {
        if (!(cause instanceof DiskError)) throw cause;
        world.log.error(`${what} could not be written down`, { containerId, error: cause.message });
      }
    });
  }
}

/** What a session was given that it would not get; the name of the first. */
function ownOfSession(container: ContainerInfo | undefined): string | undefined {
  if (container === undefined) return undefined;
  const { mesos, volumes = [], network_infos = [], linux_info, rlimit_info, hostname } = container;
  if (mesos?.image !== undefined) return 'container.mesos.image';
  if (volumes.length > 0) return 'container.volumes';
  if (network_infos.length > 0) return 'container.network_infos';
  if (rlimit_info !== undefined) return 'container.rlimit_info';
  if (hostname !== undefined) return 'container.hostname';
  const { share_cgroups: _shared, ...linux } = linux_info ?? {};
  const [name] = Object.keys(linux);
  return name && `container.linux_info.${name}`;
}

function sessionStreams(container: ContainerInfo | undefined) {
  const tty = container?.tty_info;
  return { terminal: tty && { size: tty.window_size }, isLogged: false };
}
