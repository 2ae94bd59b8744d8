// `mctl pod run`: a framework for one task group. Takes the first offer that does, shows what its tasks write and how they
// do, ends when the last of them has, and leaves nothing behind.
import { isLeaderSource, type MasterPlaces, namePlaces } from '../../client/leader-source.ts';
import { AgentClient, MasterClient, sandboxPath } from '../../client/operator.ts';
import { SchedulerClient } from '../../client/scheduler.ts';
import type { Event } from '../../mesos/generated/scheduler.ts';
import type { Offer, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import type { Timer, World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { type Ending, endingOf } from '../run/ending.ts';
import { followOutput, type OutputFollower } from '../run/follow-output.ts';
import { runnerFramework } from '../run/framework.ts';
import { whyWaiting } from '../run/placement.ts';
import { clusterPicture } from '../views/cluster-picture.ts';
import { podOperation, podWants } from './group.ts';
import { LinePrefix } from './line-prefix.ts';
import type { PodRequest, PodTask } from './pod-file.ts';

const FIRST_WORDS_AFTER_MS = 1_500;
const WORDS_EVERY_MS = 5_000;
/** After the first task that must not go on, the rest may take this long. */
const KILL_PATIENCE_MS = 30_000;

export interface RunPodOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'random' | 'log' | 'host'>;
  readonly masters: MasterPlaces;
  readonly pod: PodRequest;
  /** For a place to be found; undefined = for ever. */
  readonly timeoutMs: number | undefined;
  readonly stdout: (bytes: Uint8Array) => Promise<void> | void;
  readonly stderr: (bytes: Uint8Array) => Promise<void> | void;
  /** Words for a person. */
  readonly say: (text: string) => void;
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
  const run = new RunningPod(options);
  return { ended: run.ended, interrupt: (exitCode) => run.interrupt(exitCode) };
}

class RunningPod {
  readonly ended: Promise<number>;
  readonly #options: RunPodOptions;
  readonly #client: SchedulerClient;
  readonly #timers: Timer[] = [];
  readonly #settle: { resolve: (exitCode: number) => void; reject: (problem: unknown) => void };
  readonly #states = new Map<string, string>();
  readonly #health = new Map<string, boolean>();
  readonly #followers = new Map<string, OutputFollower>();
  #placed: Offer | undefined;
  #interruptedWith: number | undefined;
  /** Of the first task that did not end well. */
  #bad: Ending | undefined;
  #wasConnected = false;
  #failedAttempts = 0;
  #isLost = false;
  #isOver = false;
  #lastWhy = '';
  #ends = 0;

  constructor(options: RunPodOptions) {
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.ended = promise;
    this.#settle = { resolve, reject };
    const { world, masters, pod, timeoutMs } = options;
    this.#client = new SchedulerClient({
      world,
      masters,
      framework: runnerFramework({
        name: `mctl pod ${pod.name}`,
        user: pod.user,
        role: pod.role,
        hostname: world.host.hostname,
        takesGpus: false,
      }),
      backOff: { firstMs: 100, maxMs: 5_000 },
      listener: {
        event: (event) => this.#take(event),
        disconnected: (why) => this.#disconnected(why),
        ended: (error) => this.#fail(error),
      },
    });
    this.#client.start();
    if (timeoutMs !== undefined) {
      this.#timers.push(world.clock.setTimer(timeoutMs, () => void this.#timedOut(timeoutMs)));
    }
    this.#timers.push(world.clock.setTimer(FIRST_WORDS_AFTER_MS, () => void this.#sayWhy()));
    this.#timers.push(world.clock.every(WORDS_EVERY_MS, () => void this.#sayWhy()));
  }

  interrupt(exitCode: number): void {
    const isAgain = this.#interruptedWith !== undefined;
    this.#interruptedWith = exitCode;
    if (isAgain || this.#placed === undefined) {
      void this.#finish();
      return;
    }
    this.#options.say('Stopping the pod; once more to leave at once.');
    for (const task of this.#options.pod.tasks) if (!this.#isTaskOver(task)) this.#kill(task, this.#placed);
    this.#timers.push(this.#options.world.clock.setTimer(KILL_PATIENCE_MS, () => void this.#finish()));
  }

  #kill({ taskId }: PodTask, { agent_id }: Offer): void {
    void this.#client.kill(taskId, agent_id.value).then((outcome) => {
      if (outcome.ok || this.#isOver) return;
      this.#options.say('No master can be told: it will stop the pod when it has missed us long enough.');
      void this.#finish();
    });
  }

  #take(event: Event): void {
    if (this.#isOver) return;
    if (event.subscribed !== undefined) {
      this.#wasConnected = true;
      this.#isLost = false;
      // After a lost connection: has anything happened meanwhile?
      if (this.#placed !== undefined) this.#reconcile(this.#placed);
    } else if (event.offers !== undefined) {
      for (const offer of event.offers.offers ?? []) this.#consider(offer);
    } else if (event.update !== undefined) this.#update(event.update.status);
  }

  #reconcile({ agent_id }: Offer): void {
    const tasks = this.#options.pod.tasks.map(({ taskId }) => ({ taskId, agentId: agent_id.value }));
    void this.#client.reconcile(tasks);
  }

  #consider(offer: Offer): void {
    const { pod, say } = this.#options;
    const operation = this.#placed === undefined ? podOperation(pod, offer, this.#client.frameworkId ?? '') : undefined;
    if (operation === undefined) {
      void this.#client.decline([offer.id.value], { refuse_seconds: this.#placed === undefined ? 1 : 3_600 });
      return;
    }
    this.#placed = offer;
    void this.#client.accept([offer.id.value], [operation]).then((outcome) => {
      if (outcome.ok || this.#isOver) return;
      if (outcome.error.code === 'not-connected') this.#placed = undefined;
      else if (outcome.error.code !== 'unknown-outcome') this.#fail(outcome.error);
    });
    void this.#client.suppress();
    say(`On ${offer.hostname}: ${pod.tasks.map(({ name }) => name).join(', ')}.`);
  }

  #update(status: TaskStatus): void {
    const task = this.#options.pod.tasks.find(({ taskId }) => taskId === status.task_id.value);
    void this.#client.acknowledge(status);
    if (task === undefined || this.#isTaskOver(task)) return;
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

  /** Why it will be killed is said by no later status. */
  #sayHealth({ taskId, name }: PodTask, { healthy, message }: TaskStatus): void {
    if (healthy === undefined || healthy === this.#health.get(taskId)) return;
    this.#health.set(taskId, healthy);
    const because = message && !healthy ? ` (${message.split('\n', 1)[0]})` : '';
    this.#options.say(`${name} ${healthy ? 'is healthy' : `fails its health check${because}`}`);
  }

  #isTaskOver({ taskId }: PodTask): boolean {
    const state = this.#states.get(taskId);
    return state !== undefined && isTerminalState(state as TaskStatus['state']);
  }

  async #taskOver(task: PodTask): Promise<void> {
    await this.#followers.get(task.taskId)?.finish();
    this.#ends += 1;
    if (this.#ends === this.#options.pod.tasks.length) await this.#finish();
  }

  /** Its own sandbox is found by the container that the status names. */
  #follow(task: PodTask, status: TaskStatus): void {
    const { world, pod, stdout, stderr } = this.#options;
    const containerId = status.container_status?.container_id?.value;
    if (this.#placed === undefined || containerId === undefined || this.#followers.has(task.taskId)) return;
    const { address } = this.#placed.url ?? { address: { hostname: this.#placed.hostname, port: 5051, ip: undefined } };
    const host = address.ip ?? address.hostname ?? this.#placed.hostname;
    const agent = new AgentClient({ net: world.net, addresses: [`${host}:${address.port}`] });
    const sandbox = `${sandboxPath(this.#client.frameworkId ?? '', pod.executorId)}/containers/${containerId}`;
    const width = Math.max(...pod.tasks.map(({ name }) => name.length));
    const sink = (write: (bytes: Uint8Array) => Promise<void> | void) => {
      const lines = new LinePrefix(`${task.name.padEnd(width)} | `);
      return { lines, write: (bytes: Uint8Array) => write(lines.push(bytes)) };
    };
    const [out, err] = [sink(stdout), sink(stderr)];
    const follower = followOutput(agent.files, world.clock, [
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

  #disconnected(why: string): void {
    if (this.#isOver) return;
    const { masters, say } = this.#options;
    if (this.#wasConnected) {
      if (!this.#isLost) say(`Lost the master (${why}); trying again.${this.#placed ? ' The pod goes on.' : ''}`);
      this.#isLost = true;
      return;
    }
    // Each of the addresses has its turn before none of them answers.
    this.#failedAttempts += 1;
    if (this.#failedAttempts < (isLeaderSource(masters) ? 1 : masters.length)) return;
    this.#fail(
      new Problem(EXIT.unreachable, {
        what: `No master answers at ${namePlaces(masters)}.`,
        why,
        next: ['mctl cluster status', 'mctl cluster up'],
      }),
    );
  }

  async #sayWhy(): Promise<void> {
    if (this.#placed !== undefined || this.#isOver) return;
    const why = await this.#why();
    if (this.#placed !== undefined || this.#isOver || why === this.#lastWhy) return;
    this.#lastWhy = why;
    this.#options.say(`Waiting for a place: ${why}.`);
  }

  async #why(): Promise<string> {
    const { world, pod, masters } = this.#options;
    try {
      const addresses = isLeaderSource(masters) ? masters : [this.#client.masterUrl];
      const master = new MasterClient({ net: world.net, addresses, timeoutMs: 3_000 });
      return whyWaiting(podWants(pod), (await clusterPicture(master)).agents);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #timedOut(timeoutMs: number): Promise<void> {
    if (this.#placed !== undefined || this.#isOver) return;
    const why = await this.#why();
    if (this.#placed !== undefined) return;
    this.#fail(
      new Problem(EXIT.cannotPlace, {
        what: `The pod could not be placed within ${Math.round(timeoutMs / 1_000)} s.`,
        why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
        next: ['Ask for less, or wait longer (--timeout).', 'mctl agent list -o wide'],
      }),
    );
  }

  #fail(problem: unknown): void {
    if (this.#isOver) return;
    this.#close();
    void this.#leave().then(() => this.#settle.reject(problem));
  }

  async #finish(): Promise<void> {
    if (this.#isOver) return;
    this.#close();
    await this.#leave();
    this.#settle.resolve(this.#interruptedWith ?? this.#bad?.exitCode ?? EXIT.ok);
  }

  #close(): void {
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
    for (const follower of this.#followers.values()) follower.stop();
  }

  /** With the framework goes whatever is left. */
  async #leave(): Promise<void> {
    const { world } = this.#options;
    await Promise.race([this.#client.teardown(), world.clock.sleep(5_000)]);
    this.#client.close();
  }
}
