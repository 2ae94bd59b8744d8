// Old spellings, translated into today's: `uris`, `ports`, `ipAddress`, `container.docker.network` and
// `container.docker.portMappings` (marathon.md 3.4, 3.5). Both spellings of one thing are an error, unless one is empty.
import type { AppShape } from './app-shape.ts';
import type { ContainerShape, IpAddressShape, NetworkShape, PortMappingShape } from './container-shape.ts';
import type { Report } from './report.ts';

/** An app's JSON in today's spelling only. */
export type CurrentShape = Omit<AppShape, 'uris' | 'ports' | 'ipAddress'>;

const ARCHIVE = /\.(tar|tar\.gz|tar\.bz2|tar\.xz|gz|tgz|tbz2|txz|zip)$/;

/** The same app without old spellings. */
export function translateDeprecated(shape: AppShape, report: Report): CurrentShape {
  const { uris, ports, ipAddress, ...current } = shape;
  const translated: CurrentShape = current;
  if (uris !== undefined && !bothGiven(uris, shape.fetch)) {
    if (!isFilled(shape.fetch)) translated.fetch = uris.map((uri) => ({ uri, extract: ARCHIVE.test(uri) }));
  } else if (uris !== undefined) report([], 'cannot specify both uris and fetch fields');
  if (ports !== undefined) translatePorts(ports, translated, report);
  translateContainer(ipAddress, translated, report);
  return translated;
}

function translatePorts(ports: readonly number[], current: CurrentShape, report: Report): void {
  const explicit = ports.filter((port) => port !== 0);
  if (new Set(explicit).size < explicit.length) report(['ports'], 'ports must be unique');
  if (bothGiven(ports, current.portDefinitions)) report([], 'cannot specify both ports and port definitions');
  else if (!isFilled(current.portDefinitions)) current.portDefinitions = ports.map((port) => ({ port }));
}

function translateContainer(ipAddress: IpAddressShape | undefined, current: CurrentShape, report: Report): void {
  const docker = current.container?.docker;
  if (docker?.network !== undefined && current.networks !== undefined)
    report([], 'must not specify both container.docker.network and networks');
  if (ipAddress !== undefined && current.networks !== undefined)
    report([], 'must not specify both networks and ipAddress');
  const networks = networksOf(docker?.network, ipAddress);
  if (networks !== undefined) current.networks = networks;
  if (docker?.portMappings !== undefined)
    addMappings(docker.portMappings, 'cannot specify both portMappings and docker.portMappings', current, report);
  const open = ipAddress?.discovery?.ports;
  if (open !== undefined) {
    const mappings = open.map(({ number, ...more }) => ({ containerPort: number, ...more }));
    addMappings(mappings, 'cannot specify both portMappings and ipAddress.discovery.ports', current, report);
  }
}

function addMappings(mappings: PortMappingShape[], whenBoth: string, current: CurrentShape, report: Report): void {
  const container: ContainerShape = current.container ?? { type: 'MESOS' };
  if (bothGiven(mappings, container.portMappings)) report(['container'], whenBoth);
  else if (!isFilled(container.portMappings)) current.container = { ...container, portMappings: mappings };
}

type DockerNetwork = NonNullable<ContainerShape['docker']>['network'];

function networksOf(docker: DockerNetwork, ipAddress: IpAddressShape | undefined): NetworkShape[] | undefined {
  if (docker === 'HOST') return [{ mode: 'host' }];
  const labels = ipAddress?.labels === undefined ? {} : { labels: ipAddress.labels };
  if (docker === 'BRIDGE') return [{ mode: 'container/bridge', ...labels }];
  if (docker === undefined && ipAddress === undefined) return undefined;
  const name = ipAddress?.networkName === undefined ? {} : { name: ipAddress.networkName };
  return [{ mode: 'container', ...name, ...labels }];
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

function bothGiven(old: readonly unknown[], current: readonly unknown[] | undefined): boolean {
  return isFilled(old) && isFilled(current);
}
