// What really ran, seen from outside every process, and whether it may: at most one start of an occurrence unless a loss of the one before
// is on record, and never two of a job side by side (chronos.md 20.7).
import type { HistoryEntry } from '../../../daemon/chronos/model/run.ts';
import { parseTaskId } from '../../../daemon/chronos/runs/task-id.ts';

/** A process as it is now; `exitLine` undefined: it runs. */
interface SeenProcess {
  readonly task: { readonly env: Readonly<Record<string, string>> };
  readonly exitLine: string | undefined;
}

interface SeenHost {
  readonly name: string;
  readonly isUp: boolean;
}

/** One process that was started for an occurrence. Times are true wall time. */
export interface WitnessedStart {
  readonly taskId: string;
  readonly job: string;
  readonly dueMs: number;
  readonly startMs: number;
  readonly host: SeenHost;
  readonly run: SeenProcess;
}

/** What of an occurrence is on record as over without success. */
const LOSSES: ReadonlySet<string> = new Set(['lost', 'failure', 'killed']);

/** One a simulated run. */
export class StartWitness {
  readonly violations: string[] = [];
  readonly #starts = new Map<string, WitnessedStart[]>();
  readonly #history: (job: string) => readonly HistoryEntry[];
  #count = 0;

  /** `history`: what is durable of a job's history at the moment. */
  constructor(history: (job: string) => readonly HistoryEntry[]) {
    this.#history = history;
  }

  get count(): number {
    return this.#count;
  }

  of(job: string): readonly WitnessedStart[] {
    return this.#starts.get(job) ?? [];
  }

  launched(run: SeenProcess, host: SeenHost, wallMs: number): void {
    const taskId = run.task.env.MESOS_TASK_ID ?? run.task.env.MESOS_EXECUTOR_ID ?? '';
    const parts = parseTaskId(taskId);
    if (parts === undefined) return;
    const { job, dueMs } = parts;
    this.#count += 1;
    const former = this.of(job);
    const start = { taskId, job, dueMs, startMs: wallMs, host, run };
    const beside = former.filter((other) => other.host.isUp && other.run.exitLine === undefined);
    const same = former.filter((other) => other.dueMs === dueMs);
    if (same.length > 0 || beside.length > 0) this.#compare(start, same, beside);
    this.#starts.set(job, [...former, start]);
  }

  #compare(start: WitnessedStart, same: readonly WitnessedStart[], beside: readonly WitnessedStart[]): void {
    const { taskId, job, dueMs, host } = start;
    const history = this.#history(job);
    const losses = history.filter((entry) => entry.dueMs === dueMs && LOSSES.has(entry.result)).length;
    if (same.length > losses)
      this.violations.push(
        `${taskId} started on ${host.name}: start ${same.length + 1} of this occurrence, ${losses} losses are on record`,
      );
    for (const other of beside) {
      if (other.dueMs === dueMs) continue;
      const isOver = history.some((entry) => entry.dueMs === other.dueMs && LOSSES.has(entry.result));
      if (!isOver) this.violations.push(`${taskId} started on ${host.name} beside ${other.taskId}, which still runs`);
    }
  }
}
