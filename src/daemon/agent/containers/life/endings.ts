// The end of containers: nothing of them runs or stays, and whoever listens is told once. What is nested in a container
// ends before it.
import type { World } from '../../../../world/world.ts';
import type { ContainerExit } from '../containerizer.ts';
import type { Container } from './container.ts';
import type { ContainerBook } from './container-book.ts';
import { endNamespaceHolder } from './group-namespaces.ts';
import { memoryLimitation } from './limitation.ts';
import type { ContainerParts } from './start.ts';

/** How long the exit file stays after the end was told, so that an agent that dies right then can tell it again. */
const KEEP_RUNTIME_MS = 60_000;
/** A container whose processes do not die is tried again. */
const END_RETRY_MS = 10_000;
/** Ends under way are waited for this long when we close; what is left then is the next agent's to remove. */
const CLOSE_GRACE_MS = 2_000;
/** Between looks at nested containers whose end is under way elsewhere. */
const NESTED_PAUSE_MS = 10;

/** Ends containers of the given book. */
export class Endings {
  readonly #parts: ContainerParts;
  readonly #world: World;
  readonly #book: ContainerBook;
  readonly #listeners: ((exit: ContainerExit) => void)[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: ContainerParts, book: ContainerBook) {
    this.#parts = parts;
    this.#world = parts.world;
    this.#book = book;
  }

  onExit(fn: (exit: ContainerExit) => void): void {
    this.#listeners.push(fn);
  }

  /** Its command has ended, or must. Only the first call does anything. */
  async end(container: Container, status: ContainerExit['status']): Promise<void> {
    if (!this.#isClosed) await this.#untilClosed(this.#removeAndTell(container, status));
  }

  /** Whatever runs in it is killed. */
  async destroy(container: Container): Promise<void> {
    await this.#untilClosed(this.#killAndEnd(container));
  }

  /** After a launch that failed: nothing is left but the sandbox. */
  async undo(container: Container): Promise<void> {
    const { isolator, networks, provisioner } = this.#parts;
    container.streams?.close();
    try {
      container.process ??= await container.runtime.running();
      await isolator.kill(container);
      await isolator.remove(container.containerId);
      await networks.leave(container.containerId);
      await provisioner.release(container.containerId);
      await container.runtime.remove();
    } catch (cause) {
      this.#logFailure('a container that could not be launched could not be removed either', container, cause);
    }
    this.#book.remove(container);
  }

  /** From now on nobody is told anything. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#underWay.size === 0) return;
    await Promise.race([Promise.allSettled(this.#underWay), this.#world.clock.sleep(CLOSE_GRACE_MS)]);
  }

  async #killAndEnd(container: Container): Promise<void> {
    await this.#parts.isolator.kill(container);
    if (container.phase !== 'running') return;
    // The command's own end, when it came before the kill; else it is unknown, for the kill took the runner along.
    await this.#removeAndTell(container, (await container.runtime.exit()) ?? { kind: 'unknown' });
  }

  /** `close` waits for it. */
  async #untilClosed(end: Promise<void>): Promise<void> {
    this.#underWay.add(end);
    try {
      await end;
    } finally {
      this.#underWay.delete(end);
    }
  }

  async #removeAndTell(container: Container, status: ContainerExit['status']): Promise<void> {
    const { isolator, networks, provisioner } = this.#parts;
    const { containerId, runtime } = container;
    if (container.phase !== 'running') return;
    container.phase = 'ending';
    container.watch?.close();
    try {
      await isolator.kill(container);
      await this.#endNested(container);
      await endNamespaceHolder(this.#parts, container);
      for (const probe of container.probes.values()) await probe.containerEnded();
      await container.streams?.drain();
      const overrun = await isolator.memoryOverrun(containerId);
      if (overrun !== undefined) container.limitation = memoryLimitation(overrun);
      // Before the cgroup goes, which is what tells it; the agent may die before it has told anybody.
      if (container.limitation !== undefined) await runtime.saveLimitation(container.limitation);
      await isolator.remove(containerId);
      await networks.leave(containerId);
      await provisioner.release(containerId);
    } catch (cause) {
      this.#logFailure('a container does not end, trying again', container, cause);
      container.phase = 'running';
      this.#world.clock.setTimer(END_RETRY_MS, () => void this.end(container, status));
      return;
    }
    this.#tell(container, status);
  }

  async #endNested(container: Container): Promise<void> {
    while (container.nested.size > 0) {
      for (const nested of [...container.nested]) {
        if (nested.phase === 'launching') nested.isUnwanted = true;
        // What ends the outer one is the reason for their end too.
        nested.limitation ??= container.limitation;
        await nested.settled;
        if (nested.phase === 'running') await this.#killAndEnd(nested);
      }
      if (container.nested.size > 0) await this.#world.clock.sleep(NESTED_PAUSE_MS);
    }
  }

  #tell(container: Container, status: ContainerExit['status']): void {
    const { containerId, limitation, runtime } = container;
    this.#book.remove(container);
    const exit: ContainerExit = { containerId, status, ...(limitation !== undefined && { limitation }) };
    for (const fn of this.#listeners) fn(exit);
    this.#world.clock.setTimer(KEEP_RUNTIME_MS, () => {
      if (this.#isClosed) return;
      runtime.remove().catch((cause) => this.#logFailure('a runtime directory could not be removed', container, cause));
    });
  }

  #logFailure(message: string, { containerId }: Container, cause: unknown): void {
    this.#world.log.error(message, { containerId, error: cause instanceof Error ? cause.message : String(cause) });
  }
}
