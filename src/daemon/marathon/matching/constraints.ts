// Whether an agent's value of a field satisfies a constraint of an app (marathon.md 13.6).
import { PatternError } from '../../../mesos/text/pattern-syntax.ts';
import { compileConstraintPattern } from '../../serving/matching/constraint-pattern.ts';
import type { App, Constraint } from '../model/app.ts';
import type { OfferView } from './offer-view.ts';
import { scalarText } from './place.ts';
import type { PlacedInstances } from './placed-instances.ts';
import type { Shortfall } from './shortfall.ts';

/** `value` undefined: the agent has no such field. `instances`: how many the app is to have. */
type Test = (value: string | undefined, placed: PlacedInstances, instances: number) => boolean;

interface Prepared {
  readonly constraint: Constraint;
  readonly test: Test;
}

/** Constraints stay the same list while only the number of instances changes. */
const prepared = new WeakMap<readonly Constraint[], readonly Prepared[]>();

/** Adds the constraints that do not hold, in order of definition. */
export function checkConstraints(
  view: OfferView,
  app: Pick<App, 'constraints' | 'instances'>,
  placed: PlacedInstances,
  shortfalls: Shortfall[],
): void {
  if (app.constraints.length === 0) return;
  for (const { constraint, test } of prepare(app.constraints)) {
    const value = view.text(constraint.field);
    if (test(value, placed, app.instances)) continue;
    shortfalls.push({
      reason: 'UnfulfilledConstraint',
      kind: 'constraint',
      constraint,
      ...(value !== undefined && { value, placed: placed.counts(constraint.field).of(value) }),
    });
  }
}

function prepare(constraints: readonly Constraint[]): readonly Prepared[] {
  let known = prepared.get(constraints);
  if (known === undefined) {
    known = constraints.map((constraint) => ({ constraint, test: testOf(constraint) }));
    prepared.set(constraints, known);
  }
  return known;
}

function testOf({ field, operator, value: wanted }: Constraint): Test {
  switch (operator) {
    case 'UNIQUE':
      return onValue((value, placed) => placed.counts(field).of(value) === 0);
    case 'CLUSTER':
      if (wanted !== undefined && wanted !== '') return onValue((value) => value === wanted);
      return onValue((value, placed) => value === (placed.firstValue(field) ?? value));
    case 'LIKE': {
      const matches = patternOf(wanted);
      return onValue((value) => matches?.(value) === true);
    }
    case 'UNLIKE': {
      const matches = patternOf(wanted);
      return (value) => value === undefined || matches?.(value) === false;
    }
    case 'MAX_PER': {
      const most = Number(wanted);
      return onValue((value, placed) => placed.counts(field).of(value) < most);
    }
    case 'IS': {
      const text = wanted ?? '';
      const asNumber = /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? scalarText(Number(text)) : text;
      return onValue((value) => value === asNumber || value === text);
    }
    case 'GROUP_BY':
      return wanted === undefined || wanted === '' ? anyGroups(field) : groups(field, Number(wanted));
  }
}

/** Without the field nothing holds but UNLIKE. */
function onValue(test: (value: string, placed: PlacedInstances, instances: number) => boolean): Test {
  return (value, placed, instances) => value !== undefined && test(value, placed, instances);
}

/** Evenly over as many values as there turn out to be. The rule before 1.11, whose own divides by zero. */
function anyGroups(field: string): Test {
  return onValue((value, placed) => {
    const counts = placed.counts(field);
    const count = counts.of(value);
    return count === 0 || count === counts.minimum;
  });
}

/** Evenly over `wanted` values: each has its share, and as many have one more as the division leaves over. */
function groups(field: string, wanted: number): Test {
  return onValue((value, placed, instances) => {
    const counts = placed.counts(field);
    const count = counts.of(value);
    if (count === 0) return counts.distinct < wanted;
    const share = Math.floor(instances / wanted);
    return count < share || (count === share && counts.surplus(share) < instances % wanted);
  });
}

/** Undefined when it is none: apps are checked before they are stored, so only one stored by others can have such. */
function patternOf(regex: string | undefined): ((text: string) => boolean) | undefined {
  try {
    return compileConstraintPattern(regex ?? '');
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
