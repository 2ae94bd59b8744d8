// `mctl simulate`: the runs of one workload, one for each policy, and how far they are.
import { type PolicyReport, reportOf } from '../../workload/report.ts';
import { runWorkload } from '../../workload/run/run.ts';
import { NoAgentsError } from '../../workload/run/set-up.ts';
import type { Policy, Workload } from '../../workload/workload.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAge } from '../output/units.ts';
import { Problem } from '../problem.ts';

export interface SimulateOptions {
  readonly policies: readonly Policy[];
  /** How long it may take, in ms of real time. */
  readonly timeoutMs: number | undefined;
  /** Called once in a while when it takes longer than that. */
  readonly progress: (text: string) => void;
  /** Real time, in ms. */
  readonly now: () => number;
}

const QUIET_MS = 1000;
const BETWEEN_MS = 250;

/** One report for each policy, of the same jobs. Throws Problem `timedOut`, `usage`. */
export function simulate(workload: Workload, options: SimulateOptions): PolicyReport[] {
  const { policies, timeoutMs, progress, now } = options;
  const startMs = now();
  let toldMs = startMs + QUIET_MS - BETWEEN_MS;
  return policies.map((policy) => {
    const look = ({ nowMs, tasksFinished }: { nowMs: number; tasksFinished: number }): void => {
      const atMs = now();
      if (timeoutMs !== undefined && atMs - startMs > timeoutMs) {
        throw new Problem(EXIT.timedOut, {
          what: `The time is over, ${formatAge(nowMs)} into ${policy.name}.`,
          why: `${tasksFinished} tasks had finished.`,
          next: 'Give it more --timeout, or the file less duration.',
        });
      }
      if (atMs - toldMs < BETWEEN_MS) return;
      toldMs = atMs;
      const { durationMs } = workload;
      const part = durationMs === undefined ? '' : ` (${Math.floor((nowMs / durationMs) * 100)} %)`;
      progress(`${policy.name}: ${formatAge(nowMs)}${part}, ${tasksFinished} tasks`);
    };
    try {
      return reportOf(runWorkload(workload, policy, look));
    } catch (error) {
      if (!(error instanceof NoAgentsError)) throw error;
      throw new Problem(
        EXIT.usage,
        {
          what: `With ${policy.name}, framework ${error.framework} gets no agent.`,
          why: 'There are fewer agents than parts, or its attributes are on agents of others.',
          next: 'Add agents, or give the framework more of the partition.',
        },
        { cause: error },
      );
    }
  });
}
