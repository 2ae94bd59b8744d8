// `mctl role weight` and `mctl role quota`: what is set, and how a refusal reads.
import { ApiError, type MasterClient, type RoleQuotaEntry } from '../../client/operator.ts';
import type { Value_Scalar } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { capitalised } from '../output/sentence.ts';
import { Problem } from '../problem.ts';
import { amountText } from './amounts.ts';
import { checkRole } from './names.ts';

/** A role's guarantees and limits as they are to be; both empty: it is to have no quota. */
export interface WantedQuota {
  readonly role: string;
  readonly guarantees: Readonly<Record<string, Value_Scalar>>;
  readonly limits: Readonly<Record<string, Value_Scalar>>;
  /** Although the cluster is too small, or the role has more already. */
  readonly force: boolean;
}

/**
 * Resolves when it is in force, with the quota as the master has it. Throws Problem: `conflict` where force would help, also for
 * resources that no agent has, which the master itself does not mind; `usage` where no cluster would do; ApiError.
 */
export async function setQuota(master: MasterClient, wanted: WantedQuota): Promise<RoleQuotaEntry | undefined> {
  const { role, guarantees, limits, force } = wanted;
  checkRole(role);
  for (const [name, { value }] of Object.entries(guarantees)) {
    const limit = limits[name]?.value ?? Number.POSITIVE_INFINITY;
    if (value <= limit) continue;
    throw new Problem(EXIT.usage, {
      what: `The guarantee of ${name} ${amountText(name, value)} is above the limit of ${amountText(name, limit)}.`,
      why: 'The limit is the most that a role is offered, its guarantee included.',
    });
  }
  if (!force) await checkNames(master, [...new Set([...Object.keys(guarantees), ...Object.keys(limits)])]);
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

/** What every cluster may have, whether an agent of today has it or not. */
const USUAL = ['cpus', 'mem', 'disk', 'gpus'];

/** A guarantee of what is misspelt is never given, and a limit of it never reached. */
async function checkNames(master: MasterClient, names: readonly string[]): Promise<void> {
  const unusual = names.filter((name) => !USUAL.includes(name));
  if (unusual.length === 0) return;
  const agents = (await master.call({ type: 'GET_AGENTS' }))?.get_agents?.agents ?? [];
  const counted = agents.flatMap(({ total_resources = [] }) => total_resources.filter(({ type }) => type === 'SCALAR'));
  const there = [...new Set([...USUAL, ...counted.map(({ name }) => name)])];
  const unknown = unusual.find((name) => !there.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, there);
  throw new Problem(EXIT.conflict, {
    what: `No agent has an amount of '${unknown}'.`,
    why: `Amounts are of ${there.join(', ')}.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    next: 'Add --force to set it all the same.',
  });
}

const USE_FORCE = / \(use 'force' flag to bypass this check\)$/;

function refusedQuota(role: string, error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status !== 400) return error;
  const said = error.said.replace(/^Invalid QuotaConfig: /, '').replace(USE_FORCE, '');
  const why = capitalised(said);
  if (!USE_FORCE.test(error.said)) {
    return new Problem(
      EXIT.usage,
      { what: `Role '${role}' cannot have this quota.`, why: `${why}.` },
      { cause: error },
    );
  }
  return new Problem(
    EXIT.conflict,
    {
      what: `The quota of role '${role}' does not fit the cluster.`,
      why,
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
