// Looks at which ports the processes of containers listen on (mesos-semantics.md 10.2, network/ports): ports are a resource,
// and who listens on one that it does not have may be in the way of somebody who has it.
import { Resources } from '../../../../mesos/resources.ts';
import { DiskError } from '../../../../world/disk.ts';
import type { Timer, World } from '../../../../world/world.ts';
import type { ContainerExit } from '../containerizer.ts';
import type { Isolator } from '../isolation/isolator.ts';
import type { ContainerizerOptions } from '../options.ts';
import type { Container } from './container.ts';

const DEFAULT_INTERVAL_MS = 30_000;
/** State of a socket that listens, in /proc/net/tcp. */
const LISTENING = '0A';
/** Descriptors of one process that are looked at; what has more is looked at in part. */
const MAX_DESCRIPTORS = 10_000;

/** Containers that stand alone are looked at together with those nested in them. */
export class PortsWatch {
  readonly #world: World;
  readonly #isolator: Isolator;
  readonly #containers: ReadonlyMap<string, Container>;
  readonly #isEnforced: boolean;
  readonly #overran: (container: Container, limitation: NonNullable<ContainerExit['limitation']>) => void;
  readonly #timer: Timer;
  #isLooking = false;

  constructor(
    world: World,
    isolator: Isolator,
    options: ContainerizerOptions,
    containers: ReadonlyMap<string, Container>,
    overran: (container: Container, limitation: NonNullable<ContainerExit['limitation']>) => void,
  ) {
    this.#world = world;
    this.#isolator = isolator;
    this.#containers = containers;
    this.#isEnforced = options.enforceContainerPorts ?? false;
    this.#overran = overran;
    const interval = options.containerPortsWatchIntervalMs ?? DEFAULT_INTERVAL_MS;
    this.#timer = world.clock.every(interval, () => void this.#look());
  }

  close(): void {
    this.#timer.cancel();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const listening = await this.#listeningPorts();
      const ours = await this.#world.disk.readLink('/proc/self/ns/net');
      for (const container of [...this.#containers.values()]) {
        if (container.phase !== 'running' || container.containerId.includes('.')) continue;
        await this.#world.clock.sleep(0);
        await this.#lookAt(container, listening, ours);
      }
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      this.#world.log.warn('the ports of containers could not be looked at', { error: cause.message });
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAt(container: Container, listening: ReadonlyMap<string, number>, ours: string): Promise<void> {
    const family = withNested(container);
    const allowed = family.flatMap(({ ports }) => ports);
    const found = new Set<number>();
    for (const { containerId } of family) {
      for (const pid of await this.#isolator.pids(containerId)) {
        for (const port of await this.#portsOf(pid, listening, ours)) found.add(port);
      }
    }
    const excess = [...found].filter((port) => !allowed.some(([begin, end]) => begin <= port && port <= end));
    if (excess.length === 0 || container.phase !== 'running') return;
    excess.sort((a, b) => a - b);
    const message = `Container is listening on unallocated port(s): ${excess.join(', ')}`;
    if (!this.#isEnforced) {
      this.#world.log.warn(message, { containerId: container.containerId });
      return;
    }
    const resources = Resources.parse(`ports:[${excess.map((port) => `${port}-${port}`).join(',')}]`).toMessages();
    this.#overran(container, { kind: 'ports', message, resources });
  }

  /** Inode of the socket → port, of all that listen in our network namespace. */
  async #listeningPorts(): Promise<ReadonlyMap<string, number>> {
    const ports = new Map<string, number>();
    for (const table of ['tcp', 'tcp6']) {
      const path = `/proc/net/${table}`;
      if ((await this.#world.disk.stat(path)) === undefined) continue;
      for (const line of (await this.#world.disk.readText(path)).split('\n').slice(1)) {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        if (state === LISTENING) ports.set(inode, Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
      }
    }
    return ports;
  }

  /** Empty for one that is gone, and for one with a network of its own. */
  async #portsOf(pid: number, listening: ReadonlyMap<string, number>, ours: string): Promise<number[]> {
    const { disk } = this.#world;
    const ports: number[] = [];
    try {
      if ((await disk.readLink(`/proc/${pid}/ns/net`)) !== ours) return [];
      for (const descriptor of (await disk.list(`/proc/${pid}/fd`)).slice(0, MAX_DESCRIPTORS)) {
        const port = listening.get(await this.#socketInode(`/proc/${pid}/fd/${descriptor}`));
        if (port !== undefined) ports.push(port);
      }
    } catch (cause) {
      // It has ended meanwhile.
      if (!(cause instanceof DiskError)) throw cause;
    }
    return ports;
  }

  async #socketInode(descriptor: string): Promise<string> {
    try {
      return /^socket:\[(\d+)\]$/.exec(await this.#world.disk.readLink(descriptor))?.[1] ?? '';
    } catch (cause) {
      if (cause instanceof DiskError) return '';
      throw cause;
    }
  }
}

/** Also what is nested in those. */
function withNested(container: Container): Container[] {
  return [container, ...[...container.nested].flatMap(withNested)];
}
