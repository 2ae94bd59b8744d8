// What can be done with jobs of Chronos, in the words of the question before it.
import { jobLog } from '../../view/job-log.ts';
import type { ClusterView, JobRow } from '../../view/model.ts';
import { counted } from '../../widgets/words.ts';
import type { Asked, ScreenActions } from '../screen.ts';

export const JOB_ACTIONS: Required<Pick<ScreenActions, 'logs' | 'run' | 'kill' | 'enable' | 'disable'>> = {
  // Of one that the master has forgotten Chronos knows where its files are.
  logs: (id, view) => (view.jobs.has(id) ? (lastTask(id, view) ?? jobLog(id)) : undefined),
  run: (names, view) =>
    about(names, view, (jobs) => ({
      question: `Run ${named(jobs)} now? Schedules stay as they are.`,
      effect: { kind: 'run-jobs', names: idsOf(jobs) },
    })),
  kill: (names, view) =>
    about(names, view, (jobs) => ({
      question: `End what runs of ${named(jobs)}? Tasks are killed, what waits or would be tried again is dropped.`,
      effect: { kind: 'kill-jobs', names: idsOf(jobs) },
    })),
  enable: (names, view) =>
    about(names, view, (jobs) => {
      const disabled = jobs.filter(({ isDisabled }) => isDisabled);
      if (disabled.length === 0) return jobs.length === 1 ? 'It is enabled already.' : 'They are all enabled already.';
      return {
        question: `Enable ${named(disabled)}?`,
        effect: { kind: 'switch-jobs', names: idsOf(disabled), isDisabled: false },
      };
    }),
  disable: (names, view) =>
    about(names, view, (jobs) => {
      const enabled = jobs.filter(({ isDisabled }) => !isDisabled);
      if (enabled.length === 0) return jobs.length === 1 ? 'It is disabled already.' : 'They are all disabled already.';
      return {
        question: `Disable ${named(enabled)}? Nothing starts by schedule or parents then; what runs goes on.`,
        effect: { kind: 'switch-jobs', names: idsOf(enabled), isDisabled: true },
      };
    }),
};

type Job = Readonly<JobRow>;

function about(names: readonly string[], { jobs }: ClusterView, ask: (jobs: readonly Job[]) => Asked | string) {
  const there = names.flatMap((name) => jobs.get(name) ?? []);
  return there.length === 0 ? 'There is no such job any more.' : ask(there);
}

const idsOf = (jobs: readonly Job[]): readonly string[] => jobs.map(({ id }) => id);

function named(jobs: readonly Job[]): string {
  const [only, ...others] = jobs;
  return only === undefined || others.length > 0 ? counted(jobs.length, 'job') : only.id;
}

/** The task of its last run, as far as the master knows it: one that runs, else the one that was due last. */
function lastTask(job: string, { tasks }: ClusterView): string | undefined {
  const name = `ChronosTask:${job}`;
  let last:
    | { readonly key: string; readonly rank: readonly [isRunning: number, dueMs: number, attempt: number] }
    | undefined;
  for (const task of tasks.values()) {
    if (task.name !== name) continue;
    const [, due, attempt] = /^ct:(\d+):(\d+):/.exec(task.id) ?? [];
    const rank = [task.state === 'TASK_RUNNING' ? 1 : 0, Number(due ?? 0), Number(attempt ?? 0)] as const;
    if (last === undefined || isAfter(rank, last.rank)) last = { key: task.key, rank };
  }
  return last?.key;
}

function isAfter(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}
