// The page of a job: what Chronos knows beyond its row. One that is not ours tells the definition and nothing of its runs.
import { ChronosError, type ChronosJob, type ChronosRun, type OwnJob } from '../../client/chronos.ts';
import type { DetailFact, DetailSection, JobDetail, RunGlance } from '../screens/details.ts';
import { scheduleWords } from '../widgets/schedule-words.ts';
import { amountsText, count, since } from '../widgets/words.ts';
import { chronosOf, type Outside } from './outside.ts';

export interface JobPage {
  readonly facts: readonly DetailFact[];
  readonly sections: readonly DetailSection[];
  readonly job: JobDetail;
}

const MAX_RUNS = 20;
const MAX_NEXT = 3;

/** Throws ChronosError; Error when there is no such job. */
export async function jobPage(outside: Outside, name: string): Promise<JobPage> {
  const chronos = chronosOf(outside);
  const nowMs = outside.clock.nowMs();
  try {
    const [job, why, next, runs] = await Promise.all([
      chronos.ownJob(name),
      chronos.why(name),
      chronos.next(name, MAX_NEXT),
      chronos.runs(name, MAX_RUNS),
    ]);
    return {
      facts: factsOf(job, nowMs),
      sections: [{ title: 'why', lines: why.map(({ message }) => message) }, command(job)],
      job: { runs: runs.map(glanceOf), next: next.map(({ due, local }) => ({ dueMs: Date.parse(due), local })) },
    };
  } catch (error) {
    if (!(error instanceof ChronosError) || error.code !== 'no-such-path') throw error;
    const job = (await chronos.jobs()).find((one) => one.name === name);
    if (job === undefined) throw new Error(`Chronos has no job ${name} any more`, { cause: error });
    return { facts: factsOf(job, nowMs), sections: [command(job)], job: { runs: undefined, next: [] } };
  }
}

function factsOf(job: ChronosJob | OwnJob, nowMs: number): DetailFact[] {
  const { schedule = '', originalSchedule, scheduleTimeZone = '', parents } = job;
  const facts: DetailFact[] = [];
  const add = (name: string, text: string | undefined): void => {
    if (text) facts.push({ name, text });
  };
  if (parents === undefined) {
    const words = scheduleWords(schedule, scheduleTimeZone);
    add('schedule', words);
    const written = originalSchedule ?? schedule;
    add('written', words.startsWith(written) ? undefined : written);
  }
  add('succeeded', countText(job.successCount, job.lastSuccess, nowMs));
  add('failed', countText(job.errorCount, job.lastError, nowMs, job.errorsSinceLastSuccess));
  add('description', job.description);
  const { cpus, mem, disk } = job;
  // 0 is the server's default, and not none (chronos.md 22.15).
  const wants = cpus > 0 || mem > 0 || disk > 0;
  add('wants', wants ? amountsText({ cpus, memMb: mem, diskMb: disk, gpus: 0 }, ',').replaceAll(' ,', ',') : undefined);
  add('retries', String(job.retries));
  add('only where', job.constraints?.map((words) => words.join(' ')).join(', '));
  add('container', job.container?.image);
  add('runs as', job.runAsUser);
  add('owner', job.owner);
  add(
    'besides',
    [
      ...(job.concurrent ? ['may run beside itself'] : []),
      ...(job.softError ? ['its children run after a failure, too'] : []),
      ...(job.highPriority ? ['goes before others'] : []),
      ...(job.epsilon ? [`starts at most ${job.epsilon} late`] : []),
      ...(job.maxCompletionTime > 0 ? [`runs ${job.maxCompletionTime}s at most`] : []),
    ].join(', '),
  );
  return facts;
}

function countText(times: number, last: string, nowMs: number, inARow = 0): string {
  const ago = last === '' ? '' : `, ${since(Date.parse(last), nowMs)} ago`;
  const row = inARow > 1 ? `, ${count(inARow)} in a row` : '';
  return `${count(times)}${times === 1 ? ' time' : ' times'}${row}${ago}`;
}

function command({ command: text }: ChronosJob): DetailSection {
  return { title: 'command', lines: text === '' ? [] : text.split('\n') };
}

function glanceOf(run: ChronosRun): RunGlance {
  const ms = (instant: string | null): number | undefined => (instant === null ? undefined : Date.parse(instant));
  const { number, state, cause, attempt, due, message } = run;
  return {
    number,
    state,
    cause,
    attempt,
    count: run.count ?? 1,
    dueMs: Date.parse(due),
    startMs: ms(run.start),
    endMs: ms(run.end),
    host: run.agentHost ?? undefined,
    message,
    taskId: run.taskId ?? undefined,
  };
}
