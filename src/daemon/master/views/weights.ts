// Weights of roles: what is told and what may be set (mesos-api.md 6, 8.3).
import type { WeightInfo } from '../../../mesos/generated/v1.ts';
import { validateRole } from '../../../mesos/validation/roles.ts';
import type { MasterState } from '../state/master-state.ts';

/** Configured weights, sorted by role. */
export function weightInfos(state: MasterState): WeightInfo[] {
  return [...state.weights].map(([role, weight]) => ({ weight, role })).sort((a, b) => (a.role < b.role ? -1 : 1));
}

/** Why these weights cannot be set; undefined when they can. */
export function weightsProblem(state: MasterState, weights: readonly WeightInfo[]): string | undefined {
  for (const { role: given, weight } of weights) {
    const role = (given ?? '').trim();
    const problem = validateRole(role);
    if (problem !== undefined) {
      return `Failed to validate update weights request JSON: Invalid role '${role}': ${problem}`;
    }
    const allowed = state.options.roles?.value;
    if (allowed !== undefined && !allowed.has(role)) {
      return `Failed to validate update weights request JSON: Unknown role '${role}'`;
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      return `Failed to validate update weights request JSON for role '${role}': Invalid weight '${weight}': Weights must be positive`;
    }
  }
  return undefined;
}
