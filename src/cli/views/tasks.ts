// `mctl task list|show`.
import { TaskState } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAge, formatAmount, formatMegabytes, formatTime } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import type { TaskEntry } from './cluster-picture.ts';

/** All conditions must hold; undefined ones are none. */
export interface TaskFilter {
  /** Ended tasks too. */
  readonly all: boolean;
  readonly state?: TaskState | undefined;
  readonly agentId?: string | undefined;
  readonly frameworkId?: string | undefined;
}

/** The state that `text` means: `running`, `TASK_RUNNING`. Throws Problem `usage` when there is none of that name. */
export function taskState(text: string): TaskState {
  const name = text.toUpperCase().replace(/^(?!TASK_)/, 'TASK_');
  const state = TaskState.names.find((candidate) => candidate === name);
  if (state !== undefined) return state;
  throw new Problem(EXIT.usage, {
    what: `There is no task state '${text}'.`,
    why: `There are: ${TaskState.names.map((value) => value.replace('TASK_', '').toLowerCase()).join(', ')}.`,
  });
}

/** By start, oldest first. Without `all` only live tasks, unless a state is asked for. */
export function taskListView(tasks: readonly TaskEntry[], filter: TaskFilter, nowMs: number): View {
  const { state } = filter;
  const shown = tasks
    .filter((task) => filter.all || task.live || task.state === state)
    .filter((task) => state === undefined || task.state === state)
    .filter((task) => filter.agentId === undefined || task.agentId === filter.agentId)
    .filter((task) => filter.frameworkId === undefined || task.frameworkId === filter.frameworkId)
    .sort((a, b) => (a.startedAtMs ?? nowMs) - (b.startedAtMs ?? nowMs) || (a.id < b.id ? -1 : 1));
  return {
    data: shown.map(taskJson),
    names: shown.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'NAME' },
        { title: 'STATE', state: true },
        { title: 'AGENT' },
        { title: 'FRAMEWORK' },
        { title: 'CPUS', align: 'right' },
        { title: 'MEM', align: 'right' },
        { title: 'AGE', align: 'right' },
        { title: 'FRAMEWORK ID', wide: true },
        { title: 'AGENT ID', wide: true },
        { title: 'MESSAGE', wide: true },
      ],
      rows: shown.map((task) => [
        task.id,
        task.name,
        task.state,
        task.agentHostname,
        task.frameworkName,
        formatAmount(task.resources.cpus ?? 0),
        formatMegabytes(task.resources.mem ?? 0),
        task.startedAtMs === undefined ? '-' : formatAge(nowMs - task.startedAtMs),
        task.frameworkId,
        task.agentId,
        task.message ?? '',
      ]),
    },
    empty: filter.all ? 'No tasks.' : 'No running tasks. (--all shows those that ended.)',
  };
}

/** With the history of its states. */
export function taskView(task: TaskEntry): View {
  const { resources } = task;
  return {
    data: { ...taskJson(task), statuses: task.task.statuses ?? [] },
    names: [task.id],
    body: {
      kind: 'details',
      items: [
        ['Task', task.id],
        ['Name', task.name],
        ['State', task.state],
        ['Message', task.message],
        ['Reason', task.reason],
        ['Framework', `${task.frameworkName} (${task.frameworkId})`],
        ['Agent', `${task.agentHostname} (${task.agentId})`],
        ['User', task.task.user],
        [
          'Resources',
          Object.entries(resources)
            .map(([name, amount]) => `${name} ${formatAmount(amount)}`)
            .join(', '),
        ],
        ['Labels', labelsText(task)],
        ['Started', task.startedAtMs === undefined ? undefined : formatTime(task.startedAtMs)],
      ],
      sections: [
        {
          title: 'History',
          table: {
            kind: 'table',
            columns: [{ title: 'TIME' }, { title: 'STATE', state: true }, { title: 'SOURCE' }, { title: 'MESSAGE' }],
            rows: (task.task.statuses ?? []).map((status) => [
              status.timestamp === undefined ? '-' : formatTime(status.timestamp * 1000),
              status.state,
              status.source ?? '',
              status.message ?? '',
            ]),
          },
        },
      ],
    },
  };
}

/** What scripts read of a task; times in ISO 8601. */
export function taskJson(task: TaskEntry): object {
  const { id, name, state, frameworkId, frameworkName, executorId, agentId, agentHostname, resources } = task;
  return {
    id,
    name,
    state,
    framework: { id: frameworkId, name: frameworkName },
    executor: executorId,
    agent: { id: agentId, hostname: agentHostname },
    resources,
    started: isoTime(task.startedAtMs),
    changed: isoTime(task.changedAtMs),
    message: task.message ?? null,
    reason: task.reason ?? null,
  };
}

function labelsText(task: TaskEntry): string | undefined {
  const labels = task.task.labels?.labels ?? [];
  return labels.length === 0 ? undefined : labels.map(({ key, value }) => `${key}=${value ?? ''}`).join(', ');
}

/** ISO 8601 in UTC; null when it is not known. */
export function isoTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
