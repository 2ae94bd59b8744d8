// A turn as programs read it (`--json`).
import type { TurnReport } from '../../../haproxy/apply/report.ts';

/** Times in ms. */
export function reportJson({ failure, stages, ...report }: TurnReport): object {
  return {
    ...report,
    ...(failure !== undefined && { failure: { code: failure.code, message: failure.message } }),
    stages: Object.fromEntries(stages.map(({ name, ms }) => [name, Math.round(ms * 1000) / 1000])),
  };
}
