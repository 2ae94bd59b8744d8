import { describe, expect, test } from 'vitest';
import type { FrameworkInfo } from '../../../src/mesos/generated/v1.ts';
import {
  rolesOf,
  validateFrameworkInfo,
  validateFrameworkUpdate,
  validateSuppressedRoles,
} from '../../../src/mesos/validation/framework.ts';
import {
  validateOfferConstraints,
  validateOfferConstraintsRoles,
} from '../../../src/mesos/validation/offer-constraints.ts';
import { validateRole } from '../../../src/mesos/validation/roles.ts';

const info = (more: Partial<FrameworkInfo> = {}): FrameworkInfo => ({ user: 'u', name: 'n', ...more });
const multiRole = (roles: string[]): FrameworkInfo => info({ roles, capabilities: [{ type: 'MULTI_ROLE' }] });

describe('validateRole', () => {
  test.each(['*', 'a', 'a/b/c', 'a-b', 'é', '.a'])('%j is fine', (role) => expect(validateRole(role)).toBeUndefined());

  test.each([
    ['', 'Role names cannot be the empty string'],
    ['/a', "Role '/a' cannot start with a slash"],
    ['a/', "Role 'a/' cannot end with a slash"],
    ['a//b', "Role 'a//b' cannot contain two adjacent slashes"],
    ['a/..', "Role 'a/..' cannot include '..' as a component"],
    ['a/*', "Role 'a/*' cannot include '*' as a component"],
    ['-a', "Role component '-a' is invalid because it starts with a dash"],
    ['a b', "Role component 'a b' is invalid because it contains backspace or whitespace"],
  ])('%j is refused', (role, reason) => expect(validateRole(role)).toBe(reason));

  test('a role may be long, but not without end', () => {
    expect(validateRole(`${'a/'.repeat(2047)}ab`)).toBeUndefined();
    expect(validateRole(`${'a/'.repeat(50_000)}a`)).toMatch(/^Role 'a\/.{62}…' cannot be longer than 4096 bytes$/);
  });
});

describe('validateFrameworkInfo', () => {
  test.each([
    ['no role', info()],
    ['one role', info({ role: 'web' })],
    ['roles', multiRole(['web', 'db'])],
    ['no roles at all', multiRole([])],
    ['an empty user', info({ user: '' })],
    ['a negative failover timeout', info({ failover_timeout: -1 })],
    ['an empty id', info({ id: { value: '' } })],
  ])('accepts %s', (_what, given) => expect(validateFrameworkInfo(given)).toBeUndefined());

  test.each([
    [
      { ...multiRole([]), role: 'web' },
      "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
    ],
    [info({ roles: ['a'] }), "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"],
    [multiRole(['a', 'a']), "'FrameworkInfo.roles' contains duplicate items: { a }"],
    [multiRole(['a/*']), "'FrameworkInfo.roles' contains invalid role: Role 'a/*' cannot include '*' as a component"],
    [info({ role: '..' }), "'FrameworkInfo.role' is not a valid role: Role '..' cannot include '..' as a component"],
    [info({ id: { value: 'a/b' } }), "'a/b' contains invalid characters"],
    [info({ failover_timeout: 1e30 }), 'The framework failover_timeout (1e+30) is invalid'],
    [
      info({ offer_filters: { web: { min_allocatable_resources: { quantities: [{}] } } } }),
      'Resource quantities must contain at least one quantity',
    ],
    [
      info({
        offer_filters: {
          web: { min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: -1 } } }] } },
        },
      }),
      "Invalid resource quantity for 'cpus': Negative values not supported",
    ],
  ])('refuses %j', (given, reason) => expect(validateFrameworkInfo(given)).toBe(reason));
});

test('a framework subscribes to its roles, or to * when it says nothing', () => {
  expect(rolesOf(multiRole(['a', 'b']))).toEqual(['a', 'b']);
  expect(rolesOf(info())).toEqual(['*']);
});

test('user, checkpoint and principal of a framework do not change', () => {
  expect(validateFrameworkUpdate(info(), info({ name: 'other' }))).toBeUndefined();
  expect(validateFrameworkUpdate(info(), info({ user: 'v' }))).toBe(
    "Updating 'FrameworkInfo.user' is unsupported; attempted to update from 'u' to 'v'",
  );
  expect(validateFrameworkUpdate(info(), info({ checkpoint: true }))).toBe(
    "Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from 'false' to 'true'",
  );
  expect(validateFrameworkUpdate(info(), info({ principal: 'p' }))).toBe(
    "Changing framework's principal is not allowed.",
  );
});

test('suppressed roles must be subscribed ones', () => {
  expect(validateSuppressedRoles(['a', 'b'], ['a'])).toBeUndefined();
  expect(validateSuppressedRoles(['a'], ['zzz'])).toBe(
    'Suppressed roles { zzz } are not contained in the set of roles',
  );
});

describe('offer constraints', () => {
  const constraint = (regex: string) => ({
    role_constraints: {
      '*': {
        groups: [
          { attribute_constraints: [{ selector: { attribute_name: 'x' }, predicate: { text_matches: { regex } } }] },
        ],
      },
    },
  });

  test('with a good pattern are fine', () => {
    expect(validateOfferConstraints(constraint('rack-[0-9]+'))).toBeUndefined();
    expect(validateOfferConstraints(constraint('(?i)rack-\\pN(?P<rest>.*)'))).toBeUndefined();
  });

  test.each([
    ['(', 'missing ): ('],
    ['(?=x)', 'invalid perl operator: (?='],
    ['(a)\\1', 'invalid escape sequence: \\1'],
    ['*', 'no argument for repetition operator: *'],
    ['a**', 'bad repetition operator: **'],
    ['[b-a]', 'invalid character class range: b-a'],
  ])('refuse the pattern %s', (regex, reason) => {
    expect(validateOfferConstraints(constraint(regex))).toBe(
      `A role * has an invalid 'AttributeConstraint': Failed to construct regex from pattern '${regex}': ${reason}`,
    );
  });

  test('need groups', () => {
    expect(validateOfferConstraints({ role_constraints: { '*': {} } })).toBe(
      "'OfferConstraints::role_constraints' has an empty 'RoleConstraints::groups' for role *",
    );
    expect(validateOfferConstraints({ role_constraints: { '*': { groups: [{}] } } })).toContain('empty');
  });

  test('are for subscribed roles', () => {
    expect(validateOfferConstraintsRoles(['a'], { role_constraints: { a: {} } })).toBeUndefined();
    expect(validateOfferConstraintsRoles(['a'], { role_constraints: { b: {} } })).toBe(
      "Offer constraints specify `role_constraints` for a role 'b'not contained in the set of roles",
    );
  });
});
