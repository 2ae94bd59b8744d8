// What becomes of an instance when time passes or its task's status changes (marathon.md 16.1, 16.3, 16.4). Pure: the
// book keeps what is answered here, and nobody else decides about conditions.
import { isDeepStrictEqual } from 'node:util';
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import type { UnreachableStrategy } from '../model/app.ts';
import { type Condition, type Instance, type InstanceTask, isTerminal, isUnreachable } from '../model/instance.ts';
import { conditionOf } from './conditions.ts';

/**
 * - `update`: `instance` is the new value; `isOver`: its record goes right after.
 * - `ignore`: nothing new.
 * - `kill`: the task runs and should not: it is of an earlier launch, or was given up.
 */
export type Transition =
  | { readonly kind: 'update'; readonly instance: Instance; readonly isOver: boolean }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'kill' };

const IGNORE: Transition = { kind: 'ignore' };
/** Of a task that has run, news of these is old. */
const BEFORE_RUNNING: ReadonlySet<Condition> = new Set(['Staging', 'Starting']);
const HAS_RUN: ReadonlySet<Condition> = new Set(['Running', 'Killing']);
/** Ends that Mesos only concludes: such a task may turn up again. */
const CONCLUDED: ReadonlySet<Condition> = new Set(['Unknown', 'Gone', 'Dropped']);

/** `status` is of some task of this instance, the present one or an earlier one. */
export function withStatus(instance: Instance, status: TaskStatus, nowMs: number): Transition {
  const { task } = instance;
  const condition = conditionOf(status);
  const isPresent = task !== undefined && task.id === status.task_id.value && instance.condition !== 'Scheduled';
  if (!isPresent) return mayRun(condition) ? { kind: 'kill' } : IGNORE;
  if (isTerminal(instance)) {
    // Late news of a task that has ended is stale; but one that was only thought to have, and lives, would be forgotten.
    return CONCLUDED.has(instance.condition) && mayRun(condition) ? { kind: 'kill' } : IGNORE;
  }
  // The agent sends again what nobody acknowledged, also when the master has told meanwhile that the task runs.
  if (BEFORE_RUNNING.has(condition) && HAS_RUN.has(instance.condition)) return IGNORE;
  if (condition === 'Unreachable') return turnedUnreachable(instance, task, status, nowMs);
  const kept = keptStatus(status, task.status);
  const healthy = condition === 'Running' ? kept.healthy : undefined;
  const isSame = condition === instance.condition && healthy === instance.healthy;
  if (isSame && !tellsMore(kept, task.status)) return IGNORE;
  const isRunning = condition === 'Running';
  const { healthy: _, unreachableSinceMs: __, ...rest } = instance;
  const updated: Instance = {
    ...rest,
    condition,
    sinceMs: isSame ? instance.sinceMs : nowMs,
    ...(healthy !== undefined && { healthy }),
    ...(isRunning && instance.activeSinceMs === undefined && { activeSinceMs: nowMs }),
    task: { ...task, ...(isRunning && task.startedAtMs === undefined && { startedAtMs: nowMs }), status: kept },
  };
  return { kind: 'update', instance: updated, isOver: isTerminal(updated) && updated.goal === 'Decommissioned' };
}

/** A status of a task that no instance is known of: whether it has to be killed (marathon.md 16.5). */
export function mayRun(condition: Condition): boolean {
  return !isTerminal({ condition }) && condition !== 'Unreachable';
}

function turnedUnreachable(instance: Instance, task: InstanceTask, status: TaskStatus, nowMs: number): Transition {
  // Told again, e.g. by a reconciliation: it is unreachable since the first time.
  const sinceMs = instance.unreachableSinceMs ?? Math.min(unreachableSince(status) ?? nowMs, nowMs);
  const { healthy: _, ...rest } = instance;
  const updated: Instance = {
    ...rest,
    condition: 'Unreachable',
    sinceMs: nowMs,
    unreachableSinceMs: sinceMs,
    task: { ...task, status: keptStatus(status, task.status) },
  };
  // It cannot be killed; when it comes back it is unknown, and killed then (marathon.md 16.6).
  if (instance.goal === 'Decommissioned') return { kind: 'update', instance: updated, isOver: true };
  const due = unreachableFor(nowMs - sinceMs, instance.app.unreachableStrategy);
  if (due === 'expunge') return { kind: 'update', instance: updated, isOver: true };
  const condition = due === 'inactive' ? 'UnreachableInactive' : 'Unreachable';
  // Re-sent, and the clock is left to the deadlines of unreachable.ts: an inactive one stays so.
  if (isUnreachable(instance) && (condition === instance.condition || instance.condition === 'UnreachableInactive')) {
    return IGNORE;
  }
  return { kind: 'update', instance: { ...updated, condition }, isOver: false };
}

