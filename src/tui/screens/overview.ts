// 1: how the cluster is. Who leads, what there is and how much of it is used, what wants looking at, what is being deployed. In:
// whatever the alarm or the deployment is about.
import type { Line, Span } from '../frame/line.ts';
import { clipLines, line, span } from '../frame/lines.ts';
import type { Alarm, AlarmPlace, ClusterView, DeploymentRow } from '../view/model.ts';
import { bar } from '../widgets/bar.ts';
import { type Glyphs, glyphs } from '../widgets/glyphs.ts';
import { count, counted, ratio, since, stateWord } from '../widgets/words.ts';
import { sectionLines } from './lists/page.ts';
import { nextInOrder } from './lists/standing.ts';
import { usageLines } from './lists/usage.ts';
import { windowOf } from './lists/window.ts';
import type { Drawing, Scene, Screen } from './screen.ts';

/** A line that the cursor can be on. */
interface Row {
  readonly id: string;
  readonly line: Line;
}

const TARGETS: readonly AlarmPlace[] = [
  'agents',
  'agent',
  'frameworks',
  'framework',
  'tasks',
  'task',
  'app',
  'deployment',
  'jobs',
  'haproxy',
  'events',
];

export const OVERVIEW: Screen = {
  name: 'overview',
  digit: '1',
  title: 'Overview',
  topics: [
    'leader',
    'feeds',
    'agents',
    'frameworks',
    'roles',
    'tasks',
    'offers',
    'apps',
    'deployments',
    'haproxy',
    'events',
    'jobs',
  ],
  sortColumns: [],
  actions: {
    open(id) {
      const [name, subject] = id.split('\n');
      const screen = TARGETS.find((known) => known === name);
      return screen === undefined ? undefined : { screen, subject: subject ?? '' };
    },
  },
  draw(scene) {
    const { size, place, view } = scene;
    const marks = glyphs(scene.hasMarks);
    const head = [...leaderLines(scene), ...countLines(scene), [], ...usage(scene), []];
    const alarms = alarmRows(scene);
    const deployments = deploymentRows(scene);
    const rows = [...alarms, ...deployments];
    const ids = rows.map(({ id }) => id);
    const { cursor } = windowOf(place, ids, ids.length);
    const drawn = rows.map((row, index) => cursorLine(row.line, index === cursor, size.columns, marks));
    const body: Line[] = [
      alarms.length === 0 ? calm(view, marks) : titleLine(counted(alarms.length, 'alarm'), marks),
      ...drawn.slice(0, alarms.length),
      ...(deployments.length === 0 ? [] : [titleLine(counted(deployments.length, 'deployment'), marks)]),
      ...drawn.slice(alarms.length),
    ];
    const cursorAt = cursor === undefined ? 0 : cursor + 1 + (cursor >= alarms.length ? 1 : 0);
    // The figures give way to the list when there is hardly any room for both.
    const above = head.slice(0, Math.max(0, size.rows - Math.min(4, body.length)));
    const room = Math.max(1, size.rows - above.length);
    const from = Math.max(0, Math.min(body.length - room, cursorAt - room + 1));
    const shown = body.slice(from, from + room);
    const more = size.rows - above.length - shown.length > 3 ? [[], ...latest(scene)] : [];
    return {
      lines: clipLines([...above, ...shown, ...more], size, marks.ellipsis),
      heading: 'overview',
      rowIds: ids,
      top: 0,
      visibleRows: room,
      cursorIndex: cursor,
    } satisfies Drawing;
  },
  data({ view }) {
    return {
      leader: view.leader,
      feeds: [...view.feeds.values()],
      agents: countBy(view.agents.values(), ({ state }) => state),
      frameworks: countBy(view.frameworks.values(), ({ state }) => state),
      tasks: Object.fromEntries(view.taskCounts),
      resources: view.totals,
      history: view.history,
      offersOutstanding: view.offerTotal,
      apps: view.apps.size,
      deployments: [...view.deployments.values()],
      alarms: view.alarms(),
    };
  },
};

