// What is known of custom executors only while this agent runs: who is connected, and what waits for whom.
import type { Event } from '../../../../mesos/generated/executor.ts';
import type { KillPolicy } from '../../../../mesos/generated/v1.ts';
import type { ContainerExit } from '../../containers/containerizer.ts';
import type { ExecutorRecord } from '../executor.ts';
import type { ExecutorConnection } from './connection.ts';
import { UpdateLimit } from './update-limit.ts';

/** One executor, from its launch until it is gone. */
export interface Live {
  connection: ExecutorConnection | undefined;
  /** Its container is there, or never will be. */
  isLaunched: boolean;
  /** Its end was heard of before its launch was. */
  earlyExit: ContainerExit | undefined;
  readonly updates: UpdateLimit;
  unknownUpdates: number;
  /** Kills of delivered tasks while nobody was subscribed. */
  readonly kills: Map<string, KillPolicy | undefined>;
}

/** By executor; those that are gone are not kept. */
export class LiveExecutors {
  readonly #live = new Map<ExecutorRecord, Live>();

  of(executor: ExecutorRecord): Live {
    let live = this.#live.get(executor);
    if (live === undefined) {
      live = {
        connection: undefined,
        isLaunched: executor.state === 'terminated',
        earlyExit: undefined,
        updates: new UpdateLimit(),
        unknownUpdates: 0,
        kills: new Map(),
      };
      if (executor.state !== 'terminated') this.#live.set(executor, live);
    }
    return live;
  }

  known(executor: ExecutorRecord): Live | undefined {
    return this.#live.get(executor);
  }

  all(): Iterable<[ExecutorRecord, Live]> {
    return this.#live.entries();
  }

  delete(executor: ExecutorRecord): void {
    this.#live.delete(executor);
  }
}

/** Everything that is queued, in order; a group is one event. They count as delivered from now on. */
export function launchEvents(executor: ExecutorRecord): Event[] {
  const events: Event[] = [];
  for (const run of executor.tasks.values()) {
    if (run.phase !== 'queued' || run.isTerminal) continue;
    if (run.groupId === undefined) {
      run.phase = 'running';
      events.push({ type: 'LAUNCH', launch: { task: run.info } });
      continue;
    }
    const group = [...executor.tasks.values()].filter(
      ({ groupId, phase }) => groupId === run.groupId && phase === 'queued',
    );
    for (const member of group) member.phase = 'running';
    events.push({ type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks: group.map(({ info }) => info) } } });
  }
  return events;
}

/** A KILL. */
export function killEvent(taskId: string, policy: KillPolicy | undefined): Event {
  return { type: 'KILL', kill: { task_id: { value: taskId }, ...(policy && { kill_policy: policy }) } };
}
