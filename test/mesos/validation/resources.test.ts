import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import {
  validateCreate,
  validateDestroy,
  validateOperationShape,
  validateReserve,
  validateUnreserve,
} from '../../../src/mesos/validation/operations.ts';
import { validateGrowVolume, validateShrinkVolume } from '../../../src/mesos/validation/resize.ts';
import { validateResource } from '../../../src/mesos/validation/resource-form.ts';

const scalar = (more: Partial<Resource> = {}): Resource => ({
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value: 1 },
  ...more,
});
const dynamic = { type: 'DYNAMIC', role: 'ops', principal: 'bob' } as const;
const reserved = (more: Partial<Resource> = {}): Resource => scalar({ reservations: [dynamic], ...more });
const volume = (more: Partial<Resource> = {}): Resource =>
  reserved({
    name: 'disk',
    scalar: { value: 64 },
    disk: { persistence: { id: 'v1', principal: 'bob' }, volume: { container_path: 'd', mode: 'RW' } },
    ...more,
  });
const everything = { has: () => true };

describe('a resource', () => {
  test.each([
    ['nothing at all', scalar({ scalar: { value: 0 } })],
    ['both formats saying the same', reserved({ role: 'ops', reservation: { principal: 'bob' } })],
    ['a refined reservation', scalar({ reservations: [dynamic, { type: 'DYNAMIC', role: 'ops/sub' }] })],
  ])('may be %s', (_what, resource) => expect(validateResource(resource)).toBeUndefined());

  test.each([
    [scalar({ name: '' }), 'Empty resource name'],
    [scalar({ scalar: undefined }), 'Invalid scalar resource'],
    [scalar({ scalar: { value: -1 } }), 'Invalid scalar resource: value <= 0'],
    [scalar({ scalar: { value: 0.0001 } }), 'Invalid scalar resource: value <= 0'],
    [scalar({ type: 'TEXT' }), 'Unsupported resource type'],
    [
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 2, end: 1 }] } },
      'Invalid ranges resource: begin > end',
    ],
    [
      {
        name: 'ports',
        type: 'RANGES',
        ranges: {
          range: [
            { begin: 1, end: 5 },
            { begin: 5, end: 6 },
          ],
        },
      },
      'Invalid ranges resource: overlapping ranges',
    ],
    [{ name: 's', type: 'SET', set: { item: ['a', 'a'] } }, 'Invalid set resource: duplicated elements'],
    [scalar({ disk: {} }), 'DiskInfo should not be set for cpus resource'],
    [scalar({ reservation: {} }), 'Invalid reservation: role "*" cannot be dynamically reserved'],
    [
      scalar({ role: 'a', reservation: { role: 'a' } }),
      "'Resource.ReservationInfo.role' must not be set for the 'Resource.reservation' field",
    ],
    [scalar({ role: '/a' }), "Role '/a' cannot start with a slash"],
    [
      scalar({ reservations: [{ role: 'a' }] }),
      "Invalid reservation: 'Resource.ReservationInfo.type' field must be set.",
    ],
    [scalar({ reservations: [{ type: 'STATIC', role: '*' }] }), 'Invalid reservation: role "*" cannot be reserved'],
    [
      scalar({ reservations: [dynamic, { type: 'STATIC', role: 'ops/sub' }] }),
      'Invalid refined reservation: A refined reservation cannot be STATIC',
    ],
    [
      scalar({ reservations: [dynamic, { type: 'DYNAMIC', role: 'opsub' }] }),
      "Invalid refined reservation: role 'opsub' is not a refinement of 'ops'",
    ],
    [
      reserved({ role: 'web' }),
      "Invalid resource format: 'Resource.role' field with 'web' does not match the role 'ops' in 'Resource.reservations'",
    ],
    [
      reserved({ role: 'ops' }),
      "Invalid resource format: 'Resource.role' and 'Resource.reservation' must either be both set or both not set if the single reservation in 'Resource.reservations' is DYNAMIC",
    ],
    [scalar({ shared: {} }), 'Resource cpus cannot be shared'],
  ] satisfies [Resource, string][])('%j is refused', (resource, reason) => {
    expect(validateResource(resource)).toBe(reason);
  });
});

