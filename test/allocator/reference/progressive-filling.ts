// Dominant resource fairness where everything can be divided: progressive filling, in exact fractions. Everybody's dominant share
// grows at the same speed until something that somebody needs is used up; who needs it stops there.

/** What one task takes of each resource, in whole parts of `UNIT`; the largest is `UNIT` itself: each task is as dominant. */
export type Demand = readonly number[];
export const UNIT = 4;

/** A fraction in lowest terms. */
export interface Fraction {
  readonly above: number;
  readonly below: number;
}

/** For each demand, how many tasks of a cluster that has one of everything: `UNIT` parts are one whole. */
export function progressiveFilling(demands: readonly Demand[]): Fraction[] {
  const resources = demands[0]?.length ?? 0;
  const used: Fraction[] = Array.from({ length: resources }, () => fraction(0, 1));
  const results = new Map<number, Fraction>();
  let level = fraction(0, 1);
  while (results.size < demands.length) {
    const growing = demands.map((_, index) => index).filter((index) => !results.has(index));
    const speeds = used.map((_, resource) => sum(growing.map((index) => demands[index]?.[resource] ?? 0)));
    // How far everybody gets until the first of the resources is used up.
    const steps = speeds.map((speed, resource) =>
      speed === 0 ? undefined : divided(minus(fraction(1, 1), used[resource] ?? fraction(1, 1)), speed),
    );
    const step = steps.reduce((least, each) => (each !== undefined && (!least || isLess(each, least)) ? each : least));
    if (step === undefined) throw new Error('somebody needs nothing');
    level = plus(level, step);
    for (const [resource, speed] of speeds.entries()) {
      used[resource] = plus(used[resource] ?? fraction(0, 1), fraction(step.above * speed, step.below));
    }
    for (const index of growing) {
      const needsUsedUp = used.some(
        (part, resource) => part.above === part.below && (demands[index]?.[resource] ?? 0) > 0,
      );
      if (needsUsedUp) results.set(index, level);
    }
  }
  return demands.map((_, index) => results.get(index) ?? level);
}

/** The least number that makes all of them whole. */
export function commonDenominator(fractions: readonly Fraction[]): number {
  return fractions.reduce((common, { below }) => (common / greatest(common, below)) * below, 1);
}

function fraction(above: number, below: number): Fraction {
  const common = greatest(above, below);
  return { above: above / common, below: below / common };
}

const greatest = (a: number, b: number): number => (b === 0 ? Math.max(1, a) : greatest(b, a % b));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const plus = (a: Fraction, b: Fraction): Fraction => fraction(a.above * b.below + b.above * a.below, a.below * b.below);
const minus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.above * b.below - b.above * a.below, a.below * b.below);
const divided = (a: Fraction, by: number): Fraction => fraction(a.above, a.below * by);
const isLess = (a: Fraction, b: Fraction): boolean => a.above * b.below < b.above * a.below;
