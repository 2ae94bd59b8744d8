// What really happened, seen from outside every process and outliving all of them: which task processes were started and
// how they ended, and what the frameworks were told. The promises of invariants.ts are checked against it.
import type { TaskState, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import type { SimulatedHost } from '../host.ts';
import type { TaskRun } from '../programs/task-run.ts';

/** One task id over all that happened to it. */
export interface TaskEntry {
  readonly taskId: string;
  /** Its framework was removed, or did not ask for it to be kept: nobody is promised to hear of its end. */
  isForgotten: boolean;
  readonly launches: { readonly run: TaskRun; readonly host: SimulatedHost; readonly bootId: string }[];
  /** Terminal states told by the agent (with a uuid), each once. */
  readonly terminalStates: Set<TaskState>;
  /** The framework has taken its end in durably. */
  isSettled: boolean;
}

/** One per run. What contradicts a promise at once is in `violations`. */
export class Ledger {
  readonly #entries = new Map<string, TaskEntry>();
  readonly #removed = new Set<string>();
  /** Updates that came to frameworks, repetitions included. */
  updates = 0;
  readonly #violations: string[] = [];

  get entries(): Iterable<TaskEntry> {
    return this.#entries.values();
  }

  /** Promises broken so far. */
  get violations(): readonly string[] {
    return this.#violations;
  }

  launched(run: TaskRun, host: SimulatedHost): void {
    // What looks at a task is started like one, and often.
    if (/\/probe-[^/]*$/.test(run.task.exitFile)) {
      return;
    }
    const taskId = run.task.env.MESOS_EXECUTOR_ID ?? `unnamed/${run.identity.pid}`;
    const entry = this.#entry(taskId);
    const { MESOS_CHECKPOINT, MESOS_FRAMEWORK_ID = '' } = run.task.env;
    entry.isForgotten = MESOS_CHECKPOINT !== '1' || this.#removed.has(MESOS_FRAMEWORK_ID);
    entry.launches.push({ run, host, bootId: host.bootId });
    if (entry.launches.length > 1) {
      const where = entry.launches.map((launch) => `${launch.host.name} pid ${launch.run.identity.pid}`).join(', ');
      this.#violations.push(`${taskId} was started ${entry.launches.length} times: ${where}`);
    }
  }

  /** A framework got this update. */
  told(status: TaskStatus): void {
    this.updates++;
    if (status.uuid === undefined || !isTerminalState(status.state)) {
      return;
    }
    const entry = this.#entry(status.task_id.value);
    entry.terminalStates.add(status.state);
    // An agent remembers nothing of tasks without checkpoints once it was started again: LOST is all it can say.
    if (entry.terminalStates.size > 1 && !entry.isForgotten) {
      this.#violations.push(`${entry.taskId} ended more than once: ${[...entry.terminalStates].join(', ')}`);
    }
    // How it ended is lost when the machine is started again before anybody has looked.
    const known = entry.launches.filter(({ host, bootId }) => host.bootId === bootId && host.isUp);
    const untrue = known.map(({ run }) => contradiction(status.state, run.exitLine)).find(Boolean);
    if (untrue !== undefined) {
      this.#violations.push(`${entry.taskId}: ${untrue}`);
    }
  }

  /** A master removed a framework: its tasks are nobody's, also should a later master take it in again. */
  removed(frameworkId: string): void {
    this.#removed.add(frameworkId);
    for (const entry of this.#entries.values()) {
      if (entry.launches.some(({ run }) => run.task.env.MESOS_FRAMEWORK_ID === frameworkId)) {
        entry.isForgotten = true;
      }
    }
  }

  /** A framework needs to hear no more of this task. */
  settled(taskId: string): void {
    this.#entry(taskId).isSettled = true;
  }

  #entry(taskId: string): TaskEntry {
    let entry = this.#entries.get(taskId);
    if (entry === undefined) {
      entry = { taskId, launches: [], terminalStates: new Set(), isSettled: false, isForgotten: false };
      this.#entries.set(taskId, entry);
    }
    return entry;
  }
}

/** States that what really happened does not bear out. */
function contradiction(state: TaskState, exitLine: string | undefined): string | undefined {
  if (exitLine === undefined) {
    // Killed while it was being launched: told at once, its process goes a moment later.
    return state === 'TASK_KILLED' ? undefined : `told to be ${state} while it runs`;
  }
  const isSuccess = exitLine === 'exited 0';
  if (state === 'TASK_FINISHED' && !isSuccess) {
    return `told to be ${state}, but it ${exitLine}`;
  }
  return state === 'TASK_FAILED' && isSuccess ? `told to be ${state}, but it ${exitLine}` : undefined;
}
