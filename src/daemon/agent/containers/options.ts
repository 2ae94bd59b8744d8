// What the containerizer is told: flags of the agent under their own names, and what only the agent knows.
import type { ImageGcOptions } from './images/image-gc.ts';
import type { IsolationOptions } from './isolation/detect.ts';
import type { DefaultDns } from './network/default-dns.ts';
import type { Subnet } from './network/subnet.ts';

/** How containers get networks of their own (network/). */
export interface NetworkOptions {
  /** Of the operator's config files; undefined = only the agent's own bridge. */
  readonly configDirectory?: string | undefined;
  /** Of CNI plugins, in this order. */
  readonly pluginDirectories: readonly string[];
  /** Name of the agent's own bridge, and what Docker's mode BRIDGE means. */
  readonly bridgeName: string;
  readonly subnet: Subnet;
  /** Ports are mapped at this address; undefined = at all of the machine's. */
  readonly hostIp?: string | undefined;
  readonly defaultDns?: DefaultDns | undefined;
  /** Of what is known of containers' networks, below which each agent has a directory of its own. */
  readonly directory: string;
  /** Of what agents of one machine share, gone when that starts again. */
  readonly machineDirectory?: string | undefined;
}

/** Where images come from, and how long they stay. */
export interface ImagesOptions {
  /** URL of a registry, or a path of this machine. */
  readonly registry: string;
  readonly storeDirectory: string;
  /** A docker config as JSON, or the path of one: logins of images that have none of their own. */
  readonly dockerConfig?: string | undefined;
  /** Undefined = images stay until somebody prunes them. */
  readonly gc?: ImageGcOptions | undefined;
}

/** From the agent's flags; sizes in bytes, times in ms. */
export interface ContainerizerOptions extends IsolationOptions {
  /** Who this agent is among those that share the machine's runtime directory; its work directory will do. */
  readonly owner: string;
  /** Parent of the containers' runtime directories. */
  readonly runtimeContainers: string;
  /** Where relative URIs are looked for; empty = they are refused. */
  readonly frameworksHome: string;
  /** Emptied at start. */
  readonly fetcherCacheDir: string;
  readonly fetcherCacheSizeBytes: number;
  readonly fetcherStallTimeoutMs: number;
  /** A longer file is not fetched. Default: no limit but the disk's. */
  readonly fetcherMaxFileBytes?: number | undefined;
  /** Networks (`10.0.0.0/8`, `fe80::/10`) that nothing is fetched from. Default: none. */
  readonly fetcherForbiddenNetworks?: readonly string[] | undefined;
  readonly containerDiskWatchIntervalMs: number;
  /** Kills containers whose sandbox is larger than their `disk`. */
  readonly enforceContainerDiskQuota: boolean;
  /** Host paths below these may be volumes; default: none. */
  readonly allowedHostPaths?: readonly string[] | undefined;
  /** Below these they are made when they are not there; default: none. */
  readonly hostPathVolumeForceCreation?: readonly string[] | undefined;
  /** Undefined = images are refused. */
  readonly images?: ImagesOptions | undefined;
  /** What containers with an image write; default: below `runtimeContainers`' parent. */
  readonly provisionerDirectory?: string | undefined;
  /** ContainerInfo DOCKER is taken too. */
  readonly takesDocker?: boolean;
  /** Default: the agent's own bridge, and host ports at all addresses. */
  readonly networks?: NetworkOptions | undefined;
  /** Where containers with an image see their sandbox. */
  readonly sandboxDirectory?: string | undefined;
  /** Names as setpriv has them; undefined = all. */
  readonly effectiveCapabilities?: readonly string[] | undefined;
  readonly boundingCapabilities?: readonly string[] | undefined;
  readonly defaultContainerShmSizeBytes?: number | undefined;
  readonly disallowSharingAgentPidNamespace?: boolean;
  readonly disallowSharingAgentIpcNamespace?: boolean;
  /** Kills containers that listen on ports they do not have (with network/ports). */
  readonly enforceContainerPorts?: boolean;
  readonly containerPortsWatchIntervalMs?: number;
  /** Size at which a task's stdout and stderr are rotated. */
  readonly maxTaskLogBytes: number;
  /** Old ones that stay of each. Default 2. */
  readonly keepTaskLogs?: number;
  /** Told of every container with URIs: fetched, or not. For metrics. */
  readonly onFetch?: (succeeded: boolean) => void;
}
