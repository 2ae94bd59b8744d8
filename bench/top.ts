// What the live view costs with 5,000 agents and 50,000 tasks. First its store and screens alone: rows in, lines out and their
// escape codes. Then the built `mctl top` in a terminal before a real master (bench/top/). The column of references has what we
// promise: there is no original to be compared with.
import { paintLine } from '../src/tui/frame/painter.ts';
import { createTheme } from '../src/tui/frame/theme.ts';
import { SCREENS } from '../src/tui/screens/index.ts';
import type { Place, ScreenName } from '../src/tui/ui/state.ts';
import type { AgentRow, FrameworkRow, TaskRow } from '../src/tui/view/model.ts';
import { createViewStore, type ViewStore } from '../src/tui/view/store.ts';
import { taskKey } from '../src/tui/view/task-ids.ts';
import { type Bench, type BenchRow, median, row, timed } from './row.ts';
import { type KeyTime, measureLive } from './top/live.ts';
import { MISSING } from './top/window.ts';

const NOW = 1_800_000_000_000;
const MASTER = '0a1b2c3d-0000-4000-8000-000000000001';
const SIZE = { columns: 250, rows: 66 };
const ROUNDS = 15;
const CHANGES = 200;

export const run: Bench = async ({ quick, note }) => {
  const rows = storeRows(quick, note);
  if (MISSING === undefined) rows.push(...(await liveRows(quick, note)));
  else note(`mctl top in a terminal is not measured: ${MISSING}`);
  return rows;
};

/** What we promise, in the units of the rows; percentages are of one core. */
const PROMISES = { firstFrameMs: 1000, keyMs: 50, cpuPercent: 15, memoryMb: 250, peakMemoryMb: 500 };

async function liveRows(quick: boolean, note: (text: string) => void): Promise<readonly BenchRow[]> {
  const figures = await measureLive({
    agents: quick ? 200 : 5000,
    tasksPerAgent: 10,
    changes: quick ? 20 : CHANGES,
    watchedMs: quick ? 3_000 : 30_000,
    presses: quick ? 1 : 15,
    note,
  });
  const { keys, cpu } = figures;
  const all = Object.values(keys).flat();
  const part = (times: readonly KeyTime[], which: keyof KeyTime, share: number): number => {
    const sorted = times.map((time) => time[which]).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  };
  return [
    row('first frame from the start of mctl top', figures.firstFrame, undefined, 'ms'),
    row('first frame after the last byte of the state', figures.afterState, PROMISES.firstFrameMs, 'ms'),
    row('first frame after the last byte: CPU', figures.afterStateRan, PROMISES.firstFrameMs, 'ms'),
    row('a key while that is read', figures.keyWhileLoading, undefined, 'ms'),
    row('key to paint p50', part(all, 'tookMs', 0.5), PROMISES.keyMs, 'ms'),
    row('key to paint p99', part(all, 'tookMs', 0.99), PROMISES.keyMs, 'ms'),
    row('key to paint p50, without waiting for a core', part(all, 'ownMs', 0.5), PROMISES.keyMs, 'ms'),
    row('key to paint p99, without waiting for a core', part(all, 'ownMs', 0.99), PROMISES.keyMs, 'ms'),
    ...Object.entries(keys).flatMap(([name, times]) => [
      row(`${name}: p50, without waiting`, part(times, 'ownMs', 0.5), undefined, 'ms'),
      row(`${name}: p99, without waiting`, part(times, 'ownMs', 0.99), undefined, 'ms'),
    ]),
    ...Object.entries(cpu).map(([name, share]) => {
      return row(`CPU while data changes: ${name}`, share * 100, PROMISES.cpuPercent, '%');
    }),
    row('changes of tasks in a second, meanwhile', figures.changesPerSecond, undefined, '/s'),
    row('resident after loading', figures.memoryMb, PROMISES.memoryMb, 'MB'),
    row('resident after all keys', figures.laterMemoryMb, PROMISES.memoryMb, 'MB'),
    row('resident at most', figures.peakMemoryMb, PROMISES.peakMemoryMb, 'MB'),
  ];
}

function storeRows(quick: boolean, note: (text: string) => void): BenchRow[] {
  const agents = quick ? 200 : 5000;
  const tasks = quick ? 2000 : 50_000;
  note(`${agents} agents, ${tasks} tasks`);
  const before = heapUsed();
  const view = createViewStore(() => NOW);
  const rows = [
    msRow(
      'rows put into the view',
      timed(() => fill(view, agents, tasks)),
    ),
  ];
  const after = heapUsed();
  if (before !== undefined && after !== undefined) {
    rows.push(row('memory a task, with its share of the agents', (after - before) / tasks, undefined, 'bytes'));
  }
  return [...rows, ...screenRows(view), ...taskListRows(view), ...changeRows(view)];
}

const msRow = (scenario: string, ms: number): BenchRow => row(scenario, ms, undefined, 'ms');

function screenRows(view: ViewStore): BenchRow[] {
  return (['overview', 'agents', 'frameworks', 'offers', 'tasks', 'events'] as const).flatMap((name) => [
    msRow(
      `${name}: first`,
      timed(() => draw(view, name)),
    ),
    msRow(
      `${name}: again after a key`,
      often(() => draw(view, name)),
    ),
  ]);
}

