// `mctl job logs`: what the last run of a job wrote, or another one of its history.
import type { ChronosClient, ChronosRun } from '../../client/chronos.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** Runs that are looked at for one that was launched. */
const MOST_ROWS = 100;

/** `given`: (part of) a task id, or the number of a run; undefined: the newest that was launched. Throws Problem `notFound`. */
export async function taskToShow(chronos: ChronosClient, name: string, given: string | undefined): Promise<string> {
  const launched = (await chronos.runs(name, MOST_ROWS)).flatMap((run) =>
    run.taskId === null ? [] : [{ ...run, taskId: run.taskId }],
  );
  const found = given === undefined ? launched[0] : launched.find((run) => isMeant(run, given));
  if (found !== undefined) return found.taskId;
  throw new Problem(EXIT.notFound, {
    what: given === undefined ? `${name} has not run yet.` : `${name} has no run '${given}'.`,
    next: given === undefined ? `mctl job run ${name}` : `mctl job history ${name} -o wide`,
  });
}

function isMeant({ taskId, number }: ChronosRun, given: string): boolean {
  return `${number}` === given || taskId === given || (taskId?.includes(given) ?? false);
}
