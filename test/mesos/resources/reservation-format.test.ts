import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/mesos/generated/v1.ts';
import { toBothFormats, toPostFormat, toPreFormat } from '../../../src/mesos/resources.ts';

const cpus = (extra: Partial<Resource> = {}): Resource => ({
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value: 1 },
  ...extra,
});
const labels = { labels: [{ key: 'k', value: 'v' }] };

describe('reservation formats', () => {
  it.each<[string, Resource, Resource]>([
    ['unreserved', cpus({ role: '*' }), cpus()],
    ['static', cpus({ role: 'eng' }), cpus({ reservations: [{ type: 'STATIC', role: 'eng' }] })],
    [
      'dynamic',
      cpus({ role: 'eng', reservation: { principal: 'p', labels } }),
      cpus({ reservations: [{ type: 'DYNAMIC', role: 'eng', principal: 'p', labels }] }),
    ],
  ])('say %s in the old and in the new form', (_kind, pre, post) => {
    expect(toPostFormat(pre)).toEqual(post);
    expect(toPreFormat(post)).toEqual(pre);
    expect(toBothFormats(post)).toEqual({ ...pre, ...post });
    expect(toPostFormat(toBothFormats(post))).toEqual(post);
    expect(toPostFormat(post)).toEqual(post);
  });

  it('cannot say a refined reservation in the old form', () => {
    const refined = cpus({
      reservations: [
        { type: 'STATIC', role: 'eng' },
        { type: 'DYNAMIC', role: 'eng/web' },
      ],
    });
    expect(toPreFormat(refined)).toBeUndefined();
    expect(toBothFormats(refined)).toEqual(refined);
  });

  it('refuse to contradict each other', () => {
    const contradictory = cpus({ role: 'ops', reservations: [{ type: 'STATIC', role: 'eng' }] });
    expect(() => toPostFormat(contradictory)).toThrow(/differs/);
  });
});
