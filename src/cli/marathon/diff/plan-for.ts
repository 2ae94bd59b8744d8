// `mctl app plan`: of files as `app apply` would take them, of changes as `app update` would.
import type { MarathonClient, PlanPreview } from '../../../client/marathon.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { withPresentInstances } from '../changes/apps.ts';
import { appsOf, placeInApps } from '../input/apps.ts';
import { withPlaces } from '../input/invalid.ts';
import { warningsOf } from '../input/members.ts';
import { readInput } from '../input/read-files.ts';
import { readUpdate } from '../input/update.ts';
import { planApps } from './plan.ts';

/** A plan, whether steps and places are known, and what is likely to be a slip in the files. */
export interface PlanFor {
  readonly plan: PlanPreview;
  readonly isComplete: boolean;
  readonly warnings: readonly string[];
}

/** Throws Problem. */
export async function planFor(
  marathon: MarathonClient,
  app: string | undefined,
  changes: readonly string[],
  files: readonly string[] | undefined,
): Promise<PlanFor> {
  if (files !== undefined && app === undefined) {
    const apps = await withPresentInstances(marathon, appsOf(await readInput(files)));
    const plan = await withPlaces(() => planApps(marathon, apps, false), files.join(', '), placeInApps(apps, true));
    return { ...plan, warnings: warningsOf(apps) };
  }
  if (app === undefined || (files !== undefined && files.length > 1)) {
    throw new Problem(EXIT.usage, {
      what: 'What is to be planned?',
      next: ['mctl app plan -f web.yaml', 'mctl app plan web instances=10'],
    });
  }
  const { id, definition, place, warnings } = await readUpdate(marathon, app, changes, files?.[0]);
  const input = { id, definition: { ...definition, id } };
  // One of a list: paths begin with its number.
  const placed = (path: string) => place(path.replace(/^\/(apps)?\(0\)/, ''));
  return { ...(await withPlaces(() => planApps(marathon, [input], true), id, placed)), warnings };
}
