// The TaskInfo of a run (chronos.md 9).
import type { Offer, Resource, TaskInfo } from '../../../../mesos/generated/v1.ts';
import type { JobDefinition } from '../../model/job.ts';
import type { Run } from '../../model/run.ts';
import type { Amounts } from '../matching/demand.ts';
import { commandOf, environmentOf, executorCommandOf } from './command.ts';
import { containerOf } from './container.ts';

/** One launch. */
export interface TaskLaunch {
  readonly definition: JobDefinition;
  readonly run: Pick<Run, 'key' | 'attempt' | 'extraArguments'>;
  readonly taskId: string;
  /** What it takes, and as what. */
  readonly amounts: Amounts;
  readonly resources: readonly Resource[];
  readonly offer: Pick<Offer, 'agent_id' | 'framework_id' | 'hostname'>;
  /** `--user`, or whom this process runs as. */
  readonly user: string;
}

/** Complete, ready for a LAUNCH operation. */
export function buildTaskInfo(launch: TaskLaunch): TaskInfo {
  const { definition, run, taskId, resources, offer } = launch;
  const { name, executor, maxCompletionTimeSeconds } = definition;
  const variables = environmentOf(launch);
  const container = containerOf(definition, taskId);
  const user = definition.runAsUser === '' ? launch.user : definition.runAsUser;
  const task: TaskInfo = {
    name: `ChronosTask:${name}`,
    task_id: { value: taskId },
    agent_id: offer.agent_id,
    resources: [...resources],
    labels: {
      labels: [
        { key: 'chronos.job', value: name },
        { key: 'chronos.due', value: new Date(run.key.dueMs).toISOString() },
        { key: 'chronos.attempt', value: String(run.attempt) },
      ],
    },
  };
  if (maxCompletionTimeSeconds > 0) task.max_completion_time = { nanoseconds: maxCompletionTimeSeconds * 1e9 };
  if (executor === '') {
    task.command = commandOf(definition, run.extraArguments, variables, user);
    if (container !== undefined) task.container = container;
    return task;
  }
  task.executor = {
    executor_id: { value: name },
    framework_id: offer.framework_id,
    command: executorCommandOf(definition, variables, user),
    ...(container !== undefined && { container }),
  };
  task.data = Buffer.from(executorData(definition), 'utf8').toString('base64');
  return task;
}

/** chronos.md 9.6. */
function executorData({ taskInfoData, executorFlags, command }: JobDefinition): string {
  return taskInfoData === '' ? `${executorFlags}|${command}` : taskInfoData;
}
