// The store when answers get lost, on an ensemble that loses them wherever we want: exactly once, all or nothing.
import { describe, expect, test } from 'vitest';
import type { Store, StoreChange } from '../../../../src/cluster/store.ts';
import { StoreLayout } from '../../../../src/cluster/zookeeper/store/layout.ts';
import {
  openZooKeeperStore,
  type ZooKeeperStoreOptions,
} from '../../../../src/cluster/zookeeper/store/zookeeper-store.ts';
import { describeStoreContract } from '../../store-contract.ts';
import { FakeEnsemble, type FakeRequest, type Fault } from '../support/fake-ensemble.ts';
import { quickWorld } from '../support/quick-world.ts';

const put = (key: string, text: string): StoreChange => ({ kind: 'put', key, value: Buffer.from(text) });

/** Too large for one request: three pieces. */
const LARGE = Array.from({ length: 10 }, (_, index): StoreChange => {
  return { kind: 'put', key: `large/${index}`, value: Buffer.alloc(250_000, index + 65) };
});

/** A process that uses the store. */
async function open(ensemble: FakeEnsemble, options: Partial<ZooKeeperStoreOptions> = {}) {
  const connection = ensemble.connect();
  const store = await openZooKeeperStore(quickWorld(), connection, { path: '/state', ...options });
  return { connection, store };
}

/** Entries as `key=start of value@version`. */
async function picture(store: Store): Promise<string[]> {
  const entries = await store.read('');
  return entries.map(({ key, value, version }) => `${key}=${Buffer.from(value).toString('utf8', 0, 2)}@${version}`);
}

/** What happens to the number-th request that changes something. */
function faultAt(number: number, fault: Fault): (request: FakeRequest) => Fault | undefined {
  let count = 0;
  return ({ kind }) => {
    const isChange = kind === 'multi' || kind === 'create';
    return isChange && ++count === number ? fault : undefined;
  };
}

describeStoreContract('fake ensemble', async () => {
  const ensemble = new FakeEnsemble();
  let current: Awaited<ReturnType<typeof open>> | undefined;
  return {
    async open() {
      current?.connection.lose();
      current = await open(ensemble);
      return current.store;
    },
    async crash() {
      current?.connection.lose();
    },
    drive: (body) => body(),
    dispose: async () => undefined,
  };
});

describe.each(['unsent', 'unanswered', 'late'] as const)('an answer gets lost (%s)', (fault) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('every commit is done exactly once: request %i', async (number) => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble);
    ensemble.fault = faultAt(number, fault);
    await store.commit([put('a', '1')]);
    await Promise.all([store.commit([put('a', '2')]), store.commit([put('b', '1'), put('a', '3')])]);
    ensemble.deliverLate();
    await store.commit([put('a', '4')]);
    await store.commit([put('a', '5')]);
    ensemble.deliverLate();
    expect(await picture(store)).toEqual(['a=5@5', 'b=1@1']);
  });

  test.each(Array.from({ length: 10 }, (_, index) => index + 3))(
    'commits in several requests under way are done once each, in order: request %i',
    async (number) => {
      const ensemble = new FakeEnsemble();
      const { store } = await open(ensemble);
      ensemble.fault = faultAt(number, fault);
      const value = Buffer.alloc(9_000);
      const commits = Array.from({ length: 40 }, (_, index) =>
        store.commit([put('last', `${index}`), { kind: 'put', key: `k/${index % 5}`, value }]),
      );
      await commits[4];
      ensemble.deliverLate();
      await commits[14];
      ensemble.deliverLate();
      await Promise.all(commits);
      expect(await picture(store)).toEqual([...[0, 1, 2, 3, 4].map((key) => `k/${key}=\0\0@8`), 'last=39@40']);
    },
  );

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'a commit with a journal is done exactly once: request %i',
    async (number) => {
      const ensemble = new FakeEnsemble();
      const { store } = await open(ensemble);
      await store.commit([put('large/3', 'before')]);
      ensemble.fault = faultAt(number, fault);
      await store.commit(LARGE);
      ensemble.deliverLate();
      await store.commit([put('small', 'x')]);
      ensemble.deliverLate();
      const expected = LARGE.map(({ key }, index) => {
        const letter = String.fromCharCode(index + 65);
        return `${key}=${letter}${letter}@${index === 3 ? 2 : 1}`;
      });
      expect(await picture(store)).toEqual([...expected, 'small=x@1']);
    },
  );
});

