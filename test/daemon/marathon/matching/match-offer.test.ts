import { describe, expect, it } from 'vitest';
import { matchOffer } from '../../../../src/daemon/marathon/matching/match-offer.ts';
import { PlacedInstances } from '../../../../src/daemon/marathon/matching/placed-instances.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import type { Resource } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import fc from '../../../fast-check.ts';
import {
  app,
  constraint,
  context,
  mapping,
  NOW_MS,
  type OfferShape,
  offer,
  port,
  reasons,
  seeded,
  view,
} from './support.ts';

const NOBODY = new PlacedInstances({ constraints: [] });

function match(shape: OfferShape, changes: Parameters<typeof app>[0] = {}, seed = 1) {
  const answer = matchOffer(view(shape), app(changes), NOBODY, context({ random: seeded(seed) }));
  if (answer.kind === 'none') throw new Error(answer.reasons.join());
  return answer;
}

const take = (resources: readonly Resource[]): string =>
  Resources.of([...resources])
    .unallocated()
    .format();

describe('an offer', () => {
  it('is taken from as much as the app asks for, the rest is for the next', () => {
    const first = match({ resources: 'cpus:2;mem:300' });
    expect(take(first.resources)).toBe('cpus:1; mem:128');
    expect(first.rest.resources.unallocated().format()).toBe('cpus:1; mem:172');
    const second = matchOffer(first.rest, app(), NOBODY, context());
    expect(second.kind).toBe('match');
    if (second.kind === 'match')
      expect(matchOffer(second.rest, app(), NOBODY, context())).toMatchObject({
        kind: 'none',
        reasons: expect.arrayContaining(['InsufficientCpus', 'InsufficientMemory']),
      });
  });

  it('that lacks several things is refused with all of them but ports', () => {
    expect(
      reasons(
        { resources: 'cpus:0.5;mem:10;disk:1' },
        { disk: 5, constraints: [constraint('rack', 'IS', 'x')], portDefinitions: [port(0)] },
      ),
    ).toEqual(['UnfulfilledConstraint', 'InsufficientCpus', 'InsufficientMemory', 'InsufficientDisk']);
    expect(reasons({ resources: 'cpus:5;mem:1000' }, { portDefinitions: [port(0)] })).toEqual(['InsufficientPorts']);
  });

  it('says what is needed and what there is', () => {
    const answer = matchOffer(view({ resources: 'cpus:1.5;mem:1000' }), app({ cpus: 4 }), NOBODY, context());
    expect(answer).toMatchObject({
      shortfalls: [{ reason: 'InsufficientCpus', resource: 'cpus', needed: 4, available: 1.5 }],
    });
  });

  it('keeps roles, reservations and allocation as they were offered', () => {
    const resources: Resource[] = [
      { name: 'cpus', type: 'SCALAR', role: '*', scalar: { value: 1 } },
      { name: 'cpus', type: 'SCALAR', role: 'web', scalar: { value: 1.5 } },
      { name: 'mem', type: 'SCALAR', role: 'web', reservation: { principal: 'p' }, scalar: { value: 512 } },
    ];
    const answer = match({ role: 'web', resources }, { role: 'web', cpus: 2, mem: 100 });
    const allocation_info = { role: 'web' };
    expect(answer.resources).toEqual([
      { name: 'cpus', type: 'SCALAR', role: 'web', scalar: { value: 1.5 }, allocation_info },
      { name: 'cpus', type: 'SCALAR', role: '*', scalar: { value: 0.5 }, allocation_info },
      {
        name: 'mem',
        type: 'SCALAR',
        role: 'web',
        reservation: { principal: 'p' },
        scalar: { value: 100 },
        allocation_info,
      },
    ]);
  });

  it('keeps the newer form of reservations too', () => {
    const reservations = [{ type: 'DYNAMIC' as const, role: 'web', principal: 'p' }];
    const resources: Resource[] = [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, reservations },
      { name: 'mem', type: 'SCALAR', scalar: { value: 1000 } },
    ];
    const answer = match({ role: 'web', resources }, { role: 'web' });
    expect(answer.resources[0]?.reservations).toEqual(reservations);
    expect(answer.resources[1]).not.toHaveProperty('role');
  });

  it('is used in the roles that the app or the flag names', () => {
    const reserved = { role: 'web', resources: 'cpus(web):4;mem(web):1000' };
    const free = { role: 'web', resources: 'cpus:4;mem:1000' };
    const web = { role: 'web' };
    expect(reasons(reserved, web)).toEqual([]);
    expect(reasons(free, web)).toEqual([]);
    expect(reasons(reserved, { ...web, acceptedResourceRoles: ['*'] })).toContain('UnfulfilledRole');
    expect(reasons(free, { ...web, acceptedResourceRoles: ['web'] })[0]).toBe('UnfulfilledRole');
    expect(reasons(free, web, { acceptedResourceRolesDefaultBehavior: 'reserved' })[0]).toBe('UnfulfilledRole');
    expect(reasons(reserved, web, { acceptedResourceRolesDefaultBehavior: 'unreserved' })[0]).toBe('UnfulfilledRole');
    expect(reasons({ role: 'web' }, { role: '*' })[0]).toBe('UnfulfilledRole');
  });

  it('lends no disk but the root one, and nothing that is reserved for an instance with volumes', () => {
    const scalar = { value: 100 };
    const cpusAndMem = Resources.parse('cpus:1;mem:1000').toMessages();
    const mounted: Resource = {
      name: 'disk',
      type: 'SCALAR',
      scalar,
      disk: { source: { type: 'MOUNT', mount: { root: '/m' } } },
    };
    const root: Resource = { name: 'disk', type: 'SCALAR', scalar };
    expect(reasons({ resources: [...cpusAndMem, mounted] }, { disk: 10 })).toEqual(['InsufficientDisk']);
    expect(reasons({ resources: [...cpusAndMem, mounted, root] }, { disk: 10 })).toEqual([]);
    const held: Resource = {
      name: 'cpus',
      type: 'SCALAR',
      scalar,
      role: 'web',
      reservation: { labels: { labels: [{ key: 'marathon_task_id', value: 'x' }] } },
    };
    expect(
      reasons({ role: 'web', resources: [held, ...Resources.parse('mem:1000').toMessages()] }, { role: 'web' }),
    ).toEqual(['InsufficientCpus']);
  });

  it('from another region is for apps that name a region or zone', () => {
    const away = { region: 'us', zone: 'us-1' };
    expect(reasons(away, {}, { masterRegion: 'eu' })).toEqual(['UnfulfilledConstraint']);
    expect(reasons(away, {}, {})).toEqual([]);
    expect(reasons({}, {}, { masterRegion: 'eu' })).toEqual([]);
    expect(reasons({ region: 'eu' }, {}, { masterRegion: 'eu' })).toEqual([]);
    expect(reasons(away, { constraints: [constraint('@region', 'IS', 'us')] }, { masterRegion: 'eu' })).toEqual([]);
    expect(reasons(away, { constraints: [constraint('@zone', 'LIKE', 'us.*')] }, { masterRegion: 'eu' })).toEqual([]);
  });

  it('of an agent in maintenance is refused for two reasons', () => {
    const soon = (startsInSeconds: number, seconds?: number): OfferShape => ({
      unavailability: {
        start: { nanoseconds: (NOW_MS + startsInSeconds * 1000) * 1e6 },
        ...(seconds !== undefined && { duration: { nanoseconds: seconds * 1e9 } }),
      },
    });
    const both = ['UnfulfilledConstraint', 'AgentMaintenance'];
    expect(reasons(soon(-10))).toEqual(both);
    expect(reasons(soon(0, 10))).toEqual(both);
    expect(reasons(soon(-20, 10))).toEqual([]);
    expect(reasons(soon(60))).toEqual([]);
    expect(reasons(soon(60), {}, { drainingSeconds: 61 })).toEqual(both);
    expect(reasons(soon(-10), {}, { maintenanceMode: false })).toEqual([]);
  });

  it('with GPUs is kept for apps that use them, unless told otherwise', () => {
    const gpus = { resources: 'cpus:8;mem:1000;gpus:2' };
    expect(reasons(gpus)).toEqual(['DeclinedScarceResources']);
    expect(reasons(gpus, { gpus: 1 })).toEqual([]);
    expect(reasons(gpus, { gpus: 3 })).toEqual(['InsufficientGpus']);
    expect(reasons({ resources: 'cpus:8;mem:1000' }, { gpus: 1 })).toEqual(['InsufficientGpus']);
    expect(reasons(gpus, {}, { gpuSchedulingBehavior: 'unrestricted' })).toEqual([]);
    expect(reasons(gpus, { labels: { GPU_SCHEDULING_BEHAVIOR: 'unrestricted' } })).toEqual([]);
    expect(
      reasons(gpus, { labels: { GPU_SCHEDULING_BEHAVIOR: 'restricted' } }, { gpuSchedulingBehavior: 'unrestricted' }),
    ).toEqual(['DeclinedScarceResources']);
  });

  it('gives an executor of its own what it needs beside the task', () => {
    const own = { executor: '/opt/executor', executorResources: { cpus: 0.5, mem: 32, disk: 10 } };
    const answer = match({ resources: 'cpus:2;mem:1000;disk:10' }, own);
    expect(take(answer.executorResources)).toBe('cpus:0.5; mem:32; disk:10');
    expect(take(answer.resources)).toBe('cpus:1; mem:128');
    expect(reasons({ resources: 'cpus:1.4;mem:1000;disk:10' }, own)).toEqual(['InsufficientCpus']);
    expect(reasons({ resources: 'cpus:1;mem:128' }, { ...own, executor: '' })).toEqual([]);
  });
});

