// Addresses of a task's own, as the agent told them (marathon.md 6.1).
import type { TaskStatus } from '../../../mesos/generated/v1.ts';

/** In the form of the API: a type and not an interface, so that it is a JsonValue. */
type IpAddress = { readonly ipAddress: string; readonly protocol: 'IPv4' | 'IPv6' };

/** In order of its networks, each once. */
export function ipAddressesOf(status: TaskStatus | undefined): IpAddress[] {
  const found = new Map<string, IpAddress>();
  for (const network of status?.container_status?.network_infos ?? []) {
    for (const { ip_address: ipAddress, protocol } of network.ip_addresses ?? []) {
      if (!ipAddress) continue;
      const isV6 = protocol === 'IPv6' || ipAddress.includes(':');
      found.set(ipAddress, { ipAddress, protocol: isV6 ? 'IPv6' : 'IPv4' });
    }
  }
  return [...found.values()];
}