describe('a process that dies between two requests of a large commit', () => {
  /** Dies before its number-th request that changes something; false when it had fewer. */
  async function dieBefore(ensemble: FakeEnsemble, number: number): Promise<'acknowledged' | 'dead'> {
    const { store, connection } = await open(ensemble, { commitTimeoutMs: 1_000 });
    await store.commit([put('large/0', 'old'), put('other', 'old')], { fence: 1 });
    let count = 0;
    ensemble.fault = ({ kind, session }) => {
      if (session !== connection.present.id || kind !== 'multi' || ++count < number) return undefined;
      return 'unsent';
    };
    const outcome = await store.commit([...LARGE, { kind: 'delete', key: 'other' }], { fence: 1 }).then(
      () => 'acknowledged' as const,
      () => 'dead' as const,
    );
    ensemble.fault = () => undefined;
    connection.lose();
    return outcome;
  }

  const all = LARGE.map(({ key }, index) => `${key}@${index === 0 ? 2 : 1}`);
  const none = ['large/0@1', 'other@1'];
  const versions = async (store: Store): Promise<string[]> =>
    (await store.read('')).map(({ key, version }) => `${key}@${version}`);

  test('leaves all of it or nothing, to who reads and to the next leader alike', async () => {
    const seen: string[] = [];
    for (let number = 1; ; number++) {
      const ensemble = new FakeEnsemble();
      const outcome = await dieBefore(ensemble, number);
      const onlooker = await versions((await open(ensemble)).store);
      expect([all, none]).toContainEqual(onlooker);
      const { store: next } = await open(ensemble);
      await next.commit([], { fence: 2 });
      expect(await versions(next)).toEqual(onlooker);
      if (outcome === 'acknowledged') expect(onlooker).toEqual(all);
      await next.commit([put('sweeps', 'x')], { fence: 2 });
      expect(ensemble.children('/state/journal')).toEqual([]);
      seen.push(`${outcome} ${onlooker.length === all.length ? 'all' : 'nothing'}`);
      if (outcome === 'acknowledged') break;
    }
    // Three pieces written and the point from which it counts; then three pieces applied.
    expect(seen).toMatchInlineSnapshot(`
      [
        "dead nothing",
        "dead nothing",
        "dead nothing",
        "dead nothing",
        "dead nothing",
        "dead all",
        "dead all",
        "dead all",
        "dead all",
        "acknowledged all",
      ]
    `);
  });
});

test('a storm of lost and late answers over commits under way loses none and does none twice', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble, { commitTimeoutMs: 1e9 });
    let state = seed * 7_919;
    const chance = (of: number): boolean => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % of === 0;
    };
    const faults = ['unsent', 'unanswered', 'late'] as const;
    // A connection that breaks takes everything behind the request with it.
    let isBroken = false;
    ensemble.fault = ({ kind }) => {
      if (chance(9)) ensemble.deliverLate();
      isBroken = kind === 'multi' && (isBroken || chance(6));
      return isBroken ? faults.find((_, index) => chance(3 - index)) : undefined;
    };
    const commits = Array.from({ length: 60 }, (_, index) => {
      const value = Buffer.alloc(index % 7 === 0 ? 20_000 : 4_000);
      return store.commit([put('last', `${index}`), { kind: 'put', key: `k/${index % 5}`, value }]);
    });
    await Promise.all(commits);
    ensemble.deliverLate();
    ensemble.fault = () => undefined;
    expect(await picture(store)).toEqual([...[0, 1, 2, 3, 4].map((key) => `k/${key}=\0\0@12`), 'last=59@60']);
  }
});

