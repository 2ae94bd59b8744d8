// Random commands over nested roles, with quota, weights, reservations, volumes, revocable resources, agents and frameworks that
// come, change and go: promises.ts says what holds, ../reference what a run answers.
import { describe, expect, it } from 'vitest';
import { failureOf } from './case.ts';
import { each, portions } from './seeds.ts';

describe('whatever happens to a cluster', () => {
  it.for(portions(1, 250))(
    'no more is given than there is, limits hold, headroom is kept, guarantees are served, and a run that looks at what changed answers as one that looks at everything (seeds $first to $last)',
    (seeds) => {
      const failures: string[] = [];
      for (const seed of each(seeds)) {
        const failure = failureOf(seed);
        if (failure !== undefined) failures.push(failure);
        if (failures.length === 3) break;
      }
      expect(failures.join('\n\n')).toBe('');
    },
  );
});
