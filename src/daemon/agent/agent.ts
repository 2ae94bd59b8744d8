// The agent as a whole: its state, and what it tells its master (mesos-semantics.md 8.6). Decisions about tasks are the
// supervisor's, about the connection the link's.
import type { Event, Event_Subscribed } from '../../mesos/generated/agent_protocol.ts';
import type { MasterInfo, TaskStatus } from '../../mesos/generated/v1.ts';
import { uuidBase64 } from '../../mesos/uuid.ts';
import type { Timer } from '../../world/world.ts';
import { forgetLatest, writeRecord } from './checkpoint/agent-record.ts';
import type { AgentContext } from './context.ts';
import type { ExecutorCalls } from './executors/custom/executor-calls.ts';
import { scheduleLeftovers } from './gc/leftovers.ts';
import type { OperatorContainers } from './operator/operator-containers.ts';
import { AgentStartError, expectedContainers, recoverBooks } from './recovery.ts';
import type { MasterDetector } from './registration/detector.ts';
import { dispatch } from './registration/dispatch.ts';
import { MasterLink } from './registration/master-link.ts';
import { subscription } from './registration/subscription.ts';
import { ResourcesLackingError } from './resources/agent-resources.ts';
import { openTaskWork, type TaskWork } from './task-work.ts';
import { StatusUpdates } from './updates/status-updates.ts';

/**
 * - `RECOVERING`: takes over from an earlier agent; answers nothing.
 * - `DISCONNECTED`: no master has it; tasks run on.
 * - `RUNNING`: registered.
 * - `TERMINATING`: shuts everything down and ends.
 */
export type AgentState = 'RECOVERING' | 'DISCONNECTED' | 'RUNNING' | 'TERMINATING';

/** Events that may wait for the first checkpoint of a new agent. */
const MAX_WAITING_EVENTS = 10_000;
/** A shutdown does not wait longer for tasks than this beyond their own grace. */
const SHUTDOWN_LIMIT_MS = 60_000;
/** Nor for the master to take the goodbye. */
const GOODBYE_LIMIT_MS = 2_000;

/** `code`: exit code of the process. */
export interface AgentEnd {
  readonly code: number;
  readonly reason: string;
}

/** One per agent process. `onEnd` is called when that must end. */
export class Agent {
  readonly #context: AgentContext;
  readonly #operators: OperatorContainers;
  readonly #link: MasterLink;
  readonly #updates: StatusUpdates;
  readonly #resourceVersion: string;
  readonly #onEnd: (end: AgentEnd) => void;
  #state: AgentState = 'RECOVERING';
  #agentId: string | undefined;
  #work: TaskWork | undefined;
  #master: MasterInfo | undefined;
  #waiting: Event[] = [];
  #recoverySeconds = 0;
  #shutdownReason: string | undefined;
  #shutdownTimer: Timer | undefined;
  #isFinishing = false;
  #hasRecoveredState = false;

