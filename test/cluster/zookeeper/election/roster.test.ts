// Who follows the candidates hears of every one that comes or goes, and of trouble once.
import { expect, test } from 'vitest';
import { type RosterNews, ZooKeeperElection } from '../../../../src/cluster/zookeeper/index.ts';
import { FakeEnsemble } from '../support/fake-ensemble.ts';
import { quickWorld } from '../support/quick-world.ts';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
};

function follow(ensemble: FakeEnsemble) {
  const world = quickWorld();
  const connection = ensemble.connect();
  const election = new ZooKeeperElection(world, connection, { path: '/marathon/leader-curator', names: 'latch' });
  const heard: string[] = [];
  const told = (news: RosterNews): void => {
    if (news.kind === 'trouble') heard.push('trouble');
    else heard.push(`${news.isThere ? '' : '(never) '}${news.candidates.map(({ data }) => data).join(' ')}`);
  };
  const observation = election.follow(told);
  return { world, connection, heard, observation };
}

const stand = (ensemble: FakeEnsemble, data: string): Promise<string> => {
  const session = ensemble.openSession();
  const path = '/marathon/leader-curator';
  return session
    .ensurePath(path)
    .then(() => session.create(`${path}/_c_x-latch-`, Buffer.from(data), { ephemeral: true, sequential: true }));
};

test('every candidate that comes or goes is told, also the first of all', async () => {
  const ensemble = new FakeEnsemble();
  const { heard, observation } = follow(ensemble);
  await turns();
  expect(heard).toEqual(['(never) ']);
  const first = await stand(ensemble, 'a:1');
  await stand(ensemble, 'b:1');
  await turns();
  expect(heard.at(-1)).toBe('a:1 b:1');
  ensemble.remove(first, -1);
  await turns();
  expect(heard.at(-1)).toBe('b:1');
  observation.stop();
  await stand(ensemble, 'c:1');
  await turns();
  expect(heard.at(-1)).toBe('b:1');
});

test('the end of a session is trouble, until the next one tells how things are', async () => {
  const ensemble = new FakeEnsemble();
  await stand(ensemble, 'a:1');
  const { connection, heard } = follow(ensemble);
  await turns();
  connection.lose();
  await turns();
  expect(heard).toEqual(['a:1', 'trouble']);
  connection.open();
  await turns();
  expect(heard).toEqual(['a:1', 'trouble', 'a:1']);
});

test('what is refused is told once, and looked at again', async () => {
  const ensemble = new FakeEnsemble();
  await stand(ensemble, 'a:1');
  ensemble.fault = ({ kind }) => (kind === 'children' ? 'no-auth' : undefined);
  const { world, heard } = follow(ensemble);
  await turns();
  world.elapse(5_000);
  await turns();
  expect(heard).toEqual(['trouble']);
  ensemble.fault = () => undefined;
  world.elapse(5_000);
  await turns();
  expect(heard).toEqual(['trouble', 'a:1']);
});
