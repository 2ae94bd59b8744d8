// What is kept of a container's networks until it has left them all, so that an agent that comes after us can take them
// back or clean them up: which plugins were run, with what, and what came of it.
import type { NetworkInfo } from '../../../../mesos/generated/v1.ts';
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { Attachment } from './cni/plugins.ts';

const FORMAT = 1;

/** A container with a network namespace of its own. */
export interface NetworkRecord {
  readonly containerId: string;
  readonly hostname: string;
  /** Everything that was at least begun, in this order. */
  readonly attachments: readonly Attachment[];
  /** For `container_status`; undefined until all of it was done. */
  readonly infos?: readonly NetworkInfo[] | undefined;
}

/** The files of one container. */
export class NetworkDirectory {
  readonly path: string;
  readonly #disk: Disk;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
  }

  /** Where its network namespace is mounted. */
  get namespace(): string {
    return `${this.path}/namespace`;
  }

  get lockFile(): string {
    return `${this.path}/lock`;
  }

  /** To be called before each step is begun. It survives us, and need not survive the machine. */
  async write(record: NetworkRecord): Promise<void> {
    await this.#disk.makeDirectory(this.path, { mode: 0o700 });
    const temporary = `${this.path}/record.new`;
    await this.#disk.writeFile(temporary, JSON.stringify({ format: FORMAT, ...record }));
    await this.#disk.rename(temporary, this.#file);
  }

  /** Undefined when there is none that this version understands. */
  async read(): Promise<NetworkRecord | undefined> {
    try {
      const record = JSON.parse(await this.#disk.readText(this.#file)) as NetworkRecord & { format?: unknown };
      return record.format === FORMAT ? record : undefined;
    } catch (cause) {
      if (cause instanceof SyntaxError) return undefined;
      if (cause instanceof DiskError && (cause.code === 'not-found' || cause.code === 'not-a-directory'))
        return undefined;
      throw cause;
    }
  }

  remove(): Promise<void> {
    return this.#disk.remove(this.path);
  }

  get #file(): string {
    return `${this.path}/record.json`;
  }
}
