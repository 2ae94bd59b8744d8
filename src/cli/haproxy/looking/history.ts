// Configs that were applied and are kept (haproxy.md 10.7): listed, compared, found by what people type.

import { filesHash } from '../../../haproxy/apply/compose.ts';
import { MAP_NAMES, readFiles } from '../../../haproxy/apply/install/replace.ts';
import { listVersions, readVersion, type Version } from '../../../haproxy/apply/install/versions.ts';
import type { Files } from '../../../haproxy/plan/plan-change.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import { formatAge, formatTime } from '../../output/units.ts';
import type { View } from '../../output/view.ts';
import { Problem } from '../../problem.ts';

/** Kept versions and which of them is on disk now, oldest first. */
export interface History {
  readonly versions: readonly Version[];
  readonly current: string | undefined;
}

/** Throws Problem when the directory cannot be read. */
export async function readHistory(world: Pick<World, 'disk'>, configPath: string): Promise<History> {
  try {
    const [versions, files] = await Promise.all([
      listVersions(world, configPath),
      readFiles(world, configPath, MAP_NAMES),
    ]);
    const ending = files === undefined ? undefined : `-${filesHash(files).slice(0, 12)}`;
    return { versions, current: versions.findLast(({ id }) => ending !== undefined && id.endsWith(ending))?.id };
  } catch (error) {
    throw cannotRead(error, configPath);
  }
}

/** Newest first. */
export function historyView({ versions, current }: History, nowMs: number): View {
  const newestFirst = versions.toReversed();
  return {
    data: newestFirst.map(({ id, atMs, path }) => ({
      id,
      at: new Date(atMs).toISOString(),
      path,
      isCurrent: id === current,
    })),
    names: newestFirst.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'VERSION' },
        { title: 'WRITTEN' },
        { title: 'AGE', align: 'right' },
        { title: 'NOW' },
        { title: 'FILE', wide: true },
      ],
      rows: newestFirst.map(({ id, atMs, path }) => [
        id,
        formatTime(atMs),
        formatAge(nowMs - atMs),
        id === current ? 'on disk' : '',
        path,
      ]),
    },
    empty: 'There are no kept versions yet: sync and watch keep them.',
  };
}

/** By id, the beginning of one, or the beginning of its hash; without, the newest one that is not on disk. Throws Problem. */
export function chooseVersion({ versions, current }: History, typed: string | undefined): Version {
  const others = versions.filter(({ id }) => id !== current);
  const matching =
    typed === undefined
      ? others.slice(-1)
      : versions.filter(
          ({ id }) => id === typed || id.startsWith(typed) || id.slice(id.indexOf('-') + 1).startsWith(typed),
        );
  const [only, second] = matching;
  if (only === undefined) {
    throw new Problem(EXIT.notFound, {
      what: typed === undefined ? 'There is no other version to go back to.' : `There is no kept version '${typed}'.`,
      next: 'mctl haproxy history',
    });
  }
  if (second !== undefined) {
    throw new Problem(EXIT.usage, {
      what: `'${typed}' is the beginning of ${matching.length} versions.`,
      why: matching.map(({ id }) => id).join('\n'),
    });
  }
  return only;
}

/** Throws Problem. */
export async function versionFiles(world: Pick<World, 'disk'>, configPath: string, { id }: Version): Promise<Files> {
  try {
    return await readVersion(world, configPath, id, MAP_NAMES);
  } catch (error) {
    throw cannotRead(error, configPath);
  }
}

function cannotRead(error: unknown, configPath: string): unknown {
  if (!(error instanceof DiskError)) return error;
  const isForbidden = error.code === 'forbidden';
  return new Problem(
    isForbidden ? EXIT.notAllowed : error.code === 'not-found' ? EXIT.notFound : EXIT.failed,
    {
      what: `The versions beside ${configPath} cannot be read.`,
      why: error.message,
      next: isForbidden ? 'Run it as root, or as the user that runs sync.' : '--haproxy-config <file>',
    },
    { cause: error },
  );
}
