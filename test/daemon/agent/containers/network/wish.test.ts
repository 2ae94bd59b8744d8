// What frameworks may ask of networks.
import { describe, expect, test } from 'vitest';
import { networkWish } from '../../../../../src/daemon/agent/containers/network/wish.ts';
import type { ContainerInfo, ContainerInfo_DockerInfo } from '../../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../../src/mesos/resources.ts';

const resources = Resources.parse('cpus:1;ports:[31000-31009,31020-31020]').toMessages();
const wish = (info: ContainerInfo | undefined, containerId = 'outer.inner') =>
  networkWish({ containerId, resources, ...(info && { info }) }, 'mesos-bridge');
const docker = (info: Partial<ContainerInfo_DockerInfo>, more: Partial<ContainerInfo> = {}): ContainerInfo => ({
  type: 'DOCKER',
  docker: { image: 'box', ...info },
  ...more,
});
const port = (host_port: number, container_port = 80, protocol?: string) => ({
  host_port,
  container_port,
  ...(protocol !== undefined && { protocol }),
});
const net = (...port_mappings: ReturnType<typeof port>[]): ContainerInfo => ({
  type: 'MESOS',
  network_infos: [{ name: 'net', port_mappings }],
});

test.each<[string, ContainerInfo | undefined]>([
  ['nothing', undefined],
  ['no network', { type: 'MESOS' }],
  ['a network without a name', { type: 'MESOS', network_infos: [{}] }],
  ['Docker’s default', docker({})],
  ['HOST', docker({ network: 'HOST' }, { network_infos: [{ name: 'ignored' }] })],
])('a container that asks for %s stays where it is', (_, info) => {
  expect(wish(info)).toBeUndefined();
});

test('named networks are joined in their order, under the container’s own id', () => {
  const info: ContainerInfo = { type: 'MESOS', network_infos: [{ name: 'b' }, {}, { name: 'a' }] };
  expect(wish(info)).toMatchObject({ hostname: 'inner', networks: [{ name: 'b' }, { name: 'a' }] });
});

test('the modes of Docker are the agent’s bridge, a named network, and nothing but loopback', () => {
  const mapping = { hostPort: 31000, containerPort: 80, protocol: 'tcp' };
  expect(wish(docker({ network: 'BRIDGE', port_mappings: [port(31000)] }))?.networks).toMatchObject([
    { name: 'mesos-bridge', portMappings: [mapping] },
  ]);
  const user = docker(
    { network: 'USER', port_mappings: [port(31000, 80, 'TCP')] },
    { network_infos: [{ name: 'net' }] },
  );
  expect(wish(user)?.networks).toMatchObject([{ name: 'net', portMappings: [mapping] }]);
  expect(wish(docker({ network: 'NONE' }))).toEqual({ hostname: 'inner', networks: [] });
});

test('a host name is the parameter’s, else the container’s, else its id', () => {
  const parameters = [{ key: 'hostname', value: 'p' }];
  expect(wish(docker({ network: 'NONE', parameters }, { hostname: 'h' }))?.hostname).toBe('p');
  expect(wish(docker({ network: 'NONE' }, { hostname: 'h' }))?.hostname).toBe('h');
});

describe('is refused in plain words:', () => {
  test.each<[string, ContainerInfo]>([
    ['host port 31010 is not within', net(port(31010))],
    ['host port 0 is not within', net(port(0))],
    ['no container port 0', net(port(31000, 0))],
    ['no container port 65536', net(port(31000, 65536))],
    ['31000/tcp is mapped more than once', net(port(31000), port(31000, 81))],
    ["for the protocol 'icmp; rm'", net(port(31000, 80, 'icmp; rm'))],
    ['is no name of a network', { type: 'MESOS', network_infos: [{ name: 'a/b' }] }],
    ['is no name of a network', { type: 'MESOS', network_infos: [{ name: '' }] }],
    ['is no name of a network', { type: 'MESOS', network_infos: [{ name: 'x'.repeat(100_000) }] }],
    ['more than once', { type: 'MESOS', network_infos: [{ name: 'a' }, { name: 'a' }] }],
    ['more than 8', { type: 'MESOS', network_infos: Array.from({ length: 9 }, (_, i) => ({ name: `n${i}` })) }],
    ['need a network with a name', { type: 'MESOS', network_infos: [{ port_mappings: [port(31000)] }] }],
    ['only supported for bridge', docker({ network: 'HOST', port_mappings: [port(31000)] })],
    ['only supported for bridge', docker({ network: 'NONE', port_mappings: [port(31000)] })],
    ['USER needs a network', docker({ network: 'USER' })],
    ['one network only', docker({ network: 'USER' }, { network_infos: [{ name: 'a' }, { name: 'b' }] })],
    ['is no host name', { ...net(), hostname: 'a\n1.2.3.4 bank' }],
    ['is no host name', { ...net(), hostname: 'x'.repeat(65) }],
  ])('%s', (words, info) => {
    let message = '';
    try {
      wish(info);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(words);
    expect(message.length).toBeLessThan(500);
  });

  test('but the same host port for two protocols is fine', () => {
    expect(wish(net(port(31000), port(31000, 80, 'udp')))?.networks[0]?.portMappings).toHaveLength(2);
  });
});
