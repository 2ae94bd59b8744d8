// Why a subscription is refused, in the original's words and order (mesos-api.md 14.6).
import type { Call_UpdateFramework, OfferConstraints } from '../../../mesos/generated/scheduler.ts';
import {
  rolesOf,
  validateFrameworkInfo,
  validatePrincipalUnchanged,
  validateSuppressedRoles,
} from '../../../mesos/validation/framework.ts';
import {
  validateOfferConstraints,
  validateOfferConstraintsRoles,
} from '../../../mesos/validation/offer-constraints.ts';
import { setText } from '../../../mesos/validation/problem.ts';
import type { MasterCore } from '../core.ts';
import { compileConstraints, maxPatternSize } from '../offers/constraints/offer-constraints.ts';
import type { MasterFramework } from '../state/framework.ts';

/** `known`: the framework of this id, if there is one. */
export function subscriptionError(
  core: MasterCore,
  call: Call_UpdateFramework,
  known: MasterFramework | undefined,
): string | undefined {
  const { framework_info: info } = call;
  return (
    frameworkError(core, call) ??
    (known === undefined ? undefined : validatePrincipalUnchanged(known.info, info)) ??
    offerConstraintsError(core, call, 'Offer constraints are not valid: ')
  );
}

/** What is wrong with the framework itself: everything but its offer constraints. */
export function frameworkError(core: MasterCore, call: Call_UpdateFramework): string | undefined {
  const { framework_info: info } = call;
  const problem = validateFrameworkInfo(info) ?? whitelistError(core, rolesOf(info));
  if (problem !== undefined) return problem;
  if (info.user === 'root' && !core.options.rootSubmissions) {
    return "User 'root' is not allowed to run frameworks without --root_submissions set";
  }
  if (core.state.completedFrameworks.has(info.id?.value ?? '')) return 'Framework has been removed';
  return validateSuppressedRoles(rolesOf(info), call.suppressed_roles ?? []);
}

/**
 * What is wrong with the constraints after `introduction`: their roles, their shape, then their patterns. Undefined
 * when they may be used.
 */
export function offerConstraintsError(
  core: MasterCore,
  call: Call_UpdateFramework,
  introduction: string,
): string | undefined {
  const constraints = call.offer_constraints;
  if (constraints === undefined) return undefined;
  const problem =
    validateOfferConstraintsRoles(rolesOf(call.framework_info), constraints) ??
    validateOfferConstraints(constraints) ??
    patternError(core, constraints);
  return problem === undefined ? undefined : introduction + problem;
}

function patternError(core: MasterCore, constraints: OfferConstraints): string | undefined {
  const compiled = compileConstraints(constraints, maxPatternSize(core.options));
  return compiled.kind === 'invalid' ? compiled.why : undefined;
}

function whitelistError(core: MasterCore, roles: readonly string[]): string | undefined {
  const allowed = core.options.roles?.value;
  if (allowed === undefined) return undefined;
  const foreign = roles.filter((role) => !allowed.has(role));
  return foreign.length === 0 ? undefined : `Roles ${setText(foreign)} are not present in the master's --roles`;
}
