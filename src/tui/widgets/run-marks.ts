// The marks of a job's runs, one for each way to end; each has another shape, also in ASCII.
import type { Tone } from '../frame/line.ts';

/** `letter`: where a terminal or a log file has ASCII only. */
export interface RunMark {
  readonly sign: string;
  readonly letter: string;
  readonly tone: Extract<Tone, 'good' | 'warn' | 'bad' | 'dim' | 'strong'>;
}

const MARKS: Readonly<Record<string, RunMark>> = {
  success: { sign: '✔', letter: '+', tone: 'good' },
  failure: { sign: '✗', letter: 'x', tone: 'bad' },
  lost: { sign: '?', letter: '?', tone: 'bad' },
  killed: { sign: '■', letter: 'k', tone: 'warn' },
  missed: { sign: '○', letter: 'o', tone: 'bad' },
  coalesced: { sign: '≈', letter: '=', tone: 'dim' },
  'skipped-overlap': { sign: '↷', letter: '>', tone: 'dim' },
  discarded: { sign: '-', letter: '-', tone: 'dim' },
};
const UNDER_WAY: RunMark = { sign: '●', letter: '*', tone: 'strong' };

/** Of a state as Chronos names it; what has no mark of its own is under way. */
export function runMark(state: string): RunMark {
  return Object.hasOwn(MARKS, state) ? (MARKS[state] ?? UNDER_WAY) : UNDER_WAY;
}
