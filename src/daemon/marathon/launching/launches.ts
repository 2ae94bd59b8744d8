// From a match to a task that is to be launched, and back when nothing comes of it (marathon.md 13.2).
import type { Offer, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { MarathonCore } from '../core.ts';
import type { Match } from '../matching/match.ts';
import type { PlacedInstances } from '../matching/placed-instances.ts';
import type { Placements } from '../matching/placements.ts';
import { buildTaskInfo } from '../matching/task-info/build-task-info.ts';
import { type App, configVersionOf } from '../model/app.ts';
import { type Instance, isScheduled, taskIdOf } from '../model/instance.ts';
import { ancestorsOf } from '../model/path-id.ts';
import type { LaunchTokens } from './launch-tokens.ts';
import type { Launcher } from './launcher.ts';
import type { RoundLaunches } from './offer-round.ts';

type Parts = Pick<MarathonCore, 'log' | 'options' | 'groups' | 'instances'>;

/** One token a launch: taken here, given back when the launch is taken back. */
export class Launches implements RoundLaunches {
  readonly #parts: Parts;
  readonly #tokens: LaunchTokens;
  readonly #placements: () => Placements;

  constructor(parts: Parts, tokens: LaunchTokens, placements: () => Placements) {
    this.#parts = parts;
    this.#tokens = tokens;
    this.#placements = placements;
  }

  get tokensLeft(): number {
    return this.#tokens.left;
  }

  placed(app: App): PlacedInstances {
    return this.#placements().of(app);
  }

  /** The present one, as long as its tasks are the same; else the one that the instances came with. */
  definitionOf({ app }: Launcher): App {
    const present = this.#parts.groups.app(app.id);
    const isSame =
      present !== undefined && configVersionOf(present) === configVersionOf(app) && present.role === app.role;
    return isSame ? present : app;
  }

  provision(offer: Offer, launcher: Launcher, app: App, match: Match): TaskInfo | undefined {
    const { instances, log } = this.#parts;
    const instance = this.#next(launcher);
    if (instance === undefined) return undefined;
    const taskId = taskIdOf(instance.id, (instance.task?.incarnation ?? 0) + 1);
    let task: TaskInfo;
    try {
      task = this.#taskInfo(offer, app, taskId, match);
    } catch (error) {
      // Of one app; the others are not to wait for it.
      log.error('a task could not be described', { taskId, error });
      return undefined;
    }
    const agent = { id: offer.agent_id.value, ...match.place };
    const { hostPorts, containerPorts } = match;
    instances.provision(instance.id, { agent, taskId, hostPorts, containerPorts, app });
    this.#tokens.take();
    return task;
  }

  /** Whether the instance of this task is still to run it. */
  isWanted(taskId: string): boolean {
    const instance = this.#parts.instances.byTaskId(taskId);
    return instance?.condition === 'Provisioned' && instance.goal === 'Running';
  }

  /** These were not launched. */
  takeBack(taskIds: readonly string[]): void {
    const { instances } = this.#parts;
    this.#tokens.give(taskIds.length);
    for (const taskId of taskIds) {
      const instance = instances.byTaskId(taskId);
      if (instance !== undefined) instances.unprovision(instance.id, taskId);
    }
  }

  #next(launcher: Launcher): Instance | undefined {
    for (const id of launcher.scheduled) {
      const instance = this.#parts.instances.get(id);
      if (instance !== undefined && isScheduled(instance)) return instance;
    }
    return undefined;
  }

  #taskInfo(offer: Offer, app: App, taskId: string, match: Match): TaskInfo {
    const { options, groups } = this.#parts;
    const top = ancestorsOf(app.id)[1];
    const enforceGroupRole = top !== undefined && groups.root.groups.get(top)?.enforceRole === true;
    return buildTaskInfo({ app, taskId, match, offer, enforceGroupRole, options });
  }
}
