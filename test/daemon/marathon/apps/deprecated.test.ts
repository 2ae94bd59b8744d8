import { expect, test } from 'vitest';
import { renderApp } from '../../../../src/daemon/marathon/apps/index.ts';
import { appOf, RUNNABLE, refusalOf } from './apps-of-json.ts';

const DOCKER = { image: 'nginx' };

type Row = readonly [name: string, old: Readonly<Record<string, unknown>>, current: Readonly<Record<string, unknown>>];

const TRANSLATED: readonly Row[] = [
  ['ports', { ports: [80, 0, 0] }, { portDefinitions: [{ port: 80 }, { port: 0 }, { port: 0 }] }],
  ['no ports', { ports: [] }, { portDefinitions: [] }],
  [
    'uris',
    { uris: ['http://a/b.tar.gz', 'http://a/b.txt'] },
    {
      fetch: [
        { uri: 'http://a/b.tar.gz', extract: true },
        { uri: 'http://a/b.txt', extract: false },
      ],
    },
  ],
  ['uris beside an empty fetch', { uris: ['a'], fetch: [] }, { fetch: [{ uri: 'a', extract: false }] }],
  ['empty uris beside fetch', { uris: [], fetch: [{ uri: 'a' }] }, { fetch: [{ uri: 'a' }] }],
  [
    'docker.network HOST',
    { container: { type: 'DOCKER', docker: { ...DOCKER, network: 'HOST' } } },
    { container: { type: 'DOCKER', docker: DOCKER }, networks: [{ mode: 'host' }] },
  ],
  [
    'docker.network BRIDGE with its mappings',
    { container: { docker: { ...DOCKER, network: 'BRIDGE', portMappings: [{ containerPort: 80, name: 'http' }] } } },
    {
      container: { docker: DOCKER, portMappings: [{ containerPort: 80, hostPort: 0, name: 'http' }] },
      networks: [{ mode: 'container/bridge' }],
    },
  ],
  [
    'docker.network USER with an ipAddress',
    {
      container: { docker: { ...DOCKER, network: 'USER' } },
      ipAddress: { networkName: 'net', labels: { a: 'b' }, groups: ['x'] },
    },
    { container: { docker: DOCKER }, networks: [{ mode: 'container', name: 'net', labels: { a: 'b' } }] },
  ],
  [
    'ipAddress with ports to be found',
    { ipAddress: { networkName: 'net', discovery: { ports: [{ number: 80, name: 'http', protocol: 'tcp' }] } } },
    {
      networks: [{ mode: 'container', name: 'net' }],
      container: { type: 'MESOS', portMappings: [{ containerPort: 80, name: 'http' }] },
    },
  ],
];

test.each(TRANSLATED)('%s is translated and never shown again', (_name, old, current) => {
  const shown = renderApp(appOf({ ...RUNNABLE, ...old }));
  expect(shown).toEqual(renderApp(appOf({ ...RUNNABLE, ...current })));
  expect(shown).not.toHaveProperty('uris');
  expect(shown).not.toHaveProperty('ports');
  expect(shown).not.toHaveProperty('ipAddress');
  expect(shown.container ?? {}).not.toHaveProperty('docker.network');
  expect(shown.container ?? {}).not.toHaveProperty('docker.portMappings');
});

test.each(['.tar', '.tar.gz', '.tar.bz2', '.tar.xz', '.gz', '.tgz', '.tbz2', '.txz', '.zip'])(
  'a uri that ends in %s is extracted',
  (ending) => {
    expect(
      appOf({ uris: [`http://a/b${ending}`, `http://a/b${ending}?c`] }).fetch.map(({ extract }) => extract),
    ).toEqual([true, false]);
  },
);

test.each<readonly [path: string, error: string, both: Readonly<Record<string, unknown>>]>([
  ['/', 'cannot specify both uris and fetch fields', { uris: ['a'], fetch: [{ uri: 'a' }] }],
  ['/', 'cannot specify both ports and port definitions', { ports: [1], portDefinitions: [{ port: 1 }] }],
  [
    '/container',
    'cannot specify both portMappings and docker.portMappings',
    {
      networks: [{ mode: 'container/bridge' }],
      container: { docker: { ...DOCKER, portMappings: [{}] }, portMappings: [{}] },
    },
  ],
  [
    '/',
    'must not specify both container.docker.network and networks',
    { networks: [{ mode: 'host' }], container: { docker: { ...DOCKER, network: 'HOST' } } },
  ],
  ['/', 'must not specify both networks and ipAddress', { networks: [{ name: 'a' }], ipAddress: { networkName: 'a' } }],
  [
    '/container',
    'cannot specify both portMappings and ipAddress.discovery.ports',
    { ipAddress: { discovery: { ports: [{ number: 1 }] } }, container: { type: 'MESOS', portMappings: [{}] } },
  ],
])('at %s: %s', (path, error, both) => {
  expect(refusalOf({ ...RUNNABLE, ...both })).toEqual({ message: 'Object is not valid', details: { [path]: [error] } });
});
