// Where a scheduler listens, and how it is called by others.
import type { World } from '../../../world/world.ts';

/** Whether only this machine can reach `ip`. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

/** `--hostname`, or the address listened on; where that is every address of the machine, the machine's name. */
export function nameOf(
  { host }: Pick<World, 'host'>,
  { hostname }: { readonly hostname: string | undefined },
  ip: string,
): string {
  return hostname ?? (ip === '0.0.0.0' || ip === '::' ? host.hostname : ip);
}

/** `host:port`, with brackets round an IPv6 address. */
export function addressOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
