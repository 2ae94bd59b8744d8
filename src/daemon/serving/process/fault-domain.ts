// `--domain` of a master or an agent: where it stands, as region and zone (mesos-semantics.md 14).
import { parseJson } from '../../../mesos/codec.ts';
import { DomainInfo } from '../../../mesos/generated/v1.ts';
import type { World } from '../../../world/world.ts';
import { invalidValue } from '../flags.ts';

const FILE = 'file://';

/**
 * From JSON, or from the file that is named: `file:///path` or a path. Undefined when the flag was not given. Throws FlagError
 * when it is no DomainInfo, and DiskError when there is no such file.
 */
export async function readFaultDomain(
  { disk }: Pick<World, 'disk'>,
  flag: string | undefined,
): Promise<DomainInfo | undefined> {
  if (flag === undefined) return undefined;
  const path = flag.startsWith(FILE) ? flag.slice(FILE.length) : flag;
  const text = flag.trimStart().startsWith('{') ? flag : await disk.readText(path);
  try {
    const domain = parseJson(DomainInfo, text);
    if (domain.fault_domain === undefined) throw new Error('`domain` must define `fault_domain`');
    return domain;
  } catch (cause) {
    throw invalidValue('domain', flag, cause);
  }
}

/** Of one that has a domain. */
export const regionOf = (domain: DomainInfo | undefined): string | undefined => domain?.fault_domain?.region.name;

/** `region/zone`, for people. */
export function formatDomain(domain: DomainInfo | undefined): string {
  const fault = domain?.fault_domain;
  return fault === undefined ? 'none' : `${fault.region.name}/${fault.zone.name}`;
}
