// What every Election keeps. The local, the simulated and the ZooKeeper election run the same promises.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Candidacy, Candidate, Election } from '../../src/cluster/election.ts';

/** Processes that stand for the same leadership. */
export interface ElectionHarness {
  /** The election as the process of that name sees it; the same object until that process crashes or closes it. */
  election(process: string): Promise<Election>;
  /** Ends a process without a goodbye. */
  crash(process: string): Promise<void>;
  /** Resolves after every event that is due has been delivered. */
  settle(): Promise<void>;
  /** Runs a test body to its end: the real world just calls it, a simulator advances its virtual time meanwhile. */
  drive<T>(body: () => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

export interface ElectionTraits {
  /** What a second candidate gets while another leads: `refused` (ElectionError `locked`), or it `waits` its turn. */
  readonly second: 'refused' | 'waits';
}

/** One candidacy and everything it was told. */
interface Standing {
  readonly candidacy: Candidacy;
  readonly epochs: number[];
  readonly losses: string[];
}

async function stand(election: Election, data: string): Promise<Standing> {
  const epochs: number[] = [];
  const losses: string[] = [];
  const candidacy = await election.campaign(
    { data },
    { elected: (epoch) => epochs.push(epoch), lost: (reason) => losses.push(reason) },
  );
  return { candidacy, epochs, losses };
}

export function describeElectionContract(
  name: string,
  traits: ElectionTraits,
  makeHarness: () => Promise<ElectionHarness>,
): void {
  describe(`election contract: ${name}`, () => {
    let harness: ElectionHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await harness.dispose();
    });
    const promise = (title: string, body: () => Promise<void>): void => {
      test(title, () => harness.drive(body));
    };

    promise('the only candidate is elected, with an epoch of at least 1', async () => {
      const { epochs, losses } = await stand(await harness.election('a'), 'A');
      await harness.settle();
      expect(epochs).toHaveLength(1);
      expect(epochs[0]).toBeGreaterThanOrEqual(1);
      expect(losses).toEqual([]);
    });

    promise('elected is never called from inside campaign', async () => {
      const election = await harness.election('a');
      let returned = false;
      const seen: boolean[] = [];
      const campaign = election.campaign(
        { data: 'A' },
        { elected: () => seen.push(returned), lost: (reason) => expect.fail(reason) },
      );
      returned = true;
      await campaign;
      await harness.settle();
      expect(seen).toEqual([true]);
    });

    promise('who withdraws is told nothing more, and the next one gets a greater epoch', async () => {
      const first = await stand(await harness.election('a'), 'A');
      await harness.settle();
      await first.candidacy.withdraw();
      await first.candidacy.withdraw();
      const second = await stand(await harness.election('b'), 'B');
      await harness.settle();
      expect(first.losses).toEqual([]);
      expect(second.epochs[0]).toBeGreaterThan(first.epochs[0] ?? Number.NaN);
    });

    promise('the epoch grows over crashes of every process', async () => {
      const first = await stand(await harness.election('a'), 'A');
      await harness.settle();
      await harness.crash('a');
      const second = await stand(await harness.election('a'), 'A');
      await harness.settle();
      expect(second.epochs[0]).toBeGreaterThan(first.epochs[0] ?? Number.NaN);
    });

    promise('while one leads, no other does', async () => {
      const first = await stand(await harness.election('a'), 'A');
      await harness.settle();
      const other = await harness.election('b');
      if (traits.second === 'refused') {
        await expect(stand(other, 'B')).rejects.toMatchObject({ name: 'ElectionError', code: 'locked' });
        expect(first.losses).toEqual([]);
        return;
      }
      const second = await stand(other, 'B');
      await harness.settle();
      expect(second.epochs).toEqual([]);
      await first.candidacy.withdraw();
      await harness.settle();
      expect(second.epochs[0]).toBeGreaterThan(first.epochs[0] ?? Number.NaN);
    });

    promise(
      'who leads may act; who has withdrawn may not, and not until the next one is elected may that one',
      async () => {
        const first = await stand(await harness.election('a'), 'A');
        await harness.settle();
        expect(first.candidacy.mayAct()).toBe(true);
        const leaving = first.candidacy.withdraw();
        expect(first.candidacy.mayAct()).toBe(false);
        await leaving;
        expect(first.candidacy.mayAct()).toBe(false);
        const second = await stand(await harness.election('b'), 'B');
        await harness.settle();
        expect(first.candidacy.mayAct()).toBe(false);
        expect(second.candidacy.mayAct()).toBe(true);
      },
    );

    if (traits.second === 'waits') {
      promise('who waits may not act', async () => {
        const first = await stand(await harness.election('a'), 'A');
        await harness.settle();
        const second = await stand(await harness.election('b'), 'B');
        await harness.settle();
        expect([first.candidacy.mayAct(), second.candidacy.mayAct()]).toEqual([true, false]);
        await first.candidacy.withdraw();
        await harness.settle();
        expect([first.candidacy.mayAct(), second.candidacy.mayAct()]).toEqual([false, true]);
      });

      promise('who waits takes over from who crashes, and who gave up waiting does not', async () => {
        await stand(await harness.election('a'), 'A');
        await harness.settle();
        const second = await stand(await harness.election('b'), 'B');
        const third = await stand(await harness.election('c'), 'C');
        await harness.settle();
        await second.candidacy.withdraw();
        await harness.crash('a');
        await harness.settle();
        expect(second.epochs).toEqual([]);
        expect(third.epochs).toHaveLength(1);
        expect(third.candidacy.mayAct()).toBe(true);
      });
    }

    promise('an observer sees nobody, then the leader, then nobody', async () => {
      const election = await harness.election('a');
      const seen: (string | undefined)[] = [];
      const observation = await election.observe((leader: Candidate | undefined) => seen.push(leader?.data));
      await harness.settle();
      expect(seen).toEqual([undefined]);
      const { candidacy } = await stand(election, 'A');
      await harness.settle();
      expect(seen).toEqual([undefined, 'A']);
      await candidacy.withdraw();
      await harness.settle();
      expect(seen).toEqual([undefined, 'A', undefined]);
      observation.stop();
    });

    promise('a late observer sees the present leader, and after stop nothing', async () => {
      const election = await harness.election('a');
      const { candidacy } = await stand(election, 'A');
      await harness.settle();
      const seen: (string | undefined)[] = [];
      const observation = await election.observe((leader: Candidate | undefined) => seen.push(leader?.data));
      await harness.settle();
      expect(seen).toEqual(['A']);
      observation.stop();
      await candidacy.withdraw();
      await harness.settle();
      expect(seen).toEqual(['A']);
    });

    promise('close gives leadership up and refuses further use', async () => {
      const election = await harness.election('a');
      const first = await stand(election, 'A');
      await harness.settle();
      await election.close();
      expect(first.candidacy.mayAct()).toBe(false);
      await election.close();
      await expect(stand(election, 'A')).rejects.toMatchObject({ code: 'closed' });
      const second = await stand(await harness.election('b'), 'B');
      await harness.settle();
      expect(second.epochs[0]).toBeGreaterThan(first.epochs[0] ?? Number.NaN);
    });
  });
}
