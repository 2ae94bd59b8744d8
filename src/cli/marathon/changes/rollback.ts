// Which version `rollback` goes back to.
import { type GroupInfo, type MarathonClient, MarathonError } from '../../../client/marathon.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { differences } from '../diff/diff.ts';
import { definitionOf } from '../diff/plan.ts';
import { findAppId, groupId } from '../ids.ts';
import type { Change, ChangeContext } from './carry-out.ts';

/** Versions looked at; older ones may be named. */
const LOOKED_AT = 25;

/**
 * `wanted`: a version, the beginning of one, or `previous`: the newest one with another configuration; where only the
 * number of instances ever changed, the one before. Throws Problem `notFound`, `usage`.
 */
export async function versionToReturnTo(marathon: MarathonClient, id: string, wanted: string): Promise<string> {
  const [present, ...older] = await marathon.appVersions(id);
  if (wanted !== 'previous')
    return pickVersion(
      id,
      [present, ...older].filter((one) => one !== undefined),
      wanted,
    );
  const [before] = older;
  if (present === undefined || before === undefined) {
    throw new Problem(EXIT.notFound, {
      what: `${id} has no version before the present one.`,
      next: `mctl app versions ${id}`,
    });
  }
  const configOf = async (version: string): Promise<string | undefined | null> =>
    (await marathon.appVersion(id, version)).versionInfo?.lastConfigChangeAt;
  const presentConfig = await configOf(present);
  for (const version of older.slice(0, LOOKED_AT)) if ((await configOf(version)) !== presentConfig) return version;
  return before;
}

/** Throws Problem. */
export function pickVersion(id: string, versions: readonly string[], wanted: string): string {
  if (versions.includes(wanted)) return wanted;
  const fitting = wanted === '' ? [] : versions.filter((version) => version.startsWith(wanted));
  if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0];
  if (fitting.length > 1)
    throw new Problem(EXIT.usage, {
      what: `'${wanted}' fits ${fitting.length} versions.`,
      why: fitting.slice(0, 5).join(', '),
      next: 'Give more of it.',
    });
  throw new Problem(EXIT.notFound, { what: `${id} has no version '${wanted}'.`, next: `mctl app versions ${id}` });
}

/** Goes back, whatever is under way. Throws Problem. */
export async function rollbackOf(marathon: MarathonClient, given: string, wanted: string): Promise<Change> {
  const id = await findAppId(marathon, given);
  const version = await versionToReturnTo(marathon, id, wanted);
  return {
    subjects: [id],
    done: `Back at ${version}:`,
    next: `mctl app versions ${id}`,
    send: () => marathon.changeApp(id, { version }, { force: true }),
  };
}

/** The whole of a group as it was then; `previous` is the newest version in which it was different. Throws Problem. */
export async function groupRollbackOf(
  { marathon, force }: Pick<ChangeContext, 'marathon' | 'force'>,
  given: string,
  wanted: string,
): Promise<Change> {
  const id = groupId(given);
  const versions = await marathon.groupVersions(id);
  const version = wanted === 'previous' ? await groupBefore(marathon, id, versions) : pickVersion(id, versions, wanted);
  return {
    subjects: [id],
    done: `Back at ${version}:`,
    next: `mctl group show ${id}`,
    send: () => marathon.changeGroup(id, { version }, { force }),
  };
}

/** Versions are those of everything there is, so most are of changes elsewhere. */
async function groupBefore(marathon: MarathonClient, id: string, [, ...older]: readonly string[]): Promise<string> {
  const present = contentOf(await marathon.group(id));
  for (const version of older) {
    const then = await marathon.groupVersion(id, version).catch((error: unknown) => {
      if (error instanceof MarathonError && error.code === 'not-found') return undefined; // it was not there then
      throw error;
    });
    if (then !== undefined && differences(contentOf(then), present).length > 0) return version;
  }
  throw new Problem(EXIT.notFound, {
    what: `${id} was not different in any version that is kept.`,
    next: `mctl group versions ${id}`,
  });
}

/** Alike for groups that say the same, whatever was restarted meanwhile. */
function contentOf({ id, dependencies, apps, groups }: GroupInfo): Record<string, unknown> {
  const definitions = apps.map((app) => {
    const { version: _, versionInfo: __, ...definition } = definitionOf(app);
    return [app.id, definition];
  });
  return { id, dependencies, apps: Object.fromEntries(definitions), groups: groups.map(contentOf) };
}