describe('host ports', () => {
  const mapped = (...mappings: ReturnType<typeof mapping>[]) => ({
    networks: [{ mode: 'container/bridge' as const, labels: {} }],
    container: {
      type: 'DOCKER' as const,
      docker: { image: 'i', forcePullImage: false },
      portMappings: mappings,
      volumes: [],
    },
  });

  it('are any ports, as many as there are definitions', () => {
    const { hostPorts } = match({}, { portDefinitions: [port(80), port(0), port(10_003)] });
    expect(hostPorts).toHaveLength(3);
    for (const each of hostPorts) expect(each).toBeGreaterThanOrEqual(31_000);
  });

  it('are consecutive from a random one on, round the end, and the same for the same random numbers', () => {
    const shape = { resources: 'cpus:1;mem:128;ports:[31000-31009]' };
    const definitions = Array.from({ length: 10 }, () => port(0));
    const one = match(shape, { portDefinitions: definitions }, 7).hostPorts;
    expect(match(shape, { portDefinitions: definitions }, 7).hostPorts).toEqual(one);
    expect(new Set(one).size).toBe(10);
    const [first = 0] = one;
    expect(one).toEqual(Array.from({ length: 10 }, (_, i) => 31_000 + ((first - 31_000 + i) % 10)));
    expect(reasons(shape, { portDefinitions: [...definitions, port(0)] })).toEqual(['InsufficientPorts']);
  });

  it('are exactly the service ports when the app requires them', () => {
    const requirePorts = true;
    const resources = 'cpus:1;mem:128;ports:[80-80, 10000-10010]';
    expect(match({ resources }, { requirePorts, portDefinitions: [port(10_004), port(80)] }).hostPorts).toEqual([
      10_004, 80,
    ]);
    const answer = matchOffer(
      view({ resources }),
      app({ requirePorts, portDefinitions: [port(80), port(10_011)] }),
      NOBODY,
      context(),
    );
    expect(answer).toMatchObject({
      shortfalls: [{ reason: 'InsufficientPorts', needed: 2, available: 12, missing: [10_011] }],
    });
  });

  it('of mappings are fixed, any or none', () => {
    const resources = 'cpus:1;mem:128;ports:[80-81]';
    const answer = match(
      { resources },
      mapped(mapping(8080, { hostPort: 80 }), mapping(9090), mapping(7070, { hostPort: 0 })),
    );
    expect(answer.ports).toEqual([80, undefined, 81]);
    expect(answer.hostPorts).toEqual([80, 81]);
    expect(reasons({ resources }, mapped(mapping(1, { hostPort: 82 })))).toEqual(['InsufficientPorts']);
    expect(reasons({ resources: 'cpus:1;mem:128' }, mapped(mapping(8080)))).toEqual([]);
  });

  it('asked for twice by number, as for tcp and udp, are taken once', () => {
    const answer = match(
      { resources: 'cpus:1;mem:128;ports:[53-53]' },
      mapped(mapping(53, { hostPort: 53 }), mapping(53, { hostPort: 53, protocol: 'udp' })),
    );
    expect(answer.ports).toEqual([53, 53]);
    expect(take(answer.resources)).toBe('cpus:1; mem:128; ports:[53-53]');
  });

  it('inside the container are those the app names, else those of the host, else drawn ones that nothing else uses', () => {
    const { containerPorts } = match(
      {},
      mapped(mapping(80), mapping(0, { hostPort: 31_007 }), mapping(0), mapping(0), mapping(53, { hostPort: 0 })),
    );
    const [named, ofHost, drawn = 0, another = 0, given] = containerPorts;
    expect([named, ofHost, given]).toEqual([80, 31_007, 53]);
    expect(new Set(containerPorts).size).toBe(5);
    for (const number of [drawn, another]) expect(number).toBeGreaterThanOrEqual(1025);
    for (const number of [drawn, another]) expect(number).toBeLessThanOrEqual(65_535);
    expect(match({}, { portDefinitions: [port(80)] }).containerPorts).toEqual([]);
  });

  it('are consumed with the role of the range they came from', () => {
    const resources = 'cpus:1;mem:128;ports(web):[1-1];ports:[2-2]';
    const answer = match({ role: 'web', resources }, { role: 'web', portDefinitions: [port(0), port(0)] });
    const ports = answer.resources.filter(({ name }) => name === 'ports');
    expect(ports.map(({ reservations, ranges }) => [reservations?.[0]?.role, ranges?.range])).toEqual([
      ['web', [{ begin: 1, end: 1 }]],
      [undefined, [{ begin: 2, end: 2 }]],
    ]);
    expect(
      reasons(
        { role: 'web', resources },
        { role: 'web', acceptedResourceRoles: ['web'], portDefinitions: [port(0), port(0)] },
      ),
    ).toContain('InsufficientCpus');
  });
});

