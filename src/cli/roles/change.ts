// `mctl role weight` and `mctl role quota`: what is set, and how a refusal reads.
import { ApiError, type MasterClient, type RoleQuotaEntry } from '../../client/operator.ts';
import type { Value_Scalar } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { amountText } from './amounts.ts';

/** A role's guarantees and limits as they are to be; both empty: it is to have no quota. */
export interface WantedQuota {
  readonly role: string;
  readonly guarantees: Readonly<Record<string, Value_Scalar>>;
  readonly limits: Readonly<Record<string, Value_Scalar>>;
  /** Although the cluster is too small, or the role has more already. */
  readonly force: boolean;
}

/**
 * Resolves when it is in force, with the quota as the master has it. Throws Problem: `conflict` where force would help, `usage` where
 * no cluster would do; ApiError.
 */
export async function setQuota(master: MasterClient, wanted: WantedQuota): Promise<RoleQuotaEntry | undefined> {
  const { role, guarantees, limits, force } = wanted;
  for (const [name, { value }] of Object.entries(guarantees)) {
    const limit = limits[name]?.value ?? Number.POSITIVE_INFINITY;
    if (value <= limit) continue;
    throw new Problem(EXIT.usage, {
      what: `The guarantee of ${name} ${amountText(name, value)} is above the limit of ${amountText(name, limit)}.`,
      why: 'The limit is the most that a role is offered, its guarantee included.',
    });
  }
  try {
    await master.call({
      type: 'UPDATE_QUOTA',
      update_quota: { force, quota_configs: [{ role, guarantees: { ...guarantees }, limits: { ...limits } }] },
    });
  } catch (error) {
    throw refusedQuota(role, error);
  }
  return (await master.getRoles()).find(({ id }) => id === role)?.quota;
}

const USE_FORCE = / \(use 'force' flag to bypass this check\)$/;

function refusedQuota(role: string, error: unknown): unknown {
  if (!(error instanceof ApiError) || error.code !== 'refused' || !USE_FORCE.test(error.said)) return error;
  const why = error.said.replace(/^Invalid QuotaConfig: /, '').replace(USE_FORCE, '');
  return new Problem(
    EXIT.conflict,
    {
      what: `The quota of role '${role}' does not fit the cluster.`,
      why: `${why.charAt(0).toUpperCase()}${why.slice(1)}`,
      next: 'Add --force to set it all the same.',
    },
    { cause: error },
  );
}

/** A weight as typed. Throws Problem `usage`. */
export function parseWeight(text: string): number {
  const weight = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(weight) && weight > 0) return weight;
  throw new Problem(EXIT.usage, {
    what: `'${text}' is not a weight.`,
    why: 'Write a number above 0, such as 2 or 0.5.',
  });
}
