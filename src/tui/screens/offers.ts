// 4: offers as they go out and come back. `s` changes between the live stream, what is outstanding, and rates by framework and agent.
import type { Line, Tone } from '../frame/line.ts';
import { clipLines, line, span } from '../frame/lines.ts';
import { filterFor } from '../ui/filter.ts';
import type { OfferEvent } from '../view/model.ts';
import { bar } from '../widgets/bar.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { type Column, drawTable } from '../widgets/table.ts';
import { amount, amountsText, count, lasting, percent, since } from '../widgets/words.ts';
import { drawList, listData } from './lists/list.ts';
import { agentName, frameworkName } from './lists/names.ts';
import { lookOf, OFFER_LOOKS, OFFER_STREAM, OFFERS_OUTSTANDING, type OfferLine } from './lists/offer-rows.ts';
import { type OfferRate, ratesBy, rateText } from './lists/rates.ts';
import { windowOf } from './lists/window.ts';
import type { Drawing, Scene, Screen } from './screen.ts';

export const OFFERS: Screen = {
  name: 'offers',
  digit: '4',
  title: 'Offers',
  topics: ['offers', 'agents', 'frameworks', 'feeds'],
  sortColumns: OFFER_LOOKS,
  actions: {
    // Ids of rows say what they lead to: rates to their framework or agent, offers to the agent.
    open(id) {
      const [kind, subject] = id.split('\n');
      if (subject === undefined) return undefined;
      return kind === 'framework' ? { screen: 'framework', subject } : { screen: 'agent', subject };
    },
  },
  draw(scene) {
    const look = lookOf(scene.place.sort?.column);
    switch (look) {
      case 'stream':
        return drawList(scene, { ...lists(scene), source: OFFER_STREAM, columns: streamColumns });
      case 'outstanding':
        return drawList(scene, { ...lists(scene), source: OFFERS_OUTSTANDING, columns: offerColumns });
      case 'frameworks':
        return drawRates(scene, 'frameworkId');
      case 'agents':
        return drawRates(scene, 'agentId');
    }
  },
  data(scene) {
    const { view, nowMs } = scene;
    return {
      outstanding: listData(withoutSort(scene), OFFERS_OUTSTANDING).flatMap((row) =>
        row.kind === 'offer' ? [row.offer] : [],
      ),
      total: view.offerTotal,
      stream: listData(withoutSort(scene), OFFER_STREAM).flatMap((row) => (row.kind === 'event' ? [row.event] : [])),
      byFramework: ratesBy(view, 'frameworkId', nowMs),
      byAgent: ratesBy(view, 'agentId', nowMs),
    };
  },
};

function withoutSort({ view, place }: Pick<Scene, 'view' | 'place'>): Pick<Scene, 'view' | 'place'> {
  const { sort: _, ...rest } = place;
  return { view, place: rest };
}

function lists(scene: Scene) {
  return { noun: 'offers', feed: 'offers', heading: heading(scene), above: summary(scene) } as const;
}

function heading({ view, place, nowMs }: Scene): string {
  const { all } = ratesBy(view, 'frameworkId', nowMs);
  return `offers: ${lookOf(place.sort?.column)}, ${count(view.offerTotal)} outstanding, ${amount(all.perSecond)}/s`;
}

/** What is out, what became of the last minute's, and where there is room who got them. */
function summary(scene: Scene): readonly Line[] {
  const { view, nowMs, size, hasMarks } = scene;
  const marks = glyphs(hasMarks);
  const { all, rates, windowMs } = ratesBy(view, 'frameworkId', nowMs);
  const lines: Line[] = [
    line(
      span('outstanding ', 'dim'),
      `${count(view.offerTotal)} ${marks.dot} ${amountsText(view.totals.offered, marks.dot)}`,
    ),
    line(span(`last ${lasting(windowMs)} `.padEnd(12), 'dim'), rateText(all, marks.dot)),
  ];
  const room = size.rows >= 30 ? 8 : size.rows >= 18 ? 4 : 0;
  if (room > 0 && rates.length > 0) {
    const { head, lines: drawn } = drawTable(rateColumns(scene, 'frameworkId'), rates.slice(0, room), {
      columns: size.columns,
      marks,
      cursor: undefined,
      isMarked: () => false,
      isStill: true,
    });
    lines.push([], head, ...drawn);
  }
  return [...lines, []];
}

const KIND: Readonly<Record<OfferEvent['kind'], { readonly word: string; readonly tone: Tone }>> = {
  offered: { word: 'offered', tone: 'plain' },
  accepted: { word: 'accepted', tone: 'good' },
  declined: { word: 'declined', tone: 'dim' },
  rescinded: { word: 'rescinded', tone: 'warn' },
  withdrawn: { word: 'withdrawn', tone: 'dim' },
};

