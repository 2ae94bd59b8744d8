// A turn as programs read it (`--json`).
import { NO_NEWS, newsSince, type Wrong } from '../../../haproxy/apply/news.ts';
import type { TurnReport } from '../../../haproxy/apply/report.ts';

/** Times in ms, to the microsecond. `news`: what is new since the last turn, or since `before`. */
export function reportJson(report: TurnReport, before = report.wrongBefore): object {
  const { failure, stages, wrongBefore, totalMs, againMs, ...rest } = report;
  return {
    ...rest,
    ...(failure !== undefined && { failure: { code: failure.code, message: failure.message } }),
    stages: Object.fromEntries(stages.map(({ name, ms }) => [name, rounded(ms)])),
    totalMs: rounded(totalMs),
    ...(againMs !== undefined && { againMs: Math.ceil(againMs) }),
    news: newsOf(report, before),
  };
}

function newsOf(report: TurnReport, before: Wrong | undefined): object {
  const { problems, excluded } =
    before === undefined || report.wrongBefore === undefined ? NO_NEWS : newsSince(before, report);
  return { problems, excluded };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
