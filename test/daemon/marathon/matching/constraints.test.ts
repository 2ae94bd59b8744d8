import { describe, expect, it } from 'vitest';
import { checkConstraints } from '../../../../src/daemon/marathon/matching/constraints.ts';
import { attributeText, type Place, scalarText } from '../../../../src/daemon/marathon/matching/place.ts';
import { PlacedInstances } from '../../../../src/daemon/marathon/matching/placed-instances.ts';
import type { Shortfall } from '../../../../src/daemon/marathon/matching/shortfall.ts';
import type { Constraint, ConstraintOperator } from '../../../../src/daemon/marathon/model/app.ts';
import { compileConstraintPattern } from '../../../../src/daemon/serving/matching/constraint-pattern.ts';
import fc from '../../../fast-check.ts';
import { app, constraint, placedAt, reasons, view } from './support.ts';

/** Whether an agent with this value of `rack` (undefined: none) is taken, given racks of instances placed. */
function accepts(
  operator: ConstraintOperator,
  value: string | undefined,
  offered: string | undefined,
  { have = [], instances = 5 }: { have?: readonly string[]; instances?: number } = {},
): boolean {
  const constraints = [constraint('rack', operator, value)];
  const attributes = offered === undefined ? [] : [{ name: 'rack', type: 'TEXT' as const, text: { value: offered } }];
  const placed = placedAt({ constraints }, 'rack', have);
  return reasons({ attributes }, { constraints, instances }, {}, placed).length === 0;
}

