// An instance: one unit of an app's scale, and its task (marathon.md 16). A value: every change makes a new one.
import type { Attribute, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { App } from './app.ts';
import { fromSafePath, type PathId } from './path-id.ts';

/** `<safePath>.instance-<time-based uuid>`. */
export type InstanceId = string & { readonly __brand: 'InstanceId' };

/** What is to become of it. `Stopped` keeps record and reservation; `Decommissioned` is for good. */
export type Goal = 'Running' | 'Stopped' | 'Decommissioned';

/** marathon.md 16.1. */
export type Condition =
  | 'Scheduled'
  | 'Provisioned'
  | 'Staging'
  | 'Starting'
  | 'Running'
  | 'Killing'
  | 'Unreachable'
  | 'UnreachableInactive'
  | 'Error'
  | 'Failed'
  | 'Finished'
  | 'Killed'
  | 'Dropped'
  | 'Gone'
  | 'Unknown';

/** Times are wall-clock milliseconds since 1970. */
export interface Instance {
  readonly id: InstanceId;
  /** The definition that its task runs, or that the next one will. */
  readonly app: App;
  readonly goal: Goal;
  readonly condition: Condition;
  /** When the condition or `healthy` changed last. */
  readonly sinceMs: number;
  /** When the task turned Running. */
  readonly activeSinceMs?: number;
  /** As the agent reported it (checks run by the agent); see health/ for the whole picture. */
  readonly healthy?: boolean;
  /** Absent until the first launch. */
  readonly agent?: InstanceAgent;
  /** The present incarnation, or the last one while the instance waits to be launched again. Absent before the first. */
  readonly task?: InstanceTask;
  /** While Unreachable or UnreachableInactive: since when. */
  readonly unreachableSinceMs?: number;
}

/** Where a task was placed. */
export interface InstanceAgent {
  readonly id: string;
  readonly host: string;
  readonly region?: string;
  readonly zone?: string;
  readonly attributes: readonly Attribute[];
}

/** One Mesos task of an instance. */
export interface InstanceTask {
  /** `<instanceId>._app.<incarnation>`. */
  readonly id: string;
  /** 1 for the first. */
  readonly incarnation: number;
  /** When its launch was decided. */
  readonly stagedAtMs: number;
  readonly startedAtMs?: number;
  /** The last one, without `data`. */
  readonly status?: TaskStatus;
  /** In the order of definition; only of ports that have one on the host. */
  readonly hostPorts: readonly number[];
  /** One number a port mapping: its port inside the container. Absent without mappings. */
  readonly containerPorts?: readonly number[];
}

const TERMINAL: ReadonlySet<Condition> = new Set([
  'Error',
  'Failed',
  'Finished',
  'Killed',
  'Dropped',
  'Gone',
  'Unknown',
]);
const ACTIVE: ReadonlySet<Condition> = new Set([
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
]);

/** Its task is over. */
export function isTerminal({ condition }: Pick<Instance, 'condition'>): boolean {
  return TERMINAL.has(condition);
}

/** It has a task that may be running; counts for capacity. */
export function isActive({ condition }: Pick<Instance, 'condition'>): boolean {
  return ACTIVE.has(condition);
}

/** It waits to be launched, for the first time or again (marathon.md 16.3). */
export function isScheduled({ goal, condition }: Pick<Instance, 'goal' | 'condition'>): boolean {
  return goal === 'Running' && (condition === 'Scheduled' || TERMINAL.has(condition));
}

/** Unreachable, for however long. */
export function isUnreachable({ condition }: Pick<Instance, 'condition'>): boolean {
  return condition === 'Unreachable' || condition === 'UnreachableInactive';
}

/** `<instanceId>._app.<n>`. */
export function taskIdOf(instanceId: InstanceId, incarnation: number): string {
  return `${instanceId}._app.${incarnation}`;
}

// Former ones too: without a word before the uuid, with the name of a pod's container, without a number.
const TASK_ID =
  /^(([^/]+)\.(?:instance-|marathon-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(?:_app|\$anon|[a-z0-9-]*[a-z-][a-z0-9-]*))?(?:\.(\d+))?$/;

/** Whose task it is, as far as the id tells; undefined when Marathon never made such an id (marathon.md 15.1). */
export function parseTaskId(
  taskId: string,
): { readonly appId: PathId; readonly instanceId: InstanceId; readonly incarnation: number } | undefined {
  const match = TASK_ID.exec(taskId);
  if (match === null) return undefined;
  const [, instanceId = '', safe = '', incarnation] = match;
  return {
    appId: fromSafePath(safe),
    instanceId: instanceId as InstanceId,
    incarnation: incarnation === undefined ? 1 : Number(incarnation),
  };
}

/** The app of an instance id. */
export function appIdOf(instanceId: InstanceId): PathId {
  return fromSafePath(instanceId.slice(0, instanceId.lastIndexOf('.')));
}
