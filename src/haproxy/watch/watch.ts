// `watch`: turns when Marathon's events, the clock or a signal ask for them (haproxy.md 14). Events only say that something
// changed; what is true is read by the turn. Turns need no stream, and go on while there is none.
import type { Timer, World } from '../../world/world.ts';
import { Pace, type TurnOutcome, type TurnReason } from './pace.ts';
import { type MarathonPlaces, StreamKeeper } from './stream-keeper.ts';

/** What is done; both say themselves what came of it, and must not throw. */
export interface WatchWork {
  turn(reasons: readonly TurnReason[]): Promise<TurnOutcome>;
  /** Validates what is on disk and loads it again; where that has to wait, `againMs` says how long. */
  reload(): Promise<TurnOutcome>;
}

/** Words on the stream, for the log. */
export interface WatchNews {
  connected(marathon: string): void;
  disconnected(marathon: string, why: string, waitMs: number): void;
}

/** Runs from `start` to `stop`. */
export class Watch {
  readonly #pace: Pace;
  readonly #stream: StreamKeeper;
  readonly #clock: World['clock'];
  #reloadAgain: Timer | undefined;

  constructor(
    world: Pick<World, 'net' | 'clock' | 'random'>,
    places: MarathonPlaces,
    work: WatchWork,
    news: WatchNews,
  ) {
    this.#clock = world.clock;
    this.#pace = new Pace(world.clock, world.random, async (reasons) => {
      if (reasons.includes('reload')) await this.#reload(work);
      const others = reasons.filter((reason) => reason !== 'reload');
      return others.length === 0 ? { isNoTurn: true } : work.turn(others);
    });
    this.#stream = new StreamKeeper(world, places, {
      connected: (marathon) => {
        news.connected(marathon);
        this.#pace.setPolling(false);
        this.#pace.now('connected');
      },
      changed: () => this.#pace.event(),
      disconnected: (marathon, why, waitMs) => {
        news.disconnected(marathon, why, waitMs);
        this.#pace.setPolling(true);
      },
    });
  }

  get isConnected(): boolean {
    return this.#stream.isConnected;
  }

  /** The first turn does not wait for the stream. */
  start(): void {
    this.#pace.now('start');
    this.#stream.start();
  }

  /** SIGHUP: a whole turn. */
  turnNow(): void {
    this.#pace.now('signal');
  }

  /** SIGUSR1: validate and load what is on disk. */
  reloadNow(): void {
    this.#pace.now('reload');
  }

  async #reload(work: WatchWork): Promise<void> {
    this.#reloadAgain?.cancel();
    const { againMs } = await work.reload();
    if (againMs !== undefined) this.#reloadAgain = this.#clock.setTimer(againMs, () => this.reloadNow());
  }

  /** SIGTERM: resolves when the turn that runs has ended. */
  async stop(): Promise<void> {
    this.#stream.stop();
    await this.#pace.stop();
    this.#reloadAgain?.cancel();
  }
}
