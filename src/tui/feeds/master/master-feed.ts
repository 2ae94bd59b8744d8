// The leading master's state, kept up to date by its operator events; where a master has none, by asking now and then. When the
// stream breaks it subscribes again, at whoever leads then, and says so when that is somebody else.
import { ApiError } from '../../../client/api-error.ts';
import {
  type MasterClient,
  openOperatorEvents,
  openState,
  type StateAnswer,
  type WholeStateListener,
} from '../../../client/operator.ts';
import type { MasterInfo } from '../../../mesos/generated/v1.ts';
import { wordsOf } from '../../effects/outside.ts';
import type { FeedRow, LeaderRow } from '../../view/model.ts';
import type { Feed, FeedContext } from '../feed.ts';
import { type Attempt, Keeper } from '../keeper.ts';
import { streamEnd } from '../stream-end.ts';
import { MasterBooks } from './books.ts';

const POLL_MS = 5_000;
/** Asking takes at most this part of the time. */
const POLL_SHARE = 10;

export interface MasterFeedOptions {
  /** Every feed has its own: each finds the leader by itself. */
  readonly master: MasterClient;
  /** For people: the addresses, or the election. */
  readonly where: string;
  /** Another master than before answers. */
  readonly onLeader?: (address: string) => void;
  /** It has said what it is: `host:port` by name, by address, and as it was asked. */
  readonly onNamed?: (names: ReadonlySet<string>) => void;
}

/** Subscribes at once. */
export function startMasterFeed(context: FeedContext, options: MasterFeedOptions): Feed {
  const feed = new MasterFeed(context, options);
  return new Keeper(context.world, feed);
}

class MasterFeed {
  readonly #context: FeedContext;
  readonly #options: MasterFeedOptions;
  readonly #books: MasterBooks;
  /** `host:port` of the one that answered last, and all it is called by. */
  #leader: string | undefined;
  #names: ReadonlySet<string> = new Set();
  #changes = 0;
  #hasBroken = false;

  constructor(context: FeedContext, options: MasterFeedOptions) {
    this.#context = context;
    this.#options = options;
    this.#books = new MasterBooks(context.sink);
    context.sink.setFeed({ name: 'master', state: 'connecting', address: options.where, why: undefined });
  }

  async run(attempt: Attempt): Promise<void> {
    const { master } = this.#options;
    const end = streamEnd();
    attempt.onOver(() => this.#books.abandon());
    const events = await openOperatorEvents(master, this.#context.world.clock, {
      state: this.#stateListener(attempt),
      event: (event) => {
        if (!attempt.isOver) this.#books.change(event);
      },
      ended: end.ended,
    }).catch((error: unknown) => {
      if (error instanceof ApiError && hasNoStream(error)) return undefined;
      throw error;
    });
    if (attempt.isOver) {
      events?.close();
      return;
    }
    if (events === undefined) {
      await this.#poll(attempt);
      return;
    }
    attempt.onOver(() => events.close());
    // The first attempt may have heard the state before this: it is live then.
    this.#connected(attempt);
    await end.over;
  }

