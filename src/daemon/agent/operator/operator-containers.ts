// Containers that an operator launches, waits for, kills and removes (mesos-api.md 7): nested in those of tasks, or standing
// alone. All but sessions outlive the agent, and so does the memory of how they ended (container-records.ts). Their sandboxes
// are beside those of tasks and not in them, for what is inside a sandbox is the task's to move and to link.

import type { ContainerID } from '../../../mesos/generated/v1.ts';
import { DiskError } from '../../../world/disk.ts';
import { containerKey, parentKey, rootKey } from '../containers/container-id.ts';
import { type ContainerCheckpoint, ContainerError, type ContainerExit } from '../containers/containerizer.ts';
import type { ContainerStreams } from '../containers/io/streams.ts';
import type { AgentContext } from '../context.ts';
import { destroyUntilGone } from '../tasks/killer.ts';
import { EnvironmentError } from '../tasks/launch/environment.ts';
import { ContainerEnds, type WaitResult, type Whereabouts } from './container-ends.ts';
import { type ContainerRecord, ContainerRecords } from './container-records.ts';
import { configOf, type LaunchWish, refusal } from './launch-wish.ts';
import { SIGNALS } from './signals.ts';

const SANDBOX_MODE = 0o750;
const SIGKILL = 9;

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

/** One per agent. */
export class OperatorContainers {
  readonly #context: AgentContext;
  /** Those that run or are remembered, by key; without sessions. */
  readonly #own = new Map<string, ContainerRecord>();
  /** Of these, and of whatever else was nested in a container. */
  readonly #ends: ContainerEnds;
  readonly #launching = new Set<string>();
  readonly #records: ContainerRecords;

  constructor(context: AgentContext) {
    this.#context = context;
    this.#ends = new ContainerEnds(context.world.clock, (key) => this.#whereabouts(key));
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
      if (isRemembered) this.#ends.remember(key, exit);
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
    const why = refusal(wish, parent, isSession);
    if (why !== undefined) return { kind: 'refused', why };
    this.#launching.add(key);
    this.#forget(key);
    try {
      const sandbox = isSession && parent !== undefined ? parent.sandbox : await this.#sandbox(key);
      if (typeof sandbox !== 'string') return sandbox;
      const config = configOf(wish, { context: this.#context, parent, sandbox, isSession });
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
      const isRefusal = [ContainerError, DiskError, EnvironmentError].some((expected) => cause instanceof expected);
      if (isRefusal) return { kind: 'refused', why: (cause as Error).message };
      throw cause;
    } finally {
      this.#launching.delete(key);
    }
  }

  /** The end of any container: now, or when it comes. */
  wait(id: ContainerID): Promise<WaitResult> {
    return this.#ends.wait(containerKey(id));
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
    if (this.#whereabouts(key) !== 'nowhere') return false;
    this.#ends.forget(key);
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

  #whereabouts(key: string): ReturnType<Whereabouts> {
    const container = this.#context.containerizer.find(key);
    if (this.#launching.has(key) || container?.phase === 'launching') return 'launching';
    return container === undefined ? 'nowhere' : 'there';
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
    this.#ends.answer(containerId, exit);
    const isNested = parentKey(containerId) !== undefined;
    // What was nested in it cannot be asked for any more; tasks tell their own end.
    if (!isNested) for (const key of this.#ends.within(containerId)) this.#forget(key);
    if (!(isNested || this.#own.has(containerId))) return;
    const oldest = this.#ends.remember(containerId, exit);
    if (oldest !== undefined) this.#forget(oldest);
    if (!this.#own.has(containerId)) return;
    this.#inBackground('the end of a container', containerId, () => this.#keep(containerId, { exit }));
  }

  /** Its sandbox is left to the garbage collector. */
  #forget(key: string): void {
    this.#ends.forget(key);
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
