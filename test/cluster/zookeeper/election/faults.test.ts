// The election over sessions that break, on an ensemble that breaks them wherever we want.
import { describe, expect, test } from 'vitest';
import type { Candidacy, Candidate } from '../../../../src/cluster/election.ts';
import {
  ZooKeeperElection,
  type ZooKeeperElectionOptions,
} from '../../../../src/cluster/zookeeper/election/zookeeper-election.ts';
import { describeElectionContract } from '../../election-contract.ts';
import { type FakeConnection, FakeEnsemble } from '../support/fake-ensemble.ts';
import { quickWorld } from '../support/quick-world.ts';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A process that stands for election or looks on. */
class Box {
  readonly connection: FakeConnection;
  readonly election: ZooKeeperElection;
  readonly world = quickWorld();
  /** What the candidate was told, and what the observer was. */
  readonly told: string[] = [];
  readonly seen: (string | undefined)[] = [];
  readonly epochs: number[] = [];

  constructor(ensemble: FakeEnsemble, names: ZooKeeperElectionOptions['names'] = 'masters') {
    this.connection = ensemble.connect();
    this.election = new ZooKeeperElection(this.world, this.connection, { path: '/mesos', names });
  }

  async stand(data: string): Promise<Candidacy> {
    const candidacy = await this.election.campaign(
      { data },
      {
        elected: (epoch) => {
          this.epochs.push(epoch);
          this.told.push('elected');
        },
        suspended: () => this.told.push('suspended'),
        resumed: () => this.told.push('resumed'),
        lost: (reason) => this.told.push(`lost: ${reason}`),
      },
    );
    await settled();
    return candidacy;
  }

  async observe(): Promise<void> {
    await this.election.observe((leader: Candidate | undefined) => this.seen.push(leader?.data));
    await settled();
  }
}

describeElectionContract('fake ensemble', { second: 'waits' }, async () => {
  const ensemble = new FakeEnsemble();
  const boxes = new Map<string, Box>();
  return {
    async election(name) {
      const box = boxes.get(name) ?? new Box(ensemble);
      boxes.set(name, box);
      return box.election;
    },
    async crash(name) {
      boxes.get(name)?.connection.lose();
      boxes.delete(name);
    },
    settle: settled,
    drive: (body) => body(),
    dispose: async () => undefined,
  };
});

describe('a leader', () => {
  test('is told of the end of its session, once, and does not stand again by itself', async () => {
    const box = new Box(new FakeEnsemble());
    const candidacy = await box.stand('A');
    box.connection.lose();
    expect(candidacy.mayAct()).toBe(false);
    await settled();
    box.connection.open();
    await settled();
    expect(box.told).toEqual(['elected', 'lost: the session with ZooKeeper was lost']);
    expect(await box.election.candidates(100)).toEqual([]);
  });

  test('stops acting while no server answers, and goes on when its session has survived', async () => {
    const box = new Box(new FakeEnsemble());
    const candidacy = await box.stand('A');
    const { present } = box.connection;
    present.become('suspended');
    expect(candidacy.mayAct()).toBe(false);
    await settled();
    expect(box.told).toEqual(['elected', 'suspended']);
    present.become('connected');
    await settled();
    expect(box.told).toEqual(['elected', 'suspended', 'resumed']);
    expect(candidacy.mayAct()).toBe(true);
  });

  test('may not act from the moment that its session may have ended, before any event', async () => {
    const box = new Box(new FakeEnsemble());
    const candidacy = await box.stand('A');
    box.connection.present.isCertainNow = false;
    expect(candidacy.mayAct()).toBe(false);
    expect(box.told).toEqual(['elected']);
  });

  test('has lost when somebody removes its node, also while it was not connected', async () => {
    const ensemble = new FakeEnsemble();
    const box = new Box(ensemble);
    const candidacy = await box.stand('A');
    box.connection.present.become('suspended');
    await settled();
    ensemble.remove('/mesos/json.info_0000000000', -1);
    box.connection.present.become('connected');
    await settled();
    expect(box.told).toEqual(['elected', 'suspended', 'lost: somebody removed the node of this leader']);
    expect(candidacy.mayAct()).toBe(false);
  });
});