  failed(why: string, error: unknown): void {
    const { sink, announce } = this.#context;
    const refused = error instanceof ApiError && error.code === 'forbidden';
    sink.setFeed({ name: 'master', state: 'broken', address: this.#leader ?? this.#options.where, why });
    if (this.#hasBroken || this.#leader === undefined) return;
    this.#hasBroken = true;
    const text = `The stream of the master ${this.#leader} ended: ${why}`;
    sink.addEvent({ source: 'top', kind: 'master-lost', text, tone: 'bad' });
    announce('bad', refused ? text : `${text}. Looking for who leads.`);
  }

  #connected(attempt: Attempt): void {
    const address = hostOf(this.#options.master.api.address);
    this.#follow(address);
    void this.#learn(attempt, address);
  }

  /** Fills the books as the state arrives; `isTold`: says how far it is, and that it is there. */
  #stateListener(attempt: Attempt, isTold = true): WholeStateListener {
    const books = this.#books;
    const unlessOver =
      <Piece extends readonly unknown[]>(take: (...piece: Piece) => void) =>
      (...piece: Piece): void => {
        if (!attempt.isOver) take(...piece);
      };
    let percent = 0;
    return {
      begin: unlessOver(() => {
        if (isTold) this.#says('loading', undefined, 0);
        books.begin();
      }),
      progress: unlessOver((share: number) => {
        if (!isTold || Math.floor(share * 100) === percent) return;
        percent = Math.floor(share * 100);
        this.#says('loading', undefined, share);
      }),
      task: unlessOver((task, isCompleted) => books.task(task, isCompleted)),
      framework: unlessOver((framework, isCompleted) => books.framework(framework, isCompleted)),
      agent: unlessOver((agent) => books.agent(agent)),
      recoveredAgent: unlessOver((info) => books.recoveredAgent(info)),
      complete: unlessOver(() => {
        books.complete();
        if (!isTold) return;
        this.#says('live');
        attempt.succeeded();
      }),
    };
  }

  #says(state: FeedRow['state'], why?: string, loaded?: number): void {
    const address = hostOf(this.#options.master.api.address);
    this.#context.sink.setFeed({ name: 'master', state, address, why, ...(loaded !== undefined && { loaded }) });
  }

  #follow(address: string): void {
    const { sink, announce } = this.#context;
    // A redirect may call by its host's name who was asked by address before.
    const before = this.#names.has(address) ? address : this.#leader;
    const wasBroken = this.#hasBroken;
    this.#leader = address;
    this.#hasBroken = false;
    if (before !== address) {
      if (before !== undefined) this.#changes += 1;
      this.#names = new Set([address]);
      sink.setLeader({ address, id: undefined, electedMs: undefined, version: undefined, changes: this.#changes });
      this.#options.onLeader?.(address);
    }
    if (before === undefined || (before === address && !wasBroken)) return;
    const text =
      before === address ? `The master ${address} answers again` : `The master ${address} leads now, after ${before}`;
    sink.addEvent({ source: 'top', kind: before === address ? 'master-back' : 'leader', text, tone: 'warn' });
    announce(before === address ? 'good' : 'warn', `${text}.`);
  }

  /** What the leader is called; known a little later than its state. */
  async #learn(attempt: Attempt, address: string): Promise<void> {
    const { master } = this.#options;
    try {
      const [{ master_info, elected_time }, flags] = await Promise.all([master.getMaster(), master.legacy('/flags')]);
      if (attempt.isOver || this.#leader !== address) return;
      const known: Partial<LeaderRow> = {
        id: master_info?.id,
        version: master_info?.version,
        electedMs: elected_time === undefined ? undefined : elected_time * 1000,
        clusterName: clusterOf(flags),
      };
      this.#context.sink.setLeader(known);
      this.#names = new Set([address, ...namesOf(master_info)]);
      this.#options.onNamed?.(this.#names);
    } catch (error) {
      if (attempt.isOver) return;
      const text = `The master ${address} does not say what it is: ${wordsOf(error)}`;
      this.#context.sink.addEvent({ source: 'top', kind: 'leader', text, tone: 'warn' });
    }
  }

  async #poll(attempt: Attempt): Promise<void> {
    const { master } = this.#options;
    const { clock } = this.#context.world;
    let answer: StateAnswer | undefined;
    attempt.onOver(() => answer?.close());
    for (let isFirst = true; !attempt.isOver; isFirst = false) {
      const startedMs = clock.monotonicMs();
      // What is shown stays until the next whole state is there: only of the first one it is said how far it is.
      answer = await openState(master, clock, this.#stateListener(attempt, isFirst));
      if (attempt.isOver) {
        answer.close();
        return;
      }
      if (isFirst) this.#connected(attempt);
      await answer.whole;
      if (attempt.isOver) return;
      this.#says('polling', 'this master streams no events: asked now and then');
      attempt.succeeded();
      const tookMs = clock.monotonicMs() - startedMs;
      await clock.sleep(Math.max(POLL_MS, tookMs * POLL_SHARE));
    }
  }
}

/** Masters before 1.1 do not know the call. */
function hasNoStream({ code, status }: ApiError): boolean {
  return code === 'not-found' || status === 400 || status === 405 || status === 501;
}

function namesOf(info: MasterInfo | undefined): readonly string[] {
  if (info === undefined) return [];
  const port = info.address?.port ?? info.port;
  const hosts = [info.address?.ip, info.address?.hostname, info.hostname];
  return hosts.flatMap((host) => (host === undefined ? [] : `${host.includes(':') ? `[${host}]` : host}:${port}`));
}

function clusterOf(flags: unknown): string | undefined {
  const inner: unknown = typeof flags === 'object' && flags !== null ? Reflect.get(flags, 'flags') : undefined;
  const name: unknown = typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'cluster') : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** `http://host:port` → `host:port`. */
export function hostOf(base: string): string {
  return base.replace(/^https?:\/\//, '');
}
