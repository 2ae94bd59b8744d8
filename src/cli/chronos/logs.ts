// `mctl job logs`: what the last run of a job wrote, or another one of its history. Chronos knows where the files of a run are, also when the
// master has forgotten its task; where it does not, or its agent is to be reached elsewhere by now, the master is asked.
import { type ChronosClient, type ChronosRun, sandboxPlace } from '../../client/chronos.ts';
import { AgentClient } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { type LogsOptions, sandboxLogs, taskLogs } from '../tasks/logs.ts';

/** Runs that are looked at for one that was launched. */
const MOST_ROWS = 100;

/** One that has, or had, a task. */
export type LaunchedRun = ChronosRun & { readonly taskId: string };

/** `given`: (part of) a task id, or the number of a run; undefined: the newest that was launched. Throws Problem `notFound`. */
export async function runToShow(chronos: ChronosClient, name: string, given: string | undefined): Promise<LaunchedRun> {
  const runs = await chronos.runs(name, MOST_ROWS);
  const launched = runs.flatMap((run) => (run.taskId === null ? [] : [{ ...run, taskId: run.taskId }]));
  const found = given === undefined ? launched[0] : pick(launched, given);
  if (found !== undefined) return found;
  if (given !== undefined) {
    throw new Problem(EXIT.notFound, {
      what: `${name} has no run '${given}'.`,
      next: `mctl job history ${name} -o wide`,
    });
  }
  // A run by hand would be refused while one waits.
  const waits = runs.some(({ end }) => end === null);
  throw new Problem(EXIT.notFound, {
    what: waits ? `${name} has not run yet: its first run still waits.` : `${name} has not run yet.`,
    next: waits ? `mctl job show ${name}` : `mctl job run ${name}`,
  });
}

/** What may be the number of a run, and is no ms of a due time. */
const RUN_NUMBER = /^[1-9]\d{0,8}$/;

/** A number is no part of an id: those are full of digits, and another run is worse than none. */
function pick(runs: readonly LaunchedRun[], given: string): LaunchedRun | undefined {
  if (RUN_NUMBER.test(given)) return runs.find(({ number }) => `${number}` === given);
  return runs.find(({ taskId }) => taskId === given) ?? runs.find(({ taskId }) => taskId.includes(given));
}

/** `master`: asked only where Chronos does not know enough. */
export interface RunLogsOptions extends Omit<LogsOptions, 'given' | 'master'> {
  readonly chronos: ChronosClient;
  readonly job: string;
  readonly run: LaunchedRun;
  readonly master: () => Promise<LogsOptions['master']>;
}

/** Resolves when all is written; with `follow` when the run is over. Throws Problem. */
export async function runLogs({ chronos, job, run, master, ...how }: RunLogsOptions): Promise<void> {
  const { world, timeoutMs, files } = how;
  const { taskId } = run;
  const place = sandboxPlace(run.sandbox);
  const byMaster = async (): Promise<void> => await taskLogs({ ...how, given: taskId, master: await master() });
  if (place === undefined) return await byMaster();
  let hasWritten = false;
  const noted = files.map(({ name, write }) => ({
    name,
    write: (bytes: Uint8Array) => {
      hasWritten = true;
      return write(bytes);
    },
  }));
  try {
    await sandboxLogs({
      ...how,
      files: noted,
      clock: world.clock,
      agent: new AgentClient({ net: world.net, addresses: [place.agent], timeoutMs: timeoutMs ?? 10_000 }),
      path: place.path,
      given: taskId,
      isLive: run.end === null,
      lives: async () => (await chronos.runs(job, MOST_ROWS)).some((one) => one.taskId === taskId && one.end === null),
    });
  } catch (error) {
    if (hasWritten || !(error instanceof Problem)) throw error;
    await byMaster().catch((second: unknown) => {
      // That the master has forgotten the task says less than what its agent said.
      if (!(second instanceof Problem && second.exitCode === EXIT.notFound)) throw second;
      const hasNoFiles = error.exitCode === EXIT.notFound;
      throw hasNoFiles && run.start === null && run.end !== null ? neverStarted(job, run) : error;
    });
  }
}

/** There is no file because nothing ran; that is known, and why. */
function neverStarted(job: string, { number, state, message }: LaunchedRun): Problem {
  return new Problem(EXIT.notFound, {
    what: `Run ${number} of ${job} wrote nothing: it ended as ${state} before its command began.`,
    ...(message !== '' && { why: message }),
    next: `mctl job history ${job}`,
  });
}
