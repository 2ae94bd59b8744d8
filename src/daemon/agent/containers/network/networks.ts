// The networks of containers: makes a namespace for each that asks for one, has the CNI plugins put interfaces into it, and
// takes all of that back when the container ends, whatever happens to us in between (mesos-semantics.md 10.7).
import type { NetworkInfo, NetworkInfo_IPAddress } from '../../../../mesos/generated/v1.ts';
import type { ConfinedMount } from '../../../../world/confinement.ts';
import type { Timer, World } from '../../../../world/world.ts';
import { parentKey } from '../container-id.ts';
import { type ContainerConfig, ContainerError } from '../containerizer.ts';
import type { NetworkCatalog } from './catalog.ts';
import type { Attachment, CniPlugins } from './cni/plugins.ts';
import type { Dns } from './cni/result.ts';
import { type DefaultDns, defaultDns } from './default-dns.ts';
import { isExpected, leaveNetworks } from './leaving.ts';
import { nameMounts, writeNameFiles } from './name-files.ts';
import { makeNamespace } from './namespace.ts';
import { NetworkError } from './network-error.ts';
import { NetworkDirectory, type NetworkRecord } from './record.ts';
import { type NetworkWish, networkWish, type WishedNetwork } from './wish.ts';

/** A network that could not be left is left again after this. */
const RETRY_MS = 60_000;

/** Where a container is when it is not in the agent's own network. */
export interface JoinedNetworks {
  /** Path of the namespace. */
  readonly namespace: string;
  readonly hostname: string;
  /** Of the name files. */
  readonly directory: string;
  /** With the addresses that the plugins gave; empty when it is in none. */
  readonly infos: readonly NetworkInfo[];
}

/** What of a container its networks depend on. */
export type NetworkedContainer = Pick<ContainerConfig, 'containerId' | 'info' | 'resources'>;

export interface NetworksOptions {
  /** One directory a container, of this agent alone. */
  readonly directory: string;
  readonly catalog: NetworkCatalog;
  readonly plugins: CniPlugins;
  /** What Docker's mode BRIDGE means. */
  readonly bridgeName: string;
  /** Ports are mapped at this address of the agent; undefined = at all of them. */
  readonly hostIp: string | undefined;
  readonly defaultDns: DefaultDns;
}

/** Containers in the agent's own network are none of its business. */
export class Networks {
  readonly #world: World;
  readonly #options: NetworksOptions;
  readonly #joined = new Map<string, JoinedNetworks>();
  /** Could not be left yet. */
  readonly #leftBehind = new Set<string>();
  #retry: Timer | undefined;
  #isClosed = false;

  constructor(world: World, options: NetworksOptions) {
    this.#world = world;
    this.#options = options;
  }

  /**
   * Where the container is to be: in networks of its own, in those of what it is nested in, or (undefined) in the agent's.
   * Throws ContainerError, DiskError; then `leave` is to be called all the same.
   */
  async join(config: NetworkedContainer): Promise<JoinedNetworks | undefined> {
    const wish = this.check(config);
    if (wish === undefined) return this.of(config.containerId);
    try {
      const joined = await this.#make(config, wish);
      this.#joined.set(config.containerId, joined);
      return joined;
    } catch (cause) {
      if (!(cause instanceof NetworkError)) throw cause;
      throw notJoined(cause.message, cause);
    }
  }

