// Where the files of a task are: on its agent, below its framework and executor; of a run of a job where Chronos says so. Of tasks
// that somebody has looked at it is known when the master has forgotten them, too.
import { ApiError } from '../../client/api-error.ts';
import { ChronosError, type ChronosRun, sandboxPlace } from '../../client/chronos.ts';
import { AgentClient, sandboxPath } from '../../client/operator.ts';
import type { JobLog } from '../view/job-log.ts';
import type { TaskRow } from '../view/model.ts';
import { AGENT_TIMEOUT_MS, agentOf, chronosOf, type Outside } from './outside.ts';

export interface Sandbox {
  readonly agent: AgentClient;
  readonly path: string;
  /** Which run of a job it is, in words. */
  readonly title?: string;
}

/** Tasks of which it is remembered where they were; the oldest of more are forgotten. */
const MAX_TASKS = 100;
/** Runs that are looked at for the one that is meant. */
const MAX_RUNS = 100;

/** The rows of tasks that somebody has looked at. */
export class SeenTasks {
  readonly #view: Outside['view'];
  readonly #rows = new Map<string, TaskRow>();

  constructor(view: Outside['view']) {
    this.#view = view;
  }

  /** As it is, or as it was last. Throws Error when it is not known any more. */
  of(key: string): TaskRow {
    const row = this.#view.tasks.get(key);
    const known = row ?? this.#rows.get(key);
    if (known === undefined) throw new Error('the master has forgotten this task, and with it where it ran');
    if (row === undefined) return known;
    this.#rows.delete(key);
    this.#rows.set(key, { ...row });
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > MAX_TASKS && oldest !== undefined) this.#rows.delete(oldest);
    return row;
  }
}

/** Tasks of a group have a directory each in their executor's sandbox. Throws ApiError, and Error when the agent is gone. */
export async function sandboxOf(outside: Outside, task: TaskRow): Promise<Sandbox> {
  const agent = agentOf(outside, task.agentId);
  const executorId = task.executorId === undefined || task.executorId === '' ? task.id : task.executorId;
  const path = sandboxPath(task.frameworkId, executorId);
  if (executorId === task.id) return { agent, path };
  const own = `${path}/tasks/${task.id}`;
  try {
    await agent.files.browse(own);
    return { agent, path: own };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not-found') return { agent, path };
    throw error;
  }
}

/** A run that has, or had, a task. */
type Launched = ChronosRun & { readonly taskId: string };

/** Throws Error with a line for people, ChronosError. */
export async function sandboxOfRun(outside: Outside, log: JobLog): Promise<Sandbox> {
  const run = await runOf(outside, log);
  const title = `${log.job}, run ${run.number}`;
  const place = sandboxPlace(run.sandbox);
  if (place !== undefined) {
    const agent = new AgentClient({ net: outside.net, addresses: [place.agent], timeoutMs: AGENT_TIMEOUT_MS });
    return { agent, path: place.path, title };
  }
  const task = [...outside.view.tasks.values()].find(({ id }) => id === run.taskId);
  if (task !== undefined) return { ...(await sandboxOf(outside, task)), title };
  if (run.start === null && run.end !== null) {
    const why = run.message === '' ? '' : ` (${run.message})`;
    throw new Error(`run ${run.number} of ${log.job} ended as ${run.state} before its command began${why}`);
  }
  throw new Error(`nobody knows where the files of run ${run.number} of ${log.job} are`);
}

async function runOf(outside: Outside, { job, taskId }: JobLog): Promise<Launched> {
  const launched = (await runsOf(outside, job)).flatMap((run) =>
    run.taskId === null ? [] : [{ ...run, taskId: run.taskId }],
  );
  const found = taskId === undefined ? launched[0] : launched.find((run) => run.taskId === taskId);
  if (found !== undefined) return found;
  throw new Error(taskId === undefined ? `${job} has not run yet` : 'Chronos has forgotten that run');
}

async function runsOf(outside: Outside, job: string): Promise<readonly ChronosRun[]> {
  try {
    return await chronosOf(outside).runs(job, MAX_RUNS);
  } catch (error) {
    if (!(error instanceof ChronosError) || error.code !== 'no-such-path') throw error;
    throw new Error('the master knows no task of it, and this Chronos does not tell where its runs were', {
      cause: error,
    });
  }
}
