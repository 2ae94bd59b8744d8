// 0: what has happened, newest first: events of the daemons, of offers, and what this program has to say itself.
import type { EventRow } from '../view/model.ts';
import type { Column } from '../widgets/table.ts';
import { since } from '../widgets/words.ts';
import { drawList, listData } from './lists/list.ts';
import type { RowSource } from './lists/rows.ts';
import type { Scene, Screen } from './screen.ts';

type Event = Readonly<EventRow>;

const SOURCE: RowSource<Event> = {
  name: 'events',
  all: (view) => [...view.events].reverse(),
  version: (view) => String(view.version('events')),
  id: ({ seq }) => String(seq),
  text: ({ source, kind, text }) => `${source}\n${kind}\n${text}`,
  isFault: ({ tone }) => tone === 'bad' || tone === 'warn',
  sortBy: {
    newest: ({ seq }) => -seq,
    source: ({ source }) => source,
    kind: ({ kind }) => kind,
  },
};

export const EVENTS: Screen = {
  name: 'events',
  digit: '0',
  title: 'Events',
  topics: ['events', 'feeds'],
  sortColumns: Object.keys(SOURCE.sortBy),
  actions: {},
  draw: (scene) => drawList(scene, { source: SOURCE, columns, noun: 'events', feed: 'master' }),
  data: (scene) => listData(scene, SOURCE),
};

/** Said beside the text, since colours alone say nothing. */
const SIGNS = { plain: ' ', good: '+', warn: '!', bad: 'x' } as const;

function columns({ nowMs }: Scene): readonly Column<Event>[] {
  return [
    { key: 'newest', title: 'ago', min: 6, priority: 0, align: 'right', cell: ({ atMs }) => since(atMs, nowMs) },
    { key: 'sign', title: '', min: 1, priority: 0, cell: ({ tone }) => ({ text: SIGNS[tone], tone }) },
    { key: 'source', title: 'from', min: 8, priority: 2, cell: ({ source }) => source },
    { key: 'kind', title: 'event', min: 10, max: 30, priority: 1, cell: ({ kind }) => kind },
    { key: 'text', title: '', min: 20, max: 400, priority: 0, cell: ({ text, tone }) => ({ text, tone }) },
  ];
}
