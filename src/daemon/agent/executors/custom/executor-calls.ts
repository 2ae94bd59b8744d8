// What custom executors say to their agent (mesos-api.md 5.2). Every call has been validated, and its executor is known.
import type { Call_Subscribe, Call_Update } from '../../../../mesos/generated/executor.ts';
import type { AgentInfo, FrameworkInfo, TaskStatus } from '../../../../mesos/generated/v1.ts';
import { validateExecutorCall } from '../../../../mesos/validation/calls/executor-call.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import type { Log, World } from '../../../../world/world.ts';
import type { MessageContentType } from '../../../serving/calls/media-types.ts';
import type { AgentCounters } from '../../metrics/counters.ts';
import type { Books } from '../../tasks/books.ts';
import type { StatusReporter } from '../../tasks/status/reporter.ts';
import { containerStatusOf } from '../../tasks/status/status.ts';
import type { TaskRun } from '../../tasks/task-run.ts';
import { launchedDuringRestart } from '../endings.ts';
import type { ExecutorRecord } from '../executor.ts';
import { ExecutorConnection } from './connection.ts';
import type { CustomExecutors } from './custom-executors.ts';
import { killEvent, type Live, type LiveExecutors } from './live-executors.ts';
import { MAX_UNACKNOWLEDGED_BYTES, MAX_UNACKNOWLEDGED_UPDATES, MAX_UPDATE_BYTES } from './update-limit.ts';

/** Updates of tasks that nobody gave it, over the life of an executor. */
const MAX_UNKNOWN_UPDATES = 100;

export interface ExecutorCallsOptions {
  readonly world: World;
  readonly books: Books;
  readonly reporter: StatusReporter;
  readonly counters: AgentCounters;
  readonly live: LiveExecutors;
  readonly custom: CustomExecutors;
  readonly agentIp: string;
  /** With its id. */
  readonly agentInfo: AgentInfo;
  /** To the framework, as far as it can be reached. */
  readonly onMessage: (frameworkId: string, executorId: string, data: string) => void;
}

/** One per agent id. */
export class ExecutorCalls {
  readonly #options: ExecutorCallsOptions;
  readonly #log: Log;
  readonly #live: LiveExecutors;

  constructor(options: ExecutorCallsOptions) {
    this.#options = options;
    this.#log = options.world.log;
    this.#live = options.live;
  }

