// What the agents of random scenarios have: a little of everything that allocation knows.
import type { Resource } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';

const disk = (value: number, more: Partial<Resource>): Resource => ({
  name: 'disk',
  type: 'SCALAR',
  scalar: { value },
  ...more,
});
const mount = (root: string): Resource['disk'] => ({ source: { type: 'MOUNT', mount: { root } } });
const volume = (id: string): Resource['disk'] => ({
  persistence: { id, principal: 'p' },
  volume: { container_path: 'data', mode: 'RW' },
});
const reserved = (...roles: string[]): Pick<Resource, 'reservations'> => ({
  reservations: roles.map((role, depth) => ({ type: depth === 0 ? 'STATIC' : 'DYNAMIC', role })),
});

const more = (text: string, ...resources: Resource[]): Resources => Resources.parse(text).plus(Resources.of(resources));

export const TOTALS: readonly Resources[] = [
  Resources.parse('cpus:4;mem:1024'),
  Resources.parse('cpus:1;mem:64'),
  Resources.parse('cpus:8;mem:512;disk:100;ports:[1-9]'),
  Resources.parse('cpus:2;mem:64;cpus(a):1;mem(a):256'),
  Resources.parse('cpus:1;cpus(b):2;disk(a/x):50'),
  Resources.parse('cpus:4;mem:256;gpus:2'),
  Resources.parse('mem:40;ports:[1-3]'),
  more('cpus:2;mem:256;disk:30', disk(50, { disk: mount('/m1') }), disk(20, { disk: mount('/m2') })),
  more('cpus:2;mem:128', { name: 'cpus', type: 'SCALAR', scalar: { value: 3 }, revocable: {} }),
  more('cpus:3;mem:128;disk(a):40', disk(30, { ...reserved('a'), disk: volume('s1'), shared: {} })),
  more(
    'cpus:2;mem:64',
    { name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, ...reserved('a', 'a/x') },
    disk(60, reserved('a')),
  ),
];
