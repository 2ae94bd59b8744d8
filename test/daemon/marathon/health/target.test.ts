import { describe, expect, it } from 'vitest';
import { targetOf, targetOfName, urlOf } from '../../../../src/daemon/marathon/health/target.ts';
import type { App, PortMapping } from '../../../../src/daemon/marathon/model/app.ts';
import { AGENT_ADDRESS, appOf, instanceOf, statusOf } from './support.ts';

const host = AGENT_ADDRESS;
const mapping = (containerPort: number, hostPort?: number, name?: string): PortMapping => ({
  containerPort,
  ...(hostPort !== undefined && { hostPort }),
  ...(name !== undefined && { name }),
  servicePort: 0,
  protocol: 'tcp',
  labels: {},
  networkNames: [],
});

function inContainers(mode: 'container' | 'container/bridge', portMappings: readonly PortMapping[]): App {
  const { portDefinitions: _, ...app } = appOf();
  return { ...app, networks: [{ mode, labels: {} }], container: { type: 'MESOS', volumes: [], portMappings } };
}

function running(app: App, hostPorts: readonly number[], ip?: string, containerPorts: readonly number[] = []) {
  const instance = instanceOf(app);
  if (instance.task === undefined) throw new Error('no task');
  const network_infos = ip === undefined ? [] : [{ ip_addresses: [{ ip_address: ip }, { ip_address: '1.1.1.1' }] }];
  const status = statusOf(instance.task.id, { container_status: { network_infos } });
  return { ...instance, task: { ...instance.task, hostPorts, containerPorts, status } };
}

describe('a check asks', () => {
  const two = appOf({
    portDefinitions: [
      { port: 10_000, protocol: 'tcp', labels: {} },
      { port: 10_001, protocol: 'tcp', name: 'admin', labels: {} },
    ],
  });

  it("the agent's host at the host port of its index", () => {
    expect(targetOf(running(two, [31_000, 31_001]), { portIndex: 1 })).toEqual({ host, port: 31_001 });
  });

  it('at the first port when it names none', () => {
    expect(targetOf(running(two, [31_000, 31_001]), {})).toEqual({ host, port: 31_000 });
  });

  it('at the very port that it names', () => {
    expect(targetOf(running(two, [31_000, 31_001]), { port: 80 })).toEqual({ host, port: 80 });
  });

  it("a bridged container at the agent's host and mapped port", () => {
    const app = inContainers('container/bridge', [mapping(80, 0), mapping(81, 0)]);
    expect(targetOf(running(app, [31_000, 31_001], '172.17.0.2'), { portIndex: 1 })).toEqual({ host, port: 31_001 });
    expect(targetOf(running(app, [31_000, 31_001], '172.17.0.2'), { port: 99 })).toEqual({ host, port: 99 });
  });

  it("a container with an address of its own there, unless its port is mapped to the agent's host", () => {
    const app = inContainers('container', [mapping(80), mapping(81, 0), mapping(82), mapping(83, 0)]);
    const instance = running(app, [31_000, 31_001], '9.0.0.5');
    expect(targetOf(instance, { portIndex: 0 })).toEqual({ host: '9.0.0.5', port: 80 });
    expect(targetOf(instance, { portIndex: 1 })).toEqual({ host, port: 31_000 });
    expect(targetOf(instance, { portIndex: 2 })).toEqual({ host: '9.0.0.5', port: 82 });
    expect(targetOf(instance, { portIndex: 3 })).toEqual({ host, port: 31_001 });
    expect(targetOf(instance, { port: 8080 })).toEqual({ host: '9.0.0.5', port: 8080 });
  });

  it('a port inside the container that the app left open at the number that was chosen for the task', () => {
    const app = inContainers('container', [mapping(0, 0), mapping(0), mapping(82)]);
    const instance = running(app, [31_000], '9.0.0.5', [31_000, 40_001, 82]);
    expect(targetOf(instance, { portIndex: 0 })).toEqual({ host, port: 31_000 });
    expect(targetOf(instance, { portIndex: 1 })).toEqual({ host: '9.0.0.5', port: 40_001 });
    expect(targetOf(instance, { portIndex: 2 })).toEqual({ host: '9.0.0.5', port: 82 });
  });

  it('nobody, and says why, when there is no such port or no address yet', () => {
    expect(targetOf(running(two, [31_000, 31_001]), { portIndex: 2 })).toEqual({ missing: 'there is no port 2' });
    const app = inContainers('container', [mapping(80)]);
    expect(targetOf(running(app, []), {})).toEqual({ missing: 'the address of the task is not known' });
    expect(targetOf(running(app, [], '9.0.0.5'), { portIndex: 1 })).toEqual({ missing: 'there is no port 1' });
  });

  it('by the name of a port, of definitions as of mappings', () => {
    expect(targetOfName(running(two, [31_000, 31_001]), 'admin')).toEqual({ host, port: 31_001 });
    expect(targetOfName(running(two, [31_000, 31_001]), 'x')).toEqual({ missing: 'no port is named x' });
    const app = inContainers('container', [mapping(80), mapping(81, 0, 'http-api')]);
    expect(targetOfName(running(app, [31_000], '9.0.0.5'), 'http-api')).toEqual({ host, port: 31_000 });
  });

  it('a path that always begins with a slash, IPv6 addresses in brackets', () => {
    expect(urlOf('http', { host: 'h', port: 1 }, 'health')).toBe('http://h:1/health');
    expect(urlOf('https', { host: 'fe80::1', port: 443 }, '/')).toBe('https://[fe80::1]:443/');
  });
});
