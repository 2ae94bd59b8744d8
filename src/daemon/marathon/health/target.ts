// Where a task is asked (marathon.md 17.2): a port that is mapped to the host is asked for there, one that is not at the
// task's own address.
import type { Instance } from '../model/instance.ts';
import { ipAddressesOf } from '../model/ip-addresses.ts';

/** Somebody to connect to, or why there is nobody. */
export type Target = { readonly host: string; readonly port: number } | { readonly missing: string };

/** The target of a health check. `port` is a number on the task's address; without either the first port is meant. */
export function targetOf(instance: Instance, check: { readonly port?: number; readonly portIndex?: number }): Target {
  if (check.port === undefined) return targetOfPort(instance, check.portIndex ?? 0);
  const isInContainerNetwork = instance.app.networks.some(({ mode }) => mode === 'container');
  return at(isInContainerNetwork ? taskAddress(instance) : agentHost(instance), check.port);
}

/** The target of a port that has a name (readiness checks). */
export function targetOfName(instance: Instance, portName: string): Target {
  const { portDefinitions, container } = instance.app;
  const ports = portDefinitions ?? container?.portMappings ?? [];
  const index = ports.findIndex(({ name }) => name === portName);
  return index < 0 ? { missing: `no port is named ${portName}` } : targetOfPort(instance, index);
}

function targetOfPort(instance: Instance, index: number): Target {
  const { app, task } = instance;
  const hostPorts = task?.hostPorts ?? [];
  if (app.portDefinitions !== undefined) {
    return atHostPort(instance, hostPorts[index], index);
  }
  const mappings = app.container?.portMappings ?? [];
  const mapping = mappings[index];
  if (mapping === undefined) return { missing: `there is no port ${index}` };
  if (mapping.hostPort === undefined)
    return at(taskAddress(instance), task?.containerPorts?.[index] ?? mapping.containerPort);
  const mappedBefore = mappings.slice(0, index).filter(({ hostPort }) => hostPort !== undefined).length;
  return atHostPort(instance, hostPorts[mappedBefore], index);
}

function atHostPort(instance: Instance, hostPort: number | undefined, index: number): Target {
  return hostPort === undefined ? { missing: `there is no port ${index}` } : at(agentHost(instance), hostPort);
}

function at(host: string | undefined, port: number): Target {
  return host === undefined ? { missing: 'the address of the task is not known' } : { host, port };
}

function agentHost(instance: Instance): string | undefined {
  return instance.agent?.host;
}

/** The first that the agent told of. */
function taskAddress(instance: Instance): string | undefined {
  return ipAddressesOf(instance.task?.status)[0]?.ipAddress;
}

/** `http://host:port/path`; IPv6 addresses get their brackets. */
export function urlOf(scheme: 'http' | 'https', target: { host: string; port: number }, path: string): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return `${scheme}://${host}:${target.port}${path.startsWith('/') ? path : `/${path}`}`;
}
