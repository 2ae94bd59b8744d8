import { describe, expect, it } from 'vitest';
import { parseValue } from '../../../src/mesos/resources/value-text.ts';
import { Resources, ResourcesError } from '../../../src/mesos/resources.ts';

const problemOf = (text: string): string => {
  try {
    Resources.parse(text);
  } catch (error) {
    if (error instanceof ResourcesError) return error.message;
    throw error;
  }
  return 'none';
};

describe('the text form of resources', () => {
  it('comes back as it was written', () => {
    const text = 'cpus:4; mem:1024.5; ports:[31000-32000, 33000-33010]; disks:{sda1, sdb1}';
    expect(Resources.parse(text).format()).toBe(text);
  });

  it('takes a role in parentheses as a static reservation, and the default role else', () => {
    expect(Resources.parse('cpus(eng):4').toMessages()).toEqual([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 4 }, reservations: [{ type: 'STATIC', role: 'eng' }] },
    ]);
    expect(Resources.parse('cpus:4', 'eng').equals(Resources.parse('cpus(eng):4'))).toBe(true);
    expect(Resources.parse('cpus(*):4', 'eng').equals(Resources.parse('cpus:4'))).toBe(true);
  });

  it('prints reservations, allocation, volumes and marks as the original does', () => {
    expect(Resources.parse('mem(eng):512').format()).toBe('mem(reservations: [(STATIC,eng)]):512');
    const resources = Resources.of([
      {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 1 },
        reservations: [{ type: 'DYNAMIC', role: 'ops', principal: 'bob' }],
        allocation_info: { role: 'ops' },
        revocable: {},
      },
    ]);
    expect(resources.format()).toBe('cpus(allocated: ops)(reservations: [(DYNAMIC,ops,bob)]){REV}:1');
  });

  it('sums up what is named twice', () => {
    expect(Resources.parse('cpus:1;cpus:2;disks:{a};disks:{b, a}').format()).toBe('cpus:3; disks:{a, b}');
  });

  it('ignores blanks, and empty parts', () => {
    expect(Resources.parse(' cpus : 1 ;; ports : [ 1 - 2 , 4 - 5 ]; ').format()).toBe('cpus:1; ports:[1-2, 4-5]');
    expect(Resources.parse('').isEmpty).toBe(true);
  });

  it.each([
    ['cpus', "Bad value for resources, missing or extra ':' in cpus"],
    ['cpus:1:2', "Bad value for resources, missing or extra ':' in cpus:1:2"],
    ['cpus(eng:1', 'Bad value for resources, mismatched parentheses in cpus(eng:1'],
    ['cpus)eng(:1', 'Bad value for resources, mismatched parentheses in cpus)eng(:1'],
    ['ports:[5]', 'Expecting one or more "ranges"'],
    ['ports:[a-b]', "Expecting non-negative integers in 'a'"],
    ['ports:[9-8]', 'Invalid ranges resource: begin > end'],
    ['ports:[1-2', 'Mismatched brackets'],
    ['cpus:many', 'Bad type for resource cpus value many type TEXT'],
    ['cpus:0.0001', 'Invalid scalar resource: value <= 0'],
    [':1', "Bad value for resources, missing or extra ':' in :1"],
  ])('refuses %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it.each(['cpus:-1', 'cpus:NaN', 'cpus:inf', 'cpus:1e-310'])('refuses the number in %s', (text) => {
    expect(problemOf(text)).toMatch(/Invalid scalar value/);
  });

  it('is JSON too, in either reservation format', () => {
    const json = (extra: object): string =>
      JSON.stringify([{ name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, ...extra }]);
    expect(Resources.parse(json({})).format()).toBe('cpus:2');
    expect(Resources.parse(json({ role: 'eng' })).equals(Resources.parse('cpus(eng):2'))).toBe(true);
    expect(
      Resources.parse(json({ reservations: [{ type: 'STATIC', role: 'eng' }] })).equals(Resources.parse('cpus(eng):2')),
    ).toBe(true);
    expect(problemOf(json({ revocable: {} }))).toMatch(/revocable/);
    expect(problemOf(json({ shared: {} }))).toMatch(/shared/);
    expect(problemOf('[{"name":"cpus","scalar":{"value":1}}]')).toMatch(/type/);
    expect(problemOf('[{')).toMatch(/JSON/);
  });
});

describe('the text form of a value', () => {
  it('is text when it is nothing else', () => {
    expect(parseValue('rack-a')).toEqual({ type: 'TEXT', text: 'rack-a' });
    expect(parseValue('1e3')).toMatchObject({ type: 'SCALAR', millis: 1_000_000 });
    expect(parseValue('[1-2, 3-4]')).toEqual({ type: 'RANGES', ranges: [1, 4] });
    expect(parseValue('{a, b}')).toEqual({ type: 'SET', items: ['a', 'b'] });
    expect(() => parseValue('a[1-2]')).toThrow(/Unexpected/);
    expect(() => parseValue(' ')).toThrow('Expecting non-empty string');
  });
});
