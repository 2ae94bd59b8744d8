// The TaskInfo of an instance (marathon.md 15.2).
import type { Offer, TaskInfo } from '../../../../mesos/generated/v1.ts';
import type { Random } from '../../../../world/world.ts';
import type { App } from '../../model/app.ts';
import type { Match } from '../match.ts';

/** Members named as the flags they come from. */
export interface TaskOptions {
  readonly envVarsPrefix: string | undefined;
  readonly mesosBridgeName: string;
  /** Of apps that name none; `//cmd` = none of its own. */
  readonly executor: string;
}

/** One launch. */
export interface TaskLaunch {
  readonly app: App;
  readonly taskId: string;
  readonly match: Pick<Match, 'resources' | 'executorResources' | 'ports' | 'place'>;
  readonly offer: Pick<Offer, 'agent_id' | 'framework_id'>;
  /** Whether the app's top-level group makes its name the role of its services (marathon.md 5.2). */
  readonly enforceGroupRole: boolean;
  readonly options: TaskOptions;
  /** For container ports that the app leaves open and that have no host port. */
  readonly random: Pick<Random, 'integer'>;
}

/** Complete, ready for a LAUNCH operation. */
export function buildTaskInfo(_launch: TaskLaunch): TaskInfo {
  throw new Error('comes within the hour');
}
