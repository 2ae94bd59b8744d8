// Tasks as a table: all of them, or those of an agent, a framework or an app. Used by the screen of tasks and by pages of others.
import { cutInMiddle } from '../../frame/cells.ts';
import { harmless } from '../../frame/harmless.ts';
import type { ClusterView, TaskRow } from '../../view/model.ts';
import { hasEnded, isTaskInTrouble } from '../../view/task-ids.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import type { Column } from '../../widgets/table.ts';
import { amount, counted, megabytes, since } from '../../widgets/words.ts';
import type { Asked, Scene, ScreenActions } from '../screen.ts';
import { agentName, frameworkName, shortTaskId, taskMark, taskWord } from './names.ts';
import type { RowSource } from './rows.ts';

type Task = Readonly<TaskRow>;

/** Worst first: what is in trouble, what is on its way, what runs; below it what is over, what has failed first. */
function rank(task: Pick<Task, 'state' | 'healthy'>): string {
  const word = taskWord(task);
  if (hasEnded(task.state)) return isTaskInTrouble(task) ? `3${word}` : `4${word}`;
  return isTaskInTrouble(task) ? `0${word}` : word === 'running' || word === 'healthy' ? `2${word}` : `1${word}`;
}

/** What is common to all tables of tasks. */
export const TASK_SOURCE: RowSource<Task> = {
  name: 'tasks',
  all: (view) => view.tasks.values(),
  // Names of agents and frameworks are searched and sorted by too; they hardly ever change.
  version: namesVersion,
  id: ({ key }) => key,
  text: (task, view) => {
    const { state, agentId, frameworkId, role, message } = task;
    const shared = [taskWord(task), state, agentName(view, agentId), frameworkName(view, frameworkId), role, message];
    return [task.id, ...shared].join('\n');
  },
  isFault: isTaskInTrouble,
  rank: ({ id }) => id,
  sortBy: {
    task: ({ id }) => id,
    state: rank,
    framework: ({ frameworkId }, view) => frameworkName(view, frameworkId),
    agent: ({ agentId }, view) => agentName(view, agentId),
    role: ({ role }) => role,
    cpus: ({ amounts }) => amounts.cpus,
    mem: ({ amounts }) => amounts.memMb,
    // The shortest time first.
    since: ({ changedMs, startedMs }) => negative(changedMs ?? startedMs),
  },
  large: {
    changeVersion: (view) => view.version('tasks'),
    changedSince: (view, version) => view.tasksChangedSince?.(version),
    row: (view, key) => view.tasks.get(key),
    // See taskKey: the framework's id has no slash.
    nameOfId: (key) => key.slice(key.indexOf('/') + 1),
    ranked: 'task',
    own: ({ id }) => id,
    shared: [
      {
        same: standing,
        lines: (value) => [standingOf(value).state, taskWord(standingOf(value))],
        sortBy: { state: (value) => rank(standingOf(value)) },
      },
      {
        same: ({ agentId }) => agentId,
        lines: (agentId, view) => [agentName(view, agentId)],
        sortBy: { agent: (agentId, view) => agentName(view, agentId) },
      },
      {
        same: ({ frameworkId }) => frameworkId,
        lines: (frameworkId, view) => [frameworkName(view, frameworkId)],
        sortBy: { framework: (frameworkId, view) => frameworkName(view, frameworkId) },
      },
      { same: ({ role }) => role, lines: (role) => [role], sortBy: { role: (role) => role } },
      { same: ({ message }) => message, lines: (message) => [message] },
    ],
  },
};

function namesVersion(view: ClusterView): string {
  return `${view.agents.size} ${view.frameworks.size}`;
}

/** State and health in one: `TASK_RUNNING`, `TASK_RUNNING +`, `TASK_RUNNING -`. */
function standing({ state, healthy }: Task): string {
  if (healthy === undefined) return state;
  return healthy ? `${state} +` : `${state} -`;
}

function standingOf(value: string): Pick<Task, 'state' | 'healthy'> {
  const [state = '', health] = value.split(' ');
  return { state, healthy: health === undefined ? undefined : health === '+' };
}

