// Asks every candidate of one election again and again whether it leads, and follows what the election itself says. What is
// asked of a candidate that is paused waits for it: when it wakes up it must not answer as a leader.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseZooKeeperAddress } from '../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper, type ZooKeeperConnection, ZooKeeperElection } from '../../../src/cluster/zookeeper/index.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import type { HaCluster } from './ha-cluster.ts';
import type { Member } from './member.ts';
import { type Act, Terms } from './terms.ts';

const POLL_MS = 50;
/** A paused candidate is asked that often, and then no more until it answers. */
const MAX_WAITING = 200;
const MAX_ANSWERS = 40_000;
const ANSWER_LIMIT_MS = 60_000;
/** What a stream carries is seen within this, on a machine that has other things to do. */
const STREAM_SLACK_MS = 250;

/** What is looked at. */
export interface Scene {
  readonly cluster: HaCluster;
  readonly candidates: readonly Member[];
  /** Path of the election, and its names. */
  readonly election: { readonly path: string; readonly names: 'masters' | 'latch' };
  /** Path of the state that its leaders write. */
  readonly state: string;
}

/** A question that was answered as a leader answers. */
export interface LeaderAnswer {
  readonly member: Member;
  readonly term: string;
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** A change of who leads, as the election tells it. */
interface Change {
  readonly atMs: number;
  readonly leader: Member | undefined;
}

/** From `start` to `stop`. Times are of performance.now(). */
export abstract class Lookout {
  readonly terms = new Terms();
  readonly changes: Change[] = [];
  /** What was wrong, in words. */
  readonly wrongs: string[] = [];
  protected readonly scene: Scene;
  readonly #stopping = new AbortController();
  readonly #work: Promise<unknown>[] = [];
  #answers: LeaderAnswer[] = [];
  #epoch = 0;
  /** Longest time for which this process itself did not get to look. */
  longestPauseMs = 0;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  /** One look at a candidate: calls `leads` and the like for what it answers. Rejects with whatever. */
  protected abstract look(member: Member, askedMs: number): Promise<void>;
  /** Listens to what a candidate sends of itself as long as it does. Rejects with whatever. */
  protected abstract listen(member: Member): Promise<void>;
  /** The port of a candidate that published this. */
  protected abstract portOf(data: string): number;

  start(): void {
    for (const member of this.scene.candidates) this.#work.push(this.#poll(member), this.#keepListening(member));
    this.#work.push(this.#watchOwnPace(), this.#watchElection());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#work);
  }

  /** The newest answer of a leader; undefined when there is none of the last second. */
  get latest(): LeaderAnswer | undefined {
    const latest = this.#answers.at(-1);
    return latest !== undefined && performance.now() - latest.answeredMs < 1_000 ? latest : undefined;
  }

  /** The first answer to a question of after a moment, by another term than the given one if there is one. */
  firstAfter(momentMs: number, otherThan?: string): LeaderAnswer | undefined {
    return this.#answers.find(({ askedMs, term }) => askedMs >= momentMs && term !== otherThan);
  }

  /** The last answer that was seen before a moment. */
  lastBefore(momentMs: number): LeaderAnswer | undefined {
    return this.#answers.findLast(({ answeredMs }) => answeredMs <= momentMs);
  }

  /** The longest time without an answer of a leader between two moments. */
  longestSilence(fromMs: number, toMs: number): number {
    const times = this.#answers.map(({ answeredMs }) => answeredMs).filter((ms) => ms > fromMs && ms < toMs);
    const all = [fromMs, ...times, toMs];
    return Math.max(...all.slice(1).map((ms, index) => ms - (all[index] ?? ms)));
  }

  protected get signal(): AbortSignal {
    return AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]);
  }

  /** As long as we look at all. */
  protected get wholeSignal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** It answered as a leader does. */
  protected leads(member: Member, term: string, askedMs: number, what: string): void {
    const answeredMs = performance.now();
    this.terms.add(member.name, term, { fromMs: askedMs, toMs: answeredMs, what });
    this.#answers.push({ member, term, askedMs, answeredMs });
    if (this.#answers.length > MAX_ANSWERS) this.#answers = this.#answers.slice(-MAX_ANSWERS / 2);
  }

  /** When something happened that a stream has just brought. */
  protected justNow(what: string): Act {
    const nowMs = performance.now();
    return { fromMs: nowMs - STREAM_SLACK_MS - this.longestPauseMs, toMs: nowMs, what };
  }

  async #poll(member: Member): Promise<void> {
    let waiting = 0;
    while (!this.#stopping.signal.aborted) {
      if (waiting < MAX_WAITING) {
        waiting++;
        this.look(member, performance.now())
          // Refused, broken off, over: it does not lead as far as anybody can tell.
          .catch(() => undefined)
          .finally(() => {
            waiting--;
          });
      }
      await sleep(POLL_MS);
    }
  }

  async #keepListening(member: Member): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.listen(member).catch(() => undefined);
      await sleep(2 * POLL_MS);
    }
  }

  async #watchOwnPace(): Promise<void> {
    for (let lastMs = performance.now(); !this.#stopping.signal.aborted; ) {
      await sleep(20);
      const nowMs = performance.now();
      this.longestPauseMs = Math.max(this.longestPauseMs, nowMs - lastMs - 20);
      lastMs = nowMs;
    }
  }

  /** Who leads, and under which epoch there are commits. */
  async #watchElection(): Promise<void> {
    const world = createRealWorld({ log: { level: 'silent' } });
    const { cluster, candidates, state } = this.scene;
    const address = parseZooKeeperAddress(cluster.ensemble.url(state));
    const connection = connectZooKeeper(world, address, { sessionTimeoutMs: 10_000 });
    const election = new ZooKeeperElection(world, connection, this.scene.election);
    await election.observe((leader) => {
      const port = leader && this.portOf(leader.data);
      const member = candidates.find(({ url }) => Number(new URL(url).port) === port);
      this.changes.push({ atMs: performance.now(), leader: member });
    });
    while (!this.#stopping.signal.aborted) {
      // The ensemble is under attack too.
      await this.#lookAtEpoch(connection).catch(() => undefined);
      await sleep(POLL_MS);
    }
    await election.close();
    await connection.close();
    await world.close();
  }

  async #lookAtEpoch(connection: ZooKeeperConnection): Promise<void> {
    const session = await connection.connected(1_000);
    const node = await session.get(`${this.scene.state}/fence`);
    if (node === undefined) return;
    const { epoch } = JSON.parse(node.data.toString('utf8')) as { epoch: number };
    if (epoch < this.#epoch) this.wrongs.push(`written under epoch ${epoch} after epoch ${this.#epoch}`);
    this.#epoch = epoch;
  }
}
