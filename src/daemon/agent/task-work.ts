// What exists once the agent has an id: its journal, and everybody who writes to it.
import { Journal } from './checkpoint/journal.ts';
import type { AgentContext } from './context.ts';
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
}

/** What those parts tell the agent. `waitStatus` is the raw one of wait(2). */
export interface TaskWorkEvents {
  readonly onExecutorExited: (frameworkId: string, executorId: string, waitStatus: number) => void;
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
  const { world, layout, books, containerizer, counters, background } = context;
  const journal = await Journal.open({
    disk: world.disk,
    path: layout.journal(agentId),
    snapshot: () => journalSnapshot(books),
    onFailure: events.onJournalFailure,
  });
  const sandboxes = new Sandboxes({ ...context, disk: world.disk });
  sandboxes.showAll(agentId);
  for (const run of books.runs()) sandboxes.attach(run);
  const supervisor = new TaskSupervisor({
    world,
    agentId,
    layout,
    books,
    journal,
    updates,
    reporter: new StatusReporter({ world, agentIp: context.address.ip, journal, updates, counters, background }),
    containerizer,
    launcher: new Launcher({ ...context, sandboxes }),
    sandboxes,
    counters,
    background,
    onExecutorExited: events.onExecutorExited,
    onIdle: events.onIdle,
  });
  containerizer.onExit((exit) => supervisor.exited(exit));
  return { journal, supervisor };
}
