// Our part of one cgroup hierarchy: the directory below which every container has its own.

import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { Clock } from '../../../../world/world.ts';
import { parentKey } from '../container-id.ts';

/** The kernel lets go of a cgroup a moment after its last process: how often, and how far apart, removal is tried. */
const REMOVE_ATTEMPTS = 50;
const REMOVE_PAUSE_MS = 10;
/** Between a container's directory and those of the containers nested in it (mesos-semantics.md 10.3). */
const NESTED = '/mesos/';

/** Reads and writes control files by container id and file name. */
export class Hierarchy {
  readonly version: 1 | 2;
  /** e.g. `/sys/fs/cgroup/memory/mesos`. */
  readonly root: string;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #mount: string;
  /** Those of v2 that are handed down to containers. */
  #controllers: readonly string[] = [];

  constructor(world: { readonly disk: Disk; readonly clock: Clock }, version: 1 | 2, mount: string, rootName: string) {
    this.version = version;
    this.#mount = mount;
    this.root = `${mount}/${rootName}`;
    this.#disk = world.disk;
    this.#clock = world.clock;
  }

  /** Makes our root and, for v2, hands these controllers down to it. Throws DiskError when that is not permitted. */
  async open(controllers: readonly string[]): Promise<void> {
    await this.#disk.makeDirectory(this.root);
    this.#controllers = this.version === 2 ? controllers : [];
    if (!this.#hasLeaf) return;
    const enable = controllers.map((name) => `+${name}`).join(' ');
    let directory = this.#mount;
    for (const part of ['', ...this.root.slice(this.#mount.length + 1).split('/')]) {
      if (part !== '') directory += `/${part}`;
      await this.#disk.writeFile(`${directory}/cgroup.subtree_control`, enable);
    }
  }

  /** Removes our root and what led to it, as far as nothing else is in there. */
  async giveBack(): Promise<void> {
    for (let path = this.root; path !== this.#mount; path = path.slice(0, path.lastIndexOf('/'))) {
      try {
        await this.#disk.removeDirectory(path);
      } catch {
        // Containers that go on, or another agent's.
        return;
      }
    }
  }

  /**
   * Where v2 has controllers, processes are below the cgroup that has the limits, so that there may be children with
   * limits of their own.
   */
  get #hasLeaf(): boolean {
    return this.#controllers.length > 0;
  }

  /** Nested containers are below the one they are in, so that they count for its limits: `a.b` is at `a/mesos/b`. */
  directory(containerId: string): string {
    return `${this.root}/${containerId.replaceAll('.', NESTED)}`;
  }

  /** Where the container's processes are. */
  processDirectory(containerId: string): string {
    return this.#hasLeaf ? `${this.directory(containerId)}/leaf` : this.directory(containerId);
  }

  async create(containerId: string): Promise<void> {
    // An agent that shared our root may have given it back, and with it what was handed down. Where nothing is handed
    // down, the root comes again with the container's directory.
    if (this.#hasLeaf && (await this.#disk.stat(this.root)) === undefined) await this.open(this.#controllers);
    await this.#disk.makeDirectory(this.processDirectory(containerId));
    const parent = parentKey(containerId);
    if (parent !== undefined && this.#hasLeaf) await this.#handDown(this.directory(parent));
  }

  /** What is handed down to a container is so to those nested in it. */
  async #handDown(directory: string): Promise<void> {
    const enable = this.#controllers.map((name) => `+${name}`).join(' ');
    for (const path of [directory, `${directory}/mesos`]) {
      await this.#disk.writeFile(`${path}/cgroup.subtree_control`, enable);
    }
  }

  async write(containerId: string, file: string, value: string | number): Promise<void> {
    await this.#disk.writeFile(`${this.directory(containerId)}/${file}`, String(value));
  }

  /** Undefined when there is no such file (or container). */
  async read(containerId: string, file: string): Promise<string | undefined> {
    return readIfThere(this.#disk, `${this.directory(containerId)}/${file}`);
  }

  async readNumber(containerId: string, file: string): Promise<number | undefined> {
    const text = (await this.read(containerId, file))?.trim();
    if (text === undefined) return undefined;
    return text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
  }

  /** A file of lines `name number`. */
  async readTable(containerId: string, file: string): Promise<ReadonlyMap<string, number>> {
    const rows = ((await this.read(containerId, file)) ?? '').split('\n');
    return new Map(rows.map((row): [string, number] => [row.split(' ')[0] ?? '', Number(row.split(' ')[1])]));
  }

  /** Pids in the container, in cgroups that it made for itself too. */
  pids(containerId: string): Promise<number[]> {
    return this.#numbers(containerId, 'cgroup.procs');
  }

  /** As `pids`, for threads. */
  threads(containerId: string): Promise<number[]> {
    return this.#numbers(containerId, this.version === 1 ? 'tasks' : 'cgroup.threads');
  }

  async #numbers(containerId: string, file: string): Promise<number[]> {
    const numbers: number[] = [];
    for (const directory of await this.#subtree(this.directory(containerId))) {
      const text = (await readIfThere(this.#disk, `${directory}/${file}`)) ?? '';
      // 0 is a process of another pid namespace, which we could not name.
      for (const line of text.split('\n')) if (line !== '' && line !== '0') numbers.push(Number(line));
    }
    return numbers;
  }

  async remove(containerId: string): Promise<void> {
    const own = this.directory(containerId);
    // The usual case without looking first.
    const usual = this.#hasLeaf ? [`${own}/leaf`, own] : [own];
    for (let attempt = 1; ; attempt++) {
      try {
        const directories = attempt === 1 ? usual : (await this.#subtree(own)).reverse();
        for (const directory of directories) await removeIfThere(this.#disk, directory);
        return;
      } catch (cause) {
        if (attempt === REMOVE_ATTEMPTS) throw cause;
        if (attempt > 1) await this.#clock.sleep(REMOVE_PAUSE_MS);
      }
    }
  }

  /** A cgroup and all below it, parents first; empty when there is none. */
  async #subtree(directory: string): Promise<string[]> {
    const stat = await this.#disk.stat(directory);
    if (stat?.kind !== 'directory') return [];
    const found = [directory];
    // A cgroup directory has two links and one more for each child, so that the files need not be looked at one by one.
    if (stat.nlink === 2) return found;
    for (const name of await this.#disk.list(directory)) found.push(...(await this.#subtree(`${directory}/${name}`)));
    return found;
  }
}

async function readIfThere(disk: Disk, path: string): Promise<string | undefined> {
  try {
    return await disk.readText(path);
  } catch (cause) {
    // ENODEV: the cgroup went away between opening and reading.
    if (cause instanceof DiskError && (cause.code === 'not-found' || /ENODEV/.test(cause.message))) return undefined;
    throw cause;
  }
}

async function removeIfThere(disk: Disk, directory: string): Promise<void> {
  try {
    await disk.removeDirectory(directory);
  } catch (cause) {
    if (!(cause instanceof DiskError) || cause.code !== 'not-found') throw cause;
  }
}
