// Chronos as a framework: subscribes with the id it has kept, hands events to the parts they concern, and begins anew as another
// framework when the master has removed it (chronos.md 13.8–13.13, 14).

import type { MasterPlaces } from '../../../client/leader-source.ts';
import type { SchedulerCalls } from '../../../client/scheduler/calls.ts';
import type { CallOutcome, SchedulerError } from '../../../client/scheduler/errors.ts';
import { SchedulerClient } from '../../../client/scheduler.ts';
import type { Call, Event, Event_Subscribed } from '../../../mesos/generated/scheduler.ts';
import type { Offer, TaskStatus } from '../../../mesos/generated/v1.ts';
import { LinkCalls, notSubscribed, REMOVED } from '../../serving/framework/link-calls.ts';
import { EXIT } from '../../serving/leadership/exit-codes.ts';
import { FrameworkId } from '../../serving/storage/framework-id.ts';
import type { ChronosCore, MesosLink } from '../core.ts';
import type { ChronosOptions } from '../flags.ts';
import type { RunBook } from '../runs/run-book.ts';
import { frameworkInfo } from './framework-info.ts';

/** What the link tells, each from a turn of its own; nothing but `disconnected` comes while there is no subscription. */
export interface MesosListener {
  /** Subscribed, for the first time or again: what was offered before is void. */
  connected(): void;
  disconnected(): void;
  offers(offers: readonly Offer[]): void;
  rescinded(offerId: string): void;
  status(update: TaskStatus): void;
}

/** Events that may come while a new framework id is being written; more is a master gone mad. */
const MAX_HELD_EVENTS = 10_000;

export type LinkParts = Pick<ChronosCore, 'world' | 'log' | 'storage'> & {
  readonly options: ChronosOptions;
  readonly masters: MasterPlaces;
  readonly webUiUrl: string;
  readonly runs: Pick<RunBook, 'allLost'>;
  fail(reason: string, exitCode?: number): void;
};

/** `load`, then `start` once. */
export class SchedulerLink implements MesosLink {
  readonly calls: SchedulerCalls = new LinkCalls((call) => this.#call(call));
  readonly #parts: LinkParts;
  readonly #id: FrameworkId;
  #client: SchedulerClient | undefined;
  #listener: MesosListener | undefined;
  #isStopped = false;
  /** The subscription is there, and the id it gave us is durable. */
  #isReady = false;
  /** Events since SUBSCRIBED, until the new id is durable. */
  #held: Event[] | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#id = new FrameworkId(parts.storage);
  }

  load(): Promise<void> {
    return this.#id.load();
  }

  start(listener: MesosListener): void {
    this.#listener = listener;
    this.#open();
  }

  /** Leaves without a word, for good; tasks go on. */
  stop(): void {
    this.#isStopped = true;
    this.#isReady = false;
    this.#held = undefined;
    this.#client?.close();
  }

