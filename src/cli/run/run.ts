// `mctl run`: a framework for one task. Subscribes, takes the first offer that does, hands through what the task writes,
// ends as the task ends, and leaves nothing behind.
import { isLeaderSource, type MasterPlaces, namePlaces } from '../../client/leader-source.ts';
import { AgentClient, MasterClient, sandboxPath } from '../../client/operator.ts';
import { SchedulerClient, type SchedulerError } from '../../client/scheduler.ts';
import type { Event } from '../../mesos/generated/scheduler.ts';
import type { Offer, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import type { Timer, World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { volumesOf } from '../reservations/reserved.ts';
import { clusterPicture } from '../views/cluster-picture.ts';
import { type Ending, endingOf } from './ending.ts';
import { followOutput, type OutputFollower } from './follow-output.ts';
import { runnerFramework } from './framework.ts';
import { placeOn, whyWaiting } from './placement.ts';
import { type RunRequest, runTask } from './request.ts';

const FIRST_WORDS_AFTER_MS = 1500;
const WORDS_EVERY_MS = 5000;
/** Reasons of a first and last update that say that the launch never reached an agent. */
const NOT_LAUNCHED: ReadonlySet<string> = new Set(['REASON_INVALID_OFFERS', 'REASON_RECONCILIATION']);
const KILL_PATIENCE_MS = 30_000;

/** Which task, on which cluster, and who is told of its progress. */
export interface RunOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'random' | 'log' | 'host'>;
  readonly masters: MasterPlaces;
  readonly request: RunRequest;
  /** For a place to be found; undefined = for ever. */
  readonly timeoutMs: number | undefined;
  /** Without a master for this long, it ends; undefined = never. */
  readonly giveUpAfterMs?: number | undefined;
  readonly stdout: (bytes: Uint8Array) => Promise<void> | void;
  readonly stderr: (bytes: Uint8Array) => Promise<void> | void;
  /** Words for a person. */
  readonly say: (text: string) => void;
  /** The task runs (or has ended already). */
  readonly onRunning?: (agentId: string, frameworkId: string) => void;
}

/** A run under way. */
export interface Run {
  /** How it ended. Rejects with Problem when it could not be run. */
  readonly ended: Promise<Ending>;
  /** First call: asks the task to end. Second: gives up waiting, the framework goes and the task with it. */
  interrupt(exitCode: number): void;
  /** Nobody reads the output any more: the task ends, and nobody is to be told how to hurry it. */
  readerGone(exitCode: number): void;
}

/** Returns at once; how it went is told by `ended`. */
export function startRun(options: RunOptions): Run {
  const run = new RunningTask(options);
  return {
    ended: run.ended,
    interrupt: (exitCode) => run.interrupt(exitCode, 'Stopping the task; once more to leave at once.'),
    readerGone: (exitCode) => run.interrupt(exitCode, undefined),
  };
}

class RunningTask {
  readonly ended: Promise<Ending>;
  readonly #options: RunOptions;
  readonly #client: SchedulerClient;
  readonly #timers: Timer[] = [];
  #settle: { resolve: (ending: Ending) => void; reject: (problem: unknown) => void };
  #placed: Offer | undefined;
  #follower: OutputFollower | undefined;
  #interruptedWith: number | undefined;
  #wasConnected = false;
  #isRunning = false;
  #hasUpdates = false;
  #failedAttempts = 0;
  #lostAtMs: number | undefined;
  #over = false;
  #lastWhy = '';

  constructor(options: RunOptions) {
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<Ending>();
    this.ended = promise;
    this.#settle = { resolve, reject };
    const { world, masters, request, timeoutMs } = options;
    this.#client = new SchedulerClient({
      world,
      masters,
      framework: runnerFramework({
        name: `mctl run ${request.name}`,
        user: request.user,
        role: request.role,
        hostname: world.host.hostname,
        takesGpus: request.gpus > 0,
        takesShared: request.volumes.some(({ isShared }) => isShared),
      }),
      backOff: { firstMs: 100, maxMs: 5000 },
      listener: {
        event: (event) => this.#handle(event),
        disconnected: (why) => this.#disconnected(why),
        ended: (error) => this.#refused(error),
      },
    });
    this.#client.start();
    if (timeoutMs !== undefined)
      this.#timers.push(world.clock.setTimer(timeoutMs, () => void this.#timedOut(timeoutMs)));
    this.#timers.push(world.clock.setTimer(FIRST_WORDS_AFTER_MS, () => void this.#sayWhy()));
    this.#timers.push(world.clock.every(WORDS_EVERY_MS, () => void this.#sayWhy()));
  }

  interrupt(exitCode: number, words: string | undefined): void {
    const again = this.#interruptedWith !== undefined;
    this.#interruptedWith = exitCode;
    const ending: Ending = { exitCode, words: undefined };
    if (again || this.#placed === undefined) return void this.#finish(ending);
    if (words !== undefined) this.#options.say(words);
    void this.#client.kill(this.#options.request.taskId, this.#placed.agent_id.value).then((outcome) => {
      if (outcome.ok) return;
      this.#options.say('No master can be told: it will stop the task when it has missed us long enough.');
      void this.#finish(ending);
    });
    this.#timers.push(this.#options.world.clock.setTimer(KILL_PATIENCE_MS, () => void this.#finish(ending)));
  }

  #handle(event: Event): void {
    if (this.#over) return;
    switch (event.type) {
      case 'SUBSCRIBED':
        this.#wasConnected = true;
        this.#lostAtMs = undefined;
        // After a lost connection: has the task moved on meanwhile?
        this.#reconcile();
        return;
      case 'OFFERS':
        for (const offer of event.offers?.offers ?? []) this.#consider(offer);
        return;
      case 'UPDATE':
        if (event.update !== undefined) this.#update(event.update.status);
        return;
      default:
        return;
    }
  }

  #consider(offer: Offer): void {
    const { request } = this.#options;
    const resources = this.#placed === undefined ? placeOn(request, offer) : undefined;
    if (resources === undefined) {
      // Little is refused for long: what does not do now may when another task ends.
      void this.#client.decline([offer.id.value], { refuse_seconds: this.#placed === undefined ? 1 : 3600 });
      return;
    }
    this.#placed = offer;
    const launch = { task_infos: [runTask(request, offer.agent_id.value, resources)] };
    void this.#client.accept([offer.id.value], [{ type: 'LAUNCH', launch }]).then((outcome) => {
      if (outcome.ok) return;
      const { code } = outcome.error;
      if (code === 'not-connected') this.#unplace();
      else if (code === 'unknown-outcome') this.#reconcile();
      else this.#fail(outcome.error);
    });
    void this.#client.suppress();
    this.#follow(offer);
  }

  #follow(offer: Offer): void {
    const { world, request, stdout, stderr } = this.#options;
    const { address } = offer.url ?? { address: { hostname: offer.hostname, port: 5051, ip: undefined } };
    const agent = new AgentClient({
      net: world.net,
      addresses: [`${address.ip ?? address.hostname ?? offer.hostname}:${address.port}`],
    });
    const sandbox = sandboxPath(this.#client.frameworkId ?? '', request.taskId);
    this.#follower?.stop();
    this.#follower = followOutput(agent.files, world.clock, [
      { path: `${sandbox}/stdout`, write: stdout },
      { path: `${sandbox}/stderr`, write: stderr },
    ]);
  }

  #update(status: TaskStatus): void {
    if (status.task_id.value !== this.#options.request.taskId) return;
    const neverRan = !this.#hasUpdates && isTerminalState(status.state) && NOT_LAUNCHED.has(status.reason ?? '');
    if (neverRan && this.#interruptedWith === undefined) {
      this.#unplace();
      void this.#client.revive();
      return;
    }
    this.#hasUpdates = true;
    if (!isTerminalState(status.state)) {
      void this.#client.acknowledge(status);
      if (status.state === 'TASK_UNREACHABLE')
        this.#options.say('The agent cannot be reached; waiting for it to come back.');
      if (status.state === 'TASK_RUNNING') this.#announce();
      return;
    }
    void this.#conclude(status);
  }

  /** Nothing has run: another offer will come. */
  #unplace(): void {
    this.#placed = undefined;
    this.#follower?.stop();
  }

  #reconcile(): void {
    if (this.#placed === undefined) return;
    const agentId = this.#placed.agent_id.value;
    void this.#client.reconcile([{ taskId: this.#options.request.taskId, agentId }]);
  }

  #announce(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#options.onRunning?.(this.#placed?.agent_id.value ?? '', this.#client.frameworkId ?? '');
  }

  async #conclude(status: TaskStatus): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimers();
    const ranAtAll = this.#isRunning;
    this.#announce();
    const ending = endingOf(status);
    const isWhole = ranAtAll ? ((await this.#follower?.finish()) ?? true) : true;
    this.#follower?.stop();
    if (!isWhole) this.#options.say("The end of the task's output could not be read from its agent.");
    await this.#client.acknowledge(status);
    await this.#leave();
    this.#settle.resolve(
      this.#interruptedWith === undefined ? ending : { exitCode: this.#interruptedWith, words: undefined },
    );
  }

  #disconnected(why: string): void {
    if (this.#over) return;
    this.#failedAttempts += 1;
    const { masters } = this.#options;
    const tries = isLeaderSource(masters) ? 1 : masters.length;
    if (!this.#wasConnected && this.#failedAttempts < tries) return;
    if (!this.#wasConnected) {
      // Nothing was promised to anybody yet: an unreachable master is the caller's to hear of at once.
      this.#fail(
        new Problem(EXIT.unreachable, {
          what: `No master answers at ${namePlaces(masters)}.`,
          why,
          next: ['mctl cluster status', 'mctl cluster up'],
        }),
      );
      return;
    }
    const now = this.#options.world.clock.monotonicMs();
    if (this.#lostAtMs === undefined) this.#options.say(`Lost the master (${why}); trying again. The task goes on.`);
    this.#lostAtMs ??= now;
    const { giveUpAfterMs } = this.#options;
    if (giveUpAfterMs === undefined || now - this.#lostAtMs < giveUpAfterMs) return;
    this.#fail(new Problem(EXIT.unreachable, { what: 'The master did not come back.', why }));
  }

  #refused(error: SchedulerError): void {
    if (!this.#over) this.#fail(error);
  }

  async #sayWhy(): Promise<void> {
    if (this.#placed !== undefined || this.#over) return;
    const why = await this.#why();
    if (this.#placed !== undefined || this.#over || why === this.#lastWhy) return;
    this.#lastWhy = why;
    this.#options.say(`Waiting for a place: ${why}.`);
  }

  async #why(): Promise<string> {
    const { world, request, masters } = this.#options;
    try {
      const addresses = isLeaderSource(masters) ? masters : [this.#client.masterUrl];
      const master = new MasterClient({ net: world.net, addresses, timeoutMs: 3000 });
      const picture = await clusterPicture(master);
      return whyWaiting(request, picture.agents, request.volumes.length === 0 ? [] : volumesOf(picture));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #timedOut(timeoutMs: number): Promise<void> {
    const { request } = this.#options;
    if (this.#placed !== undefined || this.#over) return;
    const why = await this.#why();
    if (this.#placed !== undefined) return;
    this.#fail(
      new Problem(EXIT.cannotPlace, {
        what: `The task could not be placed within ${Math.round(timeoutMs / 1000)} s.`,
        why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
        next: [
          'Ask for less, or wait longer (--timeout).',
          request.volumes.length > 0 ? 'mctl volume list' : 'mctl agent list -o wide',
        ],
      }),
    );
  }

  #fail(problem: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimers();
    this.#follower?.stop();
    void this.#leave().then(() => this.#settle.reject(problem));
  }

  async #finish(ending: Ending): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimers();
    this.#follower?.stop();
    await this.#leave();
    this.#settle.resolve(ending);
  }

  /** Takes the framework off the master: with it goes whatever of the task is left. */
  async #leave(): Promise<void> {
    const { world } = this.#options;
    await Promise.race([this.#client.teardown(), world.clock.sleep(5000)]);
    this.#client.close();
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
  }
}
