// Numbers out of a distribution, from a stream of chance.
import type { Distribution } from './workload.ts';

/** Never negative. `random`: from 0 (included) to 1 (excluded). */
export function draw(distribution: Distribution, random: () => number): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distribution.low + (distribution.high - distribution.low) * random();
    case 'exponential':
      return -distribution.mean * Math.log(1 - random());
    case 'normal':
      return Math.max(0, distribution.mean + distribution.deviation * standardNormal(random));
    case 'lognormal':
      return distribution.median * Math.exp(distribution.sigma * standardNormal(random));
    case 'pareto': {
      const drawn = distribution.minimum / (1 - random()) ** (1 / distribution.shape);
      return Math.min(drawn, distribution.maximum ?? Number.POSITIVE_INFINITY);
    }
    case 'choice':
      return choose(distribution.values, random);
  }
}

/** Whether `draw` answers nothing but 0. */
export function isAlwaysZero(distribution: Distribution): boolean {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value === 0;
    case 'uniform':
      return distribution.high === 0;
    case 'exponential':
      return distribution.mean === 0;
    case 'normal':
      return distribution.mean === 0 && distribution.deviation === 0;
    case 'lognormal':
      return distribution.median === 0;
    case 'pareto':
      return distribution.minimum === 0 || distribution.maximum === 0;
    case 'choice':
      return distribution.values.every(({ value }) => value === 0);
  }
}

/** As `draw`, a whole number from 1 to `maximum`. */
export function drawCount(distribution: Distribution, random: () => number, maximum: number): number {
  // The largest value of a uniform one is as likely as the others.
  const drawn =
    distribution.kind === 'uniform'
      ? Math.floor(distribution.low + (distribution.high - distribution.low + 1) * random())
      : Math.round(draw(distribution, random));
  return Math.min(maximum, Math.max(1, drawn));
}

/** Box and Muller's, one of the two. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function choose(values: readonly { readonly value: number; readonly weight: number }[], random: () => number): number {
  let rest = random() * values.reduce((sum, { weight }) => sum + weight, 0);
  for (const { value, weight } of values) {
    rest -= weight;
    if (rest < 0) return value;
  }
  return values.at(-1)?.value ?? 0;
}
