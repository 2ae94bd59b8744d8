// Plays a recorded scheduler scenario again: the same subscription, the same calls in the same order with our ids in them, each
// call as soon as the updates it answers are there. Then what the framework was told is compared, task by task.
import type { Event, Event_Type } from '../../../src/mesos/generated/scheduler.ts';
import type { Offer, TaskStatus } from '../../../src/mesos/generated/v1.ts';
import { compareJson } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import { bodyBytes, type Exchange, exchangesOf, type RecordedRequest } from '../exchange.ts';
import { Renaming } from '../renaming.ts';
import type { LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';

/** How long an event may take that the original sent. */
const PATIENCE_MS = 12_000;

export interface Played {
  /** What differs from the recording and is not told in deviations.ts. */
  readonly unexpected: readonly string[];
}

export async function play(cluster: LiveCluster, scenario: string): Promise<Played> {
  const exchanges = exchangesOf(scenario);
  const stream = exchanges.find(({ name }) => name === 'stream');
  if (stream === undefined) throw new Error(`${scenario} has no stream`);
  const player = new Player(cluster, stream);
  const differences: string[] = [];
  try {
    await player.subscribe();
    for (const exchange of exchanges) if (exchange !== stream) differences.push(...(await player.call(exchange)));
    differences.push(...(await player.compare()));
  } finally {
    player.close();
  }
  const deviations = deviationsOf(`${scenario}/stream`);
  return { unexpected: differences.filter((line) => !deviations.some(({ shows }) => shows.test(line))) };
}

class Player {
  readonly #cluster: LiveCluster;
  readonly #recorded: readonly Event[];
  readonly #request: RecordedRequest;
  readonly #renaming = new Renaming();
  readonly #usedOffers = new Set<string>();
  #framework: LiveFramework | undefined;

  constructor(cluster: LiveCluster, stream: Exchange) {
    if (typeof stream.request === 'string') throw new Error('not a request');
    this.#cluster = cluster;
    this.#request = stream.request;
    this.#recorded = (stream.records ?? []).map(([, record]) => record as Event);
  }

  async subscribe(): Promise<void> {
    const body = JSON.parse(bodyBytes(this.#request).toString());
    this.#framework = await LiveFramework.open(this.#cluster.world, this.#cluster.masterUrl, body);
    // Not every acknowledgement was kept in the recording.
    this.#framework.acknowledgeAll();
  }

  close(): void {
    this.#framework?.close();
  }

  /** What differs in the answer to a call. */
  async call(exchange: Exchange): Promise<string[]> {
    const { request, response, name } = exchange;
    if (typeof request === 'string' || 'closed' in response) return [];
    const call = JSON.parse(this.#renamed(bodyBytes(request).toString()));
    if (call.acknowledge !== undefined) {
      const status = await this.#counterpart(JSON.parse(bodyBytes(request).toString()).acknowledge.uuid);
      // Told as a difference in the end.
      if (status === 'never') return [];
      call.acknowledge.uuid = status.uuid;
    }
    if (call.kill !== undefined) await this.#runningIfItRan(call.kill.task_id.value);
    for (const member of ['accept', 'decline']) {
      if (call[member]?.offer_ids === undefined) continue;
      const recordedIds: { value: string }[] = JSON.parse(bodyBytes(request).toString())[member].offer_ids;
      call[member].offer_ids = await Promise.all(recordedIds.map(({ value }) => this.#ourOffer(value)));
    }
    const status = await this.#live().send(call);
    return status === response.status ? [] : [`${name}: status ${response.status} recorded, ours ${status}`];
  }

  async compare(): Promise<string[]> {
    const expected = byTask(this.#recorded);
    await this.#until(() => {
      const told = byTask(this.#live().events);
      const isHere = [...expected].every(
        ([task, list]) => (told.get(task)?.length ?? 0) >= list.length || isOver(told.get(task)),
      );
      return (
        isHere &&
        EVENTS_ONCE.every((type) => this.#count(type, this.#live().events) >= this.#count(type, this.#recorded))
      );
    });
    const { events } = this.#live();
    const differences: string[] = [];
    const against = (what: string, recorded: unknown, ours: unknown): void => {
      for (const line of compareJson(recorded, ours, { renaming: this.#renaming })) differences.push(`${what} ${line}`);
    };
    for (const type of EVENTS_ONCE) against(type, ofType(type, this.#recorded), ofType(type, events));
    against('first offers', firstOffers(this.#recorded), firstOffers(events));
    const told = byTask(events);
    for (const [task, list] of expected) {
      const ours = told.get(task) ?? [];
      against(`${task} states`, list.map(stateAndReason), ours.map(stateAndReason));
      if (ours.length !== list.length) continue;
      for (const [index, status] of list.entries()) against(`${task}[${index}]`, status, ours[index]);
    }
    for (const task of told.keys())
      if (!expected.has(task)) differences.push(`updates of ${task}, of which none was recorded`);
    return differences;
  }

  #count(type: Event_Type, events: readonly Event[]): number {
    return ofType(type, events).length;
  }

  #live(): LiveFramework {
    if (this.#framework === undefined) throw new Error('not subscribed');
    return this.#framework;
  }

  #renamed(text: string): string {
    const subscribed = this.#recorded.find(({ type }) => type === 'SUBSCRIBED')?.subscribed;
    const frameworkId = subscribed?.framework_id.value ?? '';
    const masterId = subscribed?.master_info?.id ?? '';
    return text.replaceAll(frameworkId, this.#live().id).replaceAll(masterId, this.#live().masterId);
  }

  /** Our update that corresponds to the recorded one with this uuid: the same task's, the same how many-th. */
  async #counterpart(uuid: string): Promise<TaskStatus | 'never'> {
    const all = [...byTask(this.#recorded).values()].flat();
    const recorded = all.find((status) => status.uuid === uuid);
    const task = recorded?.task_id.value ?? '';
    const index =
      byTask(this.#recorded)
        .get(task)
        ?.indexOf(recorded as TaskStatus) ?? -1;
    return this.#until(() => {
      const told = byTask(this.#live().events).get(task);
      return told?.[index] ?? (isOver(told) ? 'never' : undefined);
    });
  }

  /** Tasks were killed when they ran. */
  async #runningIfItRan(task: string): Promise<void> {
    const ran = ({ state }: TaskStatus): boolean => state === 'TASK_RUNNING';
    if (byTask(this.#recorded).get(task)?.some(ran)) {
      await this.#until(() => byTask(this.#live().events).get(task)?.some(ran));
    }
  }

  /** An offer of ours that has not been used, of the agent that the recorded one was of. */
  async #ourOffer(recordedId: string): Promise<{ value: string }> {
    const recorded = offersOf(this.#recorded).find(({ id }) => id.value === recordedId);
    if (recorded === undefined) return { value: recordedId };
    const agentId = this.#renamed(recorded.agent_id.value);
    const offer = await this.#until(() =>
      offersOf(this.#live().events).findLast(
        ({ id, agent_id }) => agent_id.value === agentId && !this.#usedOffers.has(id.value),
      ),
    );
    this.#usedOffers.add(offer.id.value);
    return offer.id;
  }

  async #until<T>(look: () => T | undefined | false): Promise<T> {
    for (let waited = 0; waited < PATIENCE_MS; waited += 10) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await this.#cluster.world.clock.sleep(10);
    }
    const told = byTask(this.#live().events);
    const seen = [...told].map(([task, list]) => `${task}: ${list.map(({ state }) => state).join()}`);
    throw new Error(`waited in vain; told so far: ${seen.join('; ')}`);
  }
}

function isOver(statuses: readonly TaskStatus[] | undefined): boolean {
  const state = statuses?.findLast(({ uuid }) => uuid !== undefined)?.state;
  return state !== undefined && /FINISHED|FAILED|KILLED|ERROR$/.test(state);
}

function stateAndReason({ state, reason }: TaskStatus): string {
  return reason === undefined ? state : `${state} ${reason}`;
}

/** Compared as lists. */
const EVENTS_ONCE: readonly Event_Type[] = ['SUBSCRIBED', 'ERROR', 'FAILURE', 'MESSAGE'];

function ofType(type: Event_Type, events: readonly Event[]): readonly Event[] {
  return events.filter((event) => event.type === type);
}

/** The statuses of each task in order; repeated ones once. */
function byTask(events: readonly Event[]): Map<string, TaskStatus[]> {
  const tasks = new Map<string, TaskStatus[]>();
  for (const { update } of events) {
    if (update === undefined) continue;
    const { status } = update;
    const list = tasks.get(status.task_id.value) ?? [];
    const isRepeated = status.uuid !== undefined && list.some(({ uuid }) => uuid === status.uuid);
    if (!isRepeated) list.push(status);
    tasks.set(status.task_id.value, list);
  }
  return tasks;
}

function offersOf(events: readonly Event[]): readonly Offer[] {
  return events.flatMap(({ offers }) => offers?.offers ?? []);
}

/** One offer of each agent, the first. */
function firstOffers(events: readonly Event[]): readonly Offer[] {
  const byAgent = new Map<string, Offer>();
  const first = events.find(({ type }) => type === 'OFFERS');
  for (const offer of first?.offers?.offers ?? []) byAgent.set(offer.agent_id.value, offer);
  return [...byAgent.values()];
}
