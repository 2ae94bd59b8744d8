// `mctl app list`: which apps, and how they are.
import type { AppFilter, MarathonClient } from '../../client/marathon.ts';
import type { View } from '../output/view.ts';
import { groupId } from './ids.ts';
import { appListView } from './views/apps.ts';

/** All filters must hold; Marathon takes those of apps, the group is looked at here when there are both. */
export async function listApps(
  marathon: MarathonClient,
  { id, cmd, label, group }: AppFilter & { readonly group?: string | undefined },
  nowMs: number,
): Promise<View> {
  const within = group === undefined ? '/' : groupId(group);
  const isFiltered = [id, cmd, label].some((filter) => filter !== undefined);
  const load = within === '/' || isFiltered ? marathon.apps({ id, cmd, label }) : marathon.appsWithin(within);
  const [apps, queue] = await Promise.all([load, marathon.queue()]);
  const inside = within === '/' ? apps : apps.filter((app) => app.id === within || app.id.startsWith(`${within}/`));
  return appListView(inside, queue, nowMs);
}
