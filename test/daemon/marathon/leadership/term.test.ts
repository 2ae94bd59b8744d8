// One term of leadership: what it may do, and that nothing of it acts when it may not, or any more (design: who loses the
// lead throws everything away).
import { describe, expect, test } from 'vitest';
import type { CommitOptions, Store, StoreChange } from '../../../../src/cluster/store.ts';
import { StoreError } from '../../../../src/cluster/store.ts';
import { parseMarathonOptions } from '../../../../src/daemon/marathon/flags.ts';
import type { Marathon } from '../../../../src/daemon/marathon/marathon.ts';
import { marathonOffice } from '../../../../src/daemon/marathon/office.ts';
import { Term, type TermEnd } from '../../../../src/daemon/serving/leadership/term.ts';
import { LogLevels } from '../../../../src/daemon/serving/process/log-levels.ts';
import { SeededRandom } from '../../../../src/simulation/core/random.ts';
import type { ClientRequest } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { silentLog } from '../../../client/support/fake-master.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { ScriptedMaster } from '../support/scripted-master.ts';
import { settled, VirtualClock } from '../support/virtual-clock.ts';

/** Keeps count of what leaves the process. */
class CountingMaster extends ScriptedMaster {
  exchanges = 0;

  override openStream(request: ClientRequest) {
    this.exchanges += 1;
    return super.openStream(request);
  }

  override request(request: ClientRequest) {
    this.exchanges += 1;
    return super.request(request);
  }
}

/** Tells what it is asked, in order. */
class TellingStore extends MemoryStore {
  readonly asked: string[] = [];
  commits = 0;
  failure: StoreError | undefined;
  gate: Promise<void> | undefined;

  override async read(prefix: string) {
    this.asked.push(`read ${prefix}`);
    return await super.read(prefix);
  }

  override async commit(changes: readonly StoreChange[], { fence }: CommitOptions = {}): Promise<void> {
    this.asked.push(`commit ${changes.length} as ${fence}`);
    this.commits += 1;
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    await super.commit(changes);
  }

  override async close(): Promise<void> {
    this.asked.push('close');
  }
}

class Rig {
  readonly clock = new VirtualClock();
  readonly master = new CountingMaster();
  readonly store = new TellingStore();
  readonly ends: TermEnd[] = [];
  marathon: Marathon | undefined;
  mayLead = true;
  readonly term: Term<Marathon>;

  constructor(openStore?: (rig: Rig) => Promise<Store>, flags: readonly string[] = []) {
    const host = { hostname: 'box', currentUser: 'me', lookup: async (name: string) => name };
    const random = new SeededRandom(1, 'term');
    const world = { clock: this.clock, net: this.master, random, host, log: silentLog } as unknown as World;
    const own = { hostname: 'box', port: 8080, address: 'box:8080' };
    const options = parseMarathonOptions({
      args: ['--master=m:5050', '--min_revive_offers_interval=500', ...flags],
    });
    const logLevels = new LogLevels(this.clock, 'info');
    const office = marathonOffice({ options, own, webUiUrl: 'http://box:8080', logLevels });
    this.term = new Term({
      world,
      office,
      openStore: () => openStore?.(this) ?? Promise.resolve(this.store),
      epoch: 7,
      mayLead: () => this.mayLead,
      createApi: (marathon) => office.createApi(marathon, { epoch: 7, abdicate: () => undefined }),
      onActing: (marathon) => {
        this.marathon = marathon;
      },
      onEnd: (end) => this.ends.push(end),
    });
  }

  async ask(method: string, target: string, body?: unknown) {
    const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
    return await this.term.answer({ method, target, headers: {}, body: bytes, remoteAddress: '127.0.0.1' });
  }

  /** What has left the process so far. */
  get acts(): readonly number[] {
    return [this.master.exchanges, this.store.commits];
  }

  /** A second of a cluster's life. */
  async second(): Promise<void> {
    this.master.offer();
    await this.clock.advance(1_000);
  }
}

const web = (text: string) => ({
  id: '/web',
  cmd: `echo ${text}`,
  instances: 4,
  cpus: 0.1,
  mem: 16,
  healthChecks: [{ protocol: 'HTTP', intervalSeconds: 2 }],
  portDefinitions: [{ port: 0 }],
});