  /** `agentIsEnding`: it is told to go at once. */
  subscribe(
    executor: ExecutorRecord,
    framework: FrameworkInfo,
    call: Call_Subscribe,
    as: { readonly contentType: MessageContentType; readonly agentIsEnding: boolean },
  ): HttpResponse {
    const { world, agentInfo, custom } = this.#options;
    const live = this.#live.of(executor);
    const connection = new ExecutorConnection(world.clock, as.contentType, (why) => {
      this.#log.info('the connection to an executor is over', { executorId: executor.executorId, why });
      if (live.connection === connection) live.connection = undefined;
    });
    if (as.agentIsEnding || !executor.isUsable) {
      connection.send({ type: 'SHUTDOWN' });
      if (executor.state !== 'terminating') connection.end();
      else this.#replace(live, connection);
      return connection.response();
    }
    executor.timer?.cancel();
    executor.state = 'running';
    this.#replace(live, connection);
    connection.send({
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: executor.info,
        framework_info: framework,
        agent_info: agentInfo,
        container_id: { value: executor.containerId },
      },
    });
    for (const update of call.unacknowledged_updates ?? []) this.#updateAgain(executor, update);
    this.#dropUnheardOf(executor, new Set((call.unacknowledged_tasks ?? []).map(({ task_id }) => task_id.value)));
    for (const [taskId, policy] of live.kills) connection.send(killEvent(taskId, policy));
    live.kills.clear();
    const hasQueued = [...executor.tasks.values()].some(({ phase }) => phase === 'queued');
    if (!hasQueued && !executor.hasBeenUsed) custom.shutdown(executor);
    else custom.deliver(executor);
    custom.isBack(executor);
    return connection.response();
  }

  /** `bytes`: how large it came; for the limit. */
  update(executor: ExecutorRecord, given: TaskStatus, bytes: number): void {
    const { books, agentIp, reporter, counters } = this.#options;
    const taskId = given.task_id.value;
    const uuid = given.uuid ?? '';
    const live = this.#live.of(executor);
    const run = books.run(executor.frameworkId, taskId);
    if (run !== undefined && run.host !== executor) {
      counters.increment('slave/invalid_status_updates');
      this.#log.warn('an executor reported on a task of somebody else', { executorId: executor.executorId, taskId });
      return;
    }
    const acknowledge = (): void =>
      live.connection?.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id: { value: taskId }, uuid } });
    if (run === undefined) {
      this.#unknownTask(executor, live, given, acknowledge);
      return;
    }
    if (!live.updates.add(uuid, bytes)) {
      this.#tooMuch(
        executor,
        `more than ${MAX_UNACKNOWLEDGED_UPDATES} status updates, or ${MAX_UNACKNOWLEDGED_BYTES} bytes of them, that nobody has acknowledged`,
      );
      return;
    }
    const place = containerStatusOf(executor.containerId, agentIp, executor.container);
    const status: TaskStatus = {
      ...given,
      agent_id: { value: executor.agentId },
      container_status: { ...place, ...given.container_status, container_id: place.container_id ?? { value: '' } },
    };
    const wasTerminal = run.isTerminal;
    if (!reporter.relay(run, status, acknowledge)) live.updates.acknowledged(uuid);
    if (!wasTerminal && run.isTerminal) this.#options.custom.taskEnded(executor, run);
  }

  messageFrom(executor: ExecutorRecord, data: string): void {
    this.#options.counters.increment('slave/valid_framework_messages');
    if (!executor.isAbandoned) this.#options.onMessage(executor.frameworkId, executor.executorId, data);
  }

  /** Whether it may say anything but SUBSCRIBE. */
  isSubscribed(executor: ExecutorRecord): boolean {
    return this.#live.of(executor).connection?.isOpen === true;
  }

  /** The framework has acknowledged an update of this task. */
  acknowledged(run: TaskRun, uuid: string): void {
    if (run.host !== undefined) this.#live.known(run.host)?.updates.acknowledged(uuid);
  }

  /** Tasks it was told of when it could not hear: they are lost. */
  #dropUnheardOf(executor: ExecutorRecord, unacknowledged: ReadonlySet<string>): void {
    const { books, reporter } = this.#options;
    const isPartitionAware = books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false;
    for (const run of [...executor.tasks.values()]) {
      if (run.phase !== 'running' || run.state !== 'TASK_STAGING' || unacknowledged.has(run.taskId)) continue;
      reporter.report(run, launchedDuringRestart(isPartitionAware));
      this.#options.custom.taskEnded(executor, run);
    }
  }

  /** One that came with a subscription, of which nobody has looked at the updates. */
  #updateAgain(executor: ExecutorRecord, update: Call_Update): void {
    const { executorId, frameworkId } = executor;
    const ids = { executor_id: { value: executorId }, framework_id: { value: frameworkId } };
    const bytes = JSON.stringify(update).length;
    const tooLarge = bytes > MAX_UPDATE_BYTES ? `it has ${bytes} bytes` : undefined;
    const why = validateExecutorCall({ ...ids, type: 'UPDATE', update }) ?? tooLarge;
    if (why === undefined) {
      this.update(executor, update.status, bytes);
      return;
    }
    this.#options.counters.increment('slave/invalid_status_updates');
    this.#log.warn('an update that came with a subscription was dropped', { executorId, why });
  }

  /** Passed on as it is, without a promise that it will not be lost. */
  #unknownTask(executor: ExecutorRecord, live: Live, status: TaskStatus, acknowledge: () => void): void {
    const { reporter, counters } = this.#options;
    live.unknownUpdates += 1;
    if (live.unknownUpdates > MAX_UNKNOWN_UPDATES) {
      this.#tooMuch(executor, `more than ${MAX_UNKNOWN_UPDATES} status updates of tasks that it was never given`);
      return;
    }
    counters.increment('slave/valid_status_updates');
    reporter.forward(executor.frameworkId, { ...status, agent_id: { value: executor.agentId } });
    acknowledge();
  }

  #tooMuch(executor: ExecutorRecord, what: string): void {
    this.#options.counters.increment('slave/invalid_status_updates');
    this.#options.custom.giveUp(executor, {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: `Executor was ended: it sent ${what}`,
    });
  }

  #replace(live: Live, connection: ExecutorConnection): void {
    live.connection?.end();
    live.connection = connection;
  }
}