  /** Gives the subscription up for another one: for a master that has forgotten us without a word. Tasks go on. */
  resubscribe(): void {
    if (this.#isStopped || this.#client === undefined) return;
    this.#client.close();
    this.#held = undefined;
    this.#lost();
    this.#open();
  }

  get isSubscribed(): boolean {
    return this.#isReady;
  }

  get frameworkId(): string | undefined {
    return this.#id.value;
  }

  /** The one role is named with every subscription. */
  hasRole(role: string): boolean {
    return this.#isReady && role === this.#parts.options.mesosRole;
  }

  needRole(): Promise<void> {
    return Promise.resolve();
  }

  suppressOnly(roles: readonly string[]): Promise<CallOutcome> {
    const client = this.#client;
    if (client === undefined || !this.#isReady) return Promise.resolve(notSubscribed('Chronos'));
    return client.updateFramework(this.#info(), roles);
  }

  #call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome> {
    const client = this.#client;
    if (client === undefined || !this.#isReady) return Promise.resolve(notSubscribed('Chronos'));
    return client.call(call);
  }

  #info() {
    const { options, world, webUiUrl } = this.#parts;
    return frameworkInfo(options, { hostname: world.host.hostname, user: world.host.currentUser, webUiUrl });
  }

  #open(): void {
    if (this.#isStopped) return;
    const { world, masters } = this.#parts;
    const id = this.#id.value;
    const client = new SchedulerClient({
      world,
      masters,
      framework: { ...this.#info(), ...(id !== undefined && { id: { value: id } }) },
      listener: {
        event: (event) => this.#event(event),
        disconnected: (why, retryInMs) => this.#disconnected(why, retryInMs),
        ended: (error) => this.#ended(error),
      },
    });
    this.#client = client;
    client.start();
  }

  #event(event: Event): void {
    if (event.type === 'SUBSCRIBED' && event.subscribed !== undefined) this.#subscribed(event.subscribed);
    else if (this.#held === undefined) this.#dispatch(event);
    else if (this.#held.push(event) > MAX_HELD_EVENTS)
      this.#parts.fail(`The master sent ${MAX_HELD_EVENTS} events before the framework id could be written`);
  }

  #subscribed(subscribed: Event_Subscribed): void {
    const given = subscribed.framework_id.value;
    const known = this.#id.value;
    if (known === given) this.#ready(subscribed);
    else {
      if (known !== undefined) this.#allLost(`the master knows us as ${given}, and not as ${known} any more`);
      this.#adopt(subscribed);
    }
  }

  /** A new id. Nothing may be launched by a framework that could not be found again, so events wait until it is kept. */
  #adopt(subscribed: Event_Subscribed): void {
    const held: Event[] = [];
    this.#held = held;
    void this.#id.set(subscribed.framework_id.value).then(() => {
      if (this.#held !== held) return;
      this.#held = undefined;
      this.#ready(subscribed);
      for (const event of held) this.#dispatch(event);
    });
  }

  #ready(subscribed: Event_Subscribed): void {
    const master = subscribed.master_info?.hostname ?? '';
    this.#parts.log.info('subscribed', { frameworkId: subscribed.framework_id.value, master });
    this.#isReady = true;
    this.#listener?.connected();
  }

  #dispatch(event: Event): void {
    const listener = this.#listener;
    if (listener === undefined || !this.#isReady) return;
    const { log } = this.#parts;
    const { offers, rescind, update, failure, message } = event;
    if (offers !== undefined) listener.offers(offers.offers ?? []);
    else if (rescind !== undefined) listener.rescinded(rescind.offer_id.value);
    else if (update !== undefined) listener.status(update.status);
    // What becomes of the tasks comes as updates of their own (chronos.md 14.4).
    else if (failure !== undefined) log.warn('the master reports a failure', { ...failure });
    else if (message !== undefined) log.debug('ignored a message', { executor: message.executor_id.value });
    // HEARTBEAT is for the client, ERROR comes to `#ended`, and nothing else concerns us.
  }

  #disconnected(why: string, retryInMs: number): void {
    this.#held = undefined;
    this.#parts.log.warn('not subscribed', { why, retryInMs });
    this.#client?.describe(this.#info());
    this.#lost();
  }

  #lost(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#listener?.disconnected();
  }

  #ended(error: SchedulerError): void {
    this.#lost();
    this.#held = undefined;
    if (!error.message.includes(REMOVED)) {
      this.#parts.fail(`The master does not want us as a framework any more: ${error.message}`, EXIT.schedulerError);
      return;
    }
    this.#allLost('the master has removed this framework, and its tasks with it');
    void this.#id.clear().then(() => this.#open());
  }

  /** Not a word of the log that is easily overlooked: everything that ran is gone. */
  #allLost(why: string): void {
    this.#parts.log.error('every task is lost', { why, frameworkId: this.#id.value });
    this.#parts.runs.allLost(why);
  }
}