function streamColumns(scene: Scene): readonly Column<OfferLine>[] {
  const { nowMs } = scene;
  const marks = glyphs(scene.hasMarks);
  const event = (row: OfferLine): OfferEvent | undefined => (row.kind === 'event' ? row.event : undefined);
  return [
    {
      key: 'stream',
      title: 'ago',
      min: 6,
      priority: 0,
      align: 'right',
      cell: (row) => since(event(row)?.atMs, nowMs),
    },
    {
      key: 'kind',
      title: 'offer',
      min: 9,
      priority: 0,
      cell: (row) => {
        const kind = KIND[event(row)?.kind ?? 'offered'];
        return { text: kind.word, tone: kind.tone };
      },
    },
    ...aboutColumns(scene),
    {
      key: 'outcome',
      title: 'outcome',
      min: 14,
      max: 60,
      priority: 1,
      cell: (row) => outcome(event(row), marks.dot),
    },
  ];
}

function outcome(event: OfferEvent | undefined, dot: string): string {
  if (event === undefined) return '';
  const refused = event.refuseSeconds === undefined ? undefined : `refused for ${lasting(event.refuseSeconds * 1000)}`;
  return [event.operations, refused].filter((part) => part !== undefined).join(` ${dot} `);
}

function offerColumns(scene: Scene): readonly Column<OfferLine>[] {
  const { nowMs } = scene;
  return [
    {
      key: 'outstanding',
      title: 'for',
      min: 6,
      priority: 0,
      align: 'right',
      cell: (row) => (row.kind === 'offer' ? since(row.offer.sentMs, nowMs) : ''),
    },
    ...aboutColumns(scene),
    {
      key: 'ports',
      title: 'ports',
      min: 13,
      max: 30,
      priority: 5,
      cell: (row) => (row.kind === 'offer' ? row.offer.ports : ''),
    },
    {
      key: 'id',
      title: 'id',
      min: 12,
      max: 50,
      priority: 6,
      cell: (row) => (row.kind === 'offer' ? row.offer.id : ''),
    },
  ];
}

function aboutColumns({ view, hasMarks }: Scene): readonly Column<OfferLine>[] {
  const { dot } = glyphs(hasMarks);
  const about = (row: OfferLine) => (row.kind === 'event' ? row.event : row.offer);
  return [
    {
      key: 'framework',
      title: 'framework',
      min: 10,
      max: 24,
      priority: 0,
      cell: (row) => frameworkName(view, about(row).frameworkId),
    },
    { key: 'agent', title: 'agent', min: 12, max: 36, priority: 0, cell: (row) => agentName(view, about(row).agentId) },
    { key: 'role', title: 'role', min: 5, max: 14, priority: 4, cell: (row) => about(row).role },
    {
      key: 'amounts',
      title: 'resources',
      min: 16,
      max: 44,
      priority: 2,
      cell: (row) => amountsText(about(row).amounts, dot),
    },
  ];
}

function rateColumns({ view, hasMarks }: Scene, by: 'frameworkId' | 'agentId'): readonly Column<OfferRate>[] {
  const marks = glyphs(hasMarks);
  const number = (kind: OfferEvent['kind'], priority: number): Column<OfferRate> => ({
    key: kind,
    title: kind,
    min: 9,
    priority,
    align: 'right',
    cell: ({ counts }) => (counts[kind] === 0 ? '' : count(counts[kind])),
  });
  return [
    {
      key: by,
      title: by === 'agentId' ? 'agent' : 'framework',
      min: 14,
      max: 40,
      priority: 0,
      cell: ({ id }) => (by === 'agentId' ? agentName(view, id) : frameworkName(view, id)),
    },
    number('offered', 0),
    { key: 'rate', title: 'per s', min: 6, priority: 3, align: 'right', cell: ({ perSecond }) => amount(perSecond) },
    number('accepted', 1),
    number('declined', 1),
    number('rescinded', 4),
    {
      key: 'share',
      title: 'accepted of answered',
      min: 12,
      max: 30,
      priority: 2,
      cell: ({ acceptedShare }, width) =>
        acceptedShare === undefined
          ? ''
          : [...bar(acceptedShare, width - 5, marks, 0, 'good'), { text: percent(acceptedShare).padStart(5) }],
    },
  ];
}

function drawRates(scene: Scene, by: 'frameworkId' | 'agentId'): Drawing {
  const { view, nowMs, place, size } = scene;
  const marks = glyphs(scene.hasMarks);
  const kind = by === 'agentId' ? 'agent' : 'framework';
  const filter = filterFor(place.filter);
  const name = (id: string): string => (by === 'agentId' ? agentName(view, id) : frameworkName(view, id));
  const rates = ratesBy(view, by, nowMs).rates.filter(({ id }) => filter.matches(`${name(id)}\n${id}`));
  const ids = rates.map(({ id }) => `${kind}\n${id}`);
  const above = summary(scene).slice(0, 2);
  const room = Math.max(1, size.rows - above.length - 2);
  const { top, cursor } = windowOf(place, ids, room);
  const { head, lines } = drawTable(rateColumns(scene, by), rates.slice(top, top + room), {
    columns: size.columns,
    marks,
    cursor: cursor === undefined ? undefined : cursor - top,
    isMarked: (index) => place.marked.has(ids[top + index] ?? ''),
  });
  const body = lines.length > 0 ? lines : [line(span('  No offers within the last minute.', 'dim'))];
  return {
    lines: clipLines([...above, [], head, ...body], size, marks.ellipsis),
    heading: heading(scene),
    rowIds: ids,
    top,
    visibleRows: room,
    firstRowLine: above.length + 2,
    cursorIndex: cursor,
  };
}
