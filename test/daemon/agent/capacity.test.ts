import { expect, test } from 'vitest';
import { agentCapacity, offeredDiskMb, offeredMemoryMb } from '../../../src/daemon/agent/capacity.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { Scene } from './support/scene.ts';

const GIB = 1024 ** 3;

test('a machine offers its memory but for a gigabyte, a small one half of it', () => {
  expect(offeredMemoryMb(8 * GIB)).toBe(7 * 1024);
  expect(offeredMemoryMb(1 * GIB)).toBe(512);
});

test('a machine offers its disk but for five gigabytes, a small one half of it', () => {
  expect(offeredDiskMb(100 * GIB)).toBe(95 * 1024);
  expect(offeredDiskMb(8 * GIB)).toBe(4 * 1024);
});

test('what is not named is detected', async () => {
  const scene = await Scene.set({ flags: ['--resources=cpus(web):1.5;gpus:1'] });
  const text = Resources.of(scene.master.subscriptions[0]?.agent_info.resources).format();
  expect(text).toContain('cpus');
  expect(Resources.of(scene.master.subscriptions[0]?.agent_info.resources).scalar('cpus')).toBe(1.5);
  expect(Resources.of(scene.master.subscriptions[0]?.agent_info.resources).scalar('mem')).toBe(7 * 1024);
  expect(text).toContain('ports:[31000-32000]');
});

test('attributes of every kind are told', async () => {
  const scene = await Scene.set({ flags: ['--attributes=rack:r1;level:10;keys:[1000-1500];url:http://x:1'] });
  expect(scene.master.subscriptions[0]?.agent_info.attributes).toEqual([
    { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
    { name: 'level', type: 'SCALAR', scalar: { value: 10 } },
    { name: 'keys', type: 'RANGES', ranges: { range: [{ begin: 1000, end: 1500 }] } },
    { name: 'url', type: 'TEXT', text: { value: 'http://x:1' } },
  ]);
});

test.each(['resources', 'attributes'])('a text of --%s that cannot be understood is wrong usage', async (flag) => {
  const world = createRealWorld({ log: { level: 'silent' } });
  const flags = { resources: undefined, attributes: undefined, defaultRole: '*', workDir: '/', [flag]: 'cpus' };
  await expect(agentCapacity(world, flags)).rejects.toMatchObject({ code: 'invalid-value', flag });
  await world.close();
});