describe('who may write', () => {
  test('a leader that was paused is refused once another has claimed, also what it had sent before', async () => {
    const ensemble = new FakeEnsemble();
    // Its clock runs ahead: on a busy machine it would give up before the others have had their turn.
    const old = await open(ensemble, { commitTimeoutMs: 1e9 });
    await old.store.commit([put('k', 'old')], { fence: 1 });
    let isSent = false;
    ensemble.fault = ({ kind }) => {
      isSent ||= kind === 'multi';
      return kind === 'multi' ? 'late' : undefined;
    };
    const late = old.store.commit([put('k', 'late')], { fence: 1 });
    await expect.poll(() => isSent).toBe(true);
    ensemble.fault = () => undefined;
    const next = await open(ensemble);
    await next.store.commit([], { fence: 2 });
    const first = await picture(next.store);
    ensemble.deliverLate();
    const outcome = await late.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    expect(await picture(next.store)).toEqual(first);
    expect(first).toEqual([outcome === 'done' ? 'k=la@2' : 'k=ol@1']);
    await expect(old.store.commit([put('k', 'more')], { fence: 1 })).rejects.toMatchObject({ code: 'fenced' });
    expect(await picture(next.store)).toEqual(first);
  });

  test('an old leader learns that its last commit was done although a new one has written since', async () => {
    const ensemble = new FakeEnsemble();
    const old = await open(ensemble, { commitTimeoutMs: 1e9 });
    await old.store.commit([put('k', '1')], { fence: 1 });
    let isCut = false;
    ensemble.fault = ({ kind, session }) => {
      if (session !== old.connection.present.id) return undefined;
      if (isCut) return 'unsent';
      isCut = kind === 'multi';
      return isCut ? 'unanswered' : undefined;
    };
    const unknown = old.store.commit([put('k', '2')], { fence: 1 });
    await expect.poll(() => isCut).toBe(true);
    const next = await open(ensemble);
    await next.store.commit([put('k', '3')], { fence: 2 });
    ensemble.fault = () => undefined;
    await unknown;
    expect(await picture(next.store)).toEqual(['k=3@3']);
  });

  test('two writers without an epoch stand in one row', async () => {
    const ensemble = new FakeEnsemble();
    const a = await open(ensemble);
    const b = await open(ensemble);
    const commits = [a, b].flatMap(({ store }, who) =>
      Array.from({ length: 20 }, (_, index) => store.commit([put('k', 'x'), put(`${who}/${index}`, 'x')])),
    );
    await Promise.all(commits);
    const entries = await picture(a.store);
    expect(entries).toHaveLength(41);
    expect(entries).toContain('k=x@40');
    expect(await picture(b.store)).toEqual(entries);
  });

  test('an expectation is held against what others have written', async () => {
    const ensemble = new FakeEnsemble();
    const a = await open(ensemble);
    const b = await open(ensemble);
    await a.store.commit([put('k', '1')]);
    await b.store.commit([put('k', '2')], { expect: { k: 1 } });
    await expect(a.store.commit([put('k', '3')], { expect: { k: 1 } })).rejects.toMatchObject({ code: 'conflict' });
    await a.store.commit([put('k', '3')], { expect: { k: 2 } });
    expect(await picture(b.store)).toEqual(['k=3@3']);
  });
});

