// `mctl state`: the whole cluster at a glance; as JSON the master's own /state.
import type { MasterClient } from '../../client/operator.ts';
import { formatAge, formatAmount, formatMegabytes } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { clusterPicture } from './cluster-picture.ts';

/** `wantsDocument`: the master's own /state, for JSON and YAML. Throws ApiError. */
export async function stateView(master: MasterClient, wantsDocument: boolean, nowMs: number): Promise<View> {
  if (wantsDocument) {
    return { data: await master.legacy('/state'), names: [], body: { kind: 'details', items: [] } };
  }
  const [picture, { master_info: info, start_time }] = await Promise.all([clusterPicture(master), master.getMaster()]);
  const states = new Map<string, number>();
  for (const { state } of picture.tasks) states.set(state, (states.get(state) ?? 0) + 1);
  const sum = (pick: 'total' | 'used', name: string): number =>
    picture.agents
      .filter(({ state }) => state === 'active')
      .reduce((total, agent) => total + (agent[pick][name] ?? 0), 0);
  const share = (name: string, format: (amount: number) => string): string =>
    `${format(sum('used', name))} of ${format(sum('total', name))} used`;
  const active = (list: readonly { readonly state: string }[]): number =>
    list.filter(({ state }) => state === 'active').length;
  const living = picture.frameworks.filter(({ state }) => state !== 'completed');
  return {
    data: undefined,
    names: info === undefined ? [] : [info.id],
    body: {
      kind: 'details',
      items: [
        ['Master', master.api.address],
        ['Id', info?.id],
        ['Version', info?.version],
        ['Up', start_time === undefined ? undefined : formatAge(nowMs - start_time * 1000)],
        ['Agents', `${active(picture.agents)} active of ${picture.agents.length}`],
        ['Frameworks', `${active(living)} active of ${living.length}`],
        ['Tasks', [...states].map(([state, count]) => `${count} ${state}`).join(', ') || 'none'],
        ['Cpus', share('cpus', formatAmount)],
        ['Mem', share('mem', formatMegabytes)],
        ['Disk', share('disk', formatMegabytes)],
      ],
    },
  };
}
