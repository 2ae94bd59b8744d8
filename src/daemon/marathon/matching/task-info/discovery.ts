// What a task tells service discovery about its ports (marathon.md 15.4).
import type { DiscoveryInfo, Port } from '../../../../mesos/generated/v1.ts';
import type { App } from '../../model/app.ts';
import { hostName } from '../../model/path-id.ts';
import { labelsOf } from './labels.ts';
import type { TaskPort } from './task-ports.ts';

/** One record a port and protocol; of ports reached inside their network, one a network too. */
export function discoveryOf(app: App, ports: readonly TaskPort[]): DiscoveryInfo {
  const isHost = app.portDefinitions !== undefined;
  return {
    visibility: 'FRAMEWORK',
    name: hostName(app.id),
    ports: { ports: ports.flatMap((port) => (isHost ? records(port, port.told, {}) : scopedRecords(app, port))) },
  };
}

function scopedRecords(app: App, port: TaskPort): Port[] {
  const { hostPort, containerPort = port.told, networkNames } = port;
  if (hostPort !== undefined) return records(port, hostPort, { 'network-scope': 'host' });
  const networks = app.networks.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return networks
    .filter((name) => networkNames.length === 0 || networkNames.includes(name))
    .flatMap((name) => records(port, containerPort, { 'network-scope': 'container', 'network-name': name }));
}

function records({ protocols, name, labels: own }: TaskPort, number: number, scope: Record<string, string>): Port[] {
  const labels = labelsOf({ ...own, ...scope });
  return protocols.map((protocol) => ({
    number,
    protocol,
    ...(name !== undefined && { name }),
    ...(labels !== undefined && { labels }),
  }));
}
