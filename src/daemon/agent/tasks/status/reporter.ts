// From "this happened to a task" to an update on its way: into the books at once, into the journal, and only when it is
// durable into the update stream (mesos-semantics.md 6.1).
import type { ContainerStatus, TaskStatus } from '../../../../mesos/generated/v1.ts';
import { isTerminalState } from '../../../../mesos/task-state.ts';
import type { World } from '../../../../world/world.ts';
import type { Background } from '../../background.ts';
import type { Journal } from '../../checkpoint/journal.ts';
import { containerIdOf } from '../../containers/container-id.ts';
import type { ContainerCheckpoint } from '../../containers/containerizer.ts';
import type { Draining } from '../../draining/draining.ts';
import type { AgentCounters } from '../../metrics/counters.ts';
import type { StatusUpdates } from '../../updates/status-updates.ts';
import type { Books } from '../books.ts';
import type { TaskRun } from '../task-run.ts';
import { conditionOf } from './condition.ts';
import { containerStatusOf, makeStatus, type StatusFacts } from './status.ts';

export interface ReporterOptions {
  readonly world: World;
  readonly agentIp: string;
  readonly journal: Pick<Journal, 'append'>;
  readonly updates: StatusUpdates;
  readonly counters: AgentCounters;
  readonly background: Background;
  readonly draining: Pick<Draining, 'reasoned'>;
  readonly books: Pick<Books, 'frameworks'>;
}

/** Updates of tasks without checkpointing go out at once. Abandoned runs are recorded and not reported. */
export class StatusReporter {
  readonly #options: ReporterOptions;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Reports a new state of a task that this agent has. */
  report(run: TaskRun, given: StatusFacts): void {
    const { world, counters, updates } = this.#options;
    const facts = this.#reasoned(run, given);
    const containerStatus = run.container && this.#containerStatus(run, run.container, isTerminalState(facts.state));
    const subject = { taskId: run.taskId, agentId: run.agentId, executorId: run.executor.executor_id.value };
    const status = makeStatus(world, subject, {
      ...conditionOf(run, facts),
      ...facts,
      ...(containerStatus && { containerStatus }),
    });
    run.record(status);
    counters.taskState(status.state);
    if (run.isAbandoned) return;
    run.unacknowledged = [...run.unacknowledged, status];
    counters.increment('slave/valid_status_updates');
    if (run.isCheckpointed) this.#sendWhenDurable(run, status);
    else updates.enqueue(run.frameworkId, status);
  }

  /** Of a nested container nothing is said of its end but its id, as by the original. */
  #containerStatus(run: TaskRun, container: ContainerCheckpoint, isOver: boolean): ContainerStatus {
    if (run.host !== undefined && isOver) return { container_id: containerIdOf(run.containerId) };
    return containerStatusOf(run.containerId, this.#options.agentIp, container);
  }

  /**
   * Passes on what a custom executor reports. `onDurable` is called once the agent will not forget it: at once where
   * nothing is checkpointed. False when it was there before; then nothing is done but that call.
   */
  relay(run: TaskRun, given: TaskStatus, onDurable: () => void): boolean {
    const { counters } = this.#options;
    if (run.isTerminal || !run.rememberRelayed(given.uuid ?? '')) {
      onDurable();
      return false;
    }
    const status = this.#reasoned(run, given);
    run.record(status);
    counters.taskState(status.state);
    counters.increment('slave/valid_status_updates');
    if (run.isAbandoned) return true;
    run.unacknowledged = [...run.unacknowledged, status];
    if (run.isCheckpointed) this.#sendWhenDurable(run, status, onDurable);
    else {
      this.#options.updates.enqueue(run.frameworkId, status);
      onDurable();
    }
    return true;
  }

  #reasoned<T extends Pick<StatusFacts, 'state' | 'reason'>>(run: TaskRun, facts: T): T {
    const { draining, books } = this.#options;
    return draining.reasoned(facts, books.frameworks.get(run.frameworkId)?.has('PARTITION_AWARE') ?? false);
  }

  /** Reports on a task that is none of ours; kept in memory only, the master asks again after a restart. */
  reportUnknown(frameworkId: string, subject: { taskId: string; agentId: string }, facts: StatusFacts): void {
    const { world, updates } = this.#options;
    updates.enqueue(frameworkId, makeStatus(world, subject, facts));
  }

  /** Passes on an update of a task that is none of ours. */
  forward(frameworkId: string, status: TaskStatus): void {
    this.#options.updates.enqueue(frameworkId, status);
  }

  #sendWhenDurable(run: TaskRun, status: TaskStatus, onDurable: () => void = () => undefined): void {
    const { journal, updates, background } = this.#options;
    const { frameworkId, runId: containerId, checks } = run;
    const entry = { kind: 'update', frameworkId, containerId, status, ...(checks && { checks }) } as const;
    background.run('checkpoint of a status update', async () => {
      await journal.append(entry);
      if (!run.isAbandoned) updates.enqueue(run.frameworkId, status);
      onDurable();
    });
  }
}