function taskListRows(view: ViewStore): BenchRow[] {
  const columns = SCREENS.get('tasks')?.sortColumns ?? [];
  const sorted = columns.map((column) => {
    const sort = { column, isDescending: false };
    return msRow(
      `tasks: sorted by ${column}`,
      timed(() => draw(view, 'tasks', { sort })),
    );
  });
  const filtered = ['s', 'sv', 'svc', 'svc1', '~svc9', '!svc1'].map((filter) =>
    msRow(
      `tasks: filter ${filter}`,
      timed(() => draw(view, 'tasks', { filter })),
    ),
  );
  return [...sorted, ...filtered];
}

function changeRows(view: ViewStore): BenchRow[] {
  const keys = [...view.tasks.keys()];
  return (['overview', 'agents', 'tasks'] as const).map((name) => {
    draw(view, name);
    let round = 0;
    const tick = (): void => {
      round += 1;
      for (let at = 0; at < CHANGES; at += 1) {
        const key = keys[(round * 977 + at * 13) % keys.length] ?? '';
        view.changeTask(key, { healthy: (round + at) % 2 === 0, changedMs: NOW });
      }
      draw(view, name);
    };
    return msRow(`${name}: ${CHANGES} tasks change and it is drawn`, often(tick));
  });
}

function often(work: () => void): number {
  return median(Array.from({ length: ROUNDS }, () => timed(work)));
}

/** After a collection; undefined where node runs without --expose-gc. */
function heapUsed(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

const theme = createTheme('full');

function draw(view: ViewStore, name: ScreenName, change: Partial<Place> = {}): void {
  const place: Place = {
    screen: name,
    cursorIndex: 0,
    top: 0,
    filter: '',
    marked: new Set(),
    onlyFaults: false,
    ...change,
  };
  const details = { of: () => undefined, version: 0 };
  const drawing = SCREENS.get(name)?.draw({ view, place, size: SIZE, nowMs: NOW, details, hasMarks: true });
  if (drawing === undefined || drawing.lines.length === 0) throw new Error(`${name} has drawn nothing`);
  for (const line of drawing.lines) paintLine(line, theme);
}

function fill(view: ViewStore, agents: number, tasks: number): void {
  view.replaceAgents(Array.from({ length: agents }, (_, at) => agentRow(at)));
  view.replaceFrameworks(Array.from({ length: 5 }, (_, at) => frameworkRow(at)));
  view.replaceTasks(Array.from({ length: tasks }, (_, at) => taskRow(at, agents)));
  view.setMarathonFramework(`${MASTER}-0000`);
  for (let at = 0; at < 1000; at += 1) {
    view.addEvent({ source: 'master', kind: 'TASK_UPDATED', text: `task ${at} runs`, tone: 'plain' });
    const about = { offerId: `O${at}`, frameworkId: `${MASTER}-000${at % 5}`, agentId: `${MASTER}-S${at % agents}` };
    view.addOfferEvent({
      ...about,
      atMs: NOW - 60_000 + at * 60,
      kind: at % 3 === 0 ? 'declined' : 'offered',
      role: '*',
      amounts: { cpus: 2, memMb: 1024, diskMb: 0, gpus: 0 },
      refuseSeconds: 5,
      operations: undefined,
    });
  }
}

function agentRow(at: number): AgentRow {
  return {
    id: `${MASTER}-S${at}`,
    hostname: `agent-${at}.dc1.example.com`,
    address: `10.0.${at >> 8}.${at & 255}:5051`,
    region: 'eu',
    zone: `zone-${at % 3}`,
    version: '1.11.0',
    state: at % 1000 === 999 ? 'unreachable' : 'active',
    registeredMs: NOW - at * 1000,
    reregisteredMs: undefined,
    total: { cpus: 32, memMb: 131_072, diskMb: 1_000_000, gpus: 0 },
    allocated: { cpus: at % 32, memMb: (at * 977) % 131_072, diskMb: at, gpus: 0 },
    offered: { cpus: 0, memMb: 0, diskMb: 0, gpus: 0 },
    attributes: [`rack:r${at % 40}`],
    resources: ['ports(*):[31000-32000]'],
    taskCount: 0,
  };
}

function frameworkRow(at: number): FrameworkRow {
  return {
    id: `${MASTER}-000${at}`,
    name: `framework-${at}`,
    user: 'root',
    roles: ['*'],
    principal: undefined,
    hostname: 'scheduler.example.com',
    webuiUrl: undefined,
    state: 'active',
    registeredMs: NOW,
    capabilities: [],
    allocated: { cpus: 100, memMb: 100_000, diskMb: 0, gpus: 0 },
    offered: { cpus: 0, memMb: 0, diskMb: 0, gpus: 0 },
    taskCount: 0,
    offersSent: 0,
  };
}

function taskRow(at: number, agents: number): TaskRow {
  const frameworkId = `${MASTER}-000${at % 5}`;
  const uuid = `0b1d3a40-1b2c-11ef-8000-${at.toString(16).padStart(12, '0')}`;
  const id = `team${at % 50}_svc${(at * 7919) % 500}.instance-${uuid}._app.1`;
  return {
    key: taskKey(frameworkId, id),
    id,
    frameworkId,
    agentId: `${MASTER}-S${(at * 31) % agents}`,
    executorId: undefined,
    name: `svc${(at * 7919) % 500}.team${at % 50}`,
    role: '*',
    state: 'TASK_RUNNING',
    healthy: true,
    amounts: { cpus: (at % 4) / 10 + 0.1, memMb: 32 * (1 + (at % 8)), diskMb: 0, gpus: 0 },
    startedMs: NOW - at * 100,
    changedMs: NOW - at * 50,
    message: '',
    reason: undefined,
  };
}
