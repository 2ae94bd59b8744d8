// Custom executors: launched, told what to run, heard, shut down, and cleaned up after (mesos-api.md 5, mesos-semantics.md
// 8.1, 8.2, 8.4). Whatever an executor does or leaves undone costs it its container, never the agent anything.
import type { Call_Subscribe, Event } from '../../../../mesos/generated/executor.ts';
import type { AgentInfo, FrameworkInfo, KillPolicy, TaskStatus } from '../../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import type { Log, World } from '../../../../world/world.ts';
import type { MessageContentType } from '../../../serving/calls/media-types.ts';
import type { Background } from '../../background.ts';
import type { Journal } from '../../checkpoint/journal.ts';
import { ContainerError, type ContainerExit, type Containerizer } from '../../containers/containerizer.ts';
import type { AgentOptions } from '../../flags.ts';
import type { AgentCounters } from '../../metrics/counters.ts';
import type { Books } from '../../tasks/books.ts';
import type { Killer } from '../../tasks/killer.ts';
import type { Launcher } from '../../tasks/launch/launcher.ts';
import { KILLED_DURING_LAUNCH, statusOfLaunchFailure } from '../../tasks/status/ending.ts';
import type { StatusReporter } from '../../tasks/status/reporter.ts';
import { hostContainerStatus, type StatusFacts } from '../../tasks/status/status.ts';
import type { TaskRun } from '../../tasks/task-run.ts';
import type { Admission, HostedTasks } from '../admission.ts';
import type { Completion } from '../completion.ts';
import { launchedDuringRestart, neverCameBack, neverRegistered, statusOfExecutorEnd, waitStatus } from '../endings.ts';
import type { ExecutorRecord } from '../executor.ts';
import { ExecutorConnection } from './connection.ts';
import { MAX_UNACKNOWLEDGED_UPDATES, UpdateLimit } from './update-limit.ts';

/** Updates of tasks that nobody gave it, over the life of an executor. */
const MAX_UNKNOWN_UPDATES = 100;

export interface CustomExecutorsOptions {
  readonly world: World;
  readonly options: AgentOptions;
  readonly books: Books;
  readonly journal: Pick<Journal, 'append'>;
  readonly reporter: StatusReporter;
  readonly containerizer: Containerizer;
  readonly launcher: Launcher;
  readonly killer: Killer;
  readonly counters: AgentCounters;
  readonly background: Background;
  readonly admission: Admission;
  readonly completion: Completion;
  readonly agentIp: string;
  /** With its id. */
  readonly agentInfo: AgentInfo;
  readonly onExecutorExited: (frameworkId: string, executorId: string, waitStatus: number) => void;
  /** To the framework, as far as it can be reached. */
  readonly onMessage: (frameworkId: string, executorId: string, data: string) => void;
}

/** What is known of an executor only while this agent runs. */
interface Live {
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

/** One per agent id. Everything here is synchronous but launching and what must be durable first. */
export class CustomExecutors {
  readonly #options: CustomExecutorsOptions;
  readonly #log: Log;
  readonly #live = new Map<ExecutorRecord, Live>();
  /** Executors of an earlier agent that have not subscribed again. */
  readonly #awaited = new Set<ExecutorRecord>();
  #whenBack: (() => void) | undefined;

  constructor(options: CustomExecutorsOptions) {
    this.#options = options;
    this.#log = options.world.log;
  }

  // --- what the master asks for ---

  run(asked: HostedTasks): void {
    const admitted = this.#options.admission.admit(asked);
    if (admitted === undefined) return;
    const { executor } = admitted;
    if (admitted.isNew) this.#options.background.run('launch of an executor', () => this.#launch(executor));
    else if (executor.state === 'running') this.#deliver(executor);
  }

  kill(run: TaskRun, policy: KillPolicy | undefined): void {
    const executor = run.host;
    if (executor === undefined || run.isTerminal || !executor.isUsable) return;
    if (run.phase === 'queued') {
      this.#killQueued(executor, run);
      return;
    }
    const { connection, kills } = this.#liveOf(executor);
    if (connection?.isOpen !== true) kills.set(run.taskId, policy);
    else connection.send(killEvent(run.taskId, policy));
  }

