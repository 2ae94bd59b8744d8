// Service ports (marathon.md 11.3, 25, 26.8, 26.9).
import { expect, test } from 'vitest';
import { servicePortsOf } from '../../../../src/daemon/marathon/model/app.ts';
import { removeApp } from '../../../../src/daemon/marathon/model/root-group.ts';
import { harness, path, refusalOf } from './support/tree.ts';

const ports = (...numbers: number[]) => ({ portDefinitions: numbers.map((port) => ({ port })) });
const ofApp = async (h: Awaited<ReturnType<typeof harness>>, id: string) => servicePortsOf(h.app(id));

test('two new apps with two ports each get the four lowest', async () => {
  const h = await harness();
  await h.put({ id: '/a', ...ports(0, 0) }, { id: '/b', ...ports(0, 0) });
  expect([...(await ofApp(h, '/a')), ...(await ofApp(h, '/b'))].sort()).toEqual([10000, 10001, 10002, 10003]);
});

test('an app that is posted again with 0 keeps its port', async () => {
  const h = await harness();
  await h.put({ id: '/x', ...ports(0, 0, 0) }, { id: '/y', ...ports(0) });
  expect(await ofApp(h, '/y')).toEqual([10003]);
  await h.put({ id: '/y', cmd: 'sleep 2', ...ports(0) });
  expect(await ofApp(h, '/y')).toEqual([10003]);
});

test('a former port that the app now names itself is not used for a 0', async () => {
  const h = await harness();
  await h.put({ id: '/y', ...ports(0) });
  await h.put({ id: '/y', ...ports(0, 10000) });
  expect(await ofApp(h, '/y')).toEqual([10001, 10000]);
});

test('a former port out of the range is not used again', async () => {
  const h = await harness();
  await h.put({ id: '/y', ...ports(80) });
  await h.put({ id: '/y', ...ports(0) });
  expect(await ofApp(h, '/y')).toEqual([10000]);
});

test('ports given by number are kept, out of the range and shared by apps too', async () => {
  const h = await harness();
  await h.put({ id: '/a', ...ports(80, 10005) }, { id: '/b', ...ports(80, 10005) });
  expect(await ofApp(h, '/a')).toEqual([80, 10005]);
  expect(await ofApp(h, '/b')).toEqual([80, 10005]);
});

test('a port that another app of the same request names is not given away', async () => {
  const h = await harness();
  await h.put({ id: '/a', ...ports(0, 0) }, { id: '/b', ...ports(10000, 10002) });
  expect(await ofApp(h, '/a')).toEqual([10001, 10003]);
});

test('a port is free when its last app is gone, and not before the change that removes it is done', async () => {
  const h = await harness();
  await h.put({ id: '/a', ...ports(0) }, { id: '/b', ...ports(10000) });
  await h.change((root) => removeApp(root, path('/a')));
  await h.put({ id: '/c', ...ports(0) });
  expect(await ofApp(h, '/c')).toEqual([10001]);
  await h.change((root) => removeApp(root, path('/b')));
  await h.put({ id: '/d', ...ports(0) });
  expect(await ofApp(h, '/d')).toEqual([10000]);
});

test('port mappings get service ports as well, also without a host port', async () => {
  const h = await harness();
  await h.put({
    id: '/a',
    container: {
      type: 'DOCKER',
      docker: { image: 'nginx' },
      portMappings: [{ containerPort: 80 }, { containerPort: 81 }],
    },
    networks: [{ mode: 'container', name: 'net' }],
  });
  expect(await ofApp(h, '/a')).toEqual([10000, 10001]);
});

test('when the range is used up the request fails and nothing changes', async () => {
  const h = await harness({ args: ['--local_port_min=10000', '--local_port_max=10001'] });
  await h.put({ id: '/a', ...ports(0) });
  const refusal = await refusalOf(() => h.put({ id: '/b', ...ports(0, 0) }));
  expect([refusal.status, refusal.message]).toEqual([500, 'All ports in the range [10000-10001) are already in use']);
  expect(h.tree.root.apps.size).toBe(1);
  await h.put({ id: '/b', ...ports(0) });
  expect(await ofApp(h, '/b')).toEqual([10001]);
});

test('ports in use are known after a restart', async () => {
  const h = await harness();
  await h.put({ id: '/a', ...ports(0, 0) });
  const again = await h.restarted();
  await again.put({ id: '/b', ...ports(0) });
  expect(await ofApp(again, '/b')).toEqual([10002]);
});
