// The pipeline of status updates (marathon.md 16.5): find the instance, decide, change the book, tell, and acknowledge once
// what was decided is durable. Memory changes in the turn the update comes, so updates of a task can never overtake.
import type { EventBus, MarathonCore, MesosLink, StatusUpdate, TaskFailures } from '../core.ts';
import type { MarathonEvent } from '../events/event.ts';
import { appIdOf, type Instance, parseTaskId } from '../model/instance.ts';
import { timestamp } from '../model/time.ts';
import { conditionOf, isFailure } from './conditions.ts';
import type { InstanceBook } from './instance-book.ts';
import type { TaskKills } from './kills.ts';
import { mayRun, withStatus } from './transitions.ts';

/** What it takes. */
export type StatusUpdatesCore = Pick<MarathonCore, 'world' | 'log' | 'storage' | 'counters'> & {
  readonly mesos: Pick<MesosLink, 'calls'>;
  readonly events: EventBus;
  readonly failures: TaskFailures;
  readonly instances: InstanceBook;
  readonly kills: TaskKills;
};

/** Has no state of its own: every update is dealt with in the call, but for what waits for the disk. */
export class StatusUpdates {
  readonly #core: StatusUpdatesCore;

  constructor(core: StatusUpdatesCore) {
    this.#core = core;
  }

  /** One UPDATE event. The acknowledgement follows by itself. */
  take(status: StatusUpdate): void {
    const { counters, log, instances } = this.#core;
    const { state, reason, message } = status;
    const taskId = status.task_id.value;
    counters.add(`mesos.task-updates.${state.toLowerCase().replaceAll('_', '-')}.counter`);
    log.debug('a task changed', { taskId, state, reason, message });
    const instance = instances.ofTask(taskId);
    const told = instance === undefined ? this.#ofNobody(status) : this.#ofInstance(instance, status);
    void this.#finish(status, told);
  }

  /** What to publish, if anything. */
  #ofInstance(instance: Instance, status: StatusUpdate): MarathonEvent | undefined {
    const { instances, kills, world } = this.#core;
    const transition = withStatus(instance, status, Math.floor(world.clock.nowMs()));
    const taskId = status.task_id.value;
    if (transition.kind === 'ignore') {
      // Of a task that its instance has given up nothing else tells Kills that it is over.
      if (!mayRun(conditionOf(status))) kills.ended(taskId);
      return undefined;
    }
    if (transition.kind === 'kill') {
      kills.killTask(taskId, status.agent_id?.value, 'unknown');
      return undefined;
    }
    if (isFailure(status.state)) this.#remember(transition.instance, status);
    instances.apply(transition.instance, transition.isOver);
    return { type: 'status_update_event', instance: transition.instance, status };
  }

  #ofNobody(status: StatusUpdate): MarathonEvent | undefined {
    const { kills } = this.#core;
    const taskId = status.task_id.value;
    const condition = conditionOf(status);
    if (mayRun(condition)) {
      kills.killTask(taskId, status.agent_id?.value, 'unknown');
      return undefined;
    }
    kills.ended(taskId);
    // An id that Marathon never gave out: there is no instance to tell of.
    const instanceId = parseTaskId(taskId)?.instanceId;
    if (instanceId === undefined) return undefined;
    return { type: 'unknown_instance_terminated_event', instanceId, appId: appIdOf(instanceId), condition };
  }

  #remember({ app, agent }: Instance, { task_id, state, message, agent_id }: StatusUpdate): void {
    const slaveId = agent_id?.value ?? agent?.id;
    this.#core.failures.record({
      appId: app.id,
      taskId: task_id.value,
      state,
      message: message ?? '',
      host: agent?.host ?? '',
      ...(slaveId !== undefined && { slaveId }),
      version: app.version,
      timestamp: timestamp(this.#core.world.clock.nowMs()),
    });
  }

  async #finish(status: StatusUpdate, told: MarathonEvent | undefined): Promise<void> {
    const { storage, events, mesos, log } = this.#core;
    await storage.flushed();
    if (told !== undefined) events.publish(told);
    const outcome = await mesos.calls.acknowledge(status);
    // The agent tells again until it is acknowledged.
    if (!outcome.ok)
      log.debug('an acknowledgement was not taken', { taskId: status.task_id.value, why: outcome.error.message });
  }
}
