// Which networks a container asks for (mesos-semantics.md 10.7; mesos-api.md 12.7), checked as far as that goes without
// looking at this machine. All of it comes from frameworks: names, host names and ports are not trusted.
import type { ContainerInfo, NetworkInfo, NetworkInfo_PortMapping } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { lastPart } from '../container-id.ts';
import { type ContainerConfig, ContainerError } from '../containerizer.ts';
import { isNetworkName } from './cni/network-config.ts';

const HOSTNAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
/** What the kernel takes. */
const MAX_HOSTNAME_LENGTH = 64;
const MAX_NETWORKS = 8;
const PROTOCOLS = ['tcp', 'udp', 'sctp'];
const MAX_PORT = 65_535;

/** A network namespace of its own, with these networks in it: eth0 is the first. */
export interface NetworkWish {
  readonly hostname: string;
  /** Empty = nothing but the loopback device. */
  readonly networks: readonly WishedNetwork[];
}

/** One network that a container is to be in. */
export interface WishedNetwork {
  readonly name: string;
  /** As it was asked for, to be reported with the addresses that came of it. */
  readonly info: NetworkInfo;
  readonly portMappings: readonly PortMapping[];
}

/** A port of the agent's address that leads to one of the container's. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/**
 * Undefined when it asks for none: it is in the network that it finds, its parent's or the agent's. `bridgeName`: the
 * network that Docker's mode BRIDGE means. Throws ContainerError for what no agent could give.
 */
export function networkWish(
  { info, containerId, resources }: Pick<ContainerConfig, 'info' | 'containerId' | 'resources'>,
  bridgeName: string,
): NetworkWish | undefined {
  const networks = info && (info.type === 'DOCKER' ? dockerNetworks(info, bridgeName) : namedNetworks(info));
  if (info === undefined || networks === undefined) return undefined;
  if (networks.length > MAX_NETWORKS) throw refused(`it asks for more than ${MAX_NETWORKS} networks`);
  const names = new Set<string>();
  for (const { name } of networks) {
    if (!isNetworkName(name)) throw refused(`${JSON.stringify(name.slice(0, 200))} is no name of a network`);
    if (names.has(name)) throw refused(`it asks for the network '${name}' more than once`);
    names.add(name);
  }
  checkPorts(networks, Resources.of([...resources]).ranges('ports'));
  return { hostname: hostnameOf(info, containerId), networks };
}

function namedNetworks({ network_infos = [] }: ContainerInfo): WishedNetwork[] | undefined {
  const unnamed = network_infos.find(({ name, port_mappings = [] }) => name === undefined && port_mappings.length > 0);
  if (unnamed !== undefined) throw refused('port mappings need a network with a name');
  const wished = network_infos.flatMap((info) =>
    info.name === undefined ? [] : [{ name: info.name, info, portMappings: mappings(info.port_mappings) }],
  );
  return wished.length === 0 ? undefined : wished;
}

function dockerNetworks(
  { docker, network_infos = [] }: ContainerInfo,
  bridgeName: string,
): WishedNetwork[] | undefined {
  const { network = 'HOST', port_mappings = [] } = docker ?? {};
  const [info = {}] = network_infos;
  const portMappings = mappings(port_mappings);
  if (network === 'HOST' || network === 'NONE') {
    if (portMappings.length > 0) {
      throw refused('port mappings are only supported for bridge and user-defined networks');
    }
    return network === 'HOST' ? undefined : [];
  }
  if (network === 'BRIDGE') return [{ name: bridgeName, info, portMappings }];
  if (info.name === undefined) throw refused('the network mode USER needs a network with a name in `network_infos`');
  if (network_infos.length > 1) throw refused('a container of the type DOCKER can be in one network only');
  return [{ name: info.name, info, portMappings }];
}

function mappings(given: readonly NetworkInfo_PortMapping[] = []): PortMapping[] {
  return given.map(({ host_port: hostPort, container_port: containerPort, protocol = 'tcp' }) => ({
    hostPort,
    containerPort,
    protocol: protocol.toLowerCase(),
  }));
}

/** Host ports are a resource: nobody gets one that the agent may have given to somebody else. */
function checkPorts(networks: readonly WishedNetwork[], owned: readonly (readonly [number, number])[]): void {
  const seen = new Set<string>();
  for (const { hostPort, containerPort, protocol } of networks.flatMap(({ portMappings }) => portMappings)) {
    if (!PROTOCOLS.includes(protocol))
      throw refused(`a port cannot be mapped for the protocol '${protocol.slice(0, 20)}'`);
    if (containerPort < 1 || containerPort > MAX_PORT) throw refused(`there is no container port ${containerPort}`);
    if (!owned.some(([begin, end]) => begin <= hostPort && hostPort <= end)) {
      throw refused(`the host port ${hostPort} is not within the ports of its resources`);
    }
    const key = `${hostPort}/${protocol}`;
    if (seen.has(key)) throw refused(`the host port ${key} is mapped more than once`);
    seen.add(key);
  }
}

function hostnameOf({ hostname, docker }: ContainerInfo, containerId: string): string {
  const parameter = docker?.parameters?.findLast(({ key }) => key === 'hostname')?.value;
  const wanted = parameter ?? hostname ?? lastPart(containerId);
  if (wanted.length <= MAX_HOSTNAME_LENGTH && HOSTNAME.test(wanted)) return wanted;
  throw refused(`${JSON.stringify(wanted.slice(0, 200))} is no host name`);
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: the container cannot have its networks: ${why}`);
}
