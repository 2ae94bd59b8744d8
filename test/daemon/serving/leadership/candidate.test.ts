// When a scheduler stands for election, and when again.
import { expect, test } from 'vitest';
import { ElectionError } from '../../../../src/cluster/election.ts';
import { Candidate } from '../../../../src/daemon/serving/leadership/candidate.ts';
import { middling, silentLog } from '../../../client/support/fake-master.ts';
import { ScriptedElection } from '../../marathon/leadership/scripted-election.ts';
import { settled, VirtualClock } from '../../marathon/support/virtual-clock.ts';

async function standing() {
  const clock = new VirtualClock();
  const election = new ScriptedElection();
  const told: string[] = [];
  const candidate = new Candidate({ clock, random: middling, log: silentLog }, election, 'me:8080', {
    elected: (epoch) => told.push(`elected ${epoch}`),
    resumed: () => told.push('resumed'),
    lost: (reason) => told.push(`lost: ${reason}`),
  });
  await candidate.observe();
  await candidate.stand();
  return { clock, election, told, candidate };
}

test('it tells others where it is, and knows who leads', async () => {
  const { election, candidate } = await standing();
  expect(election.last.data).toBe('me:8080');
  expect(candidate.leader).toBeUndefined();
  election.show('other:8080');
  expect(candidate.leader).toBe('other:8080');
  election.show(undefined);
  expect(candidate.leader).toBeUndefined();
});

test('it may act from its election on, but for the times when it is not certain', async () => {
  const { election, candidate, told } = await standing();
  expect(candidate.mayAct()).toBe(false);
  election.last.on.elected(3);
  expect(candidate.mayAct()).toBe(true);
  election.mayAct = false;
  expect(candidate.mayAct()).toBe(false);
  election.mayAct = true;
  election.last.on.suspended?.('no server');
  expect(candidate.mayAct()).toBe(false);
  election.last.on.resumed?.();
  expect(candidate.mayAct()).toBe(true);
  election.last.on.lost('expired');
  expect(candidate.mayAct()).toBe(false);
  expect(told).toEqual(['elected 3', 'resumed', 'lost: expired']);
});

test('who gives the leadership up stands again at once; what the former candidacy still tells is not heard', async () => {
  const { clock, election, candidate, told } = await standing();
  const former = election.last;
  former.on.elected(3);
  await candidate.standAgain({ isFailure: false });
  await clock.advance(0);
  expect([former.isWithdrawn, election.campaigns.length, candidate.mayAct()]).toEqual([true, 2, false]);
  former.on.lost('late');
  former.on.elected(3);
  expect(told).toEqual(['elected 3']);
  election.last.on.elected(9);
  expect(candidate.mayAct()).toBe(true);
});

test('who only waited and lost its place stands again', async () => {
  const { clock, election, told } = await standing();
  election.last.on.lost('expired');
  await clock.advance(1_000);
  expect([election.campaigns.length, told]).toEqual([2, []]);
});

test('leaderships that come to nothing follow each other ever more slowly, until one lasts', async () => {
  const { clock, election, candidate } = await standing();
  const pauses: number[] = [];
  const failAfter = async (ms: number) => {
    election.last.on.elected(election.campaigns.length);
    await clock.advance(ms);
    await candidate.standAgain({ isFailure: true });
    const [count, fromMs] = [election.campaigns.length, clock.monotonicMs()];
    while (election.campaigns.length === count) await clock.advance(25);
    pauses.push(clock.monotonicMs() - fromMs);
  };
  for (let round = 0; round < 9; round += 1) await failAfter(10);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(pauses.at(-1)).toBeGreaterThan(15_000);
  expect(pauses.at(-1)).toBeLessThanOrEqual(30_000);
  await failAfter(60_000);
  expect(pauses.at(-1)).toBeLessThanOrEqual(500);
});

test('an election that refuses the candidate is tried again', async () => {
  const { clock, election, candidate } = await standing();
  election.failure = new ElectionError('unreachable', 'nobody there');
  await candidate.standAgain({ isFailure: false });
  await clock.advance(5_000);
  expect(election.campaigns).toHaveLength(1);
  election.failure = undefined;
  await clock.advance(30_000);
  expect(election.campaigns).toHaveLength(2);
});

test('a goodbye that nobody answers holds nothing up', async () => {
  const { clock, election, candidate } = await standing();
  election.isSilent = true;
  void candidate.standAgain({ isFailure: false });
  await clock.advance(1_000);
  expect(election.campaigns).toHaveLength(2);
  const stopped = candidate.stop();
  await clock.advance(1_000);
  await stopped;
  expect(clock.pending).toBe(0);
});

test('who stopped does not stand again, whatever was under way', async () => {
  const { clock, election, candidate, told } = await standing();
  election.last.on.elected(1);
  void candidate.standAgain({ isFailure: true });
  await candidate.stop();
  await settled();
  await clock.advance(60_000);
  election.last.on.lost('late');
  election.show('other:8080');
  expect([election.campaigns.length, candidate.leader, told]).toEqual([1, undefined, ['elected 1']]);
  expect(clock.pending).toBe(0);
});
