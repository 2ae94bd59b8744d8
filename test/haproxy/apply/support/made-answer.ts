// Answers of Marathon as discovery reads them, made by hand.
import type { DiscoveredApp } from '../../../../src/haproxy/discovery/discovered.ts';
import type { Discovered } from '../../../../src/haproxy/discovery/marathon-source.ts';

/** An app of one service port on 127.0.0.1 with a task at each of these ports. */
export function madeApp(
  id: string,
  servicePort: number,
  taskPorts: readonly number[],
  labels: Readonly<Record<string, string>> = {},
): DiscoveredApp {
  return {
    id,
    instances: taskPorts.length,
    networkMode: 'host',
    servicePorts: [servicePort],
    portDefinitions: [servicePort],
    containerPorts: [],
    healthChecks: [],
    labels: { HAPROXY_GROUP: 'test', HAPROXY_0_BIND_ADDR: '127.0.0.1', ...labels },
    tasks: taskPorts.map((port) => ({
      id: `${id.slice(1)}.${port}`,
      host: '127.0.0.1',
      ports: [port],
      state: 'TASK_RUNNING',
      ipAddresses: [],
      healthResults: [],
    })),
  };
}

export function madeAnswer(apps: readonly DiscoveredApp[]): Discovered {
  return {
    discovery: { source: 'http://marathon.test', apps, problems: [] },
    addresses: new Map(),
    definitions: new Map(),
  };
}
