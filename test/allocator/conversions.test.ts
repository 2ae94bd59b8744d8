// Operations change what an agent has, together with who holds it.
import { expect, it } from 'vitest';
import type { Conversion } from '../../src/mesos/resources/conversion.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster } from './small-cluster.ts';

const RESERVED = Resources.of([
  { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, reservations: [{ type: 'DYNAMIC', role: 'eng' }] },
]);
const reserve: Conversion = { consumed: Resources.parse('cpus:1'), converted: RESERVED };
const lacking: Conversion = { consumed: Resources.parse('cpus:9'), converted: Resources.parse('cpus:9') };

it('what a framework reserves of its offer is reserved on the agent, and offered to its role alone afterwards', () => {
  const cluster = new SmallCluster().framework('F', 'eng').framework('G', 'ops').agent('a1', 'cpus:4;mem:100');
  expect(cluster.events()).toEqual(['a1 F eng: cpus:4; mem:100']);
  cluster.allocator.convertOffered('a1', 'F', 'eng', [reserve]);
  const shares = [cluster.allocator.frameworkShare('F', 'eng'), cluster.allocator.frameworkShare('G', 'ops')];
  expect(shares).toEqual([1, 0]);
  cluster.decline('F', 'a1', 'cpus:3;mem:100', 0, 'eng');
  expect(cluster.tick()).toEqual(['a1 G ops: cpus:3; mem:100']);
  expect(cluster.allocator.available('a1').format()).toBe('');
});

it('what an operator reserves is taken from what is free, and looked at by the next batch', () => {
  const cluster = new SmallCluster().agent('a1', 'cpus:4;mem:100').framework('G', 'ops').framework('F', 'eng');
  cluster.allocator.deactivateFramework('G');
  cluster.allocator.deactivateFramework('F');
  cluster.tick();
  cluster.allocator.convertAvailable('a1', [reserve]);
  cluster.allocator.activateFramework('F');
  cluster.allocator.suppress('F');
  cluster.allocator.activateFramework('G');
  expect(cluster.tick()).toEqual(['a1 G ops: cpus:3; mem:100']);
});

it('nothing changes when what is to be converted is not there', () => {
  const cluster = new SmallCluster().framework('F', 'eng').agent('a1', 'cpus:4;mem:100');
  cluster.events();
  const held = expect.objectContaining({ code: 'RESOURCES_NOT_HELD' });
  expect(() => cluster.allocator.convertOffered('a1', 'F', 'eng', [reserve, lacking])).toThrow(held);
  expect(() => cluster.allocator.convertAvailable('a1', [reserve])).toThrow(held);
  cluster.decline('F', 'a1', 'cpus:4;mem:100', 0, 'eng');
  expect(cluster.tick()).toEqual(['a1 F eng: cpus:4; mem:100']);
});