describe('a candidate that waits', () => {
  test('and loses its session stands again, without being told', async () => {
    const ensemble = new FakeEnsemble();
    const [a, b] = [new Box(ensemble), new Box(ensemble)];
    const leading = await a.stand('A');
    await b.stand('B');
    b.connection.lose();
    await settled();
    b.connection.open();
    await settled();
    expect(b.told).toEqual([]);
    await leading.withdraw();
    await settled();
    expect(b.told).toEqual(['elected']);
    expect(b.epochs[0]).toBeGreaterThan(a.epochs[0] ?? Number.NaN);
  });

  test('stands again when somebody removes its node', async () => {
    const ensemble = new FakeEnsemble();
    const [a, b] = [new Box(ensemble), new Box(ensemble)];
    await a.stand('A');
    await b.stand('B');
    ensemble.remove('/mesos/json.info_0000000001', -1);
    await settled();
    expect((await a.election.candidates(100)).map(({ data }) => data)).toEqual(['A', 'B']);
    expect(b.told).toEqual([]);
  });

  test('watches the one before it and itself, nobody else', async () => {
    const ensemble = new FakeEnsemble();
    const boxes = [new Box(ensemble), new Box(ensemble), new Box(ensemble)];
    for (const [index, box] of boxes.entries()) await box.stand(`${index}`);
    const own = (index: number): string => `data /mesos/json.info_000000000${index}`;
    expect(boxes.map(({ connection }) => connection.present.watched)).toEqual([
      [own(0)],
      [own(0), own(1)],
      [own(1), own(2)],
    ]);
    ensemble.requests.length = 0;
    boxes[0]?.connection.lose();
    await settled();
    const asking = new Set(ensemble.requests.map(({ session }) => session));
    expect([...asking]).toEqual([boxes[1]?.connection.present.id]);
    expect(boxes.map(({ told }) => told.includes('elected'))).toEqual([true, true, false]);
  });

  test('is not passed over when the one before it leaves while somebody leads', async () => {
    const ensemble = new FakeEnsemble();
    const [a, b, c] = [new Box(ensemble), new Box(ensemble), new Box(ensemble)];
    const first = await a.stand('A');
    const second = await b.stand('B');
    await c.stand('C');
    await second.withdraw();
    await settled();
    expect(c.told).toEqual([]);
    await first.withdraw();
    await settled();
    expect(c.told).toEqual(['elected']);
  });
});

describe.each(['masters', 'latch'] as const)(
  'trap 15: when the answer to the making of a node gets lost (%s)',
  (names) => {
    test.each(['unsent', 'unanswered', 'late'] as const)('the candidate stands once (%s)', async (fault) => {
      const ensemble = new FakeEnsemble();
      const box = new Box(ensemble, names);
      let isFirst = true;
      ensemble.fault = ({ kind, path }) => {
        if (kind !== 'create' || path === '/mesos' || !isFirst) return undefined;
        isFirst = false;
        return fault;
      };
      const candidacy = await box.stand('A');
      if (fault === 'late') ensemble.deliverLate();
      box.world.elapse(2_000);
      await settled();
      expect(box.told).toEqual(['elected']);
      expect(ensemble.children('/mesos')).toHaveLength(1);
      await candidacy.withdraw();
      await settled();
      expect(ensemble.children('/mesos')).toEqual([]);
    });

    test.each(['before', 'after'])(
      'a node that appears %s the second is not waited for, nor left behind',
      async (order) => {
        const ensemble = new FakeEnsemble();
        const [a, b] = [new Box(ensemble, names), new Box(ensemble, names)];
        const leading = await a.stand('A');
        let creates = 0;
        ensemble.fault = ({ kind, path }) => {
          if (kind !== 'create' || path === '/mesos') return undefined;
          creates++;
          if (creates === 2 && order === 'before') ensemble.deliverLate();
          return creates === 1 ? 'late' : undefined;
        };
        const waiting = await b.stand('B');
        b.world.elapse(2_000);
        await settled();
        ensemble.deliverLate();
        await leading.withdraw();
        await settled();
        expect(b.told).toEqual(['elected']);
        await waiting.withdraw();
        await settled();
        expect(ensemble.children('/mesos')).toEqual([]);
      },
    );
  },
);

