import { describe, expect, it } from 'vitest';
import { RejectTally, rejectCounts } from '../../../../src/daemon/marathon/matching/reject-tally.ts';
import { REJECT_REASONS, type RejectReason } from '../../../../src/daemon/marathon/model/reject-reason.ts';

const FIVE: readonly (readonly RejectReason[])[] = [
  ['UnfulfilledRole'],
  ['UnfulfilledRole', 'InsufficientCpus'],
  ['InsufficientCpus', 'InsufficientMemory'],
  ['InsufficientPorts'],
  ['InsufficientPorts'],
];

describe('the funnel', () => {
  it('counts an offer at its earliest reason, and lists all steps', () => {
    const counts = rejectCounts(FIVE);
    expect(counts.map(({ reason }) => reason)).toEqual(REJECT_REASONS);
    const of = (wanted: RejectReason) => {
      const step = counts.find(({ reason }) => reason === wanted);
      return [step?.declined, step?.processed];
    };
    expect(of('UnfulfilledRole')).toEqual([2, 5]);
    expect(of('UnfulfilledConstraint')).toEqual([0, 3]);
    expect(of('InsufficientCpus')).toEqual([1, 3]);
    expect(of('InsufficientMemory')).toEqual([0, 2]);
    expect(of('InsufficientPorts')).toEqual([2, 2]);
    expect(of('DeclinedScarceResources')).toEqual([0, 0]);
  });

  it('forgets an offer that a newer one replaces, and lets used ones through', () => {
    const tally = new RejectTally();
    for (const reasons of FIVE) tally.add(reasons);
    for (const reasons of FIVE) tally.remove(reasons);
    tally.add([]);
    expect(tally.counts().every(({ declined, processed }) => declined === 0 && processed === 1)).toBe(true);
  });
});
