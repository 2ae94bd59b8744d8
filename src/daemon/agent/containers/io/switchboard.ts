// Connects the streams of one container with those who listen and speak. The streams are named pipes in the container's
// runtime directory, so that no process stands between: the kernel holds what nobody has read yet, the container waits
// while it is full, and a later agent opens the same pipes again.
import { type AppendFile, type Disk, DiskError } from '../../../../world/disk.ts';
import type { PipeReader, PipeWriter } from '../../../../world/pipes.ts';
import type { TaskProcess } from '../../../../world/processes.ts';
import type { Timer, World } from '../../../../world/world.ts';
import type { ContainerStreams, OutputListener, OutputName, StreamsWish, WindowSize } from './streams.ts';
import { Terminal } from './terminal.ts';

const FORMAT = 1;
/** How often a listener that is full is looked at. */
const FULL_POLL_MS = 20;
/** Output on its way to the sandbox; more is not read from the container. */
const MAX_UNLOGGED_BYTES = 2 ** 20;
/** What is left in the pipes at the end of a container is a pipe full: it needs no longer than this. */
const DRAIN_TIMEOUT_MS = 5_000;
/** A container that ends before anybody listened waits so long for somebody. */
const FIRST_LISTENER_MS = 1_000;
const END_OF_TRANSMISSION = new Uint8Array([4]);

/** Where a switchboard is, and of which container. */
export interface SwitchboardPlace {
  /** Below the container's runtime directory. */
  readonly directory: string;
  readonly sandbox: string;
  /** Whose the streams are, for tasks that open theirs once more by name (/dev/stderr); undefined = ours. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Pid of the container's runner; undefined before it runs. */
type RunnerPid = () => number | undefined;

/** One per container with streams, from before its launch until its end. */
export class Switchboard implements ContainerStreams {
  readonly #world: World;
  readonly #readers = new Map<OutputName, PipeReader>();
  readonly #input: PipeWriter;
  readonly #logs: ReadonlyMap<OutputName, AppendFile>;
  readonly #terminal: Terminal | undefined;
  readonly #listeners = new Map<OutputListener, { fullSinceMs: number | undefined }>();
  readonly #onClosed = new Set<() => void>();
  #unloggedBytes = 0;
  #poll: Timer | undefined;
  readonly #firstListener = Promise.withResolvers<void>();
  #hasBeenHeard = false;
  #isDraining = false;
  #isClosed = false;
  #isInputOver = false;

  private constructor(world: World, parts: OpenParts) {
    this.#world = world;
    this.#input = parts.input;
    this.#logs = parts.logs;
    this.#terminal = parts.isTerminal ? new Terminal(world, parts.runnerPid) : undefined;
    for (const [name, reader] of parts.readers) {
      this.#readers.set(name, reader);
      if (!parts.isLogged) reader.pause();
      reader.onChunk((chunk) => this.#output(name, chunk));
    }
  }

  /** Makes the pipes of a container that is about to be launched. Throws DiskError. */
  static async create(
    world: World,
    place: SwitchboardPlace,
    wish: StreamsWish,
    runnerPid: RunnerPid,
  ): Promise<Switchboard> {
    const { disk, processes } = world;
    const isTerminal = wish.terminal !== undefined;
    await disk.makeDirectory(place.directory, { mode: 0o700 });
    for (const name of pipeNames(isTerminal)) {
      const path = `${place.directory}/${name}`;
      await processes.pipes.make(path);
      if (place.owner !== undefined) await disk.changeOwner(path, place.owner.uid, place.owner.gid);
    }
    const record = { format: FORMAT, isTerminal, isLogged: wish.isLogged };
    await disk.writeFile(`${place.directory}/streams.json`, JSON.stringify(record));
    return Switchboard.#open(world, place, record, runnerPid);
  }

  /** Those of a container that an earlier agent launched; undefined when it has none. Throws DiskError. */
  static async reopen(world: World, place: SwitchboardPlace, runnerPid: RunnerPid): Promise<Switchboard | undefined> {
    const record = await readRecord(world.disk, place.directory);
    return record && Switchboard.#open(world, place, record, runnerPid);
  }

  static async #open(
    world: World,
    { directory, sandbox }: SwitchboardPlace,
    { isTerminal, isLogged }: StreamsRecord,
    runnerPid: RunnerPid,
  ): Promise<Switchboard> {
    const { pipes } = world.processes;
    const outputs: readonly OutputName[] = isTerminal ? ['stdout'] : ['stdout', 'stderr'];
    const logs = new Map<OutputName, AppendFile>();
    const readers = new Map<OutputName, PipeReader>();
    if (isLogged) {
      for (const name of outputs) logs.set(name, await world.disk.openAppend(`${sandbox}/${name}`, { noLinks: true }));
    }
    for (const name of outputs) readers.set(name, await pipes.openReader(`${directory}/${name}`));
    const input = await pipes.openWriter(`${directory}/stdin`);
    return new Switchboard(world, { input, readers, logs, isTerminal, isLogged, runnerPid });
  }

  /** What the container's process gets for its streams. */
  static pipesOf(directory: string, { terminal }: StreamsWish): NonNullable<TaskProcess['pipes']> {
    const isTerminal = terminal !== undefined;
    return {
      stdin: `${directory}/stdin`,
      // A terminal does not end with whoever speaks to it; a pipe does.
      holdsStdin: isTerminal,
      stdout: `${directory}/stdout`,
      stderr: `${directory}/${isTerminal ? 'stdout' : 'stderr'}`,
    };
  }

