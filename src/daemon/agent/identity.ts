// Who this agent is: its address, its name, and what it says of itself to the master.
import type { AgentInfo, AgentInfo_Capability, DomainInfo } from '../../mesos/generated/v1.ts';
import type { World } from '../../world/world.ts';
import type { AgentCapacity } from './containers/containerizer.ts';
import type { AgentOptions } from './flags.ts';

/** A current agent announces all of them (mesos-api.md 12.9). */
export const AGENT_CAPABILITIES: readonly AgentInfo_Capability[] = [
  { type: 'MULTI_ROLE' },
  { type: 'HIERARCHICAL_ROLE' },
  { type: 'RESERVATION_REFINEMENT' },
  { type: 'RESOURCE_PROVIDER' },
  { type: 'RESIZE_VOLUME' },
  { type: 'AGENT_OPERATION_FEEDBACK' },
  { type: 'AGENT_DRAINING' },
  { type: 'TASK_RESOURCE_LIMITS' },
];

const LOOPBACK = '127.0.0.1';

/** Where others reach this agent. */
export interface AgentAddress {
  /** What others are told; tasks on the host network have it too. */
  readonly ip: string;
  readonly port: number;
  readonly hostname: string;
  /** --ip or --advertise_ip was given. */
  readonly hasFixedIp: boolean;
}

/** The address to listen on. Throws NetError when --ip is a name that has no address. */
export async function listenAddress(world: World, options: AgentOptions): Promise<string> {
  return options.ip === undefined ? LOOPBACK : await world.host.lookup(options.ip);
}

/** Whether only this machine can reach `ip`. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

/** Whether it stands for all addresses of this machine. */
export function isEverywhere(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

/** `listening`: what the port is bound to; advertised values go before it. A loopback address is called localhost. */
export function agentAddress(
  world: World,
  options: AgentOptions,
  listening: { ip: string; port: number },
): AgentAddress {
  const ip = options.advertiseIp ?? listening.ip;
  return {
    ip,
    port: options.advertisePort ?? listening.port,
    hostname: options.hostname ?? defaultHostname(world, options, ip),
    hasFixedIp: options.ip !== undefined || options.advertiseIp !== undefined,
  };
}

function defaultHostname(world: World, options: AgentOptions, ip: string): string {
  if (!options.hostnameLookup) return ip;
  if (ip === LOOPBACK) return 'localhost';
  return isLoopback(ip) ? ip : world.host.hostname;
}

/** `slave(1)@ip:port`, the name of the agent's process in the original's world. */
export function agentPid(address: AgentAddress): string {
  return `slave(1)@${address.ip}:${address.port}`;
}

/** `agentId` undefined: it was never registered, and the master gives it one. */
export function agentInfo(
  address: AgentAddress,
  capacity: AgentCapacity,
  domain: DomainInfo | undefined,
  agentId: string | undefined,
): AgentInfo {
  return {
    hostname: address.hostname,
    resources: [...capacity.resources],
    ...(capacity.attributes.length > 0 && { attributes: [...capacity.attributes] }),
    ...(agentId !== undefined && { id: { value: agentId } }),
    port: address.port,
    ...(domain !== undefined && { domain }),
  };
}
