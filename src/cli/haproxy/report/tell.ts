// What is told of a turn, and where: the line on stdout, what is wrong on stderr, both in the system log
// (haproxy.md 13.1, 13.2). What was told is not told again.
import { type News, NO_NEWS, newsSince, type Wrong } from '../../../haproxy/apply/news.ts';
import type { TurnReport } from '../../../haproxy/apply/report.ts';
import type { Problem } from '../../problem.ts';
import { haproxyProblem } from '../problems.ts';
import { endedText, problemText } from './problem-text.ts';
import { counted, turnLine } from './turn-text.ts';

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

/**
 * `isQuiet`: for cron, which mails every line: the one line, and each failure once. `before`: what was wrong when it was last
 * told; without, at the last turn that ended well.
 */
export function tell(report: TurnReport, isQuiet: boolean, before = report.wrongBefore): Told {
  const { failure, isNews, warnings } = report;
  const news = newsOf(report, before);
  const line = turnLine(report, news);
  const problem = failure === undefined ? undefined : (haproxyProblem(failure) ?? undefined);
  const wrong = wordsOf(news, line !== undefined || failure !== undefined);
  const isWorthWords = !isQuiet && (isNews || line !== undefined || failure !== undefined || wrong.length > 0);
  return {
    data: line === undefined ? [] : [line],
    words: isWorthWords ? [...warnings, ...wrong] : [],
    log: [
      ...(line === undefined ? [] : [{ level: 'info' as const, line }]),
      ...(problem === undefined || !isNews ? [] : [{ level: 'err' as const, line: problem.message }]),
    ],
    ...(problem !== undefined && { problem }),
    // Two runs that meet are no news either: the other one is at work.
    isOldNews: isQuiet && failure !== undefined && (!isNews || failure.code === 'locked'),
  };
}

function newsOf(report: TurnReport, before: Wrong | undefined): News {
  return before === undefined || report.wrongBefore === undefined ? NO_NEWS : newsSince(before, report);
}

function wordsOf({ problems: { begun, ended, asBefore } }: News, isTold: boolean): string[] {
  const words = [...begun.map(problemText), ...ended.map(endedText)];
  if (asBefore > 0 && (isTold || words.length > 0)) {
    words.push(`${counted(asBefore, 'problem')} as before: mctl haproxy status`);
  }
  return words;
}
