// What is kept of a container in its runtime directory while it lives, so that a later agent finds and ends those that
// nobody knows any more, and tells a limitation that was seen but not yet reported.
import { type Disk, DiskError } from '../../../../world/disk.ts';
import { type ExitStatus, type ProcessIdentity, parseExit, parseRunning } from '../../../../world/processes.ts';
import type { ContainerExit } from '../containerizer.ts';

const FORMAT = 1;

/** Whose container it is. */
export interface RuntimeRecord {
  readonly containerId: string;
  /** The agent that made it: several may share a runtime directory. */
  readonly owner: string;
  readonly bootId: string;
}

/** The files of one container's runtime directory; the runner writes the exit file in it. */
export class RuntimeDirectory {
  readonly path: string;
  readonly #disk: Disk;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
  }

  get exitFile(): string {
    return `${this.path}/exit`;
  }

  async create(record: RuntimeRecord): Promise<void> {
    await this.#disk.makeDirectory(this.path, { mode: 0o700 });
    await this.#disk.writeFile(`${this.path}/container.json`, JSON.stringify({ format: FORMAT, ...record }));
  }

  /** Undefined when there is none that this version understands. */
  async record(): Promise<RuntimeRecord | undefined> {
    const text = await this.#read('container.json');
    if (text === undefined) return undefined;
    try {
      const record = JSON.parse(text) as RuntimeRecord & { format?: unknown };
      return record.format === FORMAT ? record : undefined;
    } catch {
      // Cut off in the middle of being written, before anything was started.
      return undefined;
    }
  }

  /** How the command ended; of a probe, when its exit file is named. */
  async exit(file = 'exit'): Promise<ExitStatus | undefined> {
    const text = await this.#read(file);
    return text === undefined ? undefined : parseExit(text);
  }

  /** The runner, while it has not ended. */
  async running(file = 'exit'): Promise<ProcessIdentity | undefined> {
    const text = await this.#read(file);
    return text === undefined ? undefined : parseRunning(text);
  }

  async saveLimitation(limitation: NonNullable<ContainerExit['limitation']>): Promise<void> {
    await this.#disk.writeAtomic(`${this.path}/limitation.json`, JSON.stringify({ format: FORMAT, limitation }));
  }

  async limitation(): Promise<ContainerExit['limitation']> {
    const text = await this.#read('limitation.json');
    if (text === undefined) return undefined;
    const saved = JSON.parse(text) as { format?: unknown; limitation?: ContainerExit['limitation'] };
    return saved.format === FORMAT ? saved.limitation : undefined;
  }

  remove(): Promise<void> {
    return this.#disk.remove(this.path);
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return await this.#disk.readText(`${this.path}/${name}`);
    } catch (cause) {
      if (cause instanceof DiskError && (cause.code === 'not-found' || cause.code === 'not-a-directory'))
        return undefined;
      throw cause;
    }
  }
}
