// Whether an agent satisfies the constraints of a job (chronos.md 9.8): all of them, and without the attribute none, UNLIKE included.
import type { Attribute, Offer } from '../../../../mesos/generated/v1.ts';
import { PatternError } from '../../../../mesos/text/pattern-syntax.ts';
import { compileConstraintPattern } from '../../../serving/matching/constraint-pattern.ts';
import type { JobConstraint } from '../../model/job.ts';

/** Of an agent, as offers tell it. */
export type AgentFacts = Pick<Offer, 'hostname' | 'attributes'>;

type Test = (agent: AgentFacts) => boolean;

/** Constraints stay the same list as long as their job is not replaced. */
const prepared = new WeakMap<readonly JobConstraint[], readonly Test[]>();

/** The first that does not hold, in order of definition. */
export function unmetConstraint(agent: AgentFacts, constraints: readonly JobConstraint[]): JobConstraint | undefined {
  if (constraints.length === 0) return undefined;
  let tests = prepared.get(constraints);
  if (tests === undefined) {
    tests = constraints.map(testOf);
    prepared.set(constraints, tests);
  }
  const at = tests.findIndex((test) => !test(agent));
  return at < 0 ? undefined : constraints[at];
}

function testOf({ attribute, operator, value }: JobConstraint): Test {
  if (operator === 'EQUALS') return (agent) => attributesOf(agent, attribute).some((one) => textOf(one) === value);
  const matches = patternOf(value);
  return (agent) => {
    const values = attributesOf(agent, attribute).flatMap(comparable);
    if (values.length === 0 || matches === undefined) return false;
    return values.some(matches) === (operator === 'LIKE');
  };
}

/** Those of this name; the host's name is one too, unless an attribute is called so. */
function attributesOf({ hostname, attributes = [] }: AgentFacts, name: string): readonly Attribute[] {
  const named = attributes.filter((attribute) => attribute.name === name);
  if (named.length > 0 || name !== 'hostname') return named;
  return [{ name, type: 'TEXT', text: { value: hostname } }];
}

function textOf({ type, text }: Attribute): string | undefined {
  return type === 'TEXT' ? (text?.value ?? '') : undefined;
}

/** What a pattern is held against; of a set any item will do, ranges never match. */
function comparable({ type, text, scalar, set }: Attribute): readonly string[] {
  switch (type) {
    case 'TEXT':
      return [text?.value ?? ''];
    case 'SCALAR':
      return [decimal(scalar?.value ?? 0)];
    case 'SET':
      return set?.item ?? [];
    case 'RANGES':
      return [];
  }
}

/** `1` is `1.0`, as in the original. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Undefined when it is none: jobs are checked before they are stored, so only one stored by others can have such. */
function patternOf(regex: string): ((text: string) => boolean) | undefined {
  try {
    return compileConstraintPattern(regex);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
