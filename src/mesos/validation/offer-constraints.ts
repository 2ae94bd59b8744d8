// Offer constraints of a framework (mesos-api.md 4.5): their shape, their roles, and patterns in RE2's language.
import type {
  AttributeConstraint,
  AttributeConstraint_Predicate,
  OfferConstraints,
  OfferConstraints_RoleConstraints_Group,
} from '../generated/scheduler.ts';
import { PatternError, parsePattern } from '../text/pattern-syntax.ts';
import { because, firstProblem, type Problem } from './problem.ts';

/** Longest pattern that is read at all: it is parsed before its size as a program is known. */
const MAX_PATTERN_CHARS = 4096;

/** "Offer constraints are not valid: …" is put before it by the master. */
export function validateOfferConstraints(constraints: OfferConstraints): Problem {
  return firstProblem(Object.entries(constraints.role_constraints ?? {}), ([role, { groups = [] }]) => {
    if (groups.length === 0) {
      return `'OfferConstraints::role_constraints' has an empty 'RoleConstraints::groups' for role ${role}`;
    }
    return firstProblem(groups, (group) => validateGroup(role, group));
  });
}

/** Constraints are for roles the framework has; the text lacks a space, as the original's does. */
export function validateOfferConstraintsRoles(roles: Iterable<string>, constraints: OfferConstraints): Problem {
  const known = new Set(roles);
  return firstProblem(Object.keys(constraints.role_constraints ?? {}), (role) =>
    known.has(role)
      ? undefined
      : `Offer constraints specify \`role_constraints\` for a role '${role}'not contained in the set of roles`,
  );
}

function validateGroup(role: string, group: OfferConstraints_RoleConstraints_Group): Problem {
  const constraints = group.attribute_constraints ?? [];
  if (constraints.length === 0) {
    return `'RoleConstraints::groups' has an empty 'Group::attribute_constraints' for role ${role}`;
  }
  return firstProblem(constraints, (constraint) =>
    because(`A role ${role} has an invalid 'AttributeConstraint': `, validateConstraint(constraint)),
  );
}

function validateConstraint({ selector, predicate }: AttributeConstraint): Problem {
  const { pseudoattribute_type: pseudo, attribute_name: name } = selector;
  if (pseudo === 'UNKNOWN') return "'Selector::pseudoattribute_type' is unknown";
  if (pseudo === undefined && name === undefined) return "Exactly one of 'Selector' fields must be set";
  return validatePredicate(predicate);
}

function validatePredicate(predicate: AttributeConstraint_Predicate): Problem {
  if (Object.keys(predicate).length === 0) return "Exactly one of 'Predicate' fields must be set";
  const pattern = predicate.text_matches?.regex ?? predicate.text_not_matches?.regex;
  if (pattern === undefined) return undefined;
  return because(`Failed to construct regex from pattern '${pattern}': `, validatePattern(pattern));
}

/** Why RE2 would refuse a pattern, in its words where they are known. How large it may be is the master's to say. */
function validatePattern(pattern: string): Problem {
  if (pattern.length > MAX_PATTERN_CHARS) return 'pattern too large - compile failed';
  try {
    parsePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}
