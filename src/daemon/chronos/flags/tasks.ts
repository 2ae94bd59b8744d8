// Flags of what is launched where a job does not say it, and of what is done about its failures (chronos.md 16).
import * as kind from '../../serving/flag-kinds.ts';

/** A part of CHRONOS_FLAGS. */
export const TASK_FLAGS = {
  user: kind.text('user', { help: 'User that tasks run as; default: the one this process runs as.' }),
  mesosTaskCpu: kind.number('mesos_task_cpu', { default: '0.1', min: 0, help: 'CPUs of jobs that name none.' }),
  mesosTaskMem: kind.number('mesos_task_mem', { default: '128', min: 0, help: 'MB of memory of jobs that name none.' }),
  mesosTaskDisk: kind.number('mesos_task_disk', { default: '256', min: 0, help: 'MB of disk of jobs that name none.' }),
  failureRetryMs: kind.integer('failure_retry', {
    default: '60000',
    min: 1,
    help: 'ms from a failed attempt to the next, for jobs without a delay of their own.',
  }),
  disableAfterFailures: kind.integer('disable_after_failures', {
    default: '0',
    min: 0,
    help: 'Failures in a row, retries included in each, after which a job is disabled; 0: never.',
  }),
  finiteCatchup: kind.boolean('finite_catchup', {
    default: 'false',
    help:
      'Missed occurrences of a job without epsilon do not use up its number of runs, as in Chronos 3: a job of five runs runs five ' +
      'times, later if need be.',
  }),
  unreachableTimeoutMs: kind.duration('unreachable_timeout', {
    default: '5mins',
    min: 1,
    help: 'How long a task whose agent cannot be reached counts as running.',
  }),
  jobHistoryLimit: kind.integer('job_history_limit', {
    default: '5',
    min: 1,
    max: 1000,
    help: 'Runs that are kept of each job; four times as many of those that failed.',
  }),
};
