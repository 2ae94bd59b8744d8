// Marathon as a framework: subscribes with the id it has kept, hands events to the parts they concern, and ends the
// term rather than become another framework while tasks of the old one live (marathon.md 15.5, 16.8, 20.5).

import type { SchedulerCalls } from '../../../client/scheduler/calls.ts';
import type { CallOutcome, SchedulerError } from '../../../client/scheduler/errors.ts';
import { SchedulerClient } from '../../../client/scheduler.ts';
import type { Call, Event, Event_Subscribed } from '../../../mesos/generated/scheduler.ts';
import type { Offer } from '../../../mesos/generated/v1.ts';
import { LinkCalls, notSubscribed, REMOVED } from '../../serving/framework/link-calls.ts';
import { EXIT } from '../../serving/leadership/exit-codes.ts';
import { FrameworkId } from '../../serving/storage/framework-id.ts';
import type { InstanceCounts, MarathonCore, MesosLink, StatusUpdate } from '../core.ts';
import { frameworkInfo } from './framework/framework-info.ts';

/** What the link tells, each from a turn of its own; nothing but `disconnected` comes while there is no subscription. */
export interface MesosListener {
  /** Subscribed, for the first time or again: what was offered before is void. */
  connected(): void;
  disconnected(): void;
  offers(offers: readonly Offer[]): void;
  rescinded(offerId: string): void;
  status(update: StatusUpdate): void;
}

/** Events that may come while a new framework id is being written; more is a master gone mad. */
const MAX_HELD_EVENTS = 10_000;

type Parts = Pick<MarathonCore, 'world' | 'log' | 'masters' | 'options' | 'storage' | 'events' | 'fail'> & {
  readonly instances: { readonly totals: Pick<InstanceCounts, 'total' | 'scheduled'> };
  /** Where our API is; shown by the master. */
  readonly webUiUrl?: string;
};

/** `load`, then roles as they are needed, then `start` once. */
export class SchedulerLink implements MesosLink {
  readonly calls: SchedulerCalls = new LinkCalls((call) => this.#call(call));
  readonly #parts: Parts;
  readonly #id: FrameworkId;
  readonly #roles: Set<string>;
  /** Those that the next SUBSCRIBE is sure to name: one that is on its way may not have the latest. */
  #asked: readonly string[] = [];
  /** Those that the master knows of, over the present subscription. */
  #granted = new Set<string>();
  /** As said over the present subscription; UPDATE_FRAMEWORK has to repeat them. */
  #suppressed: readonly string[] = [];
  /** An UPDATE_FRAMEWORK on its way that names all roles. */
  #telling: Promise<void> | undefined;
  #client: SchedulerClient | undefined;
  #listener: MesosListener | undefined;
  #isStopped = false;
  /** The subscription is there, and the id it gave us is durable. */
  #isReady = false;
  #wasSubscribed = false;
  /** Events since SUBSCRIBED, until the new id is durable. */
  #held: Event[] | undefined;
  #masterRegion: string | undefined;
  #waitingForRoles: (() => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#id = new FrameworkId(parts.storage);
    this.#roles = new Set([parts.options.mesosRole]);
  }

  load(): Promise<void> {
    return this.#id.load();
  }

  /** Begins to subscribe, unless there are tasks that only the framework of a lost id could have. */
  start(listener: MesosListener): void {
    this.#listener = listener;
    const tasks = this.#launched;
    if (this.#id.value !== undefined || tasks === 0) this.#open();
    else
      this.#parts.fail(
        `There are ${tasks} instances with tasks, but the framework id they belong to is not in the state`,
        EXIT.frameworkIdMissing,
      );
  }

  /** Leaves without a word, for good; tasks go on. */
  stop(): void {
    this.#isStopped = true;
    this.#isReady = false;
    this.#held = undefined;
    this.#client?.close();
  }

  get isSubscribed(): boolean {
    return this.#isReady;
  }

  get frameworkId(): string | undefined {
    return this.#id.value;
  }

  get masterRegion(): string | undefined {
    return this.#masterRegion;
  }

  hasRole(role: string): boolean {
    return this.#granted.has(role);
  }

