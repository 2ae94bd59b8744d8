// The scheduler's calls as functions (mesos-api.md 4.3), on top of one that sends any call.
import type { Call } from '../../mesos/generated/scheduler.ts';
import type { Filters, FrameworkInfo, Offer_Operation, TaskStatus } from '../../mesos/generated/v1.ts';
import type { CallOutcome } from './errors.ts';

/**
 * Each resolves when the master has answered, which for most calls says that it was received, not that it took effect.
 */
export abstract class SchedulerCalls {
  abstract call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome>;

  /** Uses offers of one agent and one role; no operations = declines them. */
  accept(offerIds: readonly string[], operations: readonly Offer_Operation[], filters?: Filters): Promise<CallOutcome> {
    const offer_ids = offerIds.map((value) => ({ value }));
    return this.call({
      type: 'ACCEPT',
      accept: { offer_ids, operations: [...operations], ...(filters && { filters }) },
    });
  }

  decline(offerIds: readonly string[], filters?: Filters): Promise<CallOutcome> {
    const offer_ids = offerIds.map((value) => ({ value }));
    return this.call({ type: 'DECLINE', decline: { offer_ids, ...(filters && { filters }) } });
  }

  /** Wants offers again and forgets all filters; of these roles, or of all. */
  revive(roles: readonly string[] = []): Promise<CallOutcome> {
    return this.call({ type: 'REVIVE', ...(roles.length > 0 && { revive: { roles: [...roles] } }) });
  }

  /** Wants no offers; for these roles, or for all. */
  suppress(roles: readonly string[] = []): Promise<CallOutcome> {
    return this.call({ type: 'SUPPRESS', ...(roles.length > 0 && { suppress: { roles: [...roles] } }) });
  }

  kill(taskId: string, agentId?: string, gracePeriodMs?: number): Promise<CallOutcome> {
    return this.call({
      type: 'KILL',
      kill: {
        task_id: { value: taskId },
        ...(agentId !== undefined && { agent_id: { value: agentId } }),
        ...(gracePeriodMs !== undefined && { kill_policy: { grace_period: { nanoseconds: gracePeriodMs * 1e6 } } }),
      },
    });
  }

  /**
   * Tells the agent that this update has been taken in; until then it is sent again. Updates that the master made up
   * have no uuid and want no acknowledgement (mesos-api.md 17.23): nothing is sent for them.
   */
  acknowledge(status: TaskStatus): Promise<CallOutcome> {
    if (status.uuid === undefined || status.uuid === '' || status.agent_id === undefined)
      return Promise.resolve({ ok: true });
    const { agent_id, task_id, uuid } = status;
    return this.call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
  }

  /** Asks for the state of these tasks, or with none of all tasks the master knows of us; the answers are UPDATE events. */
  reconcile(tasks: readonly { readonly taskId: string; readonly agentId?: string }[] = []): Promise<CallOutcome> {
    return this.call({
      type: 'RECONCILE',
      reconcile: {
        tasks: tasks.map(({ taskId, agentId }) => ({
          task_id: { value: taskId },
          ...(agentId !== undefined && { agent_id: { value: agentId } }),
        })),
      },
    });
  }

  shutdownExecutor(executorId: string, agentId: string): Promise<CallOutcome> {
    return this.call({
      type: 'SHUTDOWN',
      shutdown: { executor_id: { value: executorId }, agent_id: { value: agentId } },
    });
  }

  /** Best effort. `data` is base64. */
  message(executorId: string, agentId: string, data: string): Promise<CallOutcome> {
    return this.call({
      type: 'MESSAGE',
      message: { agent_id: { value: agentId }, executor_id: { value: executorId }, data },
    });
  }

  updateFramework(framework: FrameworkInfo, suppressedRoles: readonly string[] = []): Promise<CallOutcome> {
    return this.call({
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: framework, suppressed_roles: [...suppressedRoles] },
    });
  }
}
