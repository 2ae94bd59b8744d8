// What one look at a task found.
import type { CheckStatusInfo } from '../../../../mesos/generated/v1.ts';
import type { ProbeTarget } from './rules.ts';

/**
 * - `result`: the look was taken, and this is what it saw; good or bad is for others to say.
 * - `error`: it was taken and ended without a result: too late, no answer, killed by a signal.
 * - `not-run`: it was not taken; nothing can be said of the task. Without `why` that is as it should be: it is ending.
 */
export type Outcome =
  | { readonly kind: 'result'; readonly status: CheckStatusInfo }
  | { readonly kind: 'error'; readonly why: string }
  | { readonly kind: 'not-run'; readonly why: string | undefined };

/** The status of a check that has no result (yet). */
export function emptyStatus(type: ProbeTarget['type']): CheckStatusInfo {
  switch (type) {
    case 'COMMAND':
      return { type, command: {} };
    case 'HTTP':
      return { type, http: {} };
    case 'TCP':
      return { type, tcp: {} };
  }
}

/** Exit code 0, an HTTP status of 200 to 399, a connection. `statuses` of a check are not looked at (mesos-api.md 12.8). */
export function isGood({ command, http, tcp }: CheckStatusInfo): boolean {
  if (command !== undefined) return command.exit_code === 0;
  if (http !== undefined) return (http.status_code ?? 0) >= 200 && (http.status_code ?? 0) <= 399;
  return tcp?.succeeded ?? false;
}

/** For people: `exit code 7`, `status 503`, or why there is no result. */
export function describe(outcome: Outcome): string {
  if (outcome.kind !== 'result') return outcome.why ?? 'nothing';
  const { command, http, tcp } = outcome.status;
  if (command !== undefined) return `exit code ${command.exit_code}`;
  if (http !== undefined) return `status ${http.status_code}`;
  return tcp?.succeeded ? 'connected' : 'not connected';
}