/** The tasks of one thing. */
export function tasksOf(name: string, all: (view: ClusterView, subject: string) => Iterable<Task>): RowSource<Task> {
  return {
    name,
    all: (view, subject) => (subject === undefined ? [] : all(view, subject)),
    version: (view) => `${view.version('tasks')} ${namesVersion(view)}`,
    id: TASK_SOURCE.id,
    text: TASK_SOURCE.text,
    isFault: TASK_SOURCE.isFault,
    rank: ({ id }) => id,
    sortBy: { state: rank, ...TASK_SOURCE.sortBy },
  };
}

/** The tasks of a framework are as many as all, often. */
export const TASKS_OF_FRAMEWORK: RowSource<Task> = {
  ...tasksOf('framework tasks', (view, id) => view.tasksOfFramework(id)),
  version: namesVersion,
  ...(TASK_SOURCE.large && {
    large: {
      ...TASK_SOURCE.large,
      row: (view, key, subject) => {
        const task = view.tasks.get(key);
        return task?.frameworkId === subject ? task : undefined;
      },
    },
  }),
};

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

export const TASK_SORTS: readonly string[] = Object.keys(TASK_SOURCE.sortBy);
export const LARGEST_FIRST: readonly string[] = ['cpus', 'mem'];

export function taskColumns(
  scene: Scene,
  without: 'agent' | 'framework' | 'neither' = 'neither',
): readonly Column<Task>[] {
  const { view, nowMs } = scene;
  const marks = glyphs(scene.hasMarks);
  const columns: readonly Column<Task>[] = [
    { key: 'mark', title: '', min: 1, priority: 0, cell: (task) => taskMark(task, marks) },
    {
      key: 'task',
      title: 'task',
      min: 20,
      max: 72,
      priority: 0,
      cell: ({ id }, width) => idCell(id, width, marks.ellipsis),
    },
    { key: 'state', title: 'state', min: 9, max: 12, priority: 1, cell: (task) => stateCell(task) },
    {
      key: 'agent',
      title: 'agent',
      min: 12,
      max: 36,
      priority: 2,
      cell: ({ agentId }) => agentName(view, agentId),
    },
    {
      key: 'framework',
      title: 'framework',
      min: 9,
      max: 20,
      priority: 5,
      cell: ({ frameworkId }) => frameworkName(view, frameworkId),
    },
    { key: 'role', title: 'role', min: 6, max: 12, priority: 7, cell: ({ role }) => role },
    {
      key: 'cpus',
      title: 'cpus',
      min: 5,
      priority: 4,
      align: 'right',
      cell: ({ amounts }) => amount(amounts.cpus),
    },
    {
      key: 'mem',
      title: 'mem',
      min: 6,
      priority: 4,
      align: 'right',
      cell: ({ amounts }) => megabytes(amounts.memMb),
    },
    {
      key: 'since',
      title: 'since',
      min: 6,
      priority: 3,
      align: 'right',
      cell: ({ changedMs, startedMs }) => since(changedMs ?? startedMs, nowMs),
    },
    {
      key: 'message',
      title: 'message',
      min: 12,
      max: 80,
      priority: 8,
      cell: ({ message, reason }) => (message === '' ? (reason ?? '') : message),
    },
  ];
  return columns.filter(({ key }) => key !== without);
}

function stateCell(task: Task) {
  return isTaskInTrouble(task) ? { text: taskWord(task), tone: 'warn' as const } : taskWord(task);
}

/** Ids that differ only at their end are told apart where they do not fit. */
function idCell(id: string, width: number, ellipsis: string): string {
  return id.length <= width ? id : cutInMiddle(harmless(shortTaskId(id)), width, ellipsis);
}

/** What keys do on rows that are tasks. */
export const TASK_ACTIONS: ScreenActions = {
  open: (key) => ({ screen: 'task', subject: key }),
  logs: (key, view) => (view.tasks.has(key) ? key : undefined),
  kill: killTasks,
};

/** Those that go on; the question names a single one. */
export function killTasks(keys: readonly string[], view: ClusterView): Asked | string {
  const live = keys.filter((key) => isLive(view, key));
  const [first] = live;
  if (first === undefined) return keys.length === 0 ? 'There is no task here.' : 'That task has ended already.';
  const named = shortTaskId(view.tasks.get(first)?.id ?? first);
  const question = live.length === 1 ? `Kill ${named}?` : `Kill ${counted(live.length, 'task')}?`;
  return { question, effect: { kind: 'kill-tasks', keys: live } };
}

function isLive(view: ClusterView, key: string): boolean {
  const task = view.tasks.get(key);
  return task !== undefined && !hasEnded(task.state);
}
