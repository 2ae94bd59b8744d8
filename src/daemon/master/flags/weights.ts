// `--weights`: `role=weight,…`.
import { validateRole } from '../../../mesos/validation/roles.ts';

/**
 * Role → weight. Throws Error for a pair that is none, an invalid role, a weight that is not above 0, and a role named
 * twice.
 */
export function parseWeights(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const pair of text.split(',')) {
    const [role = '', amount = '', ...rest] = pair.split('=').map((part) => part.trim());
    const weight = Number(amount);
    if (rest.length > 0 || amount === '') throw new Error(`expected role=weight in '${pair}'`);
    const error = validateRole(role);
    if (error !== undefined) throw new Error(error);
    if (!Number.isFinite(weight) || weight <= 0) throw new Error(`weight of role '${role}' must be greater than 0`);
    if (weights.has(role)) throw new Error(`role '${role}' has two weights`);
    weights.set(role, weight);
  }
  return weights;
}
