// `mctl pod run`: one task group. Shows what its tasks write and how they do, and ends when the last of them has.
import { type FilesClient, sandboxPath } from '../../client/operator.ts';
import type { FrameworkInfo, Offer, Offer_Operation, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import { EXIT } from '../exit-codes.ts';
import { type Ending, endingOf } from '../run/ending.ts';
import { followOutput, type OutputFollower } from '../run/follow-output.ts';
import { runnerFramework } from '../run/framework.ts';
import { whyWaiting } from '../run/placement.ts';
import { Runner, type RunnerOptions, type Work } from '../run/runner.ts';
import type { ClusterPicture } from '../views/cluster-picture.ts';
import { podOperation, podWants } from './group.ts';
import { LinePrefix } from './line-prefix.ts';
import type { PodRequest, PodTask } from './pod-file.ts';

/** Which pod, on which cluster, and who is told of its progress. */
export interface RunPodOptions extends RunnerOptions {
  readonly pod: PodRequest;
  readonly stdout: (bytes: Uint8Array) => Promise<void> | void;
  readonly stderr: (bytes: Uint8Array) => Promise<void> | void;
}

/** A pod under way. */
export interface PodRun {
  /** Exit code: that of the first task that did not finish well, else 0. Rejects with Problem when it could not be run. */
  readonly ended: Promise<number>;
  /** First call: asks the tasks to end. Second: gives up waiting, and all goes with the framework. */
  interrupt(exitCode: number): void;
}

/** Returns at once. */
export function startPod(options: RunPodOptions): PodRun {
  const { runner } = new TaskGroup(options);
  return { ended: runner.ended.then(({ exitCode }) => exitCode), interrupt: (code) => runner.interrupt(code) };
}

class TaskGroup implements Work {
  readonly noun = 'pod';
  readonly framework: FrameworkInfo;
  readonly taskIds: readonly string[];
  readonly placesCommand = 'mctl agent list -o wide';
  readonly runner: Runner;
  readonly #options: RunPodOptions;
  readonly #states = new Map<string, string>();
  readonly #health = new Map<string, boolean>();
  readonly #followers = new Map<string, OutputFollower>();
  /** Of the agent it was placed on. */
  #files: FilesClient | undefined;
  /** Of the first task that did not end well. */
  #bad: Ending | undefined;
  #ends = 0;

  constructor(options: RunPodOptions) {
    const { pod, world } = options;
    this.#options = options;
    this.taskIds = pod.tasks.map(({ taskId }) => taskId);
    this.framework = runnerFramework({
      name: `mctl pod ${pod.name}`,
      user: pod.user,
      role: pod.role,
      hostname: world.host.hostname,
      takesGpus: false,
    });
    this.runner = new Runner(options, this);
  }

  launchIn(offer: Offer, frameworkId: string): Offer_Operation | undefined {
    return podOperation(this.#options.pod, offer, frameworkId);
  }

  placed({ hostname }: Offer, files: FilesClient): void {
    const { pod, say } = this.#options;
    this.#files = files;
    say(`On ${hostname}: ${pod.tasks.map(({ name }) => name).join(', ')}.`);
  }

  unplaced(): void {
    this.#files = undefined;
  }

  update(status: TaskStatus): void {
    void this.runner.acknowledge(status);
    const task = this.#options.pod.tasks.find(({ taskId }) => taskId === status.task_id.value);
    if (task === undefined) return;
    const shown = status.state.slice('TASK_'.length).toLowerCase();
    const isNews = this.#states.get(task.taskId) !== status.state;
    this.#states.set(task.taskId, status.state);
    if (status.state === 'TASK_RUNNING') this.#follow(task, status);
    this.#sayHealth(task, status);
    if (isNews && shown !== 'starting') {
      const because = isTerminalState(status.state) && status.message ? ` (${status.message.split('\n', 1)[0]})` : '';
      this.#options.say(`${task.name} ${shown}${because}`);
    }
    if (!isTerminalState(status.state)) return;
    if (status.state !== 'TASK_FINISHED') this.#bad ??= endingOf(status);
    void this.#taskOver(task);
  }

  whyWaiting({ agents }: ClusterPicture): string {
    return whyWaiting(podWants(this.#options.pod), agents);
  }

  goesOn(isPlaced: boolean): string {
    return isPlaced ? 'The pod goes on.' : '';
  }

  stop(): void {
    for (const follower of this.#followers.values()) follower.stop();
  }

  /** Why it will be killed is said by no later status. */
  #sayHealth({ taskId, name }: PodTask, { healthy, message }: TaskStatus): void {
    if (healthy === undefined || healthy === this.#health.get(taskId)) return;
    this.#health.set(taskId, healthy);
    const because = message && !healthy ? ` (${message.split('\n', 1)[0]})` : '';
    this.#options.say(`${name} ${healthy ? 'is healthy' : `fails its health check${because}`}`);
  }

  async #taskOver(task: PodTask): Promise<void> {
    await this.#followers.get(task.taskId)?.finish();
    this.#ends += 1;
    if (this.#ends < this.taskIds.length) return;
    await this.runner.end(this.#bad ?? { exitCode: EXIT.ok, words: undefined });
  }

  /** Its own sandbox is found by the container that the status names. */
  #follow(task: PodTask, status: TaskStatus): void {
    const { world, pod, stdout, stderr } = this.#options;
    const containerId = status.container_status?.container_id?.value;
    if (this.#files === undefined || containerId === undefined || this.#followers.has(task.taskId)) return;
    const sandbox = `${sandboxPath(this.runner.frameworkId, pod.executorId)}/containers/${containerId}`;
    const width = Math.max(...pod.tasks.map(({ name }) => name.length));
    const sink = (write: (bytes: Uint8Array) => Promise<void> | void) => {
      const lines = new LinePrefix(`${task.name.padEnd(width)} | `);
      return { lines, write: (bytes: Uint8Array) => write(lines.push(bytes)) };
    };
    const [out, err] = [sink(stdout), sink(stderr)];
    const follower = followOutput(this.#files, world.clock, [
      { path: `${sandbox}/stdout`, write: out.write },
      { path: `${sandbox}/stderr`, write: err.write },
    ]);
    this.#followers.set(task.taskId, {
      async finish() {
        const isWhole = await follower.finish();
        await stdout(out.lines.end());
        await stderr(err.lines.end());
        return isWhole;
      },
      stop: () => follower.stop(),
    });
  }
}
