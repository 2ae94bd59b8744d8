// Why a quota cannot be set in this cluster (mesos-semantics.md 3.9), in the original's words.
import type { QuotaConfig, QuotaRequest } from '../../../mesos/generated/quota.ts';
import { firstProblem, type Problem } from '../../../mesos/validation/problem.ts';
import { validateQuotaConfig, validateQuotaRequest } from '../../../mesos/validation/quota.ts';
import type { MasterState } from '../state/master-state.ts';
import { clusterCapacity, consumption } from './consumption.ts';
import { formatQuantities, QuantitySum } from './quantities.ts';
import { quotaOf, type RoleQuota } from './role-quota.ts';

/** Of UPDATE_QUOTA; `force` leaves out what is only unwise. */
export function updateProblem(state: MasterState, configs: readonly QuotaConfig[], force: boolean): Problem {
  const problem = firstProblem(configs, (config) => configProblem(state, config));
  if (problem !== undefined || force) return problem;
  const consumed = consumption(state);
  return (
    firstProblem(configs, (config) => consumptionProblem(config, consumed.get(config.role) ?? new QuantitySum())) ??
    updateOvercommitment(state, configs)
  );
}

function configProblem(state: MasterState, config: QuotaConfig): Problem {
  const { role } = config;
  if (!isAllowed(state, role)) return `Invalid QuotaConfig: '${role}' is not on the roles whitelist`;
  if (role.includes('/')) return `Updating quota on nested role '${role}' is not supported yet`;
  const problem = validateQuotaConfig(config);
  return problem === undefined ? undefined : `Invalid QuotaConfig: ${problem}`;
}

function consumptionProblem(config: QuotaConfig, consumed: QuantitySum): Problem {
  const { limits } = quotaOf(config);
  if (consumed.above(limits).length === 0) return undefined;
  return (
    `Invalid QuotaConfig: Role '${config.role}' is already consuming '${consumed.format()}'; this is more than the ` +
    `requested limits '${formatQuantities(limits)}' (use 'force' flag to bypass this check)`
  );
}

function updateOvercommitment(state: MasterState, configs: readonly QuotaConfig[]): Problem {
  const problem = overcommitment(
    state,
    configs.map((config) => [config.role, quotaOf(config)]),
  );
  if (problem === undefined) return undefined;
  return `Invalid QuotaConfig: total quota ${problem} (use 'force' flag to bypass this check)`;
}

/** Of SET_QUOTA and POST /quota: what is wrong whatever the cluster has. */
export function setProblem(state: MasterState, request: QuotaRequest): Problem {
  const problem = validateQuotaRequest(request);
  if (problem !== undefined) return problem;
  const { role = '' } = request;
  if (!isAllowed(state, role)) return `Failed to validate set quota request: Unknown role '${role}'`;
  if (state.quotas.has(role)) {
    return `Failed to validate set quota request: Cannot set quota for role '${role}' which already has quota`;
  }
  return role.includes('/') ? `Setting quota on nested role '${role}' is not supported yet` : undefined;
}

/** Of SET_QUOTA: the guarantees are more than the cluster has. */
export function setOvercommitment(state: MasterState, role: string, quota: RoleQuota): Problem {
  const problem = overcommitment(state, [[role, quota]]);
  if (problem === undefined) return undefined;
  return `Quota guarantees overcommit the cluster (use 'force' to bypass this check): Total quota ${problem}`;
}

/** `guarantees '…' exceed cluster capacity '…'` once these are set beside the others. */
function overcommitment(state: MasterState, changes: readonly (readonly [role: string, quota: RoleQuota])[]): Problem {
  const guaranteed = new QuantitySum();
  for (const { guarantees } of new Map([...state.quotas, ...changes]).values()) {
    guaranteed.add(Object.entries(guarantees));
  }
  const capacity = clusterCapacity(state);
  if (capacity.below(guaranteed.quantities()).length === 0) return undefined;
  return `guarantees '${guaranteed.format()}' exceed cluster capacity '${capacity.format()}'`;
}

/** Whether `--roles` has the role, or is not given. */
export function isAllowed({ options }: MasterState, role: string): boolean {
  return options.roles?.value.has(role) ?? true;
}
