// The judge of the soak itself: what is in order is called so, and every kind of lie, loss and double is found.
import { describe, expect, test } from 'vitest';
import { account, type SoakedJob, type SoakedLine } from './account.ts';
import { Ledger, type LedgerRun, ledgerRuns } from './ledger.ts';

const line = (of: Partial<SoakedLine> & Pick<SoakedLine, 'dueMs'>): SoakedLine => ({
  number: 0,
  cause: 'schedule',
  lastDueMs: of.dueMs,
  count: 1,
  attempt: 0,
  result: 'success',
  endedMs: of.dueMs + 500,
  message: 'why',
  ...of,
});

/** Due at 0, 10 s, 20 s and 30 s: ran; failed and ran; ran a little late; missed. */
const HISTORY: readonly SoakedLine[] = [
  line({ number: 1, dueMs: 0 }),
  line({ number: 2, dueMs: 10_000, result: 'failure', endedMs: 11_000 }),
  line({ number: 2, dueMs: 10_000, attempt: 1, endedMs: 13_000 }),
  line({ number: 3, dueMs: 20_000, endedMs: 24_000 }),
  line({ dueMs: 30_000, result: 'missed', endedMs: 36_000 }),
];
const JOB: SoakedJob = {
  name: 'j',
  when: { kind: 'scheduled', startMs: 0, periodMs: 10_000, limit: undefined, nextMs: 40_000 },
  epsilonMs: 5_000,
  retries: 1,
  isConcurrent: false,
  isSoft: false,
  successCount: 3,
  errorCount: 0,
  history: HISTORY,
};
const ran = (dueMs: number, of: Partial<LedgerRun> = {}): LedgerRun => {
  const startMs = dueMs + 100;
  return { job: 'j', dueMs, attempt: 0, startMs, endMs: startMs + 300, code: 0, ...of };
};
const LEDGER = [
  ran(0),
  ran(10_000, { code: 3 }),
  ran(10_000, { attempt: 1, startMs: 12_000, endMs: 12_500 }),
  ran(20_000, { startMs: 23_000, endMs: 23_500 }),
];
const LATE = 1e9;

const wrongOf = (job: Partial<SoakedJob>, ledger: readonly LedgerRun[] = LEDGER): readonly string[] =>
  account([{ ...JOB, ...job }], ledger, LATE).wrong;
const without = (index: number): SoakedLine[] => HISTORY.toSpliced(index, 1);
const withLine = (index: number, of: Partial<SoakedLine>): SoakedLine[] =>
  HISTORY.map((one, at) => (at === index ? { ...one, ...of } : one));