describe('matching', () => {
  const amount = fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10);
  const range = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 6 }))
    .map(([begin, length]) => [begin, begin + length] as const);
  const entry = fc.record({
    role: fc.constantFrom('*', 'web', 'other'),
    cpus: amount,
    mem: amount,
    disk: amount,
    ports: fc.array(range, { maxLength: 3 }),
  });
  const wanted = fc.oneof(fc.constant(undefined), fc.constant(0), fc.integer({ min: 1, max: 60 }));

  it('never takes more than is offered, and ports are distinct, inside the ranges and as asked for', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 4 }),
        fc.record({
          cpus: amount,
          mem: amount,
          disk: amount,
          hostPorts: fc.uniqueArray(wanted, { maxLength: 4, selector: (p) => p ?? {} }),
        }),
        fc.nat(),
        (entries, needs, seed) => {
          const texts = entries.flatMap(({ role, cpus, mem, disk, ports }) => {
            const of = role === '*' ? '' : `(${role})`;
            const ranges = ports.map(([begin, end]) => `${begin}-${end}`).join(',');
            return [
              `cpus${of}:${cpus};mem${of}:${mem};disk${of}:${disk}`,
              ...(ranges === '' ? [] : [`ports${of}:[${ranges}]`]),
            ];
          });
          const resources = Resources.sum(texts.map((text) => Resources.parse(text)));
          const made = offer({ role: 'web', resources: resources.toMessages() });
          let current = view({ role: 'web', resources: resources.toMessages() });
          const all = current.resources;
          const random = seeded(seed);
          const { hostPorts, cpus, mem, disk } = needs;
          const wants = app({
            id: '/a' as PathId,
            role: 'web',
            cpus,
            mem,
            disk,
            networks: [{ mode: 'container/bridge', labels: {} }],
            container: {
              type: 'MESOS',
              volumes: [],
              portMappings: hostPorts.map((hostPort) => mapping(80, hostPort === undefined ? {} : { hostPort })),
            },
          });
          let consumed = Resources.EMPTY;
          const seen = new Set<number>();
          for (let i = 0; i < 5; i++) {
            const answer = matchOffer(current, wants, NOBODY, context({ random }));
            if (answer.kind === 'none') {
              expect(answer.reasons.length).toBeGreaterThan(0);
              break;
            }
            const taken = Resources.of([...answer.resources]);
            expect(current.resources.contains(taken)).toBe(true);
            expect(taken.reserved('other').isEmpty).toBe(true);
            for (const [name, need] of [
              ['cpus', cpus],
              ['mem', mem],
              ['disk', disk],
            ] as const)
              expect(taken.scalar(name) ?? 0).toBeCloseTo(need, 3);
            expect(answer.ports).toHaveLength(hostPorts.length);
            for (const [index, got] of answer.ports.entries()) {
              const want = hostPorts[index];
              if (want === undefined) expect(got).toBeUndefined();
              else if (want !== 0) expect(got).toBe(want);
            }
            for (const got of answer.hostPorts) {
              expect(seen.has(got) && !all.items.some(({ identity }) => identity.role !== undefined)).toBe(false);
              seen.add(got);
            }
            expect(new Set(answer.hostPorts).size).toBe(answer.hostPorts.length);
            consumed = consumed.plus(taken);
            current = answer.rest;
          }
          expect(all.contains(consumed)).toBe(true);
          expect(current.resources.plus(consumed).equals(all)).toBe(true);
          expect(made.hostname).toBe('h1');
        },
      ),
      { numRuns: 300 },
    );
  });
});
