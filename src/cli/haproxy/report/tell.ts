// What is told of a turn, and where: the line on stdout, what is wrong on stderr, both in the system log
// (haproxy.md 13.1, 13.2).
import type { TurnReport } from '../../../haproxy/apply/report.ts';
import type { Problem } from '../../problem.ts';
import { haproxyProblem } from '../problems.ts';
import { problemText } from './problem-text.ts';
import { turnLine } from './turn-text.ts';

/** Lines for the three places, in order. */
export interface Told {
  readonly data: readonly string[];
  readonly words: readonly string[];
  readonly log: readonly { readonly level: 'info' | 'err'; readonly line: string }[];
  /** How it ends, if not well. */
  readonly problem?: Problem;
  /** The same was told after the turn before: nobody needs it again. */
  readonly isOldNews: boolean;
}

/** `isQuiet`: for cron, which mails every line: the one line, and each failure once. */
export function tell(report: TurnReport, isQuiet: boolean): Told {
  const line = turnLine(report);
  const { failure, isNews, problems, warnings } = report;
  const problem = failure === undefined ? undefined : (haproxyProblem(failure) ?? undefined);
  const isWorthWords = !isQuiet && (isNews || line !== undefined || failure !== undefined);
  return {
    data: line === undefined ? [] : [line],
    words: isWorthWords ? [...warnings, ...problems.map(problemText)] : [],
    log: [
      ...(line === undefined ? [] : [{ level: 'info' as const, line }]),
      ...(problem === undefined || !isNews ? [] : [{ level: 'err' as const, line: problem.message }]),
    ],
    ...(problem !== undefined && { problem }),
    // Two runs that meet are no news either: the other one is at work.
    isOldNews: isQuiet && failure !== undefined && (!isNews || failure.code === 'locked'),
  };
}
