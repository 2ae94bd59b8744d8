// `mctl run`: one task, what it writes handed through, and an end as the task ends.
import { type FilesClient, sandboxPath } from '../../client/operator.ts';
import type { FrameworkInfo, Offer, Offer_Operation, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import { volumesOf } from '../reservations/reserved.ts';
import type { ClusterPicture } from '../views/cluster-picture.ts';
import { endingOf } from './ending.ts';
import { followOutput, type OutputFollower } from './follow-output.ts';
import { runnerFramework } from './framework.ts';
import { placeOn, whyWaiting } from './placement.ts';
import { type RunRequest, runTask } from './request.ts';
import { Runner, type RunnerOptions, type Work } from './runner.ts';

/** Which task, on which cluster, and who is told of its progress. */
export interface RunOptions extends RunnerOptions {
  readonly request: RunRequest;
  readonly stdout: (bytes: Uint8Array) => Promise<void> | void;
  readonly stderr: (bytes: Uint8Array) => Promise<void> | void;
  /** The task runs (or has ended already). */
  readonly onRunning?: (agentId: string, frameworkId: string) => void;
}

/** A run under way. */
export type Run = Pick<Runner, 'ended' | 'interrupt' | 'readerGone'>;

/** Returns at once; how it went is told by `ended`. */
export function startRun(options: RunOptions): Run {
  return new OneTask(options).runner;
}

class OneTask implements Work {
  readonly noun = 'task';
  readonly framework: FrameworkInfo;
  readonly taskIds: readonly string[];
  readonly placesCommand: string;
  readonly runner: Runner;
  readonly #options: RunOptions;
  #agentId = '';
  #follower: OutputFollower | undefined;
  #isRunning = false;

  constructor(options: RunOptions) {
    const { request, world } = options;
    this.#options = options;
    this.taskIds = [request.taskId];
    this.placesCommand = request.volumes.length > 0 ? 'mctl volume list' : 'mctl agent list -o wide';
    this.framework = runnerFramework({
      name: `mctl run ${request.name}`,
      user: request.user,
      role: request.role,
      hostname: world.host.hostname,
      takesGpus: request.gpus > 0,
      takesShared: request.volumes.some(({ isShared }) => isShared),
    });
    this.runner = new Runner(options, this);
  }

  launchIn(offer: Offer): Offer_Operation | undefined {
    const { request } = this.#options;
    const resources = placeOn(request, offer);
    if (resources === undefined) return undefined;
    return { type: 'LAUNCH', launch: { task_infos: [runTask(request, offer.agent_id.value, resources)] } };
  }

  placed({ agent_id }: Offer, files: FilesClient): void {
    const { world, request, stdout, stderr } = this.#options;
    this.#agentId = agent_id.value;
    const sandbox = sandboxPath(this.runner.frameworkId, request.taskId);
    this.#follower = followOutput(files, world.clock, [
      { path: `${sandbox}/stdout`, write: stdout },
      { path: `${sandbox}/stderr`, write: stderr },
    ]);
  }

  unplaced(): void {
    this.stop();
  }

  update(status: TaskStatus): void {
    if (isTerminalState(status.state)) {
      void this.runner.end(endingOf(status), () => this.#conclude(status));
      return;
    }
    void this.runner.acknowledge(status);
    if (status.state === 'TASK_UNREACHABLE')
      this.#options.say('The agent cannot be reached; waiting for it to come back.');
    if (status.state === 'TASK_RUNNING') this.#announce();
  }

  whyWaiting(picture: ClusterPicture): string {
    const { request } = this.#options;
    return whyWaiting(request, picture.agents, request.volumes.length === 0 ? [] : volumesOf(picture));
  }

  goesOn(isPlaced: boolean): string {
    return isPlaced ? 'The task goes on.' : '';
  }

  stop(): void {
    this.#follower?.stop();
  }

  #announce(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#options.onRunning?.(this.#agentId, this.runner.frameworkId);
  }

  async #conclude(status: TaskStatus): Promise<void> {
    const ranAtAll = this.#isRunning;
    this.#announce();
    const isWhole = ranAtAll ? ((await this.#follower?.finish()) ?? true) : true;
    this.stop();
    if (!isWhole) this.#options.say("The end of the task's output could not be read from its agent.");
    await this.runner.acknowledge(status);
  }
}
