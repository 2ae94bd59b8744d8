// The end of an executor that somebody asks for: from then on it takes no tasks, and it has so much time and no more, also
// when its agent is restarted meanwhile (mesos-semantics.md 8.2).
import type { TaskParts } from '../tasks/task-parts.ts';
import type { ExecutorRecord } from './executor.ts';

type Parts = Pick<TaskParts, 'world' | 'options' | 'journal' | 'background'>;

/** Call it for an executor that is usable. `onOverdue` is called when it is still there after its grace. */
export function beginShutdown(parts: Parts, executor: ExecutorRecord, onOverdue: () => void): void {
  const { world, options, journal, background } = parts;
  executor.state = 'terminating';
  const deadlineMs = world.clock.nowMs() + (executor.shutdownGraceMs ?? options.executorShutdownGracePeriodMs);
  executor.deadlineMs = deadlineMs;
  if (executor.isCheckpointed) {
    const entry = { kind: 'executor-shutdown', containerId: executor.containerId, deadlineMs } as const;
    background.run('checkpoint of a shutdown', () => journal.append(entry));
  }
  resumeShutdown(parts, executor, onOverdue);
}

/** Goes on with a shutdown that an earlier agent began; nothing for an executor that is not being shut down. */
export function resumeShutdown({ world }: Pick<Parts, 'world'>, executor: ExecutorRecord, onOverdue: () => void): void {
  if (executor.deadlineMs === undefined) return;
  executor.timer?.cancel();
  executor.timer = world.clock.setTimer(Math.max(0, executor.deadlineMs - world.clock.nowMs()), onOverdue);
}