  /** What it asks for, undefined for nothing. Throws ContainerError for what it could not have, as far as that is known. */
  check(config: NetworkedContainer): NetworkWish | undefined {
    const wish = networkWish(config, this.#options.bridgeName);
    if (wish === undefined) return undefined;
    if (!this.#world.host.isRoot) throw notJoined('it takes an agent that runs as root');
    return wish;
  }

  /** Of a container, or of the nearest one around it that has some. */
  of(containerId: string): JoinedNetworks | undefined {
    const own = this.#joined.get(containerId);
    const parent = parentKey(containerId);
    return own ?? (parent === undefined ? undefined : this.of(parent));
  }

  /** What a process in there sees of names, as mounts. */
  mounts({ directory }: JoinedNetworks, hasOwnRoot: boolean): Promise<ConfinedMount[]> {
    return nameMounts(this.#world.disk, directory, hasOwnRoot);
  }

  /**
   * The container has ended, or never began. Harmless when it had no networks. What cannot be undone now is tried again
   * later, by us or by the agent after us, and holds nobody up.
   */
  async leave(containerId: string): Promise<void> {
    this.#joined.delete(containerId);
    try {
      await leaveNetworks(this.#world, this.#directoryOf(containerId), containerId);
      this.#leftBehind.delete(containerId);
    } catch (cause) {
      if (!isExpected(cause)) throw cause;
      this.#world.log.error('a container could not leave its networks, trying again', {
        containerId,
        error: cause.message,
      });
      this.#leftBehind.add(containerId);
      this.#retryLater();
    }
  }

  /** Takes back the networks of these, which an earlier agent made, and leaves those of all others. */
  async recover(containerIds: ReadonlySet<string>): Promise<void> {
    const { disk } = this.#world;
    const { directory } = this.#options;
    if ((await disk.stat(directory)) === undefined) return;
    for (const name of await disk.list(directory)) {
      const place = this.#directoryOf(name);
      const record = containerIds.has(name) ? await place.read() : undefined;
      if (record === undefined) await this.leave(name);
      else this.#joined.set(name, joinedOf(place, record));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
  }

  async #make({ containerId, info }: NetworkedContainer, { hostname, networks }: NetworkWish): Promise<JoinedNetworks> {
    const { disk } = this.#world;
    const place = this.#directoryOf(containerId);
    let record: NetworkRecord = { containerId, hostname, attachments: [] };
    await place.write(record);
    await makeNamespace(this.#world, place.namespace);
    const infos: NetworkInfo[] = [];
    const addresses: NetworkInfo_IPAddress[] = [];
    let dns: Dns | undefined;
    for (const [index, wished] of networks.entries()) {
      const { attachment, before } = await this.#attachment(wished, index);
      const others = record.attachments;
      record = { ...record, attachments: [...others, attachment] };
      await place.write(record);
      const result = await this.#options.plugins.add({ containerId, ...pathsOf(place) }, attachment, before);
      record = { ...record, attachments: [...others, { ...attachment, result: result.raw }] };
      addresses.push(...result.addresses);
      infos.push({ ...wished.info, ip_addresses: [...result.addresses] });
      dns ??= result.dns ?? defaultDns(this.#options.defaultDns, modeOf(info, wished.name));
    }
    await writeNameFiles(disk, place.path, { hostname, addresses, dns });
    record = { ...record, infos };
    await place.write(record);
    return joinedOf(place, record);
  }

  async #attachment({ name, info, portMappings }: WishedNetwork, index: number) {
    const { catalog, plugins, hostIp } = this.#options;
    const { network, bridge } = await catalog.find(name, { hasPorts: portMappings.length > 0 });
    // What is begun must be possible to undo.
    for (const { type } of network.plugins) await plugins.find(network, type);
    if (bridge !== undefined && portMappings.length > 0 && hostIp?.includes(':')) {
      throw new NetworkError(
        'unavailable',
        `ports of the network '${name}' cannot be mapped at the IPv6 address ${hostIp}`,
      );
    }
    const interfaceName = `eth${index}`;
    const kept = { pluginDirectories: plugins.directories, bridge: bridge?.options };
    const attachment: Attachment = { network, interfaceName, info, portMappings, hostIp, ...kept };
    const before = async (): Promise<readonly string[]> => (bridge === undefined ? [] : bridge.before());
    return { attachment, before };
  }

  #retryLater(): void {
    if (this.#retry !== undefined || this.#isClosed) return;
    this.#retry = this.#world.clock.setTimer(RETRY_MS, () => {
      this.#retry = undefined;
      void this.#retryAll();
    });
  }

  async #retryAll(): Promise<void> {
    for (const containerId of [...this.#leftBehind]) if (!this.#isClosed) await this.leave(containerId);
  }

  #directoryOf(containerId: string): NetworkDirectory {
    return new NetworkDirectory(this.#world.disk, `${this.#options.directory}/${containerId}`);
  }
}

const pathsOf = ({ namespace, lockFile }: NetworkDirectory) => ({ namespace, lockFile });

function joinedOf({ path, namespace }: NetworkDirectory, { hostname, infos = [] }: NetworkRecord): JoinedNetworks {
  return { namespace, hostname, directory: path, infos };
}

function modeOf(info: ContainerConfig['info'], name: string): Parameters<typeof defaultDns>[1] {
  if (info?.type !== 'DOCKER') return { type: 'mesos', mode: 'CNI', name };
  return { type: 'docker', mode: info.docker?.network ?? 'HOST', name };
}

function notJoined(why: string, cause?: unknown): ContainerError {
  const text = `Failed to launch container: the container cannot have its networks: ${why}`;
  return new ContainerError('launch', text, { cause });
}