describe('the account', () => {
  test('finds nothing wrong where everything is told, and counts it', () => {
    expect(account([JOB], LEDGER, LATE)).toEqual({
      occurrences: 4,
      sets: 0,
      results: { success: 3, failure: 1, missed: 1 },
      losses: {},
      starts: 4,
      startedAgain: 0,
      incomplete: 0,
      wrong: [],
    });
  });

  test.each<readonly [string, readonly string[], string]>([
    ['an occurrence that nothing is told of', wrongOf({ history: without(4) }), 'is told 0 times'],
    ['one that is told twice', wrongOf({ history: [...HISTORY, line({ dueMs: 0, result: 'missed' })] }), 'there are 0'],
    ['a run that nothing is told of', wrongOf({ history: without(0), successCount: 2 }), 'nothing is told of run 1'],
    ['a success that was none', wrongOf({}, LEDGER.toSpliced(0, 1)), 'no run of it ended so'],
    ['a failure that was none', wrongOf({}, LEDGER.with(1, ran(10_000))), 'no run of it ended so'],
    [
      'a run that was started twice',
      wrongOf({}, [...LEDGER, ran(0, { startMs: 5_000, endMs: 5_100 })]),
      '0 losses on record',
    ],
    ['a run for an occurrence that is told as missed', wrongOf({}, [...LEDGER, ran(30_000)]), 'nothing is told of it'],
    [
      'a run without an end that is not told as lost',
      wrongOf({}, [...LEDGER, ran(30_000, { endMs: undefined })]),
      'never ended',
    ],
    ['two side by side', wrongOf({}, LEDGER.with(0, ran(0, { endMs: 10_200 }))), 'started beside'],
    ['what was not too late', wrongOf({ history: withLine(4, { endedMs: 34_000 }) }), 'it was not too late'],
    ['what has no reason', wrongOf({ history: withLine(4, { message: '' }) }), 'without a reason'],
    ['what came later and did not', wrongOf({ history: withLine(4, { result: 'coalesced' }) }), 'none came later'],
    [
      'an overlap without another',
      wrongOf({ history: withLine(4, { result: 'skipped-overlap' }) }),
      'no other run was there',
    ],
    [
      'a failure that was not tried again',
      wrongOf({ history: without(2), successCount: 2, errorCount: 1 }),
      'was not tried again',
    ],
    ['a counter that says something else', wrongOf({ successCount: 4 }), 'counts 4 successes, and tells 3'],
    ['a run of nobody', wrongOf({}, [...LEDGER, ran(0, { job: 'gone' })]), 'is no job'],
  ])('finds %s', (_, wrong, words) => {
    expect(wrong.join('; ')).toContain(words);
  });

  test('allows one more start for each loss on record, beside the next run too', () => {
    const lost = line({ number: 1, dueMs: 0, result: 'lost', endedMs: 400 });
    const again = ran(0, { startMs: 600, endMs: 900 });
    const kept = account(
      [{ ...JOB, history: [lost, ...HISTORY] }],
      [ran(0, { endMs: undefined }), again, ...LEDGER.slice(1)],
      LATE,
    );
    expect(kept).toMatchObject({ wrong: [], losses: { why: 1 }, startedAgain: 1, incomplete: 1 });
  });

  test('allows that the latest of several stands for them and finds a task alive', () => {
    const late = [
      line({ dueMs: 30_000, result: 'coalesced', endedMs: 41_000 }),
      line({ dueMs: 40_000, result: 'skipped-overlap', endedMs: 41_000 }),
    ];
    const history = [...HISTORY.slice(0, 3), line({ number: 3, dueMs: 20_000, endedMs: 45_000 }), ...late];
    const job = { ...JOB, history, when: { ...JOB.when, nextMs: 50_000 } as SoakedJob['when'] };
    const ledger = LEDGER.with(3, ran(20_000, { startMs: 23_000, endMs: 44_500 }));
    expect(account([job], ledger, LATE).wrong).toEqual([]);
  });

  test('a child runs as often as its slowest parent succeeded', () => {
    const child: SoakedJob = {
      ...JOB,
      name: 'c',
      when: { kind: 'dependent', parents: ['j'] },
      epsilonMs: undefined,
      history: [
        line({ number: 1, dueMs: 500, cause: 'parents', endedMs: 900 }),
        line({ number: 2, dueMs: 13_000, cause: 'parents', endedMs: 24_000 }),
        line({ dueMs: 24_000, cause: 'parents', result: 'skipped-overlap', endedMs: 24_000 }),
      ],
      successCount: 2,
    };
    const ledger = [...LEDGER, ran(500, { job: 'c' }), ran(13_000, { job: 'c' })];
    expect(account([JOB, child], ledger, LATE)).toMatchObject({ wrong: [], sets: 3 });
    const history = child.history.slice(0, 2);
    expect(account([JOB, { ...child, history }], ledger, LATE).wrong).toEqual([
      'c: 2 runs and 0 passed for 3 sets of its parents (3)',
    ]);
  });
});

describe('the ledger', () => {
  test('puts starts and ends together, by process', () => {
    const text = 'start j 0 0 7 100\nstart j 0 0 8 200\nend j 0 0 8 300 3\n';
    const common = { job: 'j', dueMs: 0, attempt: 0 };
    expect(ledgerRuns(text)).toEqual([
      { ...common, startMs: 100, endMs: undefined, code: undefined },
      { ...common, startMs: 200, endMs: 300, code: 3 },
    ]);
    expect(() => ledgerRuns('start j 0\n')).toThrow('no run wrote');
    expect(new Ledger('/nowhere/ledger').read()).toEqual([]);
  });
});