  get isTerminal(): boolean {
    return this.#terminal !== undefined;
  }

  listen(listener: OutputListener): () => void {
    if (this.#isClosed) {
      this.#world.clock.setTimer(0, () => listener.ended());
      return () => undefined;
    }
    this.#listeners.set(listener, { fullSinceMs: undefined });
    this.#hasBeenHeard = true;
    this.#firstListener.resolve();
    this.#pace();
    return () => {
      this.#listeners.delete(listener);
      this.#pace();
    };
  }

  write(bytes: Uint8Array): void {
    if (!this.#isInputOver) this.#input.write(bytes);
  }

  get unreadBytes(): number {
    return this.#input.bufferedBytes;
  }

  endInput(): void {
    if (this.#isInputOver) return;
    if (this.isTerminal) {
      this.#input.write(END_OF_TRANSMISSION);
      return;
    }
    this.#isInputOver = true;
    this.#input.end();
  }

  resize(size: WindowSize): void {
    if (!this.#isClosed) this.#terminal?.resize(size);
  }

  onClosed(fn: () => void): () => void {
    if (this.#isClosed) this.#world.clock.setTimer(0, fn);
    else this.#onClosed.add(fn);
    return () => this.#onClosed.delete(fn);
  }

  /** The container's last process is gone: what it has written is passed on, and everybody is told. */
  async drain(): Promise<void> {
    if (this.#isClosed || this.#isDraining) return;
    this.#isDraining = true;
    // Whoever launched it is about to listen.
    if (this.#logs.size === 0 && !this.#hasBeenHeard) {
      await Promise.race([this.#firstListener.promise, this.#world.clock.sleep(FIRST_LISTENER_MS)]);
    }
    const ends = [...this.#readers.values()].map(
      (reader) =>
        new Promise<void>((resolve) => {
          reader.onEnd(resolve);
          reader.finish();
          reader.resume();
        }),
    );
    await Promise.race([Promise.all(ends), this.#world.clock.sleep(DRAIN_TIMEOUT_MS)]);
    this.close();
  }

  /** Lets go of everything; the container, if it lives, does not notice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#poll?.cancel();
    this.#input.close();
    for (const reader of this.#readers.values()) reader.close();
    for (const log of this.#logs.values()) void log.close().catch((cause) => this.#logFailed(cause));
    const listeners = [...this.#listeners.keys()];
    this.#listeners.clear();
    for (const listener of listeners) listener.ended();
    for (const fn of this.#onClosed) fn();
  }

  #output(name: OutputName, chunk: Uint8Array): void {
    const log = this.#logs.get(name);
    if (log !== undefined) {
      this.#unloggedBytes += chunk.length;
      void this.#writeLog(log, chunk);
    }
    for (const listener of [...this.#listeners.keys()]) listener.output(name, chunk);
    this.#pace();
  }

  async #writeLog(log: AppendFile, chunk: Uint8Array): Promise<void> {
    try {
      await log.write(chunk);
    } catch (cause) {
      this.#logFailed(cause);
    } finally {
      this.#unloggedBytes -= chunk.length;
    }
  }

  #logFailed(cause: unknown): void {
    this.#world.log.warn('output of a container could not be written to its sandbox', { error: String(cause) });
  }

  /** Reads on, or has the container wait for its slowest listener. */
  #pace(): void {
    if (this.#isClosed || this.#isDraining) return;
    const mayRead = this.#mayRead();
    for (const reader of this.#readers.values()) {
      if (mayRead) reader.resume();
      else reader.pause();
    }
    this.#poll?.cancel();
    const isWaiting = !mayRead && (this.#listeners.size > 0 || this.#logs.size > 0);
    this.#poll = isWaiting ? this.#world.clock.setTimer(FULL_POLL_MS, () => this.#pace()) : undefined;
  }

  #mayRead(): boolean {
    const nowMs = this.#world.clock.monotonicMs();
    let isFull = this.#unloggedBytes > MAX_UNLOGGED_BYTES;
    for (const [listener, state] of [...this.#listeners]) {
      if (!listener.isFull) {
        state.fullSinceMs = undefined;
        continue;
      }
      state.fullSinceMs ??= nowMs;
      if (nowMs - state.fullSinceMs > listener.patienceMs) {
        this.#listeners.delete(listener);
        listener.cutOff();
      } else isFull = true;
    }
    return !isFull && (this.#listeners.size > 0 || this.#logs.size > 0);
  }
}

interface StreamsRecord {
  readonly isTerminal: boolean;
  readonly isLogged: boolean;
}

interface OpenParts extends StreamsRecord {
  readonly input: PipeWriter;
  readonly readers: ReadonlyMap<OutputName, PipeReader>;
  readonly logs: ReadonlyMap<OutputName, AppendFile>;
  readonly runnerPid: RunnerPid;
}

const pipeNames = (isTerminal: boolean): readonly string[] =>
  isTerminal ? ['stdin', 'stdout'] : ['stdin', 'stdout', 'stderr'];

async function readRecord(disk: Disk, directory: string): Promise<StreamsRecord | undefined> {
  try {
    const record = JSON.parse(await disk.readText(`${directory}/streams.json`)) as StreamsRecord & { format?: unknown };
    return record.format === FORMAT ? record : undefined;
  } catch (cause) {
    // None, or cut off in the middle of being written, before anything was started.
    if (cause instanceof SyntaxError) return undefined;
    if (cause instanceof DiskError && cause.code === 'not-found') return undefined;
    throw cause;
  }
}
