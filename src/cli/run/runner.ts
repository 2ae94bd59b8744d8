// One life of a framework that runs something and waits for its end, be it one task (`mctl run`) or a group (`mctl pod run`):
// subscribes, takes the first offer that does, launches again when that offer was gone, and leaves nothing behind.
import { isLeaderSource, type MasterPlaces, namePlaces } from '../../client/leader-source.ts';
import { AgentClient, type FilesClient, MasterClient } from '../../client/operator.ts';
import { SchedulerClient } from '../../client/scheduler.ts';
import type { Event } from '../../mesos/generated/scheduler.ts';
import type { FrameworkInfo, Offer, Offer_Operation, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import type { Timer, World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { sentence } from '../output/sentence.ts';
import { Problem } from '../problem.ts';
import { type ClusterPicture, clusterPicture } from '../views/cluster-picture.ts';
import type { Ending } from './ending.ts';

const FIRST_WORDS_AFTER_MS = 1_500;
const WORDS_EVERY_MS = 5_000;
/** Reasons of a first and last update that say that the launch never reached an agent. */
const NOT_LAUNCHED: ReadonlySet<string> = new Set(['REASON_INVALID_OFFERS', 'REASON_RECONCILIATION']);
/** From when somebody asked for the end. */
const KILL_PATIENCE_MS = 30_000;
const LEAVE_PATIENCE_MS = 5_000;

/** On which cluster, for how long, and who is told of it. */
export interface RunnerOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'random' | 'log' | 'host'>;
  readonly masters: MasterPlaces;
  /** For a place to be found; undefined = for ever. */
  readonly timeoutMs: number | undefined;
  /** Without a master for this long, it ends; undefined = never. */
  readonly giveUpAfterMs?: number | undefined;
  /** Words for a person. */
  readonly say: (text: string) => void;
}

/** What is run. The runner calls it, and it calls `acknowledge` and `end` of the runner. */
export interface Work {
  /** What it is called in words. */
  readonly noun: 'task' | 'pod';
  readonly framework: FrameworkInfo;
  /** All tasks that are launched. They keep their ids when they are launched again. */
  readonly taskIds: readonly string[];
  /** A command that tells more about the places there are. */
  readonly placesCommand: string;
  /** The launch, in the resources of this offer; undefined when the offer does not do. */
  launchIn(offer: Offer, frameworkId: string): Offer_Operation | undefined;
  /** The launch is on its way. `files`: those of the agent. */
  placed(offer: Offer, files: FilesClient): void;
  /** The launch came to nothing, and no task has run: there will be another. */
  unplaced(): void;
  /** Of a task that reached its agent, or never will; nothing more after a terminal one. Acknowledges it. */
  update(status: TaskStatus): void;
  /** Ends the sentence `Waiting for a place: …`. */
  whyWaiting(picture: ClusterPicture): string;
  /** For when the master is lost: a sentence, or "". */
  goesOn(isPlaced: boolean): string;
  /** It is over: nothing is to be read any more. */
  stop(): void;
}

/** Begins at once. */
export class Runner {
  /** How it ended. Rejects with Problem when it could not be run. */
  readonly ended: Promise<Ending>;
  readonly #options: RunnerOptions;
  readonly #work: Work;
  readonly #client: SchedulerClient;
  readonly #timers: Timer[] = [];
  readonly #settle: { resolve: (ending: Ending) => void; reject: (problem: unknown) => void };
  readonly #endedTasks = new Set<string>();
  #placed: Offer | undefined;
  /** Something was heard of a task other than that it was not launched. */
  #isLaunched = false;
  #interruptedWith: number | undefined;
  #wasConnected = false;
  #failedAttempts = 0;
  #lostAtMs: number | undefined;
  /** How long there was for finding a place, once that is over. */
  #timeOverMs: number | undefined;
  #isOver = false;
  #lastWhy = '';

  constructor(options: RunnerOptions, work: Work) {
    this.#options = options;
    this.#work = work;
    const { promise, resolve, reject } = Promise.withResolvers<Ending>();
    this.ended = promise;
    this.#settle = { resolve, reject };
    const { world, masters, timeoutMs } = options;
    this.#client = new SchedulerClient({
      world,
      masters,
      framework: work.framework,
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

  /** "" until the master has given one. */
  get frameworkId(): string {
    return this.#client.frameworkId ?? '';
  }

  /** First call: asks the tasks to end. Second: gives up waiting, and all goes with the framework. */
  interrupt(exitCode: number): void {
    this.#stop(exitCode, `Stopping the ${this.#work.noun}; once more to leave at once.`);
  }

  /** Nobody reads the output any more: the same, and nobody is to be told how to hurry it. */
  readerGone(exitCode: number): void {
    this.#stop(exitCode, undefined);
  }

  acknowledge(status: TaskStatus): Promise<unknown> {
    return this.#client.acknowledge(status);
  }

  /** All has ended as it should: from now on nothing is heard. `last` is done while there still is a framework. */
  async end(ending: Ending, last?: () => Promise<void>): Promise<void> {
    if (this.#isOver) return;
    this.#close();
    await last?.();
    this.#work.stop();
    await this.#leave();
    const interrupted = this.#interruptedWith;
    this.#settle.resolve(interrupted === undefined ? ending : { exitCode: interrupted, words: undefined });
  }

  #stop(exitCode: number, words: string | undefined): void {
    const isAgain = this.#interruptedWith !== undefined;
    this.#interruptedWith = exitCode;
    const leave = () => void this.end({ exitCode, words: undefined });
    if (isAgain || this.#placed === undefined) {
      leave();
      return;
    }
    const { say, world } = this.#options;
    if (words !== undefined) say(words);
    const agentId = this.#placed.agent_id.value;
    for (const taskId of this.#work.taskIds.filter((id) => !this.#endedTasks.has(id))) {
      void this.#client.kill(taskId, agentId).then((outcome) => {
        if (outcome.ok || this.#isOver) return;
        say(`No master can be told: it will stop the ${this.#work.noun} when it has missed us long enough.`);
        leave();
      });
    }
    this.#timers.push(world.clock.setTimer(KILL_PATIENCE_MS, leave));
  }

  #take(event: Event): void {
    if (this.#isOver) return;
    if (event.subscribed !== undefined) {
      this.#wasConnected = true;
      this.#lostAtMs = undefined;
      // After a lost connection: has anything happened meanwhile?
      this.#reconcile();
    } else if (event.offers !== undefined) {
      for (const offer of event.offers.offers ?? []) this.#consider(offer);
    } else if (event.update !== undefined) this.#update(event.update.status);
  }

  #reconcile(): void {
    if (this.#placed === undefined) return;
    const agentId = this.#placed.agent_id.value;
    void this.#client.reconcile(this.#work.taskIds.map((taskId) => ({ taskId, agentId })));
  }

  #consider(offer: Offer): void {
    const launch = this.#placed === undefined ? this.#work.launchIn(offer, this.frameworkId) : undefined;
    if (launch === undefined) {
      // Little is refused for long: what does not do now may when another task ends.
      void this.#client.decline([offer.id.value], { refuse_seconds: this.#placed === undefined ? 1 : 3_600 });
      return;
    }
    this.#placed = offer;
    void this.#client.accept([offer.id.value], [launch]).then((outcome) => {
      if (outcome.ok || this.#isOver) return;
      const { code } = outcome.error;
      if (code === 'not-connected') this.#unplace();
      else if (code === 'unknown-outcome') this.#reconcile();
      else this.#fail(outcome.error);
    });
    void this.#client.suppress();
    const { address } = offer.url ?? { address: { hostname: offer.hostname, port: 5051, ip: undefined } };
    const host = address.ip ?? address.hostname ?? offer.hostname;
    const agent = new AgentClient({ net: this.#options.world.net, addresses: [`${host}:${address.port}`] });
    this.#work.placed(offer, agent.files);
  }

  #update(status: TaskStatus): void {
    const taskId = status.task_id.value;
    if (!this.#work.taskIds.includes(taskId)) return;
    const neverRan = !this.#isLaunched && isTerminalState(status.state) && NOT_LAUNCHED.has(status.reason ?? '');
    if (neverRan && this.#interruptedWith === undefined) {
      void this.#client.acknowledge(status);
      // A group hears it of each of its tasks.
      if (this.#placed === undefined) return;
      this.#unplace();
      void this.#client.revive();
      return;
    }
    this.#isLaunched = true;
    if (this.#endedTasks.has(taskId)) {
      void this.#client.acknowledge(status);
      return;
    }
    if (isTerminalState(status.state)) this.#endedTasks.add(taskId);
    this.#work.update(status);
  }

  /** Nothing has run: another offer will come. */
  #unplace(): void {
    this.#placed = undefined;
    this.#work.unplaced();
    if (this.#timeOverMs !== undefined) void this.#timedOut(this.#timeOverMs);
  }

  #disconnected(why: string): void {
    if (this.#isOver) return;
    const { masters, say, world, giveUpAfterMs } = this.#options;
    if (!this.#wasConnected) {
      // Nothing was promised to anybody yet: that none of the masters answers is the caller's to hear of at once.
      this.#failedAttempts += 1;
      if (this.#failedAttempts < (isLeaderSource(masters) ? 1 : masters.length)) return;
      this.#fail(
        new Problem(EXIT.unreachable, {
          what: `No master answers at ${namePlaces(masters)}.`,
          why,
          next: ['mctl cluster status', 'mctl cluster up'],
        }),
      );
      return;
    }
    const nowMs = world.clock.monotonicMs();
    if (this.#lostAtMs === undefined) {
      const goesOn = this.#work.goesOn(this.#placed !== undefined);
      say(`Lost the master (${why}); trying again.${goesOn === '' ? '' : ` ${goesOn}`}`);
    }
    this.#lostAtMs ??= nowMs;
    if (giveUpAfterMs === undefined || nowMs - this.#lostAtMs < giveUpAfterMs) return;
    this.#fail(new Problem(EXIT.unreachable, { what: 'The master did not come back.', why }));
  }

  async #sayWhy(): Promise<void> {
    if (this.#placed !== undefined || this.#isOver) return;
    const why = await this.#why();
    if (this.#placed !== undefined || this.#isOver || why === this.#lastWhy) return;
    this.#lastWhy = why;
    this.#options.say(`Waiting for a place: ${why}.`);
  }

  async #why(): Promise<string> {
    const { world, masters } = this.#options;
    try {
      const addresses = isLeaderSource(masters) ? masters : [this.#client.masterUrl];
      const master = new MasterClient({ net: world.net, addresses, timeoutMs: 3_000 });
      return this.#work.whyWaiting(await clusterPicture(master));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #timedOut(timeoutMs: number): Promise<void> {
    this.#timeOverMs = timeoutMs;
    if (this.#placed !== undefined || this.#isOver) return;
    const why = await this.#why();
    if (this.#placed !== undefined) return;
    this.#fail(
      new Problem(EXIT.cannotPlace, {
        what: `The ${this.#work.noun} could not be placed within ${Math.round(timeoutMs / 1_000)} s.`,
        why: sentence(why),
        next: ['Ask for less, or wait longer (--timeout).', this.#work.placesCommand],
      }),
    );
  }

  #fail(problem: unknown): void {
    if (this.#isOver) return;
    this.#close();
    this.#work.stop();
    void this.#leave().then(() => this.#settle.reject(problem));
  }

  #close(): void {
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
  }

  /** Takes the framework off the master: with it goes whatever is left of its tasks. */
  async #leave(): Promise<void> {
    await Promise.race([this.#client.teardown(), this.#options.world.clock.sleep(LEAVE_PATIENCE_MS)]);
    this.#client.close();
  }
}
