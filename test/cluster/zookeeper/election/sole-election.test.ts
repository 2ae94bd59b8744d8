// Leadership without a choice: taken when the ensemble answers, newer than every other.
import { expect, test } from 'vitest';
import type { Candidacy, Candidate } from '../../../../src/cluster/election.ts';
import { SoleElection } from '../../../../src/cluster/zookeeper/election/sole-election.ts';
import { ZooKeeperElection } from '../../../../src/cluster/zookeeper/election/zookeeper-election.ts';
import { type FakeConnection, FakeEnsemble } from '../support/fake-ensemble.ts';
import { quickWorld } from '../support/quick-world.ts';

const PATH = '/marathon/leader-curator';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
};

class Sole {
  readonly connection: FakeConnection;
  readonly election: SoleElection;
  readonly epochs: number[] = [];
  readonly losses: string[] = [];

  constructor(ensemble: FakeEnsemble) {
    this.connection = ensemble.connect();
    this.election = new SoleElection(quickWorld(), this.connection, { path: PATH });
  }

  async stand(): Promise<Candidacy> {
    const on = {
      elected: (epoch: number) => this.epochs.push(epoch),
      lost: (reason: string) => this.losses.push(reason),
    };
    const candidacy = await this.election.campaign({ data: 'me:8080' }, on);
    await settled();
    return candidacy;
  }
}

test('whoever stands leads, with an epoch greater than every earlier one, of candidates that wait too', async () => {
  const ensemble = new FakeEnsemble();
  const others = new ZooKeeperElection(quickWorld(), ensemble.connect(), { path: PATH, names: 'latch' });
  const epochs: number[] = [];
  await others.campaign({ data: 'other:8080' }, { elected: (epoch) => epochs.push(epoch), lost: () => undefined });
  await settled();
  const sole = new Sole(ensemble);
  const candidacy = await sole.stand();
  expect(sole.epochs).toHaveLength(1);
  expect(sole.epochs[0]).toBeGreaterThan(epochs[0] ?? Number.POSITIVE_INFINITY);
  expect(candidacy.mayAct()).toBe(true);
  await candidacy.withdraw();
  expect(candidacy.mayAct()).toBe(false);
  await sole.stand();
  expect(sole.epochs[1]).toBeGreaterThan(sole.epochs[0] ?? Number.POSITIVE_INFINITY);
});

test('it goes on leading over sessions that end: the fence says when somebody else took over', async () => {
  const sole = new Sole(new FakeEnsemble());
  const candidacy = await sole.stand();
  sole.connection.lose();
  await settled();
  sole.connection.open();
  await settled();
  expect([sole.epochs.length, sole.losses, candidacy.mayAct()]).toEqual([1, [], true]);
});

test('it waits for an ensemble that does not answer yet', async () => {
  const sole = new Sole(new FakeEnsemble());
  sole.connection.lose();
  await settled();
  const candidacy = await sole.stand();
  expect([sole.epochs, candidacy.mayAct()]).toEqual([[], false]);
  sole.connection.open();
  await settled();
  expect(sole.epochs).toHaveLength(1);
});

test('onlookers of the process see who leads, and when nobody does', async () => {
  const sole = new Sole(new FakeEnsemble());
  const seen: (string | undefined)[] = [];
  const observation = await sole.election.observe((leader: Candidate | undefined) => seen.push(leader?.data));
  const candidacy = await sole.stand();
  await candidacy.withdraw();
  expect(seen.filter((one, index) => index === 0 || one !== seen[index - 1])).toEqual(
    seen[0] === undefined ? [undefined, 'me:8080', undefined] : ['me:8080', undefined],
  );
  observation.stop();
  await sole.election.close();
  await expect(sole.stand()).rejects.toMatchObject({ code: 'closed' });
});
