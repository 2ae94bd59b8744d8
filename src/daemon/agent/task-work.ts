// What exists once the agent has an id: its journal, and everybody who writes to it.
import type { DrainConfig } from '../../mesos/generated/v1.ts';
import { Journal } from './checkpoint/journal.ts';
import type { AgentContext } from './context.ts';
import { Admission } from './executors/admission.ts';
import { Completion } from './executors/completion.ts';
import { CustomExecutors } from './executors/custom/custom-executors.ts';
import { ExecutorCalls } from './executors/custom/executor-calls.ts';
import { LiveExecutors } from './executors/custom/live-executors.ts';
import { TaskGroups } from './executors/task-groups.ts';
import { Preemption } from './oversubscription/preemption.ts';
import { Killer } from './tasks/killer.ts';
import { Launcher } from './tasks/launch/launcher.ts';
import { Sandboxes } from './tasks/launch/sandbox.ts';
import { journalSnapshot } from './tasks/run-factory.ts';
import { StatusReporter } from './tasks/status/reporter.ts';
import { TaskSupervisor } from './tasks/supervisor.ts';
import type { StatusUpdates } from './updates/status-updates.ts';

/** The parts that exist only once the agent has its id. */
export interface TaskWork {
  readonly journal: Journal;
  readonly supervisor: TaskSupervisor;
  readonly custom: CustomExecutors;
  readonly calls: ExecutorCalls;
  readonly preemption: Preemption;
  /** What the master says of draining; undefined: the agent is not to drain (any more). */
  readonly drain: (config: DrainConfig | undefined) => void;
}

/** What those parts tell the agent. `waitStatus` is the raw one of wait(2). */
export interface TaskWorkEvents {
  readonly onExecutorExited: (frameworkId: string, executorId: string, waitStatus: number) => void;
  /** An executor's message to its framework. */
  readonly onMessage: (frameworkId: string, executorId: string, data: string) => void;
  readonly onIdle: () => void;
  readonly onJournalFailure: (error: unknown) => void;
}

/** Opens the journal with what the books have, and puts everything that works on tasks together. Throws DiskError. */
export async function openTaskWork(
  context: AgentContext,
  updates: StatusUpdates,
  agentId: string,
  events: TaskWorkEvents,
): Promise<TaskWork> {
  const { world, layout, books, containerizer, counters, background, draining } = context;
  const journal = await Journal.open({
    disk: world.disk,
    path: layout.journal(agentId),
    snapshot: () => journalSnapshot(books),
    onFailure: events.onJournalFailure,
  });
  const sandboxes = new Sandboxes({ ...context, disk: world.disk });
  sandboxes.showAll(agentId);
  for (const run of books.runs()) if (run.host === undefined) sandboxes.attach(run);
  for (const executor of books.executors()) sandboxes.attach(executor);
  const agentIp = context.address.ip;
  const reporter = new StatusReporter({ world, agentIp, journal, updates, counters, background, draining, books });
  const killer = new Killer({ world, containerizer, journal, counters, background });
  const launcher = new Launcher({ ...context, sandboxes });
  const { onExecutorExited } = events;
  const parts = { ...context, agentId, journal, updates, reporter, killer, launcher, onExecutorExited };
  const completion = new Completion({ books, journal, sandboxes, background, onIdle: events.onIdle });
  const admission = new Admission(parts);
  const agentInfo = { ...context.info, id: { value: agentId } };
  const { onMessage } = events;
  const live = new LiveExecutors();
  const custom = new CustomExecutors({ ...parts, admission, completion, live });
  const calls = new ExecutorCalls({ ...parts, live, custom, agentIp, agentInfo, onMessage });
  const groups = new TaskGroups({ ...parts, completion });
  const supervisor = new TaskSupervisor({
    ...parts,
    admission,
    completion,
    custom,
    calls,
    groups,
    onIdle: events.onIdle,
  });
  containerizer.onExit((exit) => supervisor.exited(exit));
  const endDrainIfIdle = (): void => {
    if (books.frameworks.size === 0) draining.end(agentId);
  };
  const drain = (config: DrainConfig | undefined): void => {
    if (config === undefined) draining.end(agentId);
    else {
      draining.begin(agentId, config, () => {
        if (draining.config !== undefined) supervisor.drain();
        endDrainIfIdle();
      });
    }
  };
  const preemption = new Preemption({ ...parts, log: world.log, custom, groups });
  return { journal, supervisor, custom, calls, preemption, drain };
}
