// Lives a recorded scheduler stream again on a live cluster: the same subscription, then its calls, byte for byte but for ids,
// each when everything that the recorded framework knew at that point has been told to ours too. `finish` compares all
// that was told with the recording.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Event } from '../../../src/mesos/generated/scheduler.ts';
import type { TaskState } from '../../../src/mesos/generated/v1.ts';
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import type { ClientStream } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { compareAnswers, compareJson } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import { bodyBytes, type Exchange, exchangesOf, type RecordedResponse } from '../exchange.ts';
import { Renaming } from '../renaming.ts';
import { replay } from './replay.ts';
import { byThread, orderOfMaster, type Piece, piecesOf } from './told.ts';

/** How long anything may take that the original told. */
const PATIENCE_MS = 60_000;

export interface RunOptions {
  readonly world: World;
  /** Of the master. */
  readonly port: number;
  /** What the recording says of its ids → ours; grows with what is told. Shared by the streams of one session. */
  readonly names: Map<string, string>;
}

export class Run {
  readonly #options: RunOptions;
  readonly #stream: Exchange;
  readonly #calls: readonly Exchange[];
  readonly #recorded: readonly Piece[];
  readonly #renaming = new Renaming();
  readonly #done = new Set<Exchange>();
  readonly #unexpected: string[] = [];
  readonly #events: Event[] = [];
  /** On their way to the master. */
  readonly #acknowledging = new Set<Promise<void>>();
  #live: ClientStream | undefined;
  #refusal = Buffer.alloc(0);
  /** undefined while the stream goes on. */
  #end: { readonly error?: Error } | undefined;

  constructor(options: RunOptions, dir: string) {
    const exchanges = exchangesOf(dir);
    const stream = exchanges.find(({ name }) => name === 'stream');
    if (stream === undefined) throw new Error(`no stream was recorded in ${dir}`);
    this.#options = options;
    this.#stream = stream;
    this.#calls = exchanges.filter((one) => one !== stream);
    this.#recorded = piecesOf((stream.records ?? []).map(([, record]) => record as Event));
  }

  static async subscribe(options: RunOptions, dir: string): Promise<Run> {
    const run = new Run(options, dir);
    await run.#subscribe();
    return run;
  }

  /** Makes the recorded calls up to and without this one; all when there is no name. */
  async callsBefore(name?: string): Promise<void> {
    for (const exchange of this.#calls) {
      if (exchange.name === name) return;
      if (!this.#done.has(exchange)) await this.#call(exchange);
    }
  }

  /** Makes the recorded calls up to and with this one. */
  async callsUpTo(name: string): Promise<void> {
    await this.callsBefore(name);
    const exchange = this.#calls.find((one) => one.name === name);
    if (exchange === undefined) throw new Error(`${name} was not recorded in ${this.#stream.dir}`);
    await this.#call(exchange);
  }

  /** A call that the recording leaves out; ids as recorded. */
  async unrecorded(call: Omit<Call, 'framework_id'>): Promise<void> {
    const body = JSON.stringify({ framework_id: { value: this.frameworkId }, ...call });
    await this.#options.world.net.request({
      method: 'POST',
      url: `http://127.0.0.1:${this.#options.port}/api/v1/scheduler`,
      headers: { 'content-type': 'application/json', 'mesos-stream-id': this.#live?.headers['mesos-stream-id'] ?? '' },
      body: this.#renamed(body),
    });
  }

  /**
   * Where the clock stands: whatever is free is offered now. Resolves when the offers have been made; else the next call
   * could come before them, and what it gives back would be among them.
   */
  async wantsOffers(): Promise<void> {
    await this.unrecorded({ type: 'REVIVE' });
    // The master, in this process, has set its timer for that before it answered: timers of one length end in their order.
    await sleep(1);
  }