describe('operations', () => {
  test('have a type and the member of its name, and launches no id', () => {
    expect(validateOperationShape({})).toBe('Unknown operation');
    expect(validateOperationShape({ type: 'RESERVE' })).toBe("Expecting 'reserve' to be present");
    expect(validateOperationShape({ type: 'LAUNCH', launch: {} })).toBeUndefined();
    expect(validateOperationShape({ type: 'LAUNCH', launch: {}, id: { value: 'x' } })).toContain("'id' field was set");
  });

  test('RESERVE by operators', () => {
    const reserve = (...resources: Resource[]) => validateReserve({ resources }, {}, everything);
    expect(reserve(reserved())).toBeUndefined();
    expect(reserve()).toBe('Invalid resources: The resources have multiple resource providers: ');
    expect(reserve(scalar({ reservations: [{ type: 'STATIC', role: 'ops' }] }))).toBe(
      'Resource cpus(reservations: [(STATIC,ops)]):1 is not dynamically reserved',
    );
    expect(reserve(reserved({ allocation_info: { role: 'ops' } }))).toContain('operator API only allows');
  });

  test('RESERVE by frameworks is for the role the resources were allocated to', () => {
    const framework = { user: 'u', name: 'n', role: 'ops' };
    const reserve = (resource: Resource) => validateReserve({ resources: [resource] }, { framework }, everything);
    expect(reserve(reserved({ allocation_info: { role: 'ops' } }))).toBeUndefined();
    expect(reserve(reserved())).toContain('attempted on unallocated resource');
    expect(reserve(reserved({ allocation_info: { role: 'web' } }))).toContain("allocated to role 'web'");
  });

  test('RESERVE carries the principal of who asks', () => {
    const reserve = (principal: string) => validateReserve({ resources: [reserved()] }, { principal }, everything);
    expect(reserve('bob')).toBeUndefined();
    expect(reserve('alice')).toContain("authenticated principal 'alice', which does not match");
  });

  test('UNRESERVE is for what is reserved and not a volume', () => {
    expect(validateUnreserve({ resources: [reserved()] })).toBeUndefined();
    expect(validateUnreserve({ resources: [scalar()] })).toContain('is not dynamically reserved');
    expect(validateUnreserve({ resources: [volume()] })).toContain('cannot be unreserved directly');
  });

  test.each([
    [volume(), undefined],
    [
      volume({ disk: { persistence: { id: 'a/b' }, volume: { container_path: 'd', mode: 'RW' } } }),
      "Invalid resources: Invalid DiskInfo: Invalid persistence ID for persistent volume: 'a/b' contains invalid characters",
    ],
    [
      volume({ disk: { persistence: { id: 'v' }, volume: { container_path: 'd', host_path: '/tmp', mode: 'RW' } } }),
      "Invalid resources: Invalid DiskInfo: Expecting 'host_path' to be unset for persistent volume",
    ],
    [
      volume({ disk: undefined }),
      'Not a persistent volume: Resource disk(reservations: [(DYNAMIC,ops,bob)]):64 does not have DiskInfo',
    ],
    [
      volume({ disk: { persistence: { id: 'v' }, volume: { container_path: 'd', mode: 'RO' } } }),
      'Not a persistent volume: Read-only persistent volume not supported',
    ],
    [
      volume({ reservations: [] }),
      'Invalid resources: Invalid DiskInfo: Persistent volumes cannot be created from unreserved resources',
    ],
  ])('CREATE of %j: %s', (given, reason) => {
    expect(validateCreate({ volumes: [given] }, Resources.EMPTY, {}, everything)).toBe(reason);
  });

  test('CREATE wants an id that the role has not used', () => {
    expect(validateCreate({ volumes: [volume()] }, Resources.of([volume()]), {}, everything)).toBe(
      "Persistence ID 'v1' is not unique",
    );
  });

  test('CREATE makes no second volume where there is a shared one, nor a shared one twice', () => {
    const shared = volume({ shared: {} });
    const createBeside = (there: Resource[], ...volumes: Resource[]) =>
      validateCreate({ volumes }, Resources.of(there), {}, everything);
    expect(createBeside([], shared)).toBeUndefined();
    for (const [there, ...made] of [
      [[shared], volume()],
      [[volume()], shared],
      [[shared], shared],
      [[shared], volume({ shared: {}, scalar: { value: 32 } })],
      [[], shared, shared],
    ] as [Resource[], ...Resource[]][]) {
      expect(createBeside(there, ...made)).toBe("Persistence ID 'v1' is not unique");
    }
  });

  test('RESERVE does not take a volume to another role, where its data would not be', () => {
    const refined = volume({ reservations: [dynamic, { type: 'DYNAMIC', role: 'ops/sub', principal: 'bob' }] });
    const why = /^A persistent volume disk.* must already be reserved: its role cannot change/;
    expect(validateReserve({ resources: [refined] }, {}, everything)).toMatch(why);
    const moved = volume({ reservations: [{ ...dynamic, role: 'web' }] });
    expect(validateReserve({ resources: [moved], source: [volume()] }, {}, everything)).toMatch(why);
    const renamed = volume({ reservations: [{ ...dynamic, principal: 'carol' }] });
    expect(validateReserve({ resources: [renamed], source: [volume()] }, {}, everything)).toBeUndefined();
  });

  test('RESERVE with a source leaves static reservations as they are', () => {
    const of = (...reservations: Resource['reservations'] & {}) => scalar({ reservations });
    const fixed = { type: 'STATIC', role: 'ops' } as const;
    const refined = { type: 'DYNAMIC', role: 'ops/sub' } as const;
    const other = { type: 'DYNAMIC', role: 'ops/other' } as const;
    const move = (source: Resource, resource: Resource) =>
      validateReserve({ resources: [resource], source: [source] }, {}, everything);
    expect(move(of(fixed, refined), of(fixed, other))).toBeUndefined();
    const why = 'Static reservations cannot be made, changed or taken away';
    expect(move(of(fixed), of(dynamic))).toBe(why);
    expect(move(scalar(), of(fixed, refined))).toBe(why);
    expect(move(of(fixed, refined), of({ ...fixed, role: 'web' }, { ...refined, role: 'web/x' }))).toBe(why);
  });

  test('DESTROY is for volumes that are there and that nobody uses', () => {
    const there = Resources.of([volume()]);
    expect(validateDestroy({ volumes: [volume()] }, there, [])).toBeUndefined();
    expect(validateDestroy({ volumes: [volume()] }, Resources.EMPTY, [])).toBe('Persistent volumes not found');
    expect(validateDestroy({ volumes: [volume()] }, there, [there])).toBe('Persistent volumes in use');
  });

  test('GROW_VOLUME and SHRINK_VOLUME are for volumes of one user that can be written', () => {
    const disk = volume().disk;
    const addition = reserved({ name: 'disk', scalar: { value: 1 } });
    const both = (given: Resource, agent = everything) => [
      validateGrowVolume({ volume: given, addition }, agent),
      validateShrinkVolume({ volume: given, subtract: { value: 1 } }, agent),
    ];
    expect(both(volume())).toEqual([undefined, undefined]);
    const refused = (why: string) => [expect.stringContaining(why), expect.stringContaining(why)];
    const readOnly = volume({ disk: { ...disk, volume: { container_path: 'd', mode: 'RO' } } });
    expect(both(readOnly)).toEqual(refused('Read-only persistent volume not supported'));
    expect(both(volume({ shared: {} }))).toEqual(refused('shared persistent volume'));
    expect(both(reserved({ name: 'disk' }))).toEqual(refused('is not a persistent volume'));
    const mounted = volume({ disk: { ...disk, source: { type: 'MOUNT', mount: { root: '/m' } } } });
    expect(both(mounted)).toEqual(refused('of the type MOUNT'));
    expect(both(volume(), { has: () => false })).toEqual(refused('RESIZE_VOLUME'));
    const grow = (more: Resource) => validateGrowVolume({ volume: volume(), addition: more }, everything);
    expect(grow({ ...addition, scalar: { value: 0 } })).toContain('must be greater than zero');
    expect(grow({ ...addition, reservations: [{ ...dynamic, role: 'web' }] })).toContain('Incompatible resources');
    const shrink = (value: number) => validateShrinkVolume({ volume: volume(), subtract: { value } }, everything);
    expect([shrink(0), shrink(-1), shrink(Number.NaN)]).toEqual(Array(3).fill(expect.stringContaining('than zero')));
    expect([shrink(63.999), shrink(64)]).toEqual([undefined, expect.stringContaining('must be greater')]);
  });
});