describe('limits', () => {
  test('commits that are called at once go out in one request', async () => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble);
    await store.commit([put('k', '0')]);
    ensemble.requests.length = 0;
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.commit([put(`k/${index}`, 'x')])));
    expect(ensemble.requests.map(({ kind }) => kind)).toEqual(['multi']);
  });

  test('of many values of one key only the last is sent, and all are counted', async () => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble);
    await store.commit([put('k', '0')]);
    ensemble.requests.length = 0;
    const value = new Uint8Array(10_000);
    await Promise.all(Array.from({ length: 20 }, () => store.commit([{ kind: 'put', key: 'k', value }])));
    expect(ensemble.requests).toHaveLength(1);
    expect((await store.read('k')).map(({ version }) => version)).toEqual([21]);
  });

  test('an ensemble that does not answer by the deadline ends the store: what waits fails, and what comes after', async () => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble, { commitTimeoutMs: 1_000 });
    await store.commit([put('k', '0')]);
    ensemble.fault = () => 'unsent';
    const outcomes = await Promise.allSettled([store.commit([put('k', '1')]), store.commit([put('k', '2')])]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual([
      'failed',
      'failed',
    ]);
    ensemble.fault = () => undefined;
    await expect(store.commit([put('k', '3')])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('an earlier commit failed'),
    });
    const { store: again } = await open(ensemble);
    expect(await picture(again)).toEqual(['k=0@1']);
  });

  test('more than a hundred thousand waiting commits are refused', async () => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble);
    const refused: string[] = [];
    const commits = Array.from({ length: 100_010 }, (_, index) =>
      store.commit([put(`k/${index % 10}`, 'x')]).catch((error: { message: string }) => refused.push(error.message)),
    );
    await Promise.all(commits);
    expect(refused).toHaveLength(10);
    expect(refused[0]).toBe('100000 requests wait for zk1:2181 already');
  });

  test('a key that would make too long a name is refused', async () => {
    const { store } = await open(new FakeEnsemble());
    await expect(store.commit([put('k'.repeat(5_000), 'x')])).rejects.toMatchObject({ code: 'too-large' });
  });

  test('pieces of a large commit of many small entries into a new store can be applied', async () => {
    const { store } = await open(new FakeEnsemble());
    // Each bucket is made once, with its first entry: a piece must be counted the same when it is cut and when it is applied.
    const entries = Array.from({ length: 2_500 }, (_, index) => put(`agents/${index}`, 'x'.repeat(200)));
    await store.commit(entries);
    expect(await store.read('')).toHaveLength(2_500);
  });
});

describe('what is refused', () => {
  test('a state of a newer format, at opening and also when it appears later', async () => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble);
    await store.commit([put('k', '0')]);
    ensemble.set('/state/commits', Buffer.from('{"format":2,"something":"else"}'), -1);
    const newer = {
      code: 'newer-format',
      message: expect.stringMatching(/newer mctl \(format 2.*run that version/),
    };
    await expect(open(ensemble)).rejects.toMatchObject(newer);
    await expect(store.read('')).rejects.toMatchObject(newer);
    await expect(store.commit([put('k', '1')])).rejects.toMatchObject(newer);
  });

  test('a path that holds something else', async () => {
    const ensemble = new FakeEnsemble();
    await ensemble.connect().present.ensurePath('/state/commits');
    await expect(open(ensemble)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('is not of a store'),
    });
  });

  test('a path of another user says whose credentials to give', async () => {
    const ensemble = new FakeEnsemble();
    ensemble.fault = () => 'no-auth';
    await expect(open(ensemble)).rejects.toMatchObject({
      code: 'failed',
      cause: { code: 'no-auth' },
      message: expect.stringMatching(/zk1:2181 does not let us at .*credentials/),
    });
  });

  test('a read of a state that changes all the time, after its deadline', async () => {
    const ensemble = new FakeEnsemble();
    const { store } = await open(ensemble);
    await store.commit([put('k', '0')]);
    const onlooker = await open(ensemble, { readTimeoutMs: 2_000 });
    const entry = new StoreLayout('/state').node('k').path;
    ensemble.fault = ({ kind, path, session }) => {
      if (kind !== 'get' || path !== '/state/commits' || session !== onlooker.connection.present.id) return undefined;
      for (const changed of [path, entry]) ensemble.set(changed, ensemble.get(changed)?.data ?? Buffer.alloc(0), -1);
      return undefined;
    };
    await expect(onlooker.store.read('')).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('changes faster than it can be read'),
    });
    ensemble.fault = () => undefined;
    expect(await picture(onlooker.store)).toEqual([expect.stringContaining('k=0@')]);
  });
});
