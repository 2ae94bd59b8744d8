// What is kept of an operator's containers, so that a later agent takes them back and still tells how they ended: a file each
// below the work directory. Nobody else would remember them, for they belong to no task.
import { type Disk, DiskError } from '../../../world/disk.ts';
import { CheckpointError } from '../checkpoint/entries.ts';
import type { ContainerCheckpoint, ContainerExit } from '../containers/containerizer.ts';

const FORMAT = 1;

/** One container: it is being launched, then it runs (`checkpoint`), then it has ended (`exit`). */
export interface ContainerRecord {
  readonly sandbox: string;
  readonly checkpoint?: ContainerCheckpoint;
  readonly exit?: ContainerExit;
}

/** Files by the key of their container. What is written and removed happens in the order it was asked for. */
export class ContainerRecords {
  readonly #disk: Disk;
  readonly #directory: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /** Outer ones first. Throws CheckpointError, DiskError. */
  async read(): Promise<ReadonlyMap<string, ContainerRecord>> {
    const records = new Map<string, ContainerRecord>();
    for (const key of await this.#keys()) {
      const path = `${this.#directory}/${key}`;
      records.set(key, parse(path, await this.#disk.readText(path)));
    }
    return new Map([...records].sort(([a], [b]) => a.split('.').length - b.split('.').length));
  }

  /** Resolves when it is durable. Throws DiskError. */
  write(key: string, record: ContainerRecord): Promise<void> {
    return this.#next(async () => {
      await this.#disk.makeDirectory(this.#directory, { mode: 0o700 });
      const text = JSON.stringify({ format: 'mctl-agent-container', version: FORMAT, ...record });
      await this.#disk.writeAtomic(`${this.#directory}/${key}`, `${text}\n`);
    });
  }

  /** Harmless when there is none. Throws DiskError. */
  remove(key: string): Promise<void> {
    return this.#next(() => this.#disk.remove(`${this.#directory}/${key}`));
  }

  /** Resolves when everything that was asked for is over. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #keys(): Promise<string[]> {
    try {
      // Half a file that was being written when an earlier agent died begins with a dot, as no key does.
      return (await this.#disk.list(this.#directory)).filter((name) => !name.startsWith('.'));
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'not-found') return [];
      throw cause;
    }
  }
}

function parse(path: string, text: string): ContainerRecord {
  let record: ContainerRecord & { format?: unknown; version?: unknown };
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError('corrupt', `${path} cannot be read: remove it to forget the container`, { cause });
  }
  const { format, version } = record;
  if (format !== 'mctl-agent-container' || typeof version !== 'number' || typeof record.sandbox !== 'string') {
    throw new CheckpointError('corrupt', `${path} is not the record of a container: remove it`);
  }
  if (version > FORMAT) {
    throw new CheckpointError(
      'newer-format',
      `${path} has version ${version} of its format and this mctl reads up to ${FORMAT}: start the newer mctl that wrote it, or use another --work_dir`,
    );
  }
  const { sandbox, checkpoint, exit } = record;
  return { sandbox, ...(checkpoint && { checkpoint }), ...(exit && { exit }) };
}
