// `--default_container_dns`: name servers for containers whose network names none (mesos-semantics.md 10.7).

import { isObject } from './cni/network-config.ts';
import { type Dns, dnsOf } from './cni/result.ts';

/** Of one network, or of a mode of Docker's; without a name of all that have no entry of their own. */
interface DnsEntry {
  readonly type: 'mesos' | 'docker';
  readonly mode: string;
  readonly name: string | undefined;
  readonly dns: Dns;
}

/** What the flag says. */
export type DefaultDns = readonly DnsEntry[];

const MODES = { mesos: ['CNI'], docker: ['BRIDGE', 'USER'] } as const;

/** JSON: `{"mesos": [{"network_mode": "CNI", "network_name": …, "dns": {…}}], "docker": […]}`. Throws Error. */
export function parseDefaultDns(text: string): DefaultDns {
  const given: unknown = JSON.parse(text);
  if (!isObject(given)) throw new Error('it is no JSON object');
  return (['mesos', 'docker'] as const).flatMap((type) => {
    const entries = given[type] ?? [];
    if (!Array.isArray(entries)) throw new Error(`'${type}' is no list`);
    return entries.map((entry: unknown) => dnsEntry(type, entry));
  });
}

/** For a container of that type in that network; undefined = as the machine's. */
export function defaultDns(
  flag: DefaultDns,
  container: { readonly type: 'mesos' | 'docker'; readonly mode: string; readonly name: string },
): Dns | undefined {
  const fitting = flag.filter(({ type, mode }) => type === container.type && mode === container.mode);
  return (fitting.find(({ name }) => name === container.name) ?? fitting.find(({ name }) => name === undefined))?.dns;
}

function dnsEntry(type: 'mesos' | 'docker', entry: unknown): DnsEntry {
  if (!isObject(entry)) throw new Error(`an entry of '${type}' is no JSON object`);
  const { network_mode: mode, network_name: name } = entry;
  const modes: readonly string[] = MODES[type];
  if (typeof mode !== 'string' || !modes.includes(mode)) {
    throw new Error(`'network_mode' of '${type}' must be ${modes.join(' or ')}`);
  }
  if (name !== undefined && typeof name !== 'string') throw new Error(`'network_name' is no text`);
  const dns = dnsOf(entry.dns);
  if (dns === undefined) throw new Error(`an entry of '${type}' has no 'dns'`);
  return { type, mode, name, dns };
}