function unreachableSince(status: TaskStatus): number | undefined {
  const nanoseconds = status.unreachable_time?.nanoseconds;
  return nanoseconds === undefined ? undefined : Math.floor(nanoseconds / 1e6);
}

/** What an instance is due for that has been unreachable for so long. */
export function unreachableFor(elapsedMs: number, strategy: UnreachableStrategy): 'expunge' | 'inactive' | 'nothing' {
  if (strategy === 'disabled') return 'nothing';
  if (elapsedMs >= strategy.expungeAfterSeconds * 1000) return 'expunge';
  return elapsedMs >= strategy.inactiveAfterSeconds * 1000 ? 'inactive' : 'nothing';
}

/** Milliseconds of being unreachable at which `unreachableFor` next says something else; undefined: never. */
export function nextUnreachableMs(condition: Condition, strategy: UnreachableStrategy): number | undefined {
  if (strategy === 'disabled') return undefined;
  const { inactiveAfterSeconds, expungeAfterSeconds } = strategy;
  return (
    1000 * (condition === 'Unreachable' ? Math.min(inactiveAfterSeconds, expungeAfterSeconds) : expungeAfterSeconds)
  );
}

/** Unreachable for too long to count any more. */
export function becameInactive(instance: Instance, nowMs: number): Instance {
  return { ...instance, condition: 'UnreachableInactive', sinceMs: nowMs };
}

/** What is shown of a message (marathon.md 15.5), and stored with the instance: a record has to fit the store. */
const MAX_MESSAGE_CHARACTERS = 10_000;
const MAX_STATUS_CHARACTERS = 64 * 1024;

/**
 * What is kept of a status: neither `data` nor what only the delivery needs. What the master makes up knows less than
 * the agent told before (addresses, checks, health), so that stays.
 */
export function keptStatus(status: TaskStatus, before?: TaskStatus): TaskStatus {
  const { task_id, state, agent_id, timestamp, source, reason, unreachable_time, message } = status;
  const small: TaskStatus = {
    task_id,
    state,
    ...(agent_id && { agent_id }),
    ...(timestamp !== undefined && { timestamp }),
    ...(source && { source }),
    ...(reason && { reason }),
    ...(unreachable_time && { unreachable_time }),
    ...(message !== undefined && { message: message.slice(0, MAX_MESSAGE_CHARACTERS) }),
  };
  const healthy = status.healthy ?? (source === 'SOURCE_MASTER' ? before?.healthy : undefined);
  const containerStatus = status.container_status ?? before?.container_status;
  const checkStatus = status.check_status ?? before?.check_status;
  const whole: TaskStatus = {
    ...small,
    ...(healthy !== undefined && { healthy }),
    ...(containerStatus && { container_status: containerStatus }),
    ...(checkStatus && { check_status: checkStatus }),
  };
  if (JSON.stringify(whole).length <= MAX_STATUS_CHARACTERS) return whole;
  return { ...small, ...(healthy !== undefined && { healthy }) };
}

function tellsMore(status: TaskStatus, before: TaskStatus | undefined): boolean {
  return (
    before === undefined ||
    status.state !== before.state ||
    status.healthy !== before.healthy ||
    isReportOfProbe(status, before) ||
    !isDeepStrictEqual(status.check_status, before.check_status) ||
    !isDeepStrictEqual(status.container_status, before.container_status)
  );
}

/** The agent tells of each failed probe, and health/ counts them. */
function isReportOfProbe({ reason, timestamp }: TaskStatus, before: TaskStatus): boolean {
  const isSentAgain = reason === before.reason && timestamp === before.timestamp;
  return reason === 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED' && !isSentAgain;
}
