// Runs CNI plugins: programs that make a network interface in a namespace and take it away again (mesos-semantics.md 10.7).
// What one answers goes to the next; on the way back they run in the opposite order.
import { toJson } from '../../../../../mesos/codec.ts';
import { NetworkInfo } from '../../../../../mesos/generated/v1.ts';
import { ProcessError, type ToolResult } from '../../../../../world/processes.ts';
import type { World } from '../../../../../world/world.ts';
import type { BridgeNetworkOptions } from '../bridge-network.ts';
import { NetworkError } from '../network-error.ts';
import type { PortMapping } from '../wish.ts';
import { isObject, type NetworkConfig, type PluginConfig } from './network-config.ts';
import { type CniResult, failureText, parseResult } from './result.ts';

/** For one plugin. */
const PLUGIN_TIMEOUT_MS = 60_000;
/** What plugins need in turn: iptables and the like. */
const ADMIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** One interface of one container, as it is kept until the container has left the network. */
export interface Attachment {
  /** As it was when the container joined, whatever its file says today. */
  readonly network: NetworkConfig;
  readonly interfaceName: string;
  readonly info: NetworkInfo;
  readonly portMappings: readonly PortMapping[];
  /** The only address of the agent that its ports are mapped at; undefined = all. */
  readonly hostIp?: string | undefined;
  /** Where the plugins were looked for. */
  readonly pluginDirectories: readonly string[];
  /** Of the agent's own network. */
  readonly bridge?: BridgeNetworkOptions | undefined;
  /** What the last plugin answered; undefined = it never did. */
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** Where a container's interfaces go. */
export interface AttachedContainer {
  readonly containerId: string;
  /** Path of its network namespace. */
  readonly namespace: string;
  /** A file: one plugin at a time works on this container, also one that an agent left behind which has died. */
  readonly lockFile: string;
}

/** Has no state. */
export class CniPlugins {
  readonly #world: World;
  readonly directories: readonly string[];

  /** `directories`: searched in this order. */
  constructor(world: World, directories: readonly string[]) {
    this.#world = world;
    this.directories = directories;
  }

  /** Throws NetworkError `unavailable` when the program is nowhere. */
  async find(network: NetworkConfig, type: string): Promise<string> {
    for (const directory of this.directories) {
      const path = `${directory}/${type}`;
      if ((await this.#world.disk.stat(path))?.kind === 'file') return path;
    }
    throw new NetworkError(
      'unavailable',
      `the CNI plugin '${type}' of the network '${network.name}' is not in ${this.directories.join(':')}: install it (Debian: containernetworking-plugins), or name its directory with --network_cni_plugins_dir`,
    );
  }

  /** Throws NetworkError; then `remove` is to be called all the same. `before`: executed in front of the first plugin. */
  async add(
    container: AttachedContainer,
    attachment: Attachment,
    before: () => Promise<readonly string[]>,
  ): Promise<CniResult> {
    const { network } = attachment;
    let result: CniResult | undefined;
    for (const plugin of network.plugins) {
      const input = inputOf(attachment, plugin, result?.raw);
      const program = await this.find(network, plugin.type);
      const prefix = result === undefined ? await before() : [];
      const answer = await this.#run('ADD', container, attachment, [...prefix, program], input);
      try {
        result = parseResult(answer.stdout);
      } catch (cause) {
        throw failed(container, attachment, plugin, 'attach', (cause as Error).message);
      }
    }
    if (result === undefined) throw new NetworkError('config', `the network '${network.name}' has no plugins`);
    return result;
  }

  /** Fine when it never was added. Throws NetworkError when it may still be there. */
  async remove(container: AttachedContainer, attachment: Attachment): Promise<void> {
    for (const plugin of attachment.network.plugins.toReversed()) {
      const program = await this.find(attachment.network, plugin.type);
      const input = inputOf(attachment, plugin, attachment.result);
      await this.#run('DEL', container, attachment, [program], input);
    }
  }

  async #run(
    command: 'ADD' | 'DEL',
    container: AttachedContainer,
    attachment: Attachment,
    argv: readonly string[],
    input: PluginInput,
  ): Promise<ToolResult> {
    const doing = command === 'ADD' ? 'attach' : 'detach';
    let result: ToolResult;
    try {
      result = await this.#world.processes.run({
        argv: ['flock', '--wait', '30', container.lockFile, ...argv],
        env: {
          PATH: ADMIN_PATH,
          CNI_COMMAND: command,
          CNI_CONTAINERID: container.containerId,
          CNI_NETNS: container.namespace,
          CNI_IFNAME: attachment.interfaceName,
          CNI_PATH: this.directories.join(':'),
        },
        input: JSON.stringify(input),
        timeoutMs: PLUGIN_TIMEOUT_MS,
      });
    } catch (cause) {
      if (!(cause instanceof ProcessError)) throw cause;
      throw failed(container, attachment, input, doing, cause.message);
    }
    if (result.exitCode === 0) return result;
    const why = result.timedOut ? `it did not end within ${PLUGIN_TIMEOUT_MS / 1000} s` : failureText(result);
    throw failed(container, attachment, input, doing, why);
  }
}

interface PluginInput extends PluginConfig {
  readonly cniVersion: string;
  readonly name: string;
}

function inputOf(
  { network, info, portMappings, hostIp }: Attachment,
  plugin: PluginConfig,
  previous: Readonly<Record<string, unknown>> | undefined,
): PluginInput {
  const args = isObject(plugin.args) ? plugin.args : {};
  const takesPorts = isObject(plugin.capabilities) && plugin.capabilities.portMappings === true;
  const ports = portMappings.map((mapping) => ({ ...mapping, ...(hostIp !== undefined && { hostIP: hostIp }) }));
  return {
    ...plugin,
    cniVersion: network.cniVersion,
    name: network.name,
    args: { ...args, 'org.apache.mesos': { network_info: toJson(NetworkInfo, info) } },
    ...(takesPorts && ports.length > 0 && { runtimeConfig: { portMappings: ports } }),
    ...(previous && { prevResult: previous }),
  };
}

function failed(
  { containerId }: AttachedContainer,
  { network }: Attachment,
  { type }: PluginConfig,
  doing: 'attach' | 'detach',
  why: string,
): NetworkError {
  const where = doing === 'attach' ? `to CNI network '${network.name}'` : `from CNI network '${network.name}'`;
  return new NetworkError(
    'plugin',
    `Failed to ${doing} container '${containerId}' ${where}: the CNI plugin '${type}' failed: ${why}`,
  );
}
