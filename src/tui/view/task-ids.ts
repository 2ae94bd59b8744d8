// What a task's id tells: its key in the view, and the app it belongs to when Marathon has made it (marathon.md 15.1).

const INSTANCE = /\.(?:instance-|marathon-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:\.|$)/;

/** Unique in the cluster: ids of frameworks have no slash. */
export function taskKey(frameworkId: string, taskId: string): string {
  return `${frameworkId}/${taskId}`;
}

/** `/group/app` of `group_app.instance-<uuid>._app.1` and its older forms; undefined when the id is none of those. */
export function appOfTaskId(taskId: string): string | undefined {
  const end = taskId.search(INSTANCE);
  return end <= 0 ? undefined : `/${taskId.slice(0, end).replaceAll('_', '/')}`;
}

const ENDED: ReadonlySet<string> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Over for good (mesos-semantics.md 5.1); unreachable and unknown are not. */
export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

const FAILED: ReadonlySet<string> = new Set(['TASK_FAILED', 'TASK_ERROR', 'TASK_LOST', 'TASK_DROPPED', 'TASK_GONE']);

/** Over, and not because somebody wanted it so. */
export function hasFailed(state: string): boolean {
  return FAILED.has(state);
}

/** Something about it wants looking at: it failed, is out of sight, or its health check fails. */
export function isTaskInTrouble(task: { readonly state: string; readonly healthy: boolean | undefined }): boolean {
  return (
    hasFailed(task.state) ||
    task.state === 'TASK_UNREACHABLE' ||
    task.state === 'TASK_UNKNOWN' ||
    (task.healthy === false && !hasEnded(task.state))
  );
}
