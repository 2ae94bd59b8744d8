// The networks that containers of this agent can be in: those of the operator's config files, or without a directory of
// them the agent's own bridge.
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { BridgeNetwork } from './bridge-network.ts';
import { type NetworkConfig, parseNetworkConfig } from './cni/network-config.ts';
import { NetworkError } from './network-error.ts';

const CONFIG_FILE = /\.(conf|conflist|json)$/;
const MAX_FILES = 1_000;
/** Names of other networks in the text of a refusal. */
const MAX_TOLD = 20;

/** Config files are read again when a network is asked for that was not there before. */
export class NetworkCatalog {
  readonly #disk: Disk;
  readonly #directory: string | undefined;
  readonly #bridge: BridgeNetwork | undefined;
  #networks: ReadonlyMap<string, NetworkConfig> = new Map();

  /** `bridge` counts without a directory only. */
  constructor(disk: Disk, directory: string | undefined, bridge: BridgeNetwork | undefined) {
    this.#disk = disk;
    this.#directory = directory;
    this.#bridge = directory === undefined ? bridge : undefined;
  }

  /** Throws NetworkError `config`, so that a mistake is told at the start and not by the first task. */
  async start(): Promise<void> {
    if (this.#directory !== undefined) this.#networks = await readNetworks(this.#disk, this.#directory);
  }

  /** Throws NetworkError `unknown`, and `config` when the files have changed to something that cannot be read. */
  async find(
    name: string,
    wish: { readonly hasPorts: boolean },
  ): Promise<{ readonly network: NetworkConfig; readonly bridge?: BridgeNetwork }> {
    if (this.#bridge !== undefined && this.#bridge.name === name) {
      return { network: this.#bridge.config(wish), bridge: this.#bridge };
    }
    if (!this.#networks.has(name) && this.#directory !== undefined) {
      this.#networks = await readNetworks(this.#disk, this.#directory);
    }
    const network = this.#networks.get(name);
    if (network === undefined) throw new NetworkError('unknown', this.#unknown(name));
    return { network };
  }

  #unknown(name: string): string {
    const known = this.#bridge === undefined ? [...this.#networks.keys()].sort() : [this.#bridge.name];
    const told = known.length === 0 ? 'it has none' : `it has ${known.slice(0, MAX_TOLD).join(', ')}`;
    return `there is no network '${name}' on this agent (${told}); its operator describes networks in --network_cni_config_dir`;
  }
}

async function readNetworks(disk: Disk, directory: string): Promise<ReadonlyMap<string, NetworkConfig>> {
  const files = (await orConfigError(() => disk.list(directory))).filter((file) => CONFIG_FILE.test(file));
  if (files.length > MAX_FILES) {
    throw new NetworkError('config', `${directory} has more than ${MAX_FILES} config files of networks`);
  }
  const networks = new Map<string, NetworkConfig>();
  for (const file of files) {
    const path = `${directory}/${file}`;
    const network = parseNetworkConfig(await orConfigError(() => disk.readText(path)), path);
    if (networks.has(network.name)) {
      throw new NetworkError('config', `${path} describes the network '${network.name}', which another file has too`);
    }
    networks.set(network.name, network);
  }
  return networks;
}

async function orConfigError<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof DiskError)) throw cause;
    throw new NetworkError('config', `networks cannot be read: ${cause.message}`, { cause });
  }
}
