// Where a master listens and what it tells others of it.
import type { World } from '../../world/world.ts';
import type { MasterOptions } from './flags.ts';

const LOOPBACK = '127.0.0.1';

/** The address to listen on: --ip, or loopback. Throws NetError when --ip is a name without an address. */
export async function listenAddress(world: World, options: MasterOptions): Promise<string> {
  return options.ip === undefined ? LOOPBACK : await world.host.lookup(options.ip);
}

/** Whether only this machine can reach `ip`. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

/** What agents and frameworks are told to connect to. */
export function announcedAddress(
  world: World,
  options: MasterOptions,
  listening: { readonly ip: string; readonly port: number },
): { readonly ip: string; readonly port: number; readonly hostname: string } {
  const ip = options.advertiseIp ?? listening.ip;
  return {
    ip,
    port: options.advertisePort ?? listening.port,
    hostname: options.hostname ?? defaultHostname(world, options, ip),
  };
}

function defaultHostname(world: World, options: MasterOptions, ip: string): string {
  if (!options.hostnameLookup) return ip;
  if (ip === LOOPBACK) return 'localhost';
  return isLoopback(ip) ? ip : world.host.hostname;
}
