// `mctl job run`: a run by hand, followed until it is over.
import type { ChronosClient, ChronosRun } from '../../client/chronos.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { patiently } from './patience.ts';

/** Which job, and how it is followed. */
export interface RunOptions {
  readonly chronos: ChronosClient;
  readonly clock: World['clock'];
  readonly name: string;
  readonly arguments: string;
  readonly detach: boolean;
  readonly timeoutMs: number | undefined;
  readonly progress: (text: string) => void;
}

const LOOK_EVERY_MS = 500;
/** Attempts of a run, and of those beside it, that are looked at. */
const MOST_ROWS = 100;

/**
 * How its last attempt ended; with `detach` how it began. Throws Problem `failed` when it did not succeed, `timedOut` and `cannotPlace` when it
 * is not over in time.
 */
export async function runJob(options: RunOptions): Promise<ChronosRun> {
  const { chronos, clock, name, detach, timeoutMs, progress } = options;
  const started = await chronos.start(name, options.arguments);
  if (detach) return started;
  let told = '';
  const untilMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.monotonicMs() + timeoutMs;
  for (;;) {
    const runs = await patiently(clock, () => chronos.runs(name, MOST_ROWS), progress);
    const attempts = runs.filter(({ number }) => number === started.number);
    const [latest] = attempts;
    if (latest === undefined) throw notKept(name);
    // Under way first: while one is, the ends below are those of attempts before it.
    if (latest.end !== null) return succeeded(name, latest);
    const stage = stageText(name, latest);
    if (stage !== told) progress(stage);
    told = stage;
    if (clock.monotonicMs() >= untilMs) throw await late(options, latest);
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function succeeded(name: string, run: ChronosRun): ChronosRun {
  if (run.state === 'success') return run;
  if (run.state === 'skipped-overlap') {
    throw new Problem(EXIT.conflict, {
      what: `${name} was not run.`,
      ...(run.message !== '' && { why: `${run.message}, and it is not concurrent.` }),
      next: [`mctl job show ${name}`, `mctl job kill ${name}`],
    });
  }
  throw new Problem(EXIT.failed, {
    what: `${name} ended as ${run.state} after ${run.attempt + 1} ${run.attempt === 0 ? 'attempt' : 'attempts'}.`,
    ...(run.message !== '' && { why: run.message }),
    next: [`mctl job logs ${name}`, `mctl job history ${name}`],
  });
}

function stageText(name: string, { state, agentHost, retryAt, attempt }: ChronosRun): string {
  const where = agentHost === null ? '' : ` on ${agentHost}`;
  if (state === 'delayed') return `${name} failed; the next attempt comes at ${retryAt ?? 'an unknown time'}`;
  return `${name} is ${state}${where}${attempt > 0 ? `, attempt ${attempt + 1}` : ''}`;
}

async function late({ chronos, name, timeoutMs = 0 }: RunOptions, run: ChronosRun): Promise<Problem> {
  const [reason] = await chronos.why(name);
  const exit = reason?.kind === 'unplaceable' ? EXIT.cannotPlace : EXIT.timedOut;
  return new Problem(exit, {
    what: `${name} is not over after ${timeoutMs / 1000} s; it is ${run.state}, and goes on.`,
    ...(reason !== undefined && { why: reason.message }),
    next: [`mctl job show ${name}`, `mctl job kill ${name}`],
  });
}

function notKept(name: string): Problem {
  return new Problem(EXIT.failed, {
    what: `What became of this run of ${name} is not known.`,
    why: 'The history does not have it any more, or the job was removed.',
    next: `mctl job history ${name}`,
  });
}
