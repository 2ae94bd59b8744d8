import { describe, expect, test } from 'vitest';
import { haproxyProblem } from '../../../src/cli/haproxy/problems.ts';
import { planText } from '../../../src/cli/haproxy/report/plan-text.ts';
import { problemText } from '../../../src/cli/haproxy/report/problem-text.ts';
import { reportJson } from '../../../src/cli/haproxy/report/report-json.ts';
import { tell } from '../../../src/cli/haproxy/report/tell.ts';
import { turnLine } from '../../../src/cli/haproxy/report/turn-text.ts';
import { ApplyError, type ApplyErrorCode } from '../../../src/haproxy/apply/apply-error.ts';
import { NOTHING_WRONG, newsSince } from '../../../src/haproxy/apply/news.ts';
import { type Excluded, NO_CHANGES, type TurnReport } from '../../../src/haproxy/apply/report.ts';
import { DiscoveryError } from '../../../src/haproxy/discovery/discovery-error.ts';
import { DiskError } from '../../../src/world/disk.ts';

const REPORT: TurnReport = {
  outcome: 'nothing',
  changes: NO_CHANGES,
  services: 12,
  servers: 40,
  excluded: [],
  problems: [],
  warnings: [],
  validations: 0,
  commands: 0,
  stages: [],
  totalMs: 3,
  isNews: false,
};
const out = (appId: string): Excluded => ({ appId, portIndex: 0, reason: 'no host name', keepsLastGood: false });

describe('one line a turn', () => {
  test.each<[string, Partial<TurnReport>, string | undefined]>([
    ['nothing', {}, undefined],
    [
      'a reload',
      { outcome: 'reload', changes: { backendsAdded: 1, backendsRemoved: 2, serversAdded: 0, serversRemoved: 3 } },
      'HAProxy reloaded: 3 servers removed, 1 backend added, 2 removed; 12 services, 40 servers',
    ],
    [
      'a reload in which no server came or went',
      { outcome: 'reload', why: 'frontend web_80 has changed' },
      'HAProxy reloaded: frontend web_80 has changed; 12 services, 40 servers',
    ],
    [
      'services left out, of which three are named',
      { outcome: 'runtime', changes: { ...NO_CHANGES, serversAdded: 1 }, excluded: ['/a', '/b', '/c', '/d'].map(out) },
      'HAProxy changed without a reload: 1 server added; 12 services, 40 servers; left out: /a port 0 (no host name), /b port 0 (no host name), /c port 0 (no host name) and 1 more',
    ],
    [
      'what is left out as before, by number',
      {
        outcome: 'reload',
        why: 'frontend x is new',
        excluded: [out('/a'), out('/b')],
        wrongBefore: { problems: [], excluded: [out('/a')] },
      },
      'HAProxy reloaded: frontend x is new; 12 services, 40 servers; left out: /b port 0 (no host name); 1 left out as before',
    ],
    [
      'news about what is left out, though nothing changed',
      { excluded: [out('/a')] },
      'Nothing changed; left out: /a port 0 (no host name)',
    ],
    [
      'what is not left out any more',
      { wrongBefore: { problems: [], excluded: [out('/a')] } },
      'Nothing changed; no longer left out: /a port 0',
    ],
    ['the same again', { excluded: [out('/a')], wrongBefore: { problems: [], excluded: [out('/a')] } }, undefined],
    ['a reload that waits', { outcome: 'deferred', why: 'backend x is new' }, 'A reload is due (backend x is new)'],
  ])('%s', (_, changes, line) => {
    const report = { ...REPORT, ...changes };
    expect(turnLine(report, newsSince(report.wrongBefore ?? NOTHING_WRONG, report))).toBe(line);
  });
});

describe('exit codes', () => {
  test.each<[ApplyErrorCode, number]>([
    ['locked', 4],
    ['source', 8],
    ['guard', 1],
    ['nothing-valid', 1],
    ['preflight', 1],
    ['no-haproxy', 1],
    ['reload-failed', 7],
    ['held-back', 7],
    ['not-running', 1],
    ['disk', 1],
  ])('%s ends with %i, and says why', (code, exitCode) => {
    const problem = haproxyProblem(new ApplyError(code, 'that is why'));
    expect(problem).toMatchObject({ exitCode, text: { why: 'that is why' } });
  });

  test('a Marathon that answers rubbish is another thing than none', () => {
    const cause = new DiscoveryError('unusable', 'a page of HTML');
    expect(haproxyProblem(new ApplyError('source', 'x', { cause }))).toMatchObject({ exitCode: 1 });
    expect(haproxyProblem(new DiscoveryError('unreachable', 'x'))).toMatchObject({ exitCode: 8 });
  });

  test('who may not write is told to be somebody else', () => {
    const cause = new DiskError('forbidden', '/etc/haproxy', 'permission denied');
    const problem = haproxyProblem(new ApplyError('disk', 'no lock', { cause }));
    expect(problem).toMatchObject({ exitCode: 9, text: { next: expect.stringContaining('as root') } });
  });

  test('errors of others are left to others', () => {
    expect(haproxyProblem(new Error('x'))).toBeUndefined();
  });
});

