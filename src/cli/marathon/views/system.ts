// `mctl marathon info|leader|queue|events`.
import type { MarathonEvent, MarathonInfo, QueueItem } from '../../../client/marathon.ts';
import { printableLine } from '../../output/printable.ts';
import type { Style } from '../../output/style.ts';
import { formatTime } from '../../output/units.ts';
import type { View } from '../../output/view.ts';
import { reasonText } from '../why/words.ts';
import { ageText } from './apps.ts';

/** What it is. `address`: where it was asked. */
export function infoView(info: MarathonInfo, address: string): View {
  const settings = Object.entries(info.marathon_config).filter(([, value]) => value !== null && value !== undefined);
  return {
    data: info,
    names: [info.name],
    body: {
      kind: 'details',
      items: [
        ['Marathon', address],
        ['Version', info.version],
        ['Leader', info.leader ?? 'nobody'],
        ['Framework', info.frameworkId ?? 'not registered'],
        ['Master', info.marathon_config.master ?? undefined],
      ],
      sections: [
        {
          title: 'Settings',
          table: {
            kind: 'table',
            columns: [{ title: 'NAME' }, { title: 'VALUE' }],
            rows: settings.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
          },
        },
      ],
    },
  };
}

/** What waits to be launched. */
export function queueView(queue: readonly QueueItem[], nowMs: number): View {
  return {
    data: queue,
    names: queue.flatMap(({ app }) => (app === undefined ? [] : [app.id])),
    body: {
      kind: 'table',
      columns: [
        { title: 'APP' },
        { title: 'WAITING', align: 'right' },
        { title: 'SINCE', align: 'right' },
        { title: 'DELAY', align: 'right' },
        { title: 'OFFERS', align: 'right' },
        { title: 'UNUSED', align: 'right' },
        { title: 'MOST OFTEN' },
        { title: 'ROLE', wide: true },
      ],
      rows: queue.map(({ app, count, since, delay, role, processedOffersSummary: offers }) => [
        app?.id ?? '',
        String(count),
        ageText(since, nowMs),
        delay.overdue ? '-' : `${delay.timeLeftSeconds}s`,
        String(offers.processedOffersCount),
        String(offers.unusedOffersCount),
        mostOften(offers.rejectSummaryLastOffers),
        role ?? '',
      ]),
    },
    empty: 'Nothing waits to be launched.',
  };
}

function mostOften(summary: QueueItem['processedOffersSummary']['rejectSummaryLastOffers']): string {
  const [first] = [...summary].sort((a, b) => b.declined - a.declined);
  return first === undefined || first.declined === 0 ? '' : `${reasonText(first.reason)} (${first.declined} agents)`;
}

/** Members that say what an event is about, the most telling first. */
const TELLING = [
  'appId',
  'runSpecId',
  'groupId',
  'taskId',
  'instanceId',
  'taskStatus',
  'condition',
  'alive',
  'healthy',
  'host',
  'id',
  'reason',
  'message',
  'uri',
  'remoteAddress',
  'frameworkId',
];

/** One line. */
export function eventLine({ type, data }: MarathonEvent, nowMs: number, style: Style): string {
  const time = typeof data.timestamp === 'string' ? Date.parse(data.timestamp) : nowMs;
  const parts = TELLING.flatMap((name) => {
    const value = data[name];
    return value === undefined || value === null || value === '' || typeof value === 'object'
      ? []
      : [`${name}=${String(value)}`];
  });
  const plan = data.plan;
  const id: unknown = typeof plan === 'object' && plan !== null ? Reflect.get(plan, 'id') : undefined;
  if (typeof id === 'string' && data.id === undefined) parts.push(`deployment=${id}`);
  return `${style.dim(formatTime(time))} ${printableLine(type).padEnd(29)} ${printableLine(parts.join(' '))}`.trimEnd();
}

/** `host:port` of the one that leads. */
export function leaderView(leader: string): View {
  return { data: { leader }, names: [leader], body: { kind: 'details', items: [['Leader', leader]] } };
}