/** Services are made, replaced, scaled and lost; each step leaves something under way. */
const LIFE: readonly ((rig: Rig) => unknown)[] = [
  (rig) => rig.ask('POST', '/v2/apps', web('a')),
  (rig) => rig.second(),
  (rig) => rig.second(),
  (rig) => rig.second(),
  (rig) => rig.ask('PUT', '/v2/apps/web', web('b')),
  (rig) => rig.clock.advance(10),
  (rig) => rig.second(),
  (rig) => rig.master.tell([...rig.master.tasks.keys()][0] ?? '', 'TASK_FAILED'),
  (rig) => rig.second(),
  (rig) => rig.master.tellAll('TASK_UNREACHABLE'),
  (rig) => rig.second(),
  (rig) => rig.master.cut(),
  (rig) => rig.clock.advance(100),
  (rig) => rig.second(),
  (rig) => rig.ask('DELETE', '/v2/apps/web?force=true'),
  (rig) => rig.second(),
];

describe('a term that is over', () => {
  test.each(LIFE.map((_, steps) => steps + 1))('acts no more when it ended after step %i', async (steps) => {
    const rig = new Rig();
    await settled();
    // The last step is under way at the end.
    for (const step of LIFE.slice(0, steps - 1)) {
      await step(rig);
      await settled();
    }
    void LIFE[steps - 1]?.(rig);
    rig.term.end();
    const { acts } = rig;
    expect(acts[0]).toBeGreaterThan(0);
    expect(rig.clock.pending).toBe(0);
    rig.master.offer(3);
    rig.master.tellAll('TASK_FAILED');
    await settled();
    await rig.clock.advance(24 * 3_600_000);
    expect(rig.acts).toEqual(acts);
    expect(rig.clock.pending).toBe(0);
    expect(rig.ends).toEqual([]);
    expect(rig.store.asked.at(-1)).toBe('close');
  });

  test('leaves nobody without an answer, and says that it does not know', async () => {
    const rig = new Rig();
    await settled();
    const gate = Promise.withResolvers<void>();
    rig.store.gate = gate.promise;
    const asked = rig.ask('POST', '/v2/apps', web('a'));
    await settled();
    rig.term.end();
    const { status, body } = await asked;
    expect([status, String(body)]).toEqual([500, expect.stringContaining('may have been done or not')]);
    expect((await rig.ask('GET', '/v2/apps')).status).toBe(503);
    gate.resolve();
    await settled();
    expect(rig.ends).toEqual([]);
  });

  test('closes the state that was opened too late', async () => {
    const opening = Promise.withResolvers<Store>();
    const rig = new Rig(() => opening.promise);
    rig.term.end();
    opening.resolve(rig.store);
    await settled();
    expect(rig.store.asked).toEqual(['close']);
    expect(rig.clock.pending).toBe(0);
  });
});

describe('a term that is not certain', () => {
  test('calls nobody and launches nothing, and goes on when it is certain again', async () => {
    const rig = new Rig();
    await settled();
    await rig.ask('POST', '/v2/apps', web('a'));
    await rig.clock.advance(10);
    rig.mayLead = false;
    const [exchanges] = rig.acts;
    rig.master.offer(4);
    await settled();
    await rig.clock.advance(5_000);
    expect(rig.master.exchanges).toBe(exchanges);
    expect(rig.master.launched).toEqual([]);
    rig.mayLead = true;
    rig.term.resume();
    await rig.clock.advance(1_000);
    expect(rig.master.launched).toHaveLength(4);
    await rig.clock.advance(10_000);
    expect(rig.marathon?.deployments.running).toEqual([]);
  });

  test('hears nothing: what the master says, and that it is gone, is heard when it is certain again', async () => {
    const rig = new Rig();
    await settled();
    await rig.ask('POST', '/v2/apps', web('a'));
    await rig.second();
    const told: string[] = [];
    rig.marathon?.events.listen({
      wants: (type) => type === 'status_update_event' || type.startsWith('scheduler_'),
      deliver: (frame) => told.push(/^event: (\S+)/.exec(new TextDecoder().decode(frame))?.[1] ?? ''),
    });
    const [task = ''] = rig.master.tasks.keys();
    const { commits } = rig.store;
    rig.mayLead = false;
    rig.master.tell(task, 'TASK_FAILED');
    rig.master.cut();
    await settled();
    await rig.clock.advance(5_000);
    expect([told, rig.store.commits]).toEqual([[], commits]);
    rig.mayLead = true;
    rig.term.resume();
    await settled();
    expect(told.slice(0, 2).sort()).toEqual(['scheduler_disconnected_event', 'status_update_event']);
    expect(rig.store.commits).toBeGreaterThan(commits);
  });

  test('tells nobody that a write was done before it is certain again, and never when it is over instead', async () => {
    for (const isOver of [false, true]) {
      const rig = new Rig();
      await settled();
      const told: string[] = [];
      rig.marathon?.events.listen({
        wants: () => true,
        deliver: (frame) => told.push(new TextDecoder().decode(frame)),
      });
      const gate = Promise.withResolvers<void>();
      rig.store.gate = gate.promise;
      const asked = rig.ask('POST', '/v2/apps', web('a'));
      await settled();
      rig.mayLead = false;
      gate.resolve();
      await rig.clock.advance(5_000);
      expect(told).toEqual([]);
      if (isOver) rig.term.end();
      else rig.mayLead = true;
      await rig.clock.advance(1_000);
      expect((await asked).status).toBe(isOver ? 500 : 201);
      expect(told.length > 0).toBe(!isOver);
    }
  });

  test('goes on also when nobody tells that it is certain again', async () => {
    const rig = new Rig();
    await settled();
    rig.mayLead = false;
    await rig.clock.advance(60_000);
    rig.mayLead = true;
    await rig.ask('POST', '/v2/apps', web('a'));
    await rig.second();
    expect(rig.master.launched).toHaveLength(4);
  });

  test('does nothing that waited, when it is over instead', async () => {
    const rig = new Rig();
    await settled();
    await rig.ask('POST', '/v2/apps', web('a'));
    rig.mayLead = false;
    rig.master.offer(4);
    await rig.clock.advance(5_000);
    const { acts } = rig;
    rig.term.end();
    rig.mayLead = true;
    rig.term.resume();
    await rig.clock.advance(60_000);
    expect(rig.acts).toEqual(acts);
  });
});

