// What runs say of themselves: every run writes a line when it begins and one when it ends into one file, past every daemon. What
// Chronos tells of a run is held against it.
import { existsSync, readFileSync } from 'node:fs';

/** One process that was started for a run. Times in ms since 1970, by the clock of this machine. */
export interface LedgerRun {
  readonly job: string;
  readonly dueMs: number;
  readonly attempt: number;
  readonly startMs: number;
  /** Undefined: it was ended before it could tell. */
  readonly endMs: number | undefined;
  /** What it exited with. */
  readonly code: number | undefined;
}

/** How a run ends: sets `code`, which is 0 before. */
export type Verdict = 'succeed' | 'fail-first' | 'fail';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  succeed: ':',
  'fail-first': '[ "$CHRONOS_JOB_RUN_ATTEMPT" != 0 ] || code=3',
  fail: 'code=3',
};

export class Ledger {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** For the `command` of a job. Lines are short enough to be appended as a whole, whoever else appends. */
  command(seconds: number, verdict: Verdict): string {
    const who = '$CHRONOS_JOB_NAME $CHRONOS_JOB_RUN_TIME $CHRONOS_JOB_RUN_ATTEMPT $$';
    return [
      'code=0',
      `echo "start ${who} $(date +%s%3N)" >> ${this.path}`,
      `sleep ${seconds}`,
      VERDICTS[verdict],
      `echo "end ${who} $(date +%s%3N) $code" >> ${this.path}`,
      'exit $code',
    ].join('; ');
  }

  /** In the order in which they began. */
  read(): LedgerRun[] {
    return existsSync(this.path) ? ledgerRuns(readFileSync(this.path, 'utf8')) : [];
  }
}

/** Throws for lines that no run wrote. */
export function ledgerRuns(text: string): LedgerRun[] {
  const runs: LedgerRun[] = [];
  const open = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^(start|end) (\S+) (\d+) (\d+) (\d+) (\d+)(?: (\d+))?$/.exec(line);
    if (match === null) throw new Error(`The ledger has a line that no run wrote: ${line}`);
    const [, what, job = '', due, attempt, pid, at, code] = match;
    const key = [job, due, attempt, pid].join();
    if (what === 'start') {
      open.set(key, runs.length);
      const [dueMs, startMs] = [Number(due), Number(at)];
      runs.push({ job, dueMs, attempt: Number(attempt), startMs, endMs: undefined, code: undefined });
      continue;
    }
    const index = open.get(key);
    const run = index === undefined ? undefined : runs[index];
    if (index === undefined || run === undefined) throw new Error(`The ledger has an end without a start: ${line}`);
    open.delete(key);
    runs[index] = { ...run, endMs: Number(at), code: Number(code) };
  }
  return runs;
}