describe('a constraint', () => {
  it('UNIQUE takes a value that no instance has', () => {
    expect(accepts('UNIQUE', undefined, 'r2', { have: ['r1'] })).toBe(true);
    expect(accepts('UNIQUE', undefined, 'r1', { have: ['r1'] })).toBe(false);
  });

  it('CLUSTER with a value takes that value, without one the value of the first instance', () => {
    expect(accepts('CLUSTER', 'r1', 'r1')).toBe(true);
    expect(accepts('CLUSTER', 'r1', 'r2', { have: ['r2'] })).toBe(false);
    expect(accepts('CLUSTER', undefined, 'r2')).toBe(true);
    expect(accepts('CLUSTER', undefined, 'r2', { have: ['r1', 'r2'] })).toBe(false);
    expect(accepts('CLUSTER', undefined, 'r1', { have: ['r1', 'r2'] })).toBe(true);
  });

  it('LIKE and UNLIKE look at the whole value', () => {
    expect(accepts('LIKE', 'r[1-3]', 'r2')).toBe(true);
    expect(accepts('LIKE', 'r[1-3]', 'r22')).toBe(false);
    expect(accepts('LIKE', 'r|x', 'rx')).toBe(false);
    expect(accepts('UNLIKE', 'r[1-3]', 'r2')).toBe(false);
    expect(accepts('UNLIKE', 'r[1-3]', 'r22')).toBe(true);
  });

  it('MAX_PER takes a value that fewer instances have', () => {
    expect(accepts('MAX_PER', '2', 'r1', { have: ['r1'] })).toBe(true);
    expect(accepts('MAX_PER', '2', 'r1', { have: ['r1', 'r1'] })).toBe(false);
  });

  it('IS takes that value, numbers in the form of scalars', () => {
    expect(accepts('IS', 'r1', 'r1')).toBe(true);
    expect(accepts('IS', 'r1', 'r11')).toBe(false);
    expect(accepts('IS', '1.0000', '1')).toBe(true);
    expect(reasons({ attributes: 'level:1.0' }, { constraints: [constraint('level', 'IS', '1.0000')] })).toEqual([]);
  });

  it.each([
    // value of the constraint, have, offered, taken
    ['2', ['r1', 'r1'], 'r1', true],
    ['2', ['r1', 'r1', 'r1'], 'r1', false],
    ['4', ['r1'], 'r1', true],
    ['4', ['r1', 'r1'], 'r1', false],
    ['2', ['r1', 'r2'], 'r3', false],
    ['2', ['r1'], 'r2', true],
    // One of two groups of five may have three, not both.
    ['2', ['r1', 'r1', 'r1', 'r2'], 'r2', true],
    ['2', ['r1', 'r1', 'r1', 'r2', 'r2'], 'r2', false],
  ] as const)('GROUP_BY %s of five instances, have %j: %s taken is %s', (groups, have, offered, taken) => {
    expect(accepts('GROUP_BY', groups, offered, { have })).toBe(taken);
  });

  it('GROUP_BY without a number takes a new value, or one that as few instances have as any', () => {
    expect(accepts('GROUP_BY', undefined, 'r1')).toBe(true);
    expect(accepts('GROUP_BY', undefined, 'r2', { have: ['r1', 'r1'] })).toBe(true);
    expect(accepts('GROUP_BY', undefined, 'r1', { have: ['r1', 'r2'] })).toBe(true);
    expect(accepts('GROUP_BY', undefined, 'r1', { have: ['r1', 'r1', 'r2'] })).toBe(false);
    expect(accepts('GROUP_BY', undefined, 'r2', { have: ['r1', 'r1', 'r2'] })).toBe(true);
  });

  it('never holds where the attribute is missing, but for UNLIKE', () => {
    expect(accepts('UNLIKE', 'r1', undefined)).toBe(true);
    for (const [operator, value] of [
      ['UNIQUE', undefined],
      ['CLUSTER', undefined],
      ['CLUSTER', 'r1'],
      ['LIKE', '.*'],
      ['MAX_PER', '9'],
      ['IS', 'r1'],
      ['GROUP_BY', undefined],
      ['GROUP_BY', '2'],
    ] as const)
      expect(accepts(operator, value, undefined)).toBe(false);
  });

  it('looks at host, region and zone under names of their own', () => {
    const shape = { host: 'h1', region: 'eu', zone: 'eu-1' };
    for (const [field, value] of [
      ['hostname', 'h1'],
      ['@hostname', 'h1'],
      ['@region', 'eu'],
      ['@zone', 'eu-1'],
    ] as const) {
      expect(reasons(shape, { constraints: [constraint(field, 'IS', value)] })).toEqual([]);
      expect(reasons(shape, { constraints: [constraint(field, 'IS', 'x')] })).toEqual(['UnfulfilledConstraint']);
    }
  });

  it('holds together with all others', () => {
    const constraints = [constraint('hostname', 'UNIQUE'), constraint('rack', 'LIKE', 'r.*')];
    expect(reasons({ attributes: 'rack:r1' }, { constraints })).toEqual([]);
    expect(reasons({ attributes: 'rack:x1' }, { constraints })).toEqual(['UnfulfilledConstraint']);
    expect(
      reasons({ attributes: 'rack:r1' }, { constraints }, {}, placedAt({ constraints }, 'hostname', ['h1'])),
    ).toEqual(['UnfulfilledConstraint']);
  });

  it('with a pattern that would take other engines for ever is answered at once', () => {
    const startedAt = performance.now();
    expect(accepts('LIKE', '(a+)+b', 'a'.repeat(60))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('that cannot be understood holds nowhere', () => {
    expect(accepts('LIKE', '(', 'r1')).toBe(false);
    expect(accepts('UNLIKE', '(', 'r1')).toBe(false);
  });

  it('says which value the agent has and how many instances have it', () => {
    const constraints = [constraint('rack', 'MAX_PER', '2')];
    const found: Shortfall[] = [];
    checkConstraints(
      view({ attributes: 'rack:r1' }),
      app({ constraints }),
      placedAt({ constraints }, 'rack', ['r1', 'r1', 'r2']),
      found,
    );
    expect(found).toEqual([
      { reason: 'UnfulfilledConstraint', kind: 'constraint', constraint: constraints[0], value: 'r1', placed: 2 },
    ]);
  });
});

describe('the text of an attribute', () => {
  it('of a scalar has up to three decimals, halves to even', () => {
    const texts = [1, 1.0005, 1.00051, 0.0625, 0.1875, 1.0025, 12.5, 0].map(scalarText);
    expect(texts).toEqual(['1', '1', '1.001', '0.062', '0.188', '1.002', '12.5', '0']);
  });

  it('of ranges and sets is sorted', () => {
    expect(
      attributeText({
        name: 'p',
        type: 'RANGES',
        ranges: {
          range: [
            { begin: 5, end: 9 },
            { begin: 1, end: 2 },
          ],
        },
      }),
    ).toBe('[1-2,5-9]');
    expect(attributeText({ name: 's', type: 'SET', set: { item: ['b', 'a'] } })).toBe('{a,b}');
    expect(attributeText({ name: 't', type: 'TEXT', text: { value: 'b a' } })).toBe('b a');
  });
});

/** Counts all instances anew: slow and plain. */
function naive(
  { operator, value: wanted }: Constraint,
  have: readonly string[],
  v: string,
  instances: number,
): boolean {
  const counts = new Map<string, number>();
  for (const each of have) counts.set(each, (counts.get(each) ?? 0) + 1);
  const count = counts.get(v) ?? 0;
  switch (operator) {
    case 'UNIQUE':
      return !have.includes(v);
    case 'MAX_PER':
      return count < Number(wanted);
    case 'CLUSTER':
      return have.length === 0 || have[0] === v;
    case 'GROUP_BY': {
      if (wanted === undefined) return count === 0 || count === Math.min(...counts.values());
      const per = Math.floor(instances / Number(wanted));
      const used = [...counts.values()].reduce((sum, each) => sum + Math.max(0, each - per), 0);
      if (count === 0) return counts.size < Number(wanted);
      return count < per || (count === per && used < instances % Number(wanted));
    }
    default:
      throw new Error(operator);
  }
}

describe('where instances are placed', () => {
  const at = (rack: string): Place => ({
    host: 'h',
    attributes: [{ name: 'rack', type: 'TEXT', text: { value: rack } }],
  });

  it('is answered as by counting all of them, whatever was added and removed', () => {
    const constraints = [
      constraint('rack', 'UNIQUE'),
      constraint('rack', 'MAX_PER', '2'),
      constraint('rack', 'CLUSTER'),
      constraint('rack', 'GROUP_BY'),
      constraint('rack', 'GROUP_BY', '3'),
    ];
    const rack = fc.constantFrom('r1', 'r2', 'r3', 'r4');
    const steps = fc.array(fc.record({ id: fc.nat(8), rack, isRemoval: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 12 }), (changes, instances) => {
        const placed = new PlacedInstances({ constraints });
        const model = new Map<string, string>();
        for (const { id, rack: value, isRemoval } of changes) {
          model.delete(`i${id}`);
          if (isRemoval) placed.remove(`i${id}`);
          else {
            placed.add(`i${id}`, at(value));
            model.set(`i${id}`, value);
          }
          for (const each of constraints) {
            for (const offered of ['r1', 'r4', 'r5']) {
              const found: Shortfall[] = [];
              checkConstraints(
                view({ attributes: `rack:${offered}` }),
                { constraints: [each], instances },
                placed,
                found,
              );
              expect(found.length === 0).toBe(naive(each, [...model.values()], offered, instances));
            }
          }
        }
        expect(placed.size).toBe(model.size);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a pattern of a constraint', () => {
  it('may list hundreds of hosts, and is refused with a reason when it is too large or no pattern', () => {
    const hosts = Array.from({ length: 500 }, (_, i) => `host-${i}\\.example`).join('|');
    const matches = compileConstraintPattern(hosts);
    expect(matches('host-499.example')).toBe(true);
    expect(matches('host-500.example')).toBe(false);
    expect(() => compileConstraintPattern('(')).toThrow('missing )');
    expect(() => compileConstraintPattern('(a{1000}){1000}')).toThrow('too large');
    expect(() => compileConstraintPattern('a'.repeat(20_000))).toThrow('longer than');
  });
});