describe('an observer', () => {
  test('that finds the leader gone between list and read says that nobody leads, until the next change', async () => {
    const ensemble = new FakeEnsemble();
    const [a, onlooker] = [new Box(ensemble), new Box(ensemble)];
    await a.stand('A');
    let isFirst = true;
    ensemble.fault = ({ kind, session }) => {
      if (kind === 'get' && session === onlooker.connection.present.id && isFirst) {
        isFirst = false;
        a.connection.lose();
      }
      return undefined;
    };
    await onlooker.observe();
    expect(onlooker.seen).toEqual([undefined]);
    const b = new Box(ensemble);
    await b.stand('B');
    expect(onlooker.seen).toEqual([undefined, 'B']);
  });

  test('follows over sessions: nobody while it cannot know, then who leads', async () => {
    const ensemble = new FakeEnsemble();
    const [a, onlooker] = [new Box(ensemble), new Box(ensemble)];
    await a.stand('A');
    await onlooker.observe();
    onlooker.connection.present.become('suspended');
    await settled();
    onlooker.connection.present.become('connected');
    await settled();
    expect(onlooker.seen).toEqual(['A']);
    onlooker.connection.lose();
    await settled();
    expect(onlooker.seen).toEqual(['A', undefined]);
    onlooker.connection.open();
    await settled();
    expect(onlooker.seen).toEqual(['A', undefined, 'A']);
  });

  test('is not woken by those who come to wait or go', async () => {
    const ensemble = new FakeEnsemble();
    const [a, b, onlooker] = [new Box(ensemble), new Box(ensemble), new Box(ensemble)];
    await a.stand('A');
    await onlooker.observe();
    ensemble.requests.length = 0;
    const waiting = await b.stand('B');
    await waiting.withdraw();
    await settled();
    expect(ensemble.requests.filter(({ session }) => session === onlooker.connection.present.id)).toEqual([]);
    expect(onlooker.connection.present.watched).toEqual(['data /mesos/json.info_0000000000']);
  });

  test('sees the first leader of a path that was not there', async () => {
    const ensemble = new FakeEnsemble();
    const [a, onlooker] = [new Box(ensemble), new Box(ensemble)];
    await onlooker.observe();
    await a.stand('A');
    expect(onlooker.seen).toEqual([undefined, 'A']);
  });

  test('does not mind what else lies at the path', async () => {
    const ensemble = new FakeEnsemble();
    const [a, onlooker] = [new Box(ensemble), new Box(ensemble)];
    await a.connection.present.ensurePath('/mesos/log_replicas');
    await a.connection.present.create('/mesos/info_0000000000', Buffer.from('x'));
    await a.connection.present.create('/mesos/mctl-state', Buffer.from('x'));
    await a.stand('A');
    await onlooker.observe();
    expect(onlooker.seen).toEqual(['A']);
    expect(a.told).toEqual(['elected']);
  });
});

describe('trouble', () => {
  test('with the path is tried again every two seconds, until it works', async () => {
    const ensemble = new FakeEnsemble();
    const box = new Box(ensemble);
    ensemble.fault = ({ kind }) => (kind === 'create' ? 'no-auth' : undefined);
    await box.stand('A');
    const creates = (): number => ensemble.requests.filter(({ kind }) => kind === 'create').length;
    expect(creates()).toBe(1);
    box.world.elapse(1_999);
    await settled();
    expect(creates()).toBe(1);
    box.world.elapse(1);
    await settled();
    expect(creates()).toBe(2);
    ensemble.fault = () => undefined;
    box.world.elapse(2_000);
    await settled();
    expect(box.told).toEqual(['elected']);
  });

  test('is told to who asks once who stands', async () => {
    const ensemble = new FakeEnsemble();
    const box = new Box(ensemble);
    ensemble.fault = () => 'no-auth';
    await expect(box.election.candidates(100)).rejects.toMatchObject({
      name: 'ElectionError',
      code: 'not-allowed',
      message: expect.stringMatching(/zk1:2181 does not let us at \/mesos.*credentials/),
    });
    box.connection.lose();
    await expect(box.election.candidates(100)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('a withdrawal does not wait for an ensemble that is silent, and is done when it speaks again', async () => {
    const ensemble = new FakeEnsemble();
    const box = new Box(ensemble);
    const candidacy = await box.stand('A');
    ensemble.fault = () => 'unsent';
    let isDone = false;
    const leaving = candidacy.withdraw().then(() => {
      isDone = true;
    });
    await settled();
    expect(isDone).toBe(false);
    expect(ensemble.children('/mesos')).toHaveLength(1);
    ensemble.fault = () => undefined;
    box.world.elapse(2_000);
    await leaving;
    await settled();
    expect(ensemble.children('/mesos')).toEqual([]);
  });
});

test('candidates are told with epoch, time and place in the row', async () => {
  const ensemble = new FakeEnsemble();
  const [a, b] = [new Box(ensemble), new Box(ensemble)];
  await a.stand('A');
  await b.stand('B');
  const standing = await b.election.candidates(100);
  expect(standing).toEqual([
    { data: 'A', epoch: a.epochs[0], isLeader: true, sinceMs: expect.any(Number) },
    { data: 'B', epoch: expect.any(Number), isLeader: false, sinceMs: expect.any(Number) },
  ]);
  a.connection.lose();
  await settled();
  expect(b.epochs).toEqual([standing[1]?.epoch]);
});
