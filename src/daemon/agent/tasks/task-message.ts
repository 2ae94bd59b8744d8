// The v1 Task message of a run: what the master is told at registration and what GET_TASKS shows.
import type { Task } from '../../../mesos/generated/v1.ts';
import { healthCheckWithoutSecretValues, withoutSecretValues } from '../../../mesos/secrets.ts';
import type { TaskRun } from './task-run.ts';

/** `executor_id` stays out for command tasks; `user` only where the command names one. */
export function taskMessage(run: TaskRun): Task {
  const { info } = run;
  const user = info.command?.user ?? info.executor?.command?.user;
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: run.frameworkId },
    ...(run.host && { executor_id: run.host.info.executor_id }),
    agent_id: { value: run.agentId },
    state: run.state,
    ...(info.resources && { resources: info.resources }),
    ...(run.statuses.length > 0 && { statuses: [...run.statuses] }),
    ...(run.forwarded && { status_update_state: run.forwarded.state, status_update_uuid: run.forwarded.uuid }),
    ...(info.labels && { labels: info.labels }),
    ...(info.discovery && { discovery: info.discovery }),
    ...(info.container && { container: withoutSecretValues(info.container) }),
    ...(user !== undefined && { user }),
    ...(info.health_check && { health_check: healthCheckWithoutSecretValues(info.health_check) }),
    ...(info.kill_policy && { kill_policy: info.kill_policy }),
    ...(info.limits && { limits: info.limits }),
  };
}
