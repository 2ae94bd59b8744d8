// `mctl haproxy rollback`: a kept version back into force (haproxy.md 10.7).
import { MAP_NAMES } from '../../../haproxy/apply/attempt.ts';
import { readFiles, replaceFiles } from '../../../haproxy/apply/install/replace.ts';
import type { Version } from '../../../haproxy/apply/install/versions.ts';
import type { TurnReport } from '../../../haproxy/apply/report.ts';
import type { Applier } from '../../../haproxy/apply/turn.ts';
import type { World } from '../../../world/world.ts';
import { versionFiles } from '../looking/history.ts';

/**
 * Writes the version's files and loads them. When HAProxy does not take them, those that were there are back. Throws Problem
 * when the version cannot be read, ApplyError `disk` when it cannot be written.
 */
export async function rollBack(
  world: Pick<World, 'disk'>,
  applier: Pick<Applier, 'reloadDisk'>,
  configPath: string,
  version: Version,
): Promise<TurnReport> {
  const [before, wanted] = await Promise.all([
    readFiles(world, configPath, MAP_NAMES),
    versionFiles(world, configPath, version),
  ]);
  await replaceFiles(world, configPath, wanted);
  const report = await applier.reloadDisk();
  const isInForce = report.failure === undefined;
  if (!isInForce && before !== undefined) await replaceFiles(world, configPath, before);
  return report;
}
