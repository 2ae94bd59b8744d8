// Cutting members off from each other and ending that, by the switchboard of the cluster.
import { type Net, NetError } from '../../../world/net.ts';
import { EXIT } from '../../exit-codes.ts';
import type { View } from '../../output/view.ts';
import { Problem } from '../../problem.ts';
import type { ClusterPaths } from '../layout.ts';
import { readPlan } from '../plan.ts';
import type { Cut } from './cuts.ts';
import { findMember, runningMembers } from './members.ts';
import type { SwitchboardRequest } from './switchboard.ts';

const LIMITS = { timeoutMs: 5000, maxBytes: 1024 * 1024 };

/** The JSON of `mctl cluster chaos partition|heal`: every pair that is cut off from each other afterwards. */
export interface PartitionResult {
  readonly cluster: string;
  readonly cuts: readonly Cut[];
}

/**
 * Cuts a member off from `others`; none: from all. Throws Problem: `notFound` for who is no member, `usage` for itself,
 * `conflict` when the cluster does not run or has no switchboard, `unreachable` when that does not answer.
 */
export async function partition(
  net: Pick<Net, 'exchange'>,
  paths: ClusterPaths,
  member: string,
  others: readonly string[],
): Promise<PartitionResult> {
  const members = runningMembers(paths);
  for (const name of [member, ...others]) findMember(members, name);
  if (others.includes(member)) {
    throw new Problem(EXIT.usage, { what: `${member} cannot be cut off from itself.` });
  }
  return await ask(net, paths, { kind: 'cut', member, ...(others.length > 0 && { others }) });
}

/** Ends the cuts of a member, or all. Throws Problem as `partition`. */
export async function heal(
  net: Pick<Net, 'exchange'>,
  paths: ClusterPaths,
  member: string | undefined,
): Promise<PartitionResult> {
  const members = runningMembers(paths);
  if (member !== undefined) findMember(members, member);
  return await ask(net, paths, { kind: 'heal', ...(member !== undefined && { member }) });
}

/**
 * Before the members are stopped: each can take its leave then. A switchboard that does not answer is going to be stopped
 * itself; `log` is told.
 */
export async function healBeforeStop(
  net: Pick<Net, 'exchange'>,
  { switchboard }: ClusterPaths,
  log: (text: string) => void,
): Promise<void> {
  const request: SwitchboardRequest = { kind: 'heal' };
  try {
    await net.exchange(switchboard.control, JSON.stringify(request), { ...LIMITS, timeoutMs: 1000 });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    log(`the switchboard does not answer: ${error.message}`);
  }
}

async function ask(
  net: Pick<Net, 'exchange'>,
  paths: ClusterPaths,
  request: SwitchboardRequest,
): Promise<PartitionResult> {
  if (readPlan(paths.plan)?.switchboard === null) throw noSwitchboard(paths.name);
  const answer = await exchange(net, paths, request);
  if ('error' in answer) throw new Problem(EXIT.failed, { what: `The switchboard refuses: ${answer.error}.` });
  return { cluster: paths.name, cuts: answer.cuts };
}

async function exchange(
  net: Pick<Net, 'exchange'>,
  { name, switchboard }: ClusterPaths,
  request: SwitchboardRequest,
): Promise<{ readonly cuts: readonly Cut[] } | { readonly error: string }> {
  try {
    return JSON.parse(await net.exchange(switchboard.control, JSON.stringify(request), LIMITS));
  } catch (cause) {
    if (!(cause instanceof NetError) && !(cause instanceof SyntaxError)) throw cause;
    throw new Problem(
      cause instanceof NetError && cause.code === 'forbidden' ? EXIT.notAllowed : EXIT.unreachable,
      {
        what: `The switchboard of cluster '${name}' does not answer.`,
        why: cause.message,
        next: `mctl cluster logs --name ${name} switchboard`,
      },
      { cause },
    );
  }
}

function noSwitchboard(name: string): Problem {
  return new Problem(EXIT.conflict, {
    what: `The members of cluster '${name}' cannot be cut off from each other.`,
    why: 'They are connected directly: the cluster was brought up without a switchboard.',
    next: [`mctl cluster down --name ${name}`, `mctl cluster up --name ${name} --chaos`],
  });
}

/** For people and scripts alike. */
export function partitionView(result: PartitionResult): View {
  return {
    data: result,
    names: result.cuts.map((cut) => cut.join(' ')),
    body: {
      kind: 'table',
      columns: [{ title: 'MEMBER' }, { title: 'CUT OFF FROM' }],
      rows: [...byMember(result.cuts)].map(([member, others]) => [member, others.join(', ')]),
    },
    empty: 'Nobody is cut off from anybody.',
  };
}

/** Each cut once, below the member that has most. */
function byMember(cuts: readonly Cut[]): Map<string, string[]> {
  const counts = new Map<string, number>();
  for (const member of cuts.flat()) counts.set(member, (counts.get(member) ?? 0) + 1);
  const rows = new Map<string, string[]>();
  for (const [a, b] of cuts) {
    const [first, second] = (counts.get(b) ?? 0) > (counts.get(a) ?? 0) ? [b, a] : [a, b];
    rows.set(first, [...(rows.get(first) ?? []), second]);
  }
  return rows;
}