  /** Best effort: false when there is nobody to hear it. */
  message(executor: ExecutorRecord, data: string): boolean {
    const { connection } = this.#liveOf(executor);
    if (executor.state !== 'running' || connection?.isOpen !== true) return false;
    connection.send({ type: 'MESSAGE', message: { data } });
    return true;
  }

  /** It is asked to end, and destroyed when it has not by the end of its grace. */
  shutdown(executor: ExecutorRecord): void {
    const { world, options, journal, background } = this.#options;
    if (!executor.isUsable) return;
    const nanoseconds = executor.info.shutdown_grace_period?.nanoseconds;
    const graceMs = nanoseconds === undefined ? options.executorShutdownGracePeriodMs : nanoseconds / 1e6;
    executor.state = 'terminating';
    this.#awaited.delete(executor);
    this.#tellIfBack();
    const deadlineMs = world.clock.nowMs() + graceMs;
    executor.deadlineMs = deadlineMs;
    if (executor.isCheckpointed) {
      const entry = { kind: 'executor-shutdown', containerId: executor.containerId, deadlineMs } as const;
      background.run('checkpoint of a shutdown', () => journal.append(entry));
    }
    this.#liveOf(executor).connection?.send({ type: 'SHUTDOWN' });
    this.#arm(executor, graceMs, () => this.#destroy(executor));
  }

  /** Its framework is removed: it is shut down, and nobody is told. */
  abandon(executor: ExecutorRecord): void {
    executor.isAbandoned = true;
    for (const run of [...executor.tasks.values()]) {
      run.isAbandoned = true;
      this.#options.completion.completeTask(run);
    }
    if (executor.state === 'terminated') this.#options.completion.completeExecutor(executor);
    else this.shutdown(executor);
  }

  // --- what the executor says ---

  /** `agentIsEnding`: it is told to go at once. */
  subscribe(
    executor: ExecutorRecord,
    framework: FrameworkInfo,
    call: Call_Subscribe,
    as: { readonly contentType: MessageContentType; readonly agentIsEnding: boolean },
  ): HttpResponse {
    const { world, agentInfo } = this.#options;
    const live = this.#liveOf(executor);
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
    for (const { status } of call.unacknowledged_updates ?? []) this.update(executor, status, 0);
    this.#dropUnheardOf(executor, new Set((call.unacknowledged_tasks ?? []).map(({ task_id }) => task_id.value)));
    for (const [taskId, policy] of live.kills) connection.send(killEvent(taskId, policy));
    live.kills.clear();
    const hasQueued = [...executor.tasks.values()].some(({ phase }) => phase === 'queued');
    if (!hasQueued && !executor.hasBeenUsed) this.shutdown(executor);
    else this.#deliver(executor);
    this.#awaited.delete(executor);
    this.#tellIfBack();
    return connection.response();
  }

  /** `bytes`: how large it came; for the limit. */
  update(executor: ExecutorRecord, given: TaskStatus, bytes: number): void {
    const { books, agentIp, reporter, counters } = this.#options;
    const taskId = given.task_id.value;
    const uuid = given.uuid ?? '';
    const live = this.#liveOf(executor);
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
      this.#tooMuch(executor, `more than ${MAX_UNACKNOWLEDGED_UPDATES} status updates that nobody has acknowledged`);
      return;
    }
    const place = hostContainerStatus(executor.containerId, agentIp, executor.container?.process?.pid);
    const status: TaskStatus = {
      ...given,
      agent_id: { value: executor.agentId },
      container_status: { ...place, ...given.container_status, container_id: place.container_id ?? { value: '' } },
    };
    const wasTerminal = run.isTerminal;
    if (!reporter.relay(run, status, acknowledge)) live.updates.acknowledged(uuid);
    if (!wasTerminal && run.isTerminal) this.#taskEnded(executor, run);
  }

  messageFrom(executor: ExecutorRecord, data: string): void {
    this.#options.counters.increment('slave/valid_framework_messages');
    if (!executor.isAbandoned) this.#options.onMessage(executor.frameworkId, executor.executorId, data);
  }

  /** Whether it may say anything but SUBSCRIBE. */
  isSubscribed(executor: ExecutorRecord): boolean {
    return this.#liveOf(executor).connection?.isOpen === true;
  }

  /** The framework has acknowledged an update of this task. */
  acknowledged(run: TaskRun, uuid: string): void {
    if (run.host !== undefined) this.#live.get(run.host)?.updates.acknowledged(uuid);
  }

