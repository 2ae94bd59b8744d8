// FrameworkInfo on subscribing and updating (mesos-api.md 14.6). What goes wrong here is told in an ERROR event.
import type { FrameworkInfo, OfferFilters } from '../generated/v1.ts';
import { validateId } from '../ids.ts';
import { because, firstProblem, type Problem, setText } from './problem.ts';
import { validateRole } from './roles.ts';
import { validateAmount } from './scalar.ts';

/**
 * Roles, id, offer filters and failover timeout, in the original's order. What may not change on a later subscription
 * is checked by the functions below.
 */
export function validateFrameworkInfo(info: FrameworkInfo): Problem {
  const id = info.id?.value ?? '';
  return (
    validateFrameworkRoles(info) ??
    (id === '' ? undefined : validateId(id)) ??
    firstProblem(Object.values(info.offer_filters ?? {}), validateOfferFilters) ??
    validateFailoverTimeout(info.failover_timeout ?? 0)
  );
}

/** The roles it subscribes to: `roles` with MULTI_ROLE, else `role`, which is `*` when unset. */
export function rolesOf(info: FrameworkInfo): string[] {
  return isMultiRole(info) ? [...(info.roles ?? [])] : [info.role ?? '*'];
}

function isMultiRole(info: FrameworkInfo): boolean {
  return (info.capabilities ?? []).some(({ type }) => type === 'MULTI_ROLE');
}

function validateFrameworkRoles(info: FrameworkInfo): Problem {
  if (!isMultiRole(info)) {
    if ((info.roles ?? []).length > 0) {
      return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
    }
    return because("'FrameworkInfo.role' is not a valid role: ", validateRole(info.role ?? '*'));
  }
  if (info.role !== undefined) {
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  }
  const roles = info.roles ?? [];
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  for (const role of roles) {
    if (seen.has(role)) duplicates.add(role);
    seen.add(role);
  }
  if (duplicates.size > 0) return `'FrameworkInfo.roles' contains duplicate items: ${setText(duplicates)}`;
  return because("'FrameworkInfo.roles' contains invalid role: ", firstProblem(roles, validateRole));
}

function validateOfferFilters(filters: OfferFilters): Problem {
  return firstProblem(filters.min_allocatable_resources?.quantities, ({ quantities = {} }) => {
    const entries = Object.entries(quantities);
    if (entries.length === 0) return 'Resource quantities must contain at least one quantity';
    return firstProblem(entries, ([name, { value }]) =>
      because(`Invalid resource quantity for '${name}': `, validateAmount(value)),
    );
  });
}

/** Seconds must fit into 64 bits of nanoseconds; negative ones do. */
function validateFailoverTimeout(seconds: number): Problem {
  return Math.abs(seconds) * 1e9 < 2 ** 63 ? undefined : `The framework failover_timeout (${seconds}) is invalid`;
}

/** What UPDATE_FRAMEWORK may not change; a changed principal is refused on SUBSCRIBE too. */
export function validateFrameworkUpdate(before: FrameworkInfo, after: FrameworkInfo): Problem {
  const principal = validatePrincipalUnchanged(before, after);
  if (principal !== undefined) return principal;
  if (before.user !== after.user) {
    return `Updating 'FrameworkInfo.user' is unsupported; attempted to update from '${before.user}' to '${after.user}'`;
  }
  const [was, is] = [before.checkpoint ?? false, after.checkpoint ?? false];
  return was === is
    ? undefined
    : `Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from '${was}' to '${is}'`;
}

/** A framework keeps its principal for life, whether it had one or none. */
export function validatePrincipalUnchanged(before: FrameworkInfo, after: FrameworkInfo): Problem {
  return before.principal === after.principal ? undefined : "Changing framework's principal is not allowed.";
}

/** Only roles that the framework is subscribed to can be suppressed. */
export function validateSuppressedRoles(roles: Iterable<string>, suppressed: Iterable<string>): Problem {
  const known = new Set(roles);
  const foreign = [...new Set(suppressed)].filter((role) => !known.has(role)).sort();
  return foreign.length === 0
    ? undefined
    : `Suppressed roles ${setText(foreign)} are not contained in the set of roles`;
}