describe('what is told', () => {
  const failure = new ApplyError('source', 'nobody');
  const wrongBefore = NOTHING_WRONG;
  const problems = [
    { appId: '/a', portIndex: 1, where: 'HAPROXY_1_MODE', effect: 'changed' as const, message: 'is odd' },
  ];

  test('cron gets the line and nothing else', () => {
    const report: TurnReport = { ...REPORT, outcome: 'reload', isNews: true, problems, warnings: ['w'], wrongBefore };
    expect(tell(report, true)).toMatchObject({ words: [], isOldNews: false });
    expect(tell(report, false).words).toEqual(['w', '/a port 1, HAPROXY_1_MODE: served without it: is odd']);
    expect(tell(report, true).data).toHaveLength(1);
    expect(tell(report, true).log).toEqual([{ level: 'info', line: tell(report, true).data[0] }]);
  });

  test('what was told is not told again with the next change; what has ended is', () => {
    const other = { appId: '/b', effect: 'warning' as const, message: 'no ports' };
    const report: TurnReport = { ...REPORT, outcome: 'reload', isNews: true, problems };
    const known = { problems, excluded: [] };
    expect(tell({ ...report, wrongBefore: known }, false).words).toEqual(['1 problem as before: mctl haproxy status']);
    expect(tell({ ...report, problems: [...problems, other], wrongBefore: known }, false).words).toEqual([
      '/b: note: no ports',
      '1 problem as before: mctl haproxy status',
    ]);
    expect(tell({ ...report, problems: [], wrongBefore: known }, false).words).toEqual([
      '/a port 1, HAPROXY_1_MODE: in order again, or gone',
    ]);
    expect(tell({ ...REPORT, problems, wrongBefore: known }, false).words).toEqual([]);
    const elsewhere = problems.map((one) => ({ ...one, message: 'is odder' }));
    expect(tell({ ...report, problems: elsewhere, wrongBefore: known }, false).words).toEqual([
      '/a port 1, HAPROXY_1_MODE: served without it: is odder',
    ]);
  });

  test('a turn that did not get to look has no news of services', () => {
    const report: TurnReport = { ...REPORT, outcome: 'failed', failure, isNews: true };
    expect(tell(report, false, { problems, excluded: [out('/a')] }).words).toEqual([]);
  });

  test('programs get times without noise', () => {
    const stages = [{ name: 'read' as const, ms: 12.000000001 }];
    const json = reportJson({ ...REPORT, stages, totalMs: 0.1 + 0.2, againMs: 28_999.00001, wrongBefore, problems });
    expect(json).toMatchObject({ stages: { read: 12 }, totalMs: 0.3, againMs: 29_000 });
    expect(json).toMatchObject({ news: { problems: { begun: problems, ended: [] } } });
    expect(json).not.toHaveProperty('wrongBefore');
  });

  test('a failure is told to cron once; to a person each time', () => {
    const report: TurnReport = { ...REPORT, outcome: 'failed', failure, isNews: true };
    expect(tell(report, true)).toMatchObject({ isOldNews: false, log: [{ level: 'err' }] });
    const again = { ...report, isNews: false };
    expect(tell(again, true)).toMatchObject({ isOldNews: true, log: [] });
    expect(tell(again, false).isOldNews).toBe(false);
  });

  test('what is wrong with the whole app has no port', () => {
    expect(problemText({ appId: '/a', effect: 'left-out', message: 'no ports' })).toBe('/a: left out: no ports');
  });

  test('plans are told in a line', () => {
    expect(planText({ kind: 'nothing', leftovers: [] }, false)).toBe('Nothing would change.');
    expect(planText({ kind: 'reload', why: 'backend x is new' }, true)).toBe(
      'HAProxy would be reloaded: backend x is new.',
    );
    const command = { kind: 'ready', backend: 'b', server: 's' } as const;
    expect(planText({ kind: 'runtime', commands: [command], leftovers: [] }, true)).toContain('by 1 command.');
  });
});
