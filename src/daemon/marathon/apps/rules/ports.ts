// Rules of networks and ports (marathon.md 3.6, rules 2, 3, 10–15).
import type { App, Container, Network, PortMapping } from '../../model/app.ts';
import { isHost } from '../assemble.ts';
import type { Report } from '../input/report.ts';

/** Networks must go together, ports with their kind, and names be unique. */
export function portRules(app: App, report: Report): void {
  const { networks, portDefinitions = [], container } = app;
  const mappings = container?.portMappings ?? [];
  if (isHost(networks)) {
    if (mappings.length > 0) report(['container', 'portMappings'], 'portMappings are not allowed with host-networking');
  } else if (portDefinitions.length > 0)
    report(['portDefinitions'], 'portDefinitions are only allowed with host-networking');
  if (!areUnique(namesOf(portDefinitions))) report(['portDefinitions'], 'Port names must be unique.');
  if (!areUnique(namesOf(mappings))) report(['container', 'portMappings'], 'Port names must be unique.');
  if (!areUnique(portDefinitions.map(({ port }) => port).filter((port) => port !== 0)))
    report(['portDefinitions'], 'Ports must be unique.');
  networkRules(networks, container, report);
  for (const [i, mapping] of mappings.entries())
    mappingRules(mapping, networks, (path, error) => report(['container', 'portMappings', i, ...path], error));
}

function networkRules(networks: readonly Network[], container: Container | undefined, report: Report): void {
  for (const [i, { mode, name, labels }] of networks.entries()) {
    if (mode === 'host' && (name !== undefined || Object.keys(labels).length > 0))
      report(['networks', i], 'Host networks may not have names or labels');
    if (mode === 'container/bridge' && name !== undefined)
      report(['networks', i], 'Bridge networks may not have names');
    if (mode === 'container' && name === undefined)
      report(['networks', i], 'Network name must be specified when container network is selected.');
  }
  const inContainers = networks.filter(({ mode }) => mode === 'container');
  if (networks.length > 1 && inContainers.length < networks.length)
    report(['networks'], 'May specify a single host network, single bridge network, or else 1-to-n container networks');
  if (!areUnique(namesOf(networks))) report(['networks'], 'Duplicate networks are not allowed');
  if (container?.type === 'DOCKER' && inContainers.length > 1)
    report(['networks'], 'may only specify a single container network when using the Docker container engine');
}

function mappingRules({ hostPort, networkNames }: PortMapping, networks: readonly Network[], report: Report): void {
  const names = namesOf(networks);
  for (const [i, name] of networkNames.entries())
    if (!names.includes(name)) report(['networkNames', i], `is not one of (${names.join(',')})`);
  if (!areUnique(networkNames)) report(['networkNames'], 'Elements must be unique.');
  const inContainers = networks.filter(({ mode }) => mode === 'container').length;
  if (hostPort !== undefined && inContainers > 1 && networkNames.length !== 1)
    report(
      ['networkNames'],
      'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
    );
}

function namesOf(list: readonly { readonly name?: string }[]): string[] {
  return list.flatMap(({ name }) => (name === undefined ? [] : [name]));
}

function areUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
