// What zod finds wrong, in the words and paths of the original (marathon.md 1.5): keys such as `error.expected.jsstring`,
// paths such as `/healthChecks(0)/path`.
import type * as z from 'zod';
import type { Violation } from '../../refusals.ts';

type Issue = z.core.$ZodIssue;

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'error.expected.jsstring',
  number: 'error.expected.jsnumber',
  boolean: 'error.expected.jsboolean',
  array: 'error.expected.jsarray',
  object: 'error.expected.jsobject',
  record: 'error.expected.jsobject',
  int: 'error.expected.int',
};

/** Needs issues that carry their input (`reportInput`). `prefix`: path of what was parsed; `''` for the whole body. */
export function shapeViolations(issues: readonly Issue[], prefix: string): Violation[] {
  return issues.flatMap((issue) => violationsOf(issue, prefix, []));
}

/** `['healthChecks', 0, 'path']` → `/healthChecks(0)/path`; nothing at all → `/`. */
export function pathText(prefix: string, path: readonly PropertyKey[]): string {
  const rest = path.map((step) => (typeof step === 'number' ? `(${step})` : `/${String(step)}`)).join('');
  return `${prefix}${rest}` || '/';
}

function violationsOf(issue: Issue, prefix: string, above: readonly PropertyKey[]): Violation[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') return branchOf(issue.errors).flatMap((one) => violationsOf(one, prefix, path));
  if (issue.code === 'invalid_key') return issue.issues.flatMap((one) => violationsOf(one, prefix, path));
  return [{ path: pathText(prefix, path), error: keyOf(issue) }];
}

/** Of the alternatives of a union the one that was meant: whose own type fits, although something in it does not. */
function branchOf(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  return branches.find((issues) => issues.every((issue) => issue.path.length > 0)) ?? branches[0] ?? [];
}

function keyOf(issue: Issue): string {
  if ('input' in issue ? issue.input === undefined : isAboutType(issue)) return 'error.path.missing';
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? 'error.invalid';
    case 'invalid_value':
      return typeof issue.input === 'string' ? 'error.unknown.enum.literal' : 'error.expected.jsstring';
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? 'error.min' : 'error.minLength';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int' ? 'error.max' : 'error.maxLength';
    case 'invalid_format':
      return 'error.pattern';
    default:
      return 'error.invalid';
  }
}

function isAboutType({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'invalid_value';
}
