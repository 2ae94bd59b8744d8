// Screen 9: the load balancer: when it was last brought in line with the apps, and how its servers are.
import type { Span } from '../frame/line.ts';
import { line, span } from '../frame/lines.ts';
import type { BackendRow, HaproxyView } from '../view/model.ts';
import type { Column } from '../widgets/table.ts';
import { count, counted, since } from '../widgets/words.ts';
import { drawList, listData } from './lists/list.ts';
import { type Fact, factLines } from './lists/page.ts';
import type { RowSource } from './lists/rows.ts';
import type { Scene, Screen } from './screen.ts';

type Row = Readonly<BackendRow>;

const SOURCE: RowSource<Row> = {
  name: 'backends',
  all: ({ backends }) => backends.values(),
  version: (view) => String(view.version('haproxy')),
  id: ({ id }) => id,
  text: ({ backend, server, state, isDraining }) => `${backend}\n${server}\n${state}${isDraining ? ' draining' : ''}`,
  isFault: isDown,
  sortBy: {
    backend: ({ backend, server }) => `${backend}\u0000${server}`,
    server: ({ server }) => server,
    state: ({ state }) => state,
    sessions: ({ sessions }) => (sessions === undefined ? undefined : -sessions),
    rate: ({ requestsPerSecond }) => (requestsPerSecond === undefined ? undefined : -requestsPerSecond),
    errors: ({ errors }) => (errors === undefined ? undefined : -errors),
  },
};

export const HAPROXY: Screen = {
  name: 'haproxy',
  digit: '9',
  title: 'HAProxy',
  topics: ['haproxy'],
  sortColumns: Object.keys(SOURCE.sortBy),
  actions: {},
  draw(scene) {
    const found = facts(scene);
    const above = found.length === 0 ? [] : [...factLines(found, scene.size.columns), line('')];
    return drawList(scene, { source: SOURCE, columns: () => COLUMNS, noun: 'servers', feed: 'haproxy', above });
  },
  data: (scene) => ({ ...scene.view.haproxy, backends: listData(scene, SOURCE) }),
};

function isDown({ state, isDraining }: Row): boolean {
  return !isDraining && !/^(up|open|no check|ready)/i.test(state);
}

function facts({ view, nowMs }: Scene): readonly Fact[] {
  const { haproxy } = view;
  const found: Fact[] = [];
  if (haproxy.lastSuccessMs !== undefined || haproxy.lastOutcome !== undefined) {
    found.push({ name: 'last sync', text: lastSync(haproxy, nowMs) });
  }
  if (haproxy.lastError !== undefined) {
    const ago = haproxy.lastErrorMs === undefined ? '' : ` ${since(haproxy.lastErrorMs, nowMs)} ago`;
    // An error from before the last success is over.
    const isOver = (haproxy.lastSuccessMs ?? 0) > (haproxy.lastErrorMs ?? 0);
    found.push({ name: 'last error', text: [span(`${haproxy.lastError}${ago}`, isOver ? 'dim' : 'bad')] });
  }
  if (haproxy.services !== undefined || haproxy.servers !== undefined) {
    found.push({ name: 'serves', text: `${haproxy.services ?? '?'} services, ${haproxy.servers ?? '?'} servers` });
  }
  if (haproxy.reloads !== undefined) found.push({ name: 'reloads', text: count(haproxy.reloads) });
  const draining = [...view.backends.values()].filter(({ isDraining }) => isDraining).length;
  if (draining > 0) found.push({ name: 'draining', text: [span(counted(draining, 'server'), 'warn')] });
  if (haproxy.excluded.length > 0) {
    found.push({ name: 'left out', text: [span(haproxy.excluded.join(', '), 'warn')] });
  }
  if (haproxy.configPath !== undefined) found.push({ name: 'config', text: haproxy.configPath });
  return found;
}

function lastSync({ lastSuccessMs, lastOutcome }: Readonly<HaproxyView>, nowMs: number): readonly Span[] {
  const outcome = lastOutcome === undefined ? '' : `: ${lastOutcome}`;
  return lastSuccessMs === undefined
    ? [span(`never${outcome}`, 'warn')]
    : [span(`${since(lastSuccessMs, nowMs)} ago${outcome}`, 'good')];
}

const COLUMNS: readonly Column<Row>[] = [
  { key: 'backend', title: 'backend', min: 16, max: 50, priority: 0, cell: ({ backend }) => backend },
  { key: 'server', title: 'server', min: 16, max: 40, priority: 1, cell: ({ server }) => server },
  { key: 'state', title: 'state', min: 10, max: 16, priority: 1, cell: stateCell },
  number('sessions', 'sess', 3, ({ sessions }) => sessions),
  number('rate', 'req/s', 3, ({ requestsPerSecond }) => requestsPerSecond),
  number('errors', 'errors', 4, ({ errors }) => errors),
];

function number(key: string, title: string, priority: number, of: (row: Row) => number | undefined): Column<Row> {
  return {
    key,
    title,
    min: 8,
    priority,
    align: 'right',
    cell: (row) => {
      const value = of(row);
      return value === undefined ? '-' : count(value);
    },
  };
}

function stateCell(row: Row): Span {
  if (row.isDraining) return span('draining', 'warn');
  return span(row.state, isDown(row) ? 'bad' : 'good');
}