  async needRole(role: string): Promise<void> {
    if (this.#granted.has(role)) return;
    const isNew = !this.#roles.has(role);
    this.#roles.add(role);
    // The first subscription names it.
    if (this.#client === undefined) return;
    if (!this.#isReady) return new Promise((resolve) => this.#waitingForRoles.push(resolve));
    if (isNew || this.#telling === undefined) {
      const telling = this.#tellRoles();
      this.#telling = telling;
      await telling;
      if (this.#telling === telling) this.#telling = undefined;
    } else await this.#telling;
  }

  async #tellRoles(): Promise<void> {
    const client = this.#client;
    const roles = [...this.#roles];
    const outcome = await client?.updateFramework(this.#info(), this.#suppressed);
    if (client !== this.#client || outcome === undefined || !this.#isReady) return;
    if (outcome.ok) {
      for (const role of roles) this.#granted.add(role);
      return;
    }
    const refused = roles.filter((role) => !this.#granted.has(role));
    this.#parts.log.error('the master does not let us have roles', { refused, why: outcome.error.message });
    // A subscription that names a role that was refused would be our end.
    if (outcome.error.code === 'refused') for (const role of refused) this.#roles.delete(role);
  }

  suppressOnly(roles: readonly string[]): Promise<CallOutcome> {
    this.#suppressed = roles;
    const client = this.#client;
    if (client === undefined || !this.#isReady) return Promise.resolve(notSubscribed('Marathon'));
    return client.updateFramework(this.#info(), roles);
  }

  /** Instances that may have a task; those that only wait belong to no framework. */
  get #launched(): number {
    const { total, scheduled } = this.#parts.instances.totals;
    return total - scheduled;
  }

  #call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome> {
    const client = this.#client;
    if (client === undefined || !this.#isReady) return Promise.resolve(notSubscribed('Marathon'));
    this.#noteSuppression(call);
    return client.call(call);
  }

  #noteSuppression({ type, suppress, revive }: Omit<Call, 'framework_id'>): void {
    if (type === 'SUPPRESS') {
      this.#suppressed = [...new Set([...this.#suppressed, ...(suppress?.roles ?? this.#granted)])];
    } else if (type === 'REVIVE') {
      const revived = revive?.roles;
      this.#suppressed = revived === undefined ? [] : this.#suppressed.filter((role) => !revived.includes(role));
    }
  }

  #info() {
    const { options, world, webUiUrl } = this.#parts;
    const self = { hostname: world.host.hostname, user: world.host.currentUser, webUiUrl };
    return frameworkInfo(options, self, [...this.#roles]);
  }

  /** What the next subscription says: nothing suppressed, so that whoever wants offers need not ask. */
  #describe(): void {
    this.#suppressed = [];
    this.#granted.clear();
    this.#asked = [...this.#roles];
    this.#client?.describe(this.#info());
  }

  #open(): void {
    if (this.#isStopped) return;
    const { world, options, masters } = this.#parts;
    this.#describe();
    const id = this.#id.value;
    const client = new SchedulerClient({
      world,
      masters,
      framework: { ...this.#info(), ...(id !== undefined && { id: { value: id } }) },
      // Every master sends HEARTBEAT events, so nobody has to be provoked to show that he is there (marathon.md 16.8).
      missedHeartbeats: options.mesosHeartbeatFailureThreshold,
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
      this.#parts.fail('Events pile up while the framework id is being written', EXIT.schedulerError);
  }

  #subscribed(subscribed: Event_Subscribed): void {
    this.#masterRegion = subscribed.master_info?.domain?.fault_domain?.region.name;
    const given = subscribed.framework_id.value;
    const known = this.#id.value;
    if (known === given) this.#ready(subscribed);
    else if (known === undefined || this.#launched === 0) this.#adopt(subscribed);
    else
      this.#parts.fail(
        `The master registered us as ${given}, but our instances belong to ${known}`,
        EXIT.frameworkIdMissing,
      );
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
    const { events, log } = this.#parts;
    const frameworkId = subscribed.framework_id.value;
    const master = subscribed.master_info?.hostname ?? '';
    log.info('subscribed', { frameworkId, master });
    this.#isReady = true;
    this.#granted = new Set(this.#asked);
    events.publish({
      type: this.#wasSubscribed ? 'scheduler_reregistered_event' : 'scheduler_registered_event',
      frameworkId,
      master,
    });
    this.#wasSubscribed = true;
    this.#listener?.connected();
    if (this.#granted.size < this.#roles.size) void this.#tellRoles().then(() => this.#rolesTold());
    else this.#rolesTold();
  }

  #rolesTold(): void {
    for (const resolve of this.#waitingForRoles.splice(0)) resolve();
  }

  #dispatch(event: Event): void {
    const listener = this.#listener;
    if (listener === undefined || !this.#isReady) return;
    const { log } = this.#parts;
    const { offers, rescind, update, failure, message } = event;
    if (offers !== undefined) listener.offers(offers.offers ?? []);
    else if (rescind !== undefined) listener.rescinded(rescind.offer_id.value);
    else if (update !== undefined) listener.status(update.status);
    // What becomes of the tasks comes as updates of their own.
    else if (failure !== undefined) log.warn('the master reports a failure', { ...failure });
    else if (message !== undefined) log.debug('ignored a message', { executor: message.executor_id.value });
    // HEARTBEAT is for the client, ERROR comes to `#ended`, and nothing else concerns us.
  }

  #disconnected(why: string, retryInMs: number): void {
    this.#held = undefined;
    this.#describe();
    this.#parts.log.warn('not subscribed', { why, retryInMs });
    this.#lost();
  }

  #lost(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#parts.events.publish({ type: 'scheduler_disconnected_event' });
    this.#listener?.disconnected();
  }

  #ended(error: SchedulerError): void {
    const { log } = this.#parts;
    this.#lost();
    const isRemoved = error.message.includes(REMOVED);
    if (isRemoved && this.#launched === 0) {
      log.warn('the master has removed this framework; as it had no tasks, it begins anew', {
        frameworkId: this.#id.value,
      });
      void this.#id.clear().then(() => this.#open());
      return;
    }
    const code = isRemoved ? EXIT.frameworkRemoved : EXIT.schedulerError;
    this.#parts.fail(`The master does not want us as a framework any more: ${error.message}`, code);
  }
}
