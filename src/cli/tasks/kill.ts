// `mctl task kill`: asks the master to kill a task in its framework's stead, and waits until it has ended.
import { ApiError, type MasterClient } from '../../client/operator.ts';
import type { Clock } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { clusterPicture, type TaskEntry } from '../views/cluster-picture.ts';
import { findTask } from './find.ts';

const POLL_MS = 150;

/** Which task, and whether to wait for its end. */
export interface KillOptions {
  readonly master: MasterClient;
  readonly clock: Clock;
  readonly given: string;
  /** Returns once the master has the request. */
  readonly detach: boolean;
  readonly timeoutMs: number;
  readonly progress: (text: string) => void;
}

/** The task as it was last seen. Throws Problem: `notFound`, `conflict` when it has ended already, `timedOut`. */
export async function killTask({ master, clock, given, detach, timeoutMs, progress }: KillOptions): Promise<TaskEntry> {
  const { task } = await findTask(master, given);
  if (!task.live) {
    throw new Problem(EXIT.conflict, { what: `Task '${task.id}' has ended already.`, why: `It is ${task.state}.` });
  }
  await requestKill(master, task);
  if (detach) return task;
  const deadline = clock.monotonicMs() + timeoutMs;
  let last = task.state;
  while (clock.monotonicMs() < deadline) {
    const now = (await clusterPicture(master)).tasks.find(
      ({ id, frameworkId }) => id === task.id && frameworkId === task.frameworkId,
    );
    // Gone altogether: its framework went with it.
    if (now === undefined) return { ...task, state: 'TASK_KILLED', live: false };
    if (!now.live) return now;
    if (now.state !== last) progress(`${task.id} is ${now.state}`);
    last = now.state;
    await clock.sleep(POLL_MS);
  }
  throw new Problem(EXIT.timedOut, {
    what: `Task '${task.id}' has not ended after ${Math.round(timeoutMs / 1000)} s.`,
    why: `It is ${last}. The kill goes on; its command may take its time to stop.`,
    next: `mctl task show ${task.id}`,
  });
}

async function requestKill(master: MasterClient, task: TaskEntry): Promise<void> {
  try {
    await master.killTask(task.frameworkId, task.id);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not-found' || /task|framework/i.test(error.said)) throw error;
    // The original has no such call: only a task's framework can kill it.
    throw new Problem(
      EXIT.notAllowed,
      {
        what: `This master lets only the framework '${task.frameworkName}' kill task '${task.id}'.`,
        why: 'Killing for a framework is an extension of mctl masters.',
        next: `mctl framework teardown ${task.frameworkId}      (kills all its tasks)`,
      },
      { cause: error },
    );
  }
}