describe('a term begins', () => {
  test('with its epoch as the fence, before it reads anything', async () => {
    const rig = new Rig();
    await settled();
    expect(rig.store.asked.slice(0, 2)).toEqual(['commit 0 as 7', 'read framework/id']);
    expect(rig.term.isActing).toBe(true);
  });

  test('and is over at once when another has begun since', async () => {
    const rig = new Rig();
    rig.store.failure = new StoreError('fenced', 'epoch 7 is over');
    await settled();
    expect(rig.store.asked).toEqual(['commit 0 as 7', 'close']);
    expect(rig.ends).toEqual([{ code: 1, isFatal: false, reason: expect.stringContaining('epoch 7 is over') }]);
    expect(rig.master.exchanges).toBe(0);
    expect(rig.clock.pending).toBe(0);
  });

  test.each([
    ['does not answer', new StoreError('failed', 'no quorum'), false],
    ['is of a later version', new StoreError('newer-format', 'format 2'), true],
    ['holds what nobody wrote', new Error('not JSON'), true],
  ])('or fails when the state %s; whether another could do better it says', async (_, error, isFatal) => {
    const rig = new Rig(() => Promise.reject(error));
    await settled();
    expect(rig.ends).toMatchObject([{ code: 1, isFatal, reason: expect.stringContaining(error.message) }]);
    expect(rig.clock.pending).toBe(0);
  });

  test('or is given up when the state takes too long', async () => {
    const rig = new Rig(() => new Promise(() => undefined), ['--on_elected_prepare_timeout=5000']);
    await rig.clock.advance(5_000);
    expect(rig.ends).toEqual([{ code: 1, isFatal: false, reason: 'the state was not loaded within 5000 ms' }]);
    expect(rig.clock.pending).toBe(0);
  });
});

describe('a term ends by itself', () => {
  test('when a write has no known outcome: once, and nothing is done that relied on it', async () => {
    const rig = new Rig();
    await settled();
    rig.store.failure = new StoreError('failed', 'no word from it');
    const asked = rig.ask('POST', '/v2/apps', web('a'));
    await rig.second();
    expect((await asked).status).toBe(500);
    expect(rig.ends).toEqual([{ code: 1, isFatal: false, reason: expect.stringContaining('no word from it') }]);
    expect(rig.master.launched).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  test.each([
    ['Framework failed over', { code: 106, isFatal: false }],
    ['Framework has been removed', { code: 110, isFatal: true }],
  ])('when the master says: %s', async (message, end) => {
    const rig = new Rig();
    await settled();
    await rig.ask('POST', '/v2/apps', web('a'));
    await rig.second();
    rig.master.send({ type: 'ERROR', error: { message } });
    await settled();
    expect(rig.ends).toMatchObject([end]);
    expect(rig.clock.pending).toBe(0);
  });
});