function leaderLines({ view, nowMs, hasMarks }: Scene): readonly Line[] {
  const marks = glyphs(hasMarks);
  const { leader } = view;
  const who =
    leader.address === undefined
      ? [span('nobody', 'bad')]
      : [span(leader.address, 'strong'), span(` for ${since(leader.electedMs, nowMs)}`)];
  const first: Span[] = [span('leader     ', 'dim'), ...who];
  if (leader.version !== undefined) first.push(span(` ${marks.dot} ${leader.version}`, 'dim'));
  if (leader.changes > 0)
    first.push(span(` ${marks.dot} changed ${counted(leader.changes, 'time')} while we looked`, 'warn'));
  if (leader.candidates.length < 2) return [first];
  const candidates: Span[] = [span('masters    ', 'dim')];
  for (const { address, isLeading, isReachable } of leader.candidates) {
    if (isLeading) candidates.push(span(`${marks.good} ${address} leads  `, 'good'));
    else if (isReachable === false) candidates.push(span(`${marks.bad} ${address} does not answer  `, 'bad'));
    else candidates.push(span(`${marks.idle} ${address} stands by  `));
  }
  return [first, candidates];
}

function countLines({ view, hasMarks }: Scene): readonly Line[] {
  const marks = glyphs(hasMarks);
  const agents = counts(
    countBy(view.agents.values(), ({ state }) => state),
    marks,
    ['active'],
  );
  const frameworks = counts(
    countBy(view.frameworks.values(), ({ state }) => state),
    marks,
    ['active', 'completed'],
  );
  const fine = ['running', 'staging', 'starting', 'finished', 'killed', 'killing'];
  const tasks = counts(
    Object.fromEntries([...view.taskCounts].map(([state, known]) => [stateWord(state), known])),
    marks,
    fine,
  );
  const lines: Line[] = [
    line(span('agents     ', 'dim'), ...agents),
    line(span('frameworks ', 'dim'), ...frameworks),
    line(span('tasks      ', 'dim'), ...tasks),
  ];
  const [next] = nextInOrder(view, 1);
  const offers = [span('offers     ', 'dim'), span(`${count(view.offerTotal)} outstanding`)];
  if (next !== undefined) offers.push(span(` ${marks.dot} next is ${next.name} (${next.share?.role ?? ''})`));
  lines.push(offers);
  if (view.apps.size > 0) lines.push(line(span('apps       ', 'dim'), ...appCounts(view, marks)));
  return lines;
}

function appCounts(view: ClusterView, marks: Glyphs): readonly Span[] {
  let waiting = 0;
  let unhealthy = 0;
  for (const app of view.apps.values()) {
    if (app.waitsFor !== undefined) waiting += 1;
    if (app.unhealthy > 0) unhealthy += 1;
  }
  const spans = [span(count(view.apps.size))];
  if (waiting > 0) spans.push(span(` ${marks.dot} ${marks.idle} ${count(waiting)} waiting`, 'warn'));
  if (unhealthy > 0) spans.push(span(` ${marks.dot} ${marks.warn} ${count(unhealthy)} unhealthy`, 'warn'));
  return spans;
}

/** `12 active · ! 1 unreachable`: first what is as it should be, then the rest; in an order that does not change with the figures. */
function counts(byState: Readonly<Record<string, number>>, marks: Glyphs, fine: readonly string[]): readonly Span[] {
  const place = (state: string): number => (fine.includes(state) ? fine.indexOf(state) : fine.length);
  const entries = Object.entries(byState).sort(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1));
  if (entries.length === 0) return [span('none', 'dim')];
  return entries.map(([state, known], index) => {
    const isFine = fine.includes(state);
    const text = `${index > 0 ? ` ${marks.dot} ` : ''}${isFine ? '' : `${marks.warn} `}${count(known)} ${state}`;
    return isFine ? span(text) : span(text, 'warn');
  });
}

