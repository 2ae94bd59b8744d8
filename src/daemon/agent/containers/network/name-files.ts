// What a container in a network of its own reads of names: /etc/hosts, /etc/hostname and /etc/resolv.conf
// (mesos-semantics.md 10.7).
import type { NetworkInfo_IPAddress } from '../../../../mesos/generated/v1.ts';
import type { ConfinedMount } from '../../../../world/confinement.ts';
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { Dns } from './cni/result.ts';

const FILES = ['hosts', 'hostname', 'resolv.conf'] as const;

/** What is in the files. */
export interface ContainerNames {
  readonly hostname: string;
  readonly addresses: readonly NetworkInfo_IPAddress[];
  /** Undefined = as the machine's. */
  readonly dns: Dns | undefined;
}

/** Writes them into `directory`. Throws DiskError. */
export async function writeNameFiles(disk: Disk, directory: string, names: ContainerNames): Promise<void> {
  const { hostname, addresses, dns } = names;
  const own = addresses.map(({ ip_address }) => `${ip_address} ${hostname}\n`).join('');
  const local = `127.0.0.1 localhost${own === '' ? ` ${hostname}` : ''}\n`;
  const texts: Readonly<Record<(typeof FILES)[number], string>> = {
    hosts: `${local}::1 localhost ip6-localhost ip6-loopback\n${own}`,
    hostname: `${hostname}\n`,
    'resolv.conf': dns === undefined ? await resolverOfHost(disk) : resolverText(dns),
  };
  for (const file of FILES) await disk.writeFile(`${directory}/${file}`, texts[file], { mode: 0o644 });
}

/**
 * The mounts that put them in place. With the machine's own root only over files that are there: a mount makes none.
 */
export async function nameMounts(disk: Disk, directory: string, hasOwnRoot: boolean): Promise<ConfinedMount[]> {
  const mounts: ConfinedMount[] = [];
  for (const file of FILES) {
    const target = `/etc/${file}`;
    if (!hasOwnRoot && (await disk.stat(target))?.kind !== 'file') continue;
    mounts.push({ source: `${directory}/${file}`, target, isReadOnly: true, isFile: true });
  }
  return mounts;
}

function resolverText({ nameservers, search, domain, options }: Dns): string {
  return [
    ...(domain === undefined ? [] : [`domain ${domain}`]),
    ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    ...nameservers.map((server) => `nameserver ${server}`),
    '',
  ].join('\n');
}

async function resolverOfHost(disk: Disk): Promise<string> {
  try {
    return await disk.readText('/etc/resolv.conf');
  } catch (cause) {
    if (cause instanceof DiskError && cause.code === 'not-found') return '';
    throw cause;
  }
}
