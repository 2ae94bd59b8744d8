// Who uses what on this agent, as estimators and controllers see it.
import { Resources } from '../../../mesos/resources.ts';
import type { Books } from '../tasks/books.ts';

/** A container that runs, and what was allocated to it: that of a command task, or of an executor with all its tasks. */
export interface ContainerUsage {
  readonly frameworkId: string;
  readonly executorId: string;
  readonly containerId: string;
  /** Without allocation roles. */
  readonly allocated: Resources;
}

/** Of everything that runs or is about to. */
export function containerUsages(books: Pick<Books, 'runs' | 'executors'>): ContainerUsage[] {
  const usages: ContainerUsage[] = [];
  for (const { frameworkId, executorId, containerId, state, wanted } of books.executors()) {
    if (state === 'terminated') continue;
    usages.push({ frameworkId, executorId, containerId, allocated: Resources.of(wanted).unallocated() });
  }
  for (const { frameworkId, executorId, containerId, phase, host, info, executor } of books.runs()) {
    if (phase === 'ended' || host !== undefined) continue;
    const allocated = Resources.of(executor.resources).plus(Resources.of(info.resources)).unallocated();
    usages.push({ frameworkId, executorId, containerId, allocated });
  }
  return usages;
}