  /** Ends the framework unless that has been done. */
  async leave(): Promise<void> {
    if (this.#end === undefined && this.frameworkId !== '') await this.unrecorded({ type: 'TEARDOWN' });
  }

  /** Declines the recorded offers of these numbers (`O2`), once they are told. */
  async declines(...numbers: readonly string[]): Promise<void> {
    for (const number of numbers) {
      const offer = this.#recorded.find(({ offerId }) => offerId?.endsWith(`-${number}`));
      if (offer?.offerId === undefined) throw new Error(`${number} was not recorded in ${this.#stream.dir}`);
      await this.told(offer.event + 1);
      await this.unrecorded({
        type: 'DECLINE',
        decline: { offer_ids: [{ value: offer.offerId }], filters: { refuse_seconds: 0 } },
      });
    }
  }

  /**
   * Resolves when the counterparts of the first so many recorded events have been told, of all of them by default, and the master
   * has what we acknowledge of them: an agent that was stopped before would tell them again.
   */
  async told(events = Number.POSITIVE_INFINITY): Promise<void> {
    const wanted = byThread(this.#recorded.filter(({ event }) => event < events));
    const missing = (): string[] => {
      const told = this.#told();
      return [...wanted]
        .filter(([thread, list]) => list.length > (told.get(thread)?.length ?? 0))
        .map(([name]) => name);
    };
    const deadline = Date.now() + PATIENCE_MS;
    while (missing().length > 0) {
      if (this.#end !== undefined || Date.now() > deadline) {
        const why = this.#end === undefined ? 'waited in vain' : 'the stream had ended';
        throw new Error(`${this.#stream.dir}, event ${events}: ${why} for more of ${missing().join(', ')}`);
      }
      await sleep(5);
    }
    await Promise.all(this.#acknowledging);
  }

  /** As `told`, up to the first recorded offers. Whoever subscribes earlier may be made some of them. */
  async toldOffers(): Promise<void> {
    const offer = this.#recorded.find(({ offerId }) => offerId !== undefined);
    if (offer === undefined) throw new Error(`nothing was offered in ${this.#stream.dir}`);
    await this.told(offer.event + 1);
  }

  /** As `told`, up to the first recorded update of a task with this state. */
  async toldThat(taskId: string, state: TaskState): Promise<void> {
    const update = this.#recorded.find(({ thread, value }) => {
      return thread === `task ${taskId}` && (value as Event).update?.status.state === state;
    });
    if (update === undefined) throw new Error(`${taskId} was never ${state} in ${this.#stream.dir}`);
    await this.told(update.event + 1);
  }

  /** Ours. */
  get frameworkId(): string {
    return this.#events.find(({ subscribed }) => subscribed)?.subscribed?.framework_id.value ?? '';
  }

  close(): void {
    this.#live?.close();
  }

  /** Makes the calls that are left, waits for all that was recorded, and answers what differs without a reason. */
  async finish(): Promise<{ readonly unexpected: readonly string[]; readonly notSeen: readonly string[] }> {
    await this.callsBefore();
    await this.told();
    await this.#ended();
    this.close();
    const differences = this.#differences();
    const deviations = deviationsOf(`${this.#stream.dir}/stream`);
    return {
      unexpected: [
        ...this.#unexpected,
        ...differences.filter((line) => !deviations.some(({ shows }) => shows.test(line))),
      ],
      notSeen: deviations
        .filter(({ shows, isAlways }) => isAlways && !differences.some((line) => shows.test(line)))
        .map(({ shows }) => String(shows)),
    };
  }

  async #subscribe(): Promise<void> {
    const { request } = this.#stream;
    if (typeof request === 'string') throw new Error('a subscription is a request');
    const live = await this.#options.world.net.openStream({
      method: 'POST',
      url: `http://127.0.0.1:${this.#options.port}${request.target}`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: this.#renamed(bodyBytes(request).toString()),
    });
    this.#live = live;
    this.#learn(recordedHeader(this.#stream, 'Mesos-Stream-Id'), live.headers['mesos-stream-id']);
    const decoder = new RecordDecoder();
    live.onChunk((chunk) => {
      if (live.status !== 200) this.#refusal = Buffer.concat([this.#refusal, chunk]);
      else for (const record of decoder.push(chunk)) this.#take(JSON.parse(new TextDecoder().decode(record)));
    });
    live.onEnd((error) => {
      this.#end = error === undefined ? {} : { error };
    });
    if (live.status === 200) await this.told(1);
    else await this.#untilEnd();
  }

  /** Learns our names of what the recording names, and acknowledges what the recording does not. */
  #take(event: Event): void {
    this.#events.push(event);
    const threads = byThread(this.#recorded);
    for (const piece of piecesOf([event], this.#events)) {
      const counterpart = threads.get(piece.thread)?.[(this.#told().get(piece.thread)?.length ?? 0) - 1];
      const recorded = this.#recordedEvent(counterpart);
      if (event.subscribed !== undefined) {
        this.#learn(recorded?.subscribed?.framework_id.value, event.subscribed.framework_id.value);
        this.#learn(recorded?.subscribed?.master_info?.id, event.subscribed.master_info?.id);
      }
      this.#learn(counterpart?.offerId, piece.offerId);
      if (piece.uuid === undefined) continue;
      this.#learn(counterpart?.uuid, piece.uuid);
      if (this.#isAcknowledged(counterpart?.uuid)) continue;
      const acknowledging = this.#acknowledge(event).finally(() => this.#acknowledging.delete(acknowledging));
      this.#acknowledging.add(acknowledging);
    }
  }

  #recordedEvent(piece: Piece | undefined): Event | undefined {
    return piece === undefined || piece.offerId !== undefined ? undefined : (piece.value as Event);
  }

  #learn(recorded: string | undefined, ours: string | undefined): void {
    if (recorded !== undefined && ours !== undefined && ours !== '') this.#options.names.set(recorded, ours);
  }

  #isAcknowledged(uuid: string | undefined): boolean {
    return uuid !== undefined && this.#calls.some(({ request }) => textOf(request).includes(uuid));
  }

  async #acknowledge({ update }: Event): Promise<void> {
    const { task_id, agent_id, uuid } = update?.status ?? {};
    if (task_id === undefined || agent_id === undefined || uuid === undefined) return;
    await this.unrecorded({ type: 'ACKNOWLEDGE', acknowledge: { task_id, agent_id, uuid } });
  }

  async #call(exchange: Exchange): Promise<void> {
    this.#done.add(exchange);
    await this.told(this.#knownAt(exchange));
    const { unexpected, notSeen } = await replay(exchange, this.#options.port, this.#names(), this.#renaming);
    this.#unexpected.push(...[...unexpected, ...notSeen].map((line) => `${exchange.name}: ${line}`));
  }

  /** How many events the recorded framework had surely been told when it made a call: those whose ids it, or a call before, says. */
  #knownAt(exchange: Exchange): number {
    const until = this.#calls.indexOf(exchange) + 1;
    const isLast = until === this.#calls.length && textOf(exchange.request).includes('"TEARDOWN"');
    if (isLast) return Number.POSITIVE_INFINITY;
    const texts = this.#calls.slice(0, until).map(({ request }) => textOf(request));
    const known = this.#recorded.filter(({ uuid, offerId }) =>
      texts.some((text) => (uuid !== undefined && text.includes(uuid)) || (offerId && text.includes(`"${offerId}"`))),
    );
    return Math.max(1, ...known.map(({ event }) => event + 1));
  }

  #renamed(text: string): string {
    let renamed = text;
    for (const [recorded, ours] of this.#names()) renamed = renamed.replaceAll(recorded, ours);
    return renamed;
  }

  /** Longer ones first: a framework's id begins with its master's. */
  #names(): Map<string, string> {
    return new Map([...this.#options.names].sort(([a], [b]) => b.length - a.length));
  }

  #told(): Map<string, Piece[]> {
    return byThread(piecesOf(this.#events));
  }

  /** Where the recorded stream was ended by the master, ours must be. */
  async #ended(): Promise<void> {
    if (!/final chunk/.test(this.#stream.end ?? '')) return;
    await this.#untilEnd();
    if (this.#end === undefined) this.#unexpected.push('the stream was ended; ours goes on');
    else if (this.#end.error !== undefined)
      this.#unexpected.push(`the stream ended; ours broke: ${this.#end.error.message}`);
  }

  async #untilEnd(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.#end === undefined && Date.now() < deadline) await sleep(5);
  }

  #differences(): string[] {
    const answer: RecordedResponse = {
      status: this.#live?.status ?? 0,
      headers: Object.entries(this.#live?.headers ?? {}),
      base64: this.#refusal.toString('base64'),
    };
    const differences = compareAnswers(this.#stream, answer, { renaming: this.#renaming });
    const told = this.#told();
    const recorded = byThread(this.#recorded);
    for (const thread of new Set([...recorded.keys(), ...told.keys()])) {
      const [was, is] = [recorded.get(thread) ?? [], told.get(thread) ?? []];
      if (was.length !== is.length) differences.push(`${thread}: ${was.length} recorded, ours ${is.length}`);
      for (const [index, { value }] of was.slice(0, is.length).entries()) {
        const lines = compareJson(value, is[index]?.value, { renaming: this.#renaming });
        differences.push(...lines.map((line) => `${thread} ${index + 1} ${line}`));
      }
    }
    const [order, ours] = [orderOfMaster(this.#recorded), orderOfMaster(piecesOf(this.#events))];
    if (order.join() !== ours.join()) differences.push(`order: ${order.join(', ')} recorded, ours ${ours.join(', ')}`);
    return differences;
  }
}

function recordedHeader({ response }: Exchange, name: string): string | undefined {
  return 'closed' in response ? undefined : response.headers.find(([key]) => key === name)?.[1];
}

function textOf(request: Exchange['request']): string {
  return typeof request === 'string' ? request : bodyBytes(request).toString();
}