function countBy<Row>(rows: Iterable<Row>, stateOf: (row: Row) => string): Readonly<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const row of rows) counted[stateOf(row)] = (counted[stateOf(row)] ?? 0) + 1;
  return counted;
}

function usage({ view, size, hasMarks }: Scene): readonly Line[] {
  return usageLines(view.totals, size.columns, glyphs(hasMarks), view.history);
}

function titleLine(title: string, marks: Glyphs): Line {
  return line(span(`${marks.rule}${marks.rule} `, 'dim'), span(title, 'title'));
}

function calm(view: ClusterView, marks: Glyphs): Line {
  const feed = view.feeds.get('master');
  const isThere = feed === undefined || feed.state === 'live' || feed.state === 'polling';
  return isThere
    ? line(span(`${marks.good} nothing wants looking at`, 'good'))
    : line(span(`waiting for ${feed.address ?? 'the master'} ...`, 'dim'));
}

function alarmRows({ view, nowMs, hasMarks }: Scene): readonly Row[] {
  const marks = glyphs(hasMarks);
  const seen = new Map<string, number>();
  return view.alarms().map((alarm, index) => ({
    id: distinct(alarmId(alarm, index), seen),
    line: line(
      span(`${alarm.tone === 'bad' ? marks.bad : marks.warn} `, alarm.tone),
      alarm.text,
      span(alarm.sinceMs === undefined ? '' : ` ${marks.dot} ${since(alarm.sinceMs, nowMs)}`, 'dim'),
    ),
  }));
}

/** What it leads to, and something that tells it from others that lead there too. */
function alarmId({ about, text }: Alarm, index: number): string {
  return about === undefined
    ? `alarm ${index}`
    : `${about.screen}\n${about.subject ?? ''}\n${text.replace(/\d+/g, '')}`;
}

/** Two may differ in a figure only, which is no part of their ids. */
function distinct(id: string, seen: Map<string, number>): string {
  const before = seen.get(id) ?? 0;
  seen.set(id, before + 1);
  return before === 0 ? id : `${id}\n${before + 1}`;
}

function deploymentRows({ view, nowMs, hasMarks, size }: Scene): readonly Row[] {
  const marks = glyphs(hasMarks);
  const rows = [...view.deployments.values()].sort((one, other) => (one.startedMs ?? 0) - (other.startedMs ?? 0));
  return rows.map((deployment) => ({
    id: `deployment\n${deployment.id}`,
    line: line(
      ...bar(ratio(deployment.step - 1, deployment.steps), size.columns >= 120 ? 20 : 10, marks, 0, 'accent'),
      ` ${deployment.step}/${deployment.steps} `,
      span(deployment.apps.join(', '), 'strong'),
      span(` ${since(deployment.startedMs, nowMs)}${waits(deployment)}`, 'dim'),
    ),
  }));
}

function waits({ actions }: Readonly<DeploymentRow>): string {
  const action = actions.find(({ waitsFor }) => waitsFor !== undefined);
  return action === undefined ? '' : `, ${action.waitsFor}`;
}

function latest({ view, nowMs, hasMarks }: Scene): readonly Line[] {
  const lines = view.events
    .slice(-60)
    .reverse()
    .map(({ atMs, source, kind, text, tone }) =>
      line(span(`${since(atMs, nowMs).padStart(6)} ${source.padEnd(8)} `, 'dim'), `${kind} `, span(text, tone)),
    );
  return lines.length === 0 ? [] : sectionLines('latest events', lines, hasMarks);
}

function cursorLine(drawn: Line, isCursor: boolean, columns: number, marks: Glyphs): Line {
  if (!isCursor) return [{ text: '  ' }, ...drawn];
  const text = drawn.map((part) => part.text).join('');
  return [{ text: `${marks.cursor} ${text}`.padEnd(columns), tone: 'cursor' }];
}
