// Which tasks of Marathon's really run, seen from outside every process: started where, as what, by whom.
import type { SimulatedHost } from '../../host.ts';
import type { TaskRun } from '../../programs/task-run.ts';

/** One process that was started for an app. */
export interface LaunchedTask {
  readonly taskId: string;
  readonly instanceId: string;
  readonly appId: string;
  /** Of the definition it was started with. */
  readonly version: string;
  readonly frameworkId: string;
  readonly host: SimulatedHost;
  readonly run: TaskRun;
}

/** One a run. What contradicts a promise at once is in `violations`. */
export class TaskLedger {
  readonly violations: string[] = [];
  readonly #launches = new Map<string, LaunchedTask>();
  #frameworkId: string | undefined;

  get launches(): number {
    return this.#launches.size;
  }

  /** Undefined for what is no task of an app, such as a probe. */
  launched(run: TaskRun, host: SimulatedHost): LaunchedTask | undefined {
    const task = describe(run, host);
    if (task === undefined) return undefined;
    const { taskId, frameworkId } = task;
    if (this.#launches.has(taskId)) this.violations.push(`${taskId} was started twice, now on ${host.name}`);
    this.#launches.set(taskId, task);
    this.#frameworkId ??= frameworkId;
    if (frameworkId !== this.#frameworkId)
      this.violations.push(`${taskId} was started for framework ${frameworkId}; others were for ${this.#frameworkId}`);
    return task;
  }
}

/** Tasks that run now on machines that are up. */
export function runningTasks(hosts: readonly SimulatedHost[]): LaunchedTask[] {
  return hosts
    .filter(({ isUp }) => isUp)
    .flatMap((host) => [...host.tasks.values()].map((run) => describe(run, host)))
    .filter((task) => task !== undefined);
}

function describe(run: TaskRun, host: SimulatedHost): LaunchedTask | undefined {
  const { env, exitFile } = run.task;
  const taskId = env.MESOS_TASK_ID;
  // What looks at a task is started like one.
  if (taskId === undefined || env.MARATHON_APP_ID === undefined || /\/probe-[^/]*$/.test(exitFile)) return undefined;
  return {
    taskId,
    instanceId: taskId.slice(0, taskId.lastIndexOf('._app.')),
    appId: env.MARATHON_APP_ID,
    version: env.MARATHON_APP_VERSION ?? '',
    frameworkId: env.MESOS_FRAMEWORK_ID ?? '',
    host,
    run,
  };
}