  // --- what the machine tells ---

  exited(executor: ExecutorRecord, exit: ContainerExit): void {
    const { reporter, completion, onExecutorExited } = this.#options;
    const live = this.#liveOf(executor);
    if (!live.isLaunched) {
      live.earlyExit = exit;
      return;
    }
    if (executor.state === 'terminated') return;
    this.#log.info('an executor has ended', { executorId: executor.executorId, status: exit.status });
    executor.state = 'terminated';
    executor.timer?.cancel();
    live.connection?.end();
    this.#live.delete(executor);
    this.#awaited.delete(executor);
    if (!executor.isAbandoned) {
      onExecutorExited(executor.frameworkId, executor.executorId, waitStatus(exit.status));
    }
    const facts = statusOfExecutorEnd(executor, exit);
    for (const run of [...executor.tasks.values()]) {
      run.phase = 'ended';
      if (!run.isTerminal) reporter.report(run, facts);
      completion.completeTask(run);
    }
    completion.completeExecutor(executor);
    this.#tellIfBack();
  }

  /**
   * Takes up the executors of an earlier agent, once the containerizer has looked for their containers. `whenBack` is
   * called when all have subscribed again or were given up.
   */
  resume(executors: readonly ExecutorRecord[], whenBack: () => void): void {
    const { world, options, books } = this.#options;
    this.#whenBack = whenBack;
    for (const executor of executors) {
      const live = this.#liveOf(executor);
      live.isLaunched = true;
      if (executor.state === 'terminated') this.#neverLaunched(executor);
      else if (executor.isAbandoned) {
        executor.state = 'terminating';
        this.#destroy(executor);
      } else if (executor.deadlineMs !== undefined) {
        this.#arm(executor, Math.max(0, executor.deadlineMs - world.clock.nowMs()), () => this.#destroy(executor));
      } else {
        this.#awaited.add(executor);
        const timeoutMs = options.executorReregistrationTimeoutMs;
        const isPartitionAware = books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false;
        this.#arm(executor, timeoutMs, () => this.#giveUp(executor, neverCameBack(timeoutMs, isPartitionAware)));
      }
    }
    this.#tellIfBack();
  }

  /** The agent stops; executors do not. */
  close(): void {
    for (const [executor, { connection }] of this.#live) {
      executor.timer?.cancel();
      connection?.end();
    }
  }

  // --- steps ---

