// The network of an agent that was given no other: a bridge of the machine, addresses out of a private subnet, host ports at
// the agent's own address only. Agents of one machine with the same subnet share the bridge. It is made for the first
// container and goes with the last one, under a lock of the machine's.
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import type { NetworkConfig } from './cni/network-config.ts';
import { NetworkError } from './network-error.ts';
import { interfaceNameOf, overlaps, type Subnet, subnetText } from './subnet.ts';

/** Old enough for the plugins of every Debian that is still looked after. */
const CNI_VERSION = '0.4.0';
const SWEEP_TIMEOUT_MS = 30_000;

export interface BridgeNetworkOptions {
  readonly name: string;
  readonly subnet: Subnet;
  /** Of the machine, and gone when it boots: who has which address, and the lock. */
  readonly directory: string;
}

/** Needs root, and the plugins bridge, host-local and portmap. */
export class BridgeNetwork {
  readonly name: string;
  readonly #world: World;
  readonly options: BridgeNetworkOptions;
  readonly #device: string;

  constructor(world: World, options: BridgeNetworkOptions) {
    this.#world = world;
    this.options = options;
    this.name = options.name;
    this.#device = interfaceNameOf(options.subnet);
  }

  /** `device` is there when the container begins to join, and it is looked after from then on. */
  config({ hasPorts }: { readonly hasPorts: boolean }): NetworkConfig {
    const bridge = {
      type: 'bridge',
      bridge: this.#device,
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: this.#leases,
        ranges: [[{ subnet: subnetText(this.options.subnet) }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    };
    // `snat`: who connects from a loopback address gets an answer too.
    const ports = { type: 'portmap', snat: true, capabilities: { portMappings: true } };
    return { name: this.name, cniVersion: CNI_VERSION, plugins: hasPorts ? [bridge, ports] : [bridge] };
  }

  /** What is to be executed in front of the first plugin. Throws NetworkError `unavailable`. */
  async before(): Promise<readonly string[]> {
    if ((await this.#world.disk.stat(`/sys/class/net/${this.#device}`)) === undefined) await this.#refuseOverlap();
    await this.#world.disk.makeDirectory(this.options.directory, { mode: 0o700 });
    return ['flock', '--wait', '30', this.#lock, '/bin/sh', '-c', `${makeBridge(this.#device)}\nexec "$0"`];
  }

  /** Removes the bridge when no container is on it. Somebody who joins or leaves right now does so himself later. */
  async sweep(): Promise<void> {
    const script = removeBridge(this.#device, this.#leases);
    await this.#world.processes.run({
      argv: ['flock', '--nonblock', this.#lock, '/bin/sh', '-c', script],
      timeoutMs: SWEEP_TIMEOUT_MS,
    });
  }

  get #lock(): string {
    return `${this.options.directory}/bridges.lock`;
  }

  get #leases(): string {
    return `${this.options.directory}/${this.#device}`;
  }

  /** Two networks of the same addresses would take each other's packets. */
  async #refuseOverlap(): Promise<void> {
    const { subnet } = this.options;
    for (const { device, ...other } of await routesOf(this.#world.disk)) {
      if (device === this.#device || !overlaps(subnet, other)) continue;
      throw new NetworkError(
        'unavailable',
        `the subnet ${subnetText(subnet)} of the network '${this.name}' overlaps ${subnetText(other)} of ${device} on this machine: choose another with --bridge_network_subnet`,
      );
    }
  }
}

/** The routes of this machine that are not the default one. */
async function routesOf(disk: Disk): Promise<(Subnet & { readonly device: string })[]> {
  let table: string;
  try {
    table = await disk.readText('/proc/net/route');
  } catch (cause) {
    if (cause instanceof DiskError && cause.code === 'not-found') return [];
    throw cause;
  }
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device = '', destination = '', , , , , , mask = ''] = line.trim().split(/\s+/);
      if (device === '' || destination === '') return [];
      const bits = littleEndian(mask).toString(2).replaceAll('0', '').length;
      return bits === 0 ? [] : [{ device, address: littleEndian(destination), bits }];
    });
}

function littleEndian(hex: string): number {
  return Buffer.from(hex.padStart(8, '0'), 'hex').readUInt32LE();
}

/**
 * That ports of a loopback address lead into the bridge takes `route_localnet`, which would let containers reach what
 * listens on the machine's loopback addresses: that is forbidden first.
 */
function makeBridge(device: string): string {
  const rule = guardRule(device);
  return [
    `if [ ! -e /sys/class/net/${device} ]; then`,
    '  {',
    `  iptables -w -t raw -C ${rule} 2>/dev/null || iptables -w -t raw -A ${rule} || exit 1`,
    `  ip link add ${device} type bridge || exit 1`,
    '  } </dev/null >&2',
    'fi',
  ].join('\n');
}

function removeBridge(device: string, leases: string): string {
  return [
    `set -- /sys/class/net/${device}/brif/*`,
    `if [ -e /sys/class/net/${device} ] && [ ! -e "$1" ]; then`,
    `  ip link delete ${device} || exit 1`,
    `  iptables -w -t raw -D ${guardRule(device)}`,
    `  rm -rf '${leases.replaceAll("'", "'\\''")}'`,
    'fi',
  ].join('\n');
}

const guardRule = (device: string): string => `PREROUTING -i ${device} -d 127.0.0.0/8 -j DROP`;
