// One constraint of a job, `["rack", "EQUALS", "r1"]` (chronos.md 2.2.7, 9.8).
import * as z from 'zod';
import { PatternError } from '../../../mesos/text/pattern-syntax.ts';
import { compileConstraintPattern } from '../../serving/matching/constraint-pattern.ts';
import type { JobConstraint } from '../model/job.ts';
import { refuse, text } from './members.ts';

const OPERATORS = ['EQUALS', 'LIKE', 'UNLIKE'] as const;

/** A triple; the original dropped what it did not know. */
export const constraint: z.ZodType<JobConstraint> = z.array(text).transform((list, context) => {
  const [attribute = '', given = '', value] = list;
  if (value === undefined || list.length !== 3) return refuse(context, '[attribute, operator, value] is expected');
  if (attribute === '') return refuse(context, 'the attribute must not be empty');
  const operator = OPERATORS.find((known) => known === given.toUpperCase());
  if (operator === undefined) return refuse(context, `the operator is ${OPERATORS.join(', ')}, not '${given}'`);
  const error = operator === 'EQUALS' ? undefined : patternError(value);
  if (error !== undefined) return refuse(context, `'${value}' is not a valid regular expression: ${error}`);
  return { attribute, operator, value };
});

function patternError(pattern: string): string | undefined {
  try {
    compileConstraintPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}
