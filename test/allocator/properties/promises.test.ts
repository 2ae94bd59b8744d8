// Random commands over nested roles, with quota, weights, reservations, volumes, revocable resources, agents and frameworks that
// come, change and go: promises.ts says what holds, ../reference what a run answers. 2,000 cases here; more on demand:
//   MCTL_ALLOCATOR_CASES=100000 npx vitest run test/allocator/properties
//   MCTL_ALLOCATOR_SEED=17 npx vitest run test/allocator/properties
import { describe, expect, it } from 'vitest';
import { failureOf } from './case.ts';

const CASES = Number(process.env.MCTL_ALLOCATOR_CASES ?? 2000);
const SEED = process.env.MCTL_ALLOCATOR_SEED;
/** A test each: so that none takes long. */
const AT_ONCE = 250;

const ranges = Array.from({ length: Math.ceil(CASES / AT_ONCE) }, (_, index) => ({
  first: index * AT_ONCE + 1,
  last: Math.min(CASES, (index + 1) * AT_ONCE),
}));
const seeds = SEED === undefined ? ranges : [{ first: Number(SEED), last: Number(SEED) }];

describe('whatever happens to a cluster', () => {
  it.for(seeds)(
    'no more is given than there is, limits hold, headroom is kept, guarantees are served, and a run that looks at what changed answers as one that looks at everything (seeds $first to $last)',
    ({ first, last }) => {
      const failures: string[] = [];
      for (let seed = first; seed <= last && failures.length < 3; seed++) {
        const failure = failureOf(seed);
        if (failure !== undefined) failures.push(failure);
      }
      expect(failures.join('\n\n')).toBe('');
    },
  );
});
