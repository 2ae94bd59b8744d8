// Placement constraints: `["hostname", "UNIQUE"]` and their syntax (marathon.md 3.6, 13.6).
import { PatternError } from '../../../../mesos/text/pattern-syntax.ts';
import { compileConstraintPattern } from '../../../serving/matching/constraint-pattern.ts';
import { CONSTRAINT_OPERATORS, type Constraint, type ConstraintOperator } from '../../model/app.ts';
import type { Report } from './report.ts';

const INTEGER = /^[+-]?\d+$/;
const IS_VALUE = /^[a-zA-Z0-9_/.-]*$/;

/** Those that can be read; what is wrong with the others is reported at `/constraints(i)`. */
export function constraintsOf(lists: readonly (readonly string[])[], report: Report): Constraint[] {
  return lists.flatMap((list, i) => {
    const read = constraintOf(list);
    if (typeof read !== 'string') return [read];
    report(['constraints', i], read);
    return [];
  });
}

/** What is wrong with it, if anything. */
function constraintOf(list: readonly string[]): Constraint | string {
  const [field, given, value] = list;
  if (field === undefined || given === undefined || list.length > 3)
    return 'Each constraint must have either 2 or 3 fields';
  if (field === '') return 'the field of a constraint must not be empty';
  const operator = CONSTRAINT_OPERATORS.find((known) => known === given.toUpperCase());
  if (operator === undefined)
    return 'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS';
  return valueError(operator, value) ?? (value === undefined ? { field, operator } : { field, operator, value });
}

function valueError(operator: ConstraintOperator, value: string | undefined): string | undefined {
  switch (operator) {
    case 'UNIQUE':
      return value === undefined ? undefined : 'UNIQUE does not accept a value';
    case 'CLUSTER':
      return undefined;
    case 'GROUP_BY':
      if (value === undefined || INTEGER.test(value)) return undefined;
      return 'GROUP BY must define an integer value or else no value at all';
    case 'MAX_PER':
      return value !== undefined && INTEGER.test(value) ? undefined : 'MAX_PER requires an integer value';
    case 'LIKE':
    case 'UNLIKE':
      if (value === undefined || value === '') return 'LIKE and UNLIKE require a non-empty, regular expression value';
      return patternError(value);
    case 'IS':
      if (value !== undefined && IS_VALUE.test(value)) return undefined;
      return `IS requires a value that fully matches regular expression '${IS_VALUE.source}'`;
  }
}

function patternError(text: string): string | undefined {
  try {
    compileConstraintPattern(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return `'${text}' is not a valid regular expression: ${error.message}`;
  }
}
