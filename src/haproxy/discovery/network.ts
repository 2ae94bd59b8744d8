// Network mode and ports of an app: which of Marathon's many ways of writing them holds (haproxy.md 2.3.1, 2.3.2).
import type { DiscoveredDefinition } from './discovered.ts';
import { FieldError, isObject, type JsonObject, kindOf, listAt, objectAt, portOf, textAt } from './json-fields.ts';

type Ports = readonly (number | undefined)[];

/** Mode and the three lists of ports of an app's JSON. Throws FieldError. */
export function readNetwork(
  app: JsonObject,
): Pick<DiscoveredDefinition, 'networkMode' | 'servicePorts' | 'portDefinitions' | 'containerPorts'> {
  const container = objectAt(app, 'container');
  const docker = container && objectAt(container, 'docker', 'container.docker');
  const ipAddress = objectAt(app, 'ipAddress');
  const networkMode = modeOf(app, docker, ipAddress);
  const mappings = portMappings(container, docker);
  const portDefinitions = portsOf(listAt(app, 'portDefinitions'), 'port', 'portDefinitions');
  const discovery = ipAddress && objectAt(ipAddress, 'discovery', 'ipAddress.discovery');
  const discoveryPorts =
    discovery === undefined ? [] : portsOf(listAt(discovery, 'ports', 'ipAddress.discovery.ports'), 'number', 'ports');
  return {
    networkMode,
    servicePorts: servicePorts(app, networkMode, mappings, portDefinitions),
    portDefinitions,
    containerPorts: discoveryPorts.length > 0 ? discoveryPorts : portsOf(mappings, 'containerPort', 'portMappings'),
  };
}

/** The last entry of `networks` wins over all older ways of saying it. */
function modeOf(
  app: JsonObject,
  docker: JsonObject | undefined,
  ipAddress: JsonObject | undefined,
): DiscoveredDefinition['networkMode'] {
  let mode: DiscoveredDefinition['networkMode'] = ipAddress === undefined ? 'host' : 'container';
  const dockerNetwork = docker && textAt(docker, 'network', 'container.docker.network');
  if (dockerNetwork === 'USER') mode = 'container';
  if (dockerNetwork === 'BRIDGE') mode = 'container/bridge';
  for (const [index, network] of listAt(app, 'networks').entries()) {
    if (network === null) continue;
    const where = `networks[${index}]`;
    if (!isObject(network)) throw new FieldError(where, `is ${kindOf(network)}, not an object`);
    const said = textAt(network, 'mode', `${where}.mode`) ?? 'container';
    if (said !== 'host' && said !== 'container' && said !== 'container/bridge') {
      throw new FieldError(`${where}.mode`, 'is none of host, container, container/bridge');
    }
    mode = said;
  }
  return mode;
}

function portMappings(container: JsonObject | undefined, docker: JsonObject | undefined): readonly unknown[] {
  const own = container === undefined ? [] : listAt(container, 'portMappings', 'container.portMappings');
  if (own.length > 0 || docker === undefined) return own;
  return listAt(docker, 'portMappings', 'container.docker.portMappings');
}

function servicePorts(app: JsonObject, mode: string, mappings: readonly unknown[], portDefinitions: Ports): Ports {
  if (mode !== 'host') {
    const mapped = portsOf(mappings, 'servicePort', 'portMappings');
    if (mapped.some((port) => port !== undefined)) return mapped;
  }
  if (portDefinitions.length > 0) return portDefinitions;
  return listAt(app, 'ports').map(portOf);
}

function portsOf(entries: readonly unknown[], name: string, where: string): Ports {
  return entries.map((entry, index) => {
    if (entry === null || entry === undefined) return undefined;
    if (!isObject(entry)) throw new FieldError(`${where}[${index}]`, `is ${kindOf(entry)}, not an object`);
    return portOf(entry[name]);
  });
}