  constructor(
    context: AgentContext,
    operators: OperatorContainers,
    detector: MasterDetector,
    onEnd: (end: AgentEnd) => void,
  ) {
    const { world, options } = context;
    this.#context = context;
    this.#operators = operators;
    this.#onEnd = onEnd;
    this.#resourceVersion = uuidBase64(world.random.uuid());
    this.#updates = new StatusUpdates({
      clock: world.clock,
      forward: (frameworkId, status) => this.#forward(frameworkId, status),
    });
    this.#link = new MasterLink({
      world,
      detector,
      backOffFactorMs: options.registrationBackoffFactorMs,
      handler: {
        subscription: () => subscription(context, this.#agentId, this.#resourceVersion),
        registered: (subscribed) => this.#registered(subscribed),
        event: (event) => this.#event(event),
        disconnected: (why) => this.#disconnected(why),
      },
    });
  }

  get state(): AgentState {
    return this.#state;
  }

  /** Undefined until a master has given one. */
  get agentId(): string | undefined {
    return this.#agentId;
  }

  /** The master that has this agent, or had it last. */
  get master(): MasterInfo | undefined {
    return this.#master;
  }

  get recoverySeconds(): number {
    return this.#recoverySeconds;
  }

  /** Takes over from the agent before; then looks for the master. Throws AgentStartError, CheckpointError, DiskError. */
  async start(): Promise<void> {
    const { world, containerizer, collector, options, draining, oversubscription } = this.#context;
    const startedMs = world.clock.monotonicMs();
    this.#agentId = await recoverBooks(this.#context);
    await this.#recoverResources(this.#agentId);
    if (this.#agentId !== undefined) {
      await draining.recover(this.#agentId);
      this.#work = await this.#openWork(this.#agentId);
    }
    const ofTasks = expectedContainers(this.#context);
    await containerizer.recover([...ofTasks, ...(await this.#operators.recover(ofTasks))]);
    collector.start();
    oversubscription.start((containerId) => this.#work?.preemption.preempt(containerId));
    this.#scheduleLeftovers();
    this.#hasRecoveredState = true;
    const begin = (): void => {
      this.#recoverySeconds = (world.clock.monotonicMs() - startedMs) / 1000;
      if (this.#state !== 'RECOVERING') return;
      if (options.recover === 'cleanup') this.#terminate('--recover=cleanup: every task has been killed');
      else {
        this.#state = 'DISCONNECTED';
        this.#link.start();
      }
    };
    // Not before custom executors had their time to come back (mesos-semantics.md 8.4).
    if (this.#work === undefined) begin();
    else {
      this.#work.supervisor.resume(begin);
      if (draining.config !== undefined) this.#work.supervisor.drain();
    }
  }

  /** Who answers custom executors; undefined as long as there can be none. */
  get executors(): ExecutorCalls | undefined {
    return this.#work?.calls;
  }

  /** False while it is not known yet what an earlier agent left. */
  get hasRecoveredState(): boolean {
    return this.#hasRecoveredState;
  }

  /** Says goodbye for good: the master counts all tasks here as lost, they are stopped, and the agent ends. */
  unregister(): void {
    if (this.#state === 'TERMINATING') return;
    this.#link.send({ type: 'UNREGISTER' });
    this.#terminate('the agent was asked to unregister');
  }

  /** Leaves tasks alone and closes everything else. */
  async stop(): Promise<void> {
    const { collector, containerizer, resources, oversubscription } = this.#context;
    this.#shutdownTimer?.cancel();
    oversubscription.stop();
    this.#link.stop();
    this.#updates.pause();
    resources.pause();
    collector.stop();
    this.#work?.supervisor.close();
    await this.#work?.journal.close();
    await containerizer.close();
    await this.#operators.settled();
  }

  // --- the link's questions and news ---

  #registered(subscribed: Event_Subscribed): void {
    const { background, world } = this.#context;
    const agentId = subscribed.agent_id.value;
    this.#master = subscribed.master_info;
    if (this.#state === 'TERMINATING') return;
    if (this.#agentId === undefined) {
      this.#agentId = agentId;
      background.run('first checkpoint', () => this.#settle(agentId, subscribed));
    } else if (this.#agentId !== agentId) {
      const reason = `the master gave the id ${agentId} to this agent, which is ${this.#agentId}`;
      world.log.error('registered as another agent', { reason });
      this.#end(1, reason);
    } else if (this.#work !== undefined) this.#running(subscribed);
  }

  /** A new agent: nothing is taken from the master before its id is durable. */
  async #settle(agentId: string, subscribed: Event_Subscribed): Promise<void> {
    const { world, layout, info, bootId } = this.#context;
    await writeRecord(world.disk, layout, agentId, { info: { ...info, id: { value: agentId } }, bootId });
    this.#work = await this.#openWork(agentId);
    this.#scheduleLeftovers();
    if (this.#link.isRegistered && this.#state !== 'TERMINATING') this.#running(subscribed);
  }

  #running(subscribed: Event_Subscribed): void {
    const { world, resources } = this.#context;
    this.#state = 'RUNNING';
    world.log.info('registered', { agentId: this.#agentId, master: this.#master?.id });
    for (const { framework_id, task_ids = [], partition_aware } of subscribed.reconciliations ?? []) {
      const taskIds = task_ids.map(({ value }) => value);
      this.#work?.supervisor.reconcile(framework_id.value, taskIds, partition_aware ?? false);
    }
    for (const operation of subscribed.dropped_operations ?? []) resources.dropped(operation);
    this.#updates.resume();
    resources.resume();
    this.#work?.drain(subscribed.drain_config);
    for (const event of this.#waiting.splice(0)) this.#event(event);
  }

  #disconnected(why: string): void {
    this.#context.world.log.warn('disconnected from the master', { why });
    this.#updates.pause();
    this.#context.resources.pause();
    this.#waiting = [];
    if (this.#state === 'RUNNING') this.#state = 'DISCONNECTED';
  }

  #event(event: Event): void {
    if (event.type === 'SHUTDOWN') {
      this.#terminate(`the master asked for it: ${event.shutdown?.message ?? 'no reason given'}`);
    } else if (this.#state === 'RUNNING') {
      if (this.#work !== undefined) dispatch(this.#context, this.#work, event);
    } else if (this.#state === 'TERMINATING') return;
    else if (this.#waiting.length < MAX_WAITING_EVENTS) this.#waiting.push(event);
    else this.#link.reconnect('too many events before the first checkpoint');
  }

  async #recoverResources(agentId: string | undefined): Promise<void> {
    const { resources, layout } = this.#context;
    try {
      await resources.recover(agentId, {
        operation: (operation) => this.#link.send({ type: 'UPDATE_OPERATION', update_operation: { operation } }),
        total: () => {
          const total_resources = resources.total.toMessages();
          this.#link.send({ type: 'UPDATE_AGENT', update_agent: { total_resources } });
        },
      });
    } catch (cause) {
      if (!(cause instanceof ResourcesLackingError)) throw cause;
      const remedy = `start it with as much as before, or remove ${layout.metaResources} to give up reservations and volumes`;
      throw new AgentStartError('incompatible', `${cause.message}: ${remedy}`, { cause });
    }
  }

  #messageToFramework(frameworkId: string, executorId: string, data: string): void {
    const ids = { framework_id: { value: frameworkId }, executor_id: { value: executorId } };
    this.#link.send({ type: 'MESSAGE', message: { ...ids, data } });
  }

  #forward(frameworkId: string, status: TaskStatus): void {
    const run = this.#context.books.run(frameworkId, status.task_id.value);
    if (run !== undefined) run.forwarded = { state: status.state, uuid: status.uuid ?? '' };
    const latest_state = run?.state ?? status.state;
    this.#link.send({ type: 'UPDATE', update: { framework_id: { value: frameworkId }, status, latest_state } });
  }

  #executorExited(frameworkId: string, executorId: string, status: number): void {
    const ids = { framework_id: { value: frameworkId }, executor_id: { value: executorId } };
    this.#link.send({ type: 'EXITED_EXECUTOR', exited_executor: { ...ids, status } });
  }

  // --- the end ---

  /** Stops all tasks, forgets the id, ends. */
  #terminate(reason: string): void {
    const { world } = this.#context;
    if (this.#state === 'TERMINATING') return;
    this.#state = 'TERMINATING';
    this.#shutdownReason = reason;
    world.log.warn('shutting down', { reason });
    this.#link.leave();
    this.#shutdownTimer = world.clock.setTimer(SHUTDOWN_LIMIT_MS, () => this.#finish());
    if (this.#work === undefined) this.#finish();
    else this.#work.supervisor.shutdown();
  }

  #idle(): void {
    if (this.#state === 'TERMINATING') this.#finish();
    else if (this.#agentId !== undefined) this.#context.draining.end(this.#agentId);
  }

  #finish(): void {
    const { background, world, layout } = this.#context;
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    background.run('forget the agent id', async () => {
      await forgetLatest(world.disk, layout);
      await Promise.race([this.#link.flushed(), world.clock.sleep(GOODBYE_LIMIT_MS)]);
      this.#end(0, this.#shutdownReason ?? '');
    });
  }

  #end(code: number, reason: string): void {
    this.#onEnd({ code, reason });
  }

  #openWork(agentId: string): Promise<TaskWork> {
    return openTaskWork(this.#context, this.#updates, agentId, {
      onExecutorExited: (frameworkId, executorId, status) => this.#executorExited(frameworkId, executorId, status),
      onMessage: (frameworkId, executorId, data) => this.#messageToFramework(frameworkId, executorId, data),
      onIdle: () => this.#idle(),
      onJournalFailure: (error) => {
        this.#context.world.log.error('the checkpoint cannot be written', { error });
        this.#end(1, 'the checkpoint cannot be written');
      },
    });
  }

  #scheduleLeftovers(): void {
    const { background, world, layout, books, collector } = this.#context;
    const agentId = this.#agentId;
    if (agentId === undefined) return;
    background.run('search for old sandboxes', () => scheduleLeftovers(world.disk, layout, agentId, books, collector));
  }
}
