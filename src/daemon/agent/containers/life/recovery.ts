// What a starting containerizer finds of the one before it: containers that run on are taken back, and what nobody knows
// any more is ended (mesos-semantics.md 8.4).
import { DiskError } from '../../../../world/disk.ts';
import type { HostUser, World } from '../../../../world/world.ts';
import type { ContainerCheckpoint, ContainerExit } from '../containerizer.ts';
import type { Container } from './container.ts';
import type { ContainerBook } from './container-book.ts';
import { endNamespaceHolder } from './group-namespaces.ts';
import { killLeftoverProbes } from './probe.ts';
import { RuntimeDirectory } from './runtime-record.ts';
import type { ContainerParts } from './start.ts';
import { reopenStreams } from './streams.ts';

/** What is to be done with those that were taken back. */
export interface RecoveryEvents {
  /** It runs as far as anybody knows. */
  runs(container: Container): void;
  /** It is known to be over; whoever listens is told from a later turn. */
  ended(container: Container, status: ContainerExit['status']): void;
}

/** Used once. */
export class Recovery {
  readonly #parts: ContainerParts;
  readonly #world: World;
  readonly #book: ContainerBook;
  readonly #events: RecoveryEvents;

  constructor(parts: ContainerParts, book: ContainerBook, events: RecoveryEvents) {
    this.#parts = parts;
    this.#world = parts.world;
    this.#book = book;
    this.#events = events;
  }

  /** `known`: those that the agent remembers; all others of this agent are destroyed. */
  async run(known: readonly ContainerCheckpoint[]): Promise<void> {
    const knownIds = new Set(known.map((checkpoint) => checkpoint.containerId));
    // Outer ones first.
    const inOrder = [...known].sort((a, b) => a.containerId.split('.').length - b.containerId.split('.').length);
    for (const checkpoint of inOrder) await this.#takeBack(checkpoint);
    for (const name of await this.#runtimeNames()) {
      if (!knownIds.has(name)) await this.#destroyLeftover(name);
    }
    await this.#parts.networks.recover(knownIds);
    await this.#parts.provisioner.keepOnly(knownIds);
  }

  async #takeBack(checkpoint: ContainerCheckpoint): Promise<void> {
    const { process, sandbox, runtimeDirectory } = checkpoint;
    const facts = { ...checkpoint, limits: {}, hasProcess: process !== undefined };
    const container = this.#book.open(facts, {
      process,
      phase: 'running',
      user: await this.#ownerOf(sandbox),
      limitation: await new RuntimeDirectory(this.#world.disk, runtimeDirectory).limitation(),
    });
    if (checkpoint.bootId !== this.#parts.bootId) {
      // Its processes died with the machine; its pid is somebody else's now and must not be touched.
      container.process = undefined;
      const status = (await container.runtime.exit()) ?? ({ kind: 'unknown' } as const);
      this.#world.clock.setTimer(0, () => this.#events.ended(container, status));
      return;
    }
    container.streams = await reopenStreams(this.#world, container);
    await killLeftoverProbes(this.#parts, container);
    this.#events.runs(container);
  }

  /** Who the sandbox was given to, for rotating its output and for probes: by number, for the name may be gone by now. */
  async #ownerOf(sandbox: string): Promise<HostUser | undefined> {
    const { disk, host } = this.#world;
    const stat = await disk.statLink(sandbox);
    if (stat === undefined || host.userName(stat.uid) === host.currentUser) return undefined;
    const name = host.userName(stat.uid);
    const user = await host.user(name);
    if (user?.uid === stat.uid) return user;
    return { name, uid: stat.uid, gid: stat.gid, groups: [stat.gid], home: '/' };
  }

  async #runtimeNames(): Promise<string[]> {
    try {
      return await this.#world.disk.list(this.#parts.options.runtimeContainers);
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'not-found') return [];
      throw cause;
    }
  }

  /** A container of ours that nobody has checkpointed as running: its launch was interrupted, or its end is long told. */
  async #destroyLeftover(name: string): Promise<void> {
    const { isolator, options, bootId } = this.#parts;
    const { disk, log } = this.#world;
    const runtime = new RuntimeDirectory(disk, `${options.runtimeContainers}/${name}`);
    const record = await runtime.record();
    if (record === undefined || record.owner !== options.owner || record.containerId !== name) return;
    const process = record.bootId === bootId ? await runtime.running() : undefined;
    // Of one whose end was told the files stay a while, and of a killed one they say that it runs.
    const isAlive = process !== undefined && (await this.#world.processes.isAlive(process));
    try {
      await isolator.kill({ containerId: name, process });
      if (record.bootId === bootId) await killLeftoverProbes(this.#parts, { containerId: name, runtime });
      if (record.bootId === bootId) await endNamespaceHolder(this.#parts, { containerId: name, runtime });
      await isolator.remove(name);
      await runtime.remove();
      if (isAlive) log.warn('destroyed a container that nobody knows', { containerId: name });
    } catch (cause) {
      const { message: error } = cause as Error;
      log.error('a container that nobody knows could not be destroyed', { containerId: name, error });
    }
  }
}
