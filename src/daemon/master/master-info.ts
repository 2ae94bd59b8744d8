// How a master announces itself (mesos-api.md 12.9, 15).
import { toJson } from '../../mesos/codec.ts';
import { type DomainInfo, MasterInfo } from '../../mesos/generated/v1.ts';
import { MESOS_VERSION } from '../serving/process/version.ts';

/** `ip` is an IPv4 address: MasterInfo has it as a number, and as text in `address`. */
export function masterInfo(given: {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly hostname: string;
  readonly domain: DomainInfo | undefined;
}): MasterInfo {
  const { id, ip, port, hostname, domain } = given;
  const info: MasterInfo = {
    id,
    ip: littleEndianAddress(ip),
    port,
    pid: `master@${ip}:${port}`,
    hostname,
    version: MESOS_VERSION,
    address: { hostname, ip, port },
    capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
  };
  if (domain !== undefined) info.domain = domain;
  return info;
}

/** What the election publishes: JSON with the keys sorted, as detectors of others read it (mesos-api.md 15). */
export function publishedInfo(info: MasterInfo): string {
  return JSON.stringify(toJson(MasterInfo, info), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The four bytes of the address in network order, read as a little-endian number: 10.0.0.1 → 16777226. */
export function littleEndianAddress(ip: string): number {
  return ip
    .split('.')
    .slice(0, 4)
    .reduce((sum, byte, index) => sum + Number(byte) * 256 ** index, 0);
}