  async #launch(executor: ExecutorRecord): Promise<void> {
    const { launcher, journal, world, options } = this.#options;
    const live = this.#liveOf(executor);
    // A crash must not leave a process of an executor that nobody remembers.
    await executor.checkpointed;
    try {
      if (!executor.isUsable) throw new ContainerError('launch', 'Executor was shut down before it was launched');
      await launcher.launchExecutor(executor);
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      this.#launchFailed(executor, error);
      return;
    }
    live.isLaunched = true;
    if (executor.container !== undefined) {
      void journal.append({ kind: 'container', checkpoint: executor.container });
    }
    if (live.earlyExit !== undefined) this.exited(executor, live.earlyExit);
    else if (executor.state === 'registering') {
      const timeoutMs = options.executorRegistrationTimeoutMs;
      this.#arm(executor, timeoutMs, () => this.#giveUp(executor, neverRegistered(timeoutMs)));
      world.log.debug('an executor was launched', { executorId: executor.executorId });
    }
  }

  #launchFailed(executor: ExecutorRecord, error: ContainerError): void {
    const { books, counters } = this.#options;
    counters.increment('slave/container_launch_errors');
    this.#log.warn('an executor could not be launched', { executorId: executor.executorId, why: error.message });
    const isPartitionAware = books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false;
    executor.ending ??= statusOfLaunchFailure(error, isPartitionAware);
    const live = this.#liveOf(executor);
    live.isLaunched = true;
    this.exited(executor, { containerId: executor.containerId, status: { kind: 'unknown' } });
  }

  /** Its launch was interrupted by the end of an earlier agent; there is no container. */
  #neverLaunched(executor: ExecutorRecord): void {
    const { books, reporter, completion, onExecutorExited } = this.#options;
    const isPartitionAware = books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false;
    this.#live.delete(executor);
    if (!executor.isAbandoned) onExecutorExited(executor.frameworkId, executor.executorId, -1);
    for (const run of [...executor.tasks.values()]) {
      run.phase = 'ended';
      if (!run.isTerminal) reporter.report(run, launchedDuringRestart(isPartitionAware));
      completion.completeTask(run);
    }
    completion.completeExecutor(executor);
  }

  /** With the container's limits raised first; tasks killed meanwhile are skipped. */
  #deliver(executor: ExecutorRecord): void {
    const { background, containerizer, launcher } = this.#options;
    background.run('delivery of tasks', async () => {
      const queued = [...executor.tasks.values()].filter(({ phase }) => phase === 'queued');
      if (queued.length === 0) return;
      // What was not remembered must not run.
      await Promise.all(queued.map(({ checkpointed }) => checkpointed));
      await containerizer.update(executor.containerId, launcher.wants(executor));
      const { connection } = this.#liveOf(executor);
      if (executor.state !== 'running' || connection?.isOpen !== true) return;
      for (const event of launchEvents(executor)) {
        executor.hasBeenUsed = true;
        connection.send(event);
      }
    });
  }

  /** Tasks it was told of when it could not hear: they are lost. */
  #dropUnheardOf(executor: ExecutorRecord, unacknowledged: ReadonlySet<string>): void {
    const { books, reporter } = this.#options;
    const isPartitionAware = books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false;
    for (const run of [...executor.tasks.values()]) {
      if (run.phase !== 'running' || run.state !== 'TASK_STAGING' || unacknowledged.has(run.taskId)) continue;
      reporter.report(run, launchedDuringRestart(isPartitionAware));
      this.#taskEnded(executor, run);
    }
  }

  #killQueued(executor: ExecutorRecord, killed: TaskRun): void {
    const group = [...executor.tasks.values()].filter(
      (run) => run === killed || (killed.groupId !== undefined && run.groupId === killed.groupId),
    );
    for (const run of group) {
      if (run.isTerminal) continue;
      this.#options.reporter.report(run, KILLED_DURING_LAUNCH);
      this.#taskEnded(executor, run);
    }
    const hasMore = [...executor.tasks.values()].some((run) => !run.isTerminal);
    if (!hasMore && !executor.hasBeenUsed) this.shutdown(executor);
  }

  #taskEnded(executor: ExecutorRecord, run: TaskRun): void {
    const { background, containerizer, launcher, completion } = this.#options;
    run.phase = 'ended';
    completion.completeTask(run);
    if (executor.state !== 'running') return;
    background.run('resources of an executor', () =>
      containerizer.update(executor.containerId, launcher.wants(executor)),
    );
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
    this.#giveUp(executor, {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: `Executor was ended: it sent ${what}`,
    });
  }

  #giveUp(executor: ExecutorRecord, ending: StatusFacts): void {
    if (executor.state === 'terminated' || executor.ending !== undefined) return;
    this.#log.warn('an executor is destroyed', { executorId: executor.executorId, why: ending.message });
    executor.ending = ending;
    executor.state = 'terminating';
    const { connection } = this.#liveOf(executor);
    connection?.send({ type: 'ERROR', error: { message: ending.message ?? '' } });
    connection?.end();
    this.#destroy(executor);
  }

  #destroy(executor: ExecutorRecord): void {
    this.#options.killer.destroyContainer(executor.containerId, () => executor.state === 'terminated');
  }

  #replace(live: Live, connection: ExecutorConnection): void {
    live.connection?.end();
    live.connection = connection;
  }

  #arm(executor: ExecutorRecord, delayMs: number, fn: () => void): void {
    executor.timer?.cancel();
    executor.timer = this.#options.world.clock.setTimer(delayMs, fn);
  }

  #tellIfBack(): void {
    if (this.#awaited.size > 0) return;
    const tell = this.#whenBack;
    this.#whenBack = undefined;
    tell?.();
  }

  #liveOf(executor: ExecutorRecord): Live {
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
}

/** Everything that is queued, in order; a group is one event. They count as delivered from now on. */
function launchEvents(executor: ExecutorRecord): Event[] {
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

function killEvent(taskId: string, policy: KillPolicy | undefined): Event {
  return { type: 'KILL', kill: { task_id: { value: taskId }, ...(policy && { kill_policy: policy }) } };
}
