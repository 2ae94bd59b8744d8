// One term of leadership: takes the state over, loads it, acts, and leaves nothing behind. What was asked of it and is not
// answered at its end is told so, as nobody else will answer.
import { type Store, StoreError } from '../../../cluster/store.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { Timer, World } from '../../../world/world.ts';
import { TermGate } from '../term/term-gate.ts';
import { TermStore } from '../term/term-store.ts';
import { type TermWorld, termWorld } from '../term/term-world.ts';
import { EXIT, FATAL_EXITS } from './exit-codes.ts';
import type { Duty, Office } from './office.ts';

/** What a term is made of. */
export interface TermSetting<D extends Duty> {
  readonly world: World;
  readonly office: Pick<Office<D>, 'name' | 'create' | 'refused' | 'loadLimitMs'>;
  /** Closed at the end. */
  readonly openStore: () => Promise<Store>;
  readonly epoch: number;
  /** Whether nobody else can lead at this moment. */
  readonly mayLead: () => boolean;
  readonly createApi: (duty: D) => HttpHandler;
  /** It acts from here on. */
  readonly onActing: (duty: D) => void;
  /** It is over by itself, not by `end`. */
  readonly onEnd: (end: TermEnd) => void;
}

/** Why a term is over. */
export interface TermEnd {
  readonly reason: string;
  /** Of the process, if it ends with the term. */
  readonly code: number;
  /** Another term would end the same way: somebody has to do something about it. */
  readonly isFatal: boolean;
}

/** Begins when it is made. */
export class Term<D extends Duty> {
  readonly #setting: TermSetting<D>;
  readonly #gate: TermGate;
  readonly #its: TermWorld;
  /** Requests that have no answer: what ends the wait for one. */
  readonly #open = new Set<() => void>();
  #late: Timer | undefined;
  #store: Store | undefined;
  #duty: D | undefined;
  #api: HttpHandler | undefined;
  #hasActed = false;

  constructor(setting: TermSetting<D>) {
    this.#setting = setting;
    const { world, mayLead, office } = setting;
    this.#gate = new TermGate(world.clock, mayLead);
    this.#its = termWorld(world, this.#gate);
    const limitMs = office.loadLimitMs;
    this.#late = world.clock.setTimer(limitMs, () =>
      this.#fail({ reason: `the state was not loaded within ${limitMs} ms`, code: EXIT.state, isFatal: false }),
    );
    void this.#begin();
  }

  /** Greater than that of every earlier term, whoever's. */
  get epoch(): number {
    return this.#setting.epoch;
  }

  /** The state is loaded, and it is not over. */
  get isActing(): boolean {
    return this.#api !== undefined;
  }

  /** It was loaded, and may be over. */
  get hasActed(): boolean {
    return this.#hasActed;
  }

  /** Whether it has a subscription to a master. */
  get isSubscribed(): boolean {
    return this.isActing && this.#duty?.isSubscribed === true;
  }

  /** Whether nobody else can lead at this moment. */
  mayAct(): boolean {
    return this.#gate.mayAct();
  }

  /** The leadership is certain again. */
  resume(): void {
    this.#gate.release();
  }

  /** Answers in the name of the leader; 500 when the term ends before there is an answer. Only while `isActing`. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    const api = this.#api;
    const { refused, name } = this.#setting.office;
    if (api === undefined) return refused(503, `This ${name} does not lead any more: try again`);
    return await new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(refused(500, notKnown(name)));
      this.#open.add(giveUp);
      const answered = async () => await api(request);
      answered()
        .then(resolve, reject)
        .finally(() => this.#open.delete(giveUp));
    });
  }

  /** Over: nothing of it acts from here on. Harmless when repeated. */
  end(): void {
    if (this.#gate.isOver) return;
    this.#gate.end();
    this.#late?.cancel();
    this.#api = undefined;
    this.#duty?.stop();
    this.#its.end();
    for (const giveUp of [...this.#open]) giveUp();
    this.#open.clear();
    this.#closeStore();
  }

  async #begin(): Promise<void> {
    try {
      const duty = await this.#load();
      if (duty !== undefined) this.#start(duty);
    } catch (error) {
      this.#fail(loadFailure(error));
    }
  }

  /** Undefined when the term was over first. */
  async #load(): Promise<D | undefined> {
    const { epoch, office, openStore } = this.#setting;
    this.#store = await openStore();
    if (this.#gate.isOver) {
      this.#closeStore();
      return undefined;
    }
    const store = new TermStore(this.#store, this.#gate);
    const fail = (reason: string, code: number) => this.#fail({ reason, code, isFatal: FATAL_EXITS.has(code) });
    const duty = office.create({ world: this.#its.world, store, epoch, fail });
    this.#duty = duty;
    // Whoever led before writes nothing any more from here on: what is read now is all there is.
    await store.commit([], { fence: epoch });
    await duty.load();
    return duty;
  }

  #start(duty: D): void {
    this.#late?.cancel();
    try {
      duty.start();
    } catch (error) {
      this.#fail({ reason: `it cannot start: ${textOf(error)}`, code: EXIT.cannotStart, isFatal: true });
      return;
    }
    // The start itself may be the end, when the framework id is lost.
    if (this.#gate.isOver) return;
    this.#hasActed = true;
    this.#api = this.#setting.createApi(duty);
    this.#setting.onActing(duty);
  }

  #fail(end: TermEnd): void {
    if (this.#gate.isOver) return;
    this.end();
    this.#setting.onEnd(end);
  }

  #closeStore(): void {
    const { log } = this.#setting.world;
    this.#store?.close().catch((error: unknown) => log.info('the state was not closed properly', { error }));
  }
}

/** A store that does not answer may answer again; records that cannot be read stay as they are. */
function loadFailure(error: unknown): TermEnd {
  const isPassing = error instanceof StoreError && error.code !== 'newer-format';
  return { reason: `the state cannot be loaded: ${textOf(error)}`, code: EXIT.state, isFatal: !isPassing };
}

function notKnown(name: string): string {
  return `This ${name} lost the leadership while the request was under way: it may have been done or not`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
