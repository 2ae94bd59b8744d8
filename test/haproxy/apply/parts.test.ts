// The pure parts of a turn.
import { describe, expect, test } from 'vitest';
import { ApplyError } from '../../../src/haproxy/apply/apply-error.ts';
import { readBinds } from '../../../src/haproxy/apply/check/binds.ts';
import { readComplaints } from '../../../src/haproxy/apply/check/complaints.ts';
import { fittingConnections } from '../../../src/haproxy/apply/check/descriptors.ts';
import { findBad } from '../../../src/haproxy/apply/check/find-bad.ts';
import { settle } from '../../../src/haproxy/apply/check/settle.ts';
import type { Validator } from '../../../src/haproxy/apply/check/validate.ts';
import { Composer } from '../../../src/haproxy/apply/compose.ts';
import { changesBetween, countsOnDisk } from '../../../src/haproxy/apply/counts.ts';
import { serverStatePath } from '../../../src/haproxy/apply/install/state-for-haproxy.ts';
import { type GuardQuestion, guard } from '../../../src/haproxy/apply/memory/guard.ts';
import { goodLabels, hasLastGood, withLastGood } from '../../../src/haproxy/apply/memory/last-good.ts';
import { exitMeaning } from '../../../src/haproxy/apply/report.ts';
import { DEFAULT_SETTINGS } from '../../../src/haproxy/apply/settings.ts';
import { DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';
import { BUILT_IN } from '../render/made-services.ts';
import { madeAnswer, madeApp } from './support/made-answer.ts';

describe('the guard', () => {
  const ask = (given: Partial<GuardQuestion>, force = false) =>
    guard(
      {
        before: { services: 10, servers: 100 },
        after: { services: 10, servers: 100 },
        picture: 'p',
        hasNoApps: false,
        pending: undefined,
        nowMs: 1_000_000,
        ...given,
      },
      { ...DEFAULT_SETTINGS, force },
    );

  test.for([
    [{ services: 10, servers: 50 }, 'pass'],
    [{ services: 10, servers: 49 }, 'hold'],
    [{ services: 5, servers: 100 }, 'pass'],
    [{ services: 4, servers: 100 }, 'hold'],
    [{ services: 0, servers: 0 }, 'hold'],
    [{ services: 200, servers: 5_000 }, 'pass'],
  ] as const)('%j of 10 services and 100 servers: %s', ([after, kind]) => {
    expect(ask({ after }).kind).toBe(kind);
  });

  test('what looks the same 30 s later is applied, what looks different begins anew', () => {
    const after = { services: 1, servers: 1 };
    const first = ask({ after });
    if (first.kind !== 'hold') throw new Error('held');
    expect(first.againMs).toBe(30_000);
    const { pending } = first;
    expect(ask({ after, pending, nowMs: 1_029_999 })).toMatchObject({ kind: 'hold', againMs: 1 });
    expect(ask({ after, pending, nowMs: 1_030_000 })).toEqual({ kind: 'pass' });
    const other = ask({ after, pending, picture: 'q', nowMs: 1_030_000 });
    expect(other).toMatchObject({ kind: 'hold', againMs: 30_000 });
    // A clock that was set back confirms nothing.
    expect(ask({ after, pending, nowMs: 900_000 })).toMatchObject({ kind: 'hold', againMs: 30_000 });
  });

  test('an answer without any app takes ten minutes; --force takes none; who serves nothing has nothing to lose', () => {
    const after = { services: 0, servers: 0 };
    expect(ask({ after, hasNoApps: true })).toMatchObject({ kind: 'hold', againMs: 600_000 });
    expect(ask({ after, hasNoApps: true }, true)).toEqual({ kind: 'pass' });
    expect(ask({ after, before: undefined, hasNoApps: true })).toEqual({ kind: 'pass' });
  });
});

describe("HAProxy's alerts", () => {
  const ranges = [
    { service: 'web_80', from: 10, to: 14 },
    { service: 'db_1', from: 20, to: 25 },
  ];
  const alert = (text: string): string => `[NOTICE]   (1) : x\n[ALERT]    (1) : config : ${text}\n`;

  test.for([
    ["parsing [/f.cfg:12] : unknown keyword 'foo' in 'backend' section", 'web_80'],
    ["[/f.cfg:22] : 'server db_1/s2' : 'id' : custom id 10 already used at /f.cfg:11", 'db_1'],
    ["Parsing [/f.cfg:20]: backend 'db_1' has the same name as backend 'db_1' declared at /f.cfg:13.", 'db_1'],
    ["Proxy 'web_80': unable to find required default_backend", 'web_80'],
    ["unable to find userlist 'user_db_1' referenced in arg 1", 'db_1'],
    ["parsing [/f.cfg:2] : unknown keyword 'x' in 'global' section", undefined],
    ['config : something about nothing', undefined],
  ] as const)('%s', ([text, service]) => {
    const { byService, others } = readComplaints(alert(text), '/f.cfg', ranges);
    expect([...byService.keys()]).toEqual(service === undefined ? [] : [service]);
    expect(others).toHaveLength(service === undefined ? 1 : 0);
  });

  test('warnings and closing words are no complaints, and hashes of passwords are not repeated', () => {
    const quiet = readComplaints(
      '[WARNING]  (1) : config : parsing [/f.cfg:12] : x\n[ALERT]    (1) : config : Error(s) found in configuration file : /f.cfg\n',
      '/f.cfg',
      ranges,
    );
    expect(quiet).toEqual({ byService: new Map(), others: [] });
  });
});

describe('finding by halves', () => {
  const search = async (count: number, isBad: (some: readonly string[]) => boolean) => {
    const names = Array.from({ length: count }, (_, index) => `s${index}`);
    let looks = 0;
    const found = await findBad(names, async (some) => {
      looks += 1;
      return !isBad(some);
    });
    return { found, looks };
  };

  test.for([
    [500, [7]],
    [500, [0, 499]],
    [64, [3, 4, 60]],
    [3, [0, 1, 2]],
    [1, [0]],
  ] as const)('of %i those that are bad', async ([count, bad]) => {
    const { found, looks } = await search(count, (some) => bad.some((index) => some.includes(`s${index}`)));
    expect(found).toEqual(bad.map((index) => `s${index}`));
    expect(looks).toBeLessThanOrEqual(bad.length * (Math.ceil(Math.log2(count + 1)) + 1));
  });
  test('of two that are bad together, the later; none when nothing helps', async () => {
    const pair = (some: readonly string[]) => some.includes('s2') && some.includes('s7');
    expect((await search(10, pair)).found).toEqual(['s7']);
    expect((await search(10, () => true)).found).toEqual([]);
    expect((await search(0, () => true)).found).toEqual([]);
  });
  test('costs no more than 12 checks for one of 500, and leaves that one out alone', async () => {
    const apps = Array.from({ length: 500 }, (_, index) => madeApp(`/app${index}`, 20_000 + index, [30_000 + index]));
    for (const bad of ['app0_20000', 'app123_20123', 'app499_20499']) {
      const composer = new Composer({
        ...madeAnswer(apps),
        context: { addresses: new Map() },
        options: { ...DEFAULT_OPTIONS, groups: ['test'] },
        templates: BUILT_IN,
        labels: {},
      });
      let checks = 0;
      const validator: Pick<Validator, 'check'> = {
        check: async ({ config }) => {
          checks += 1;
          const isValid = !config.includes(`backend ${bad}\n`);
          return isValid ? { kind: 'valid' } : { kind: 'invalid', byService: new Map(), others: ['no line'] };
        },
      };
      const { excluded, model } = await settle(composer, composer.compose(), validator, () => undefined);
      expect(checks).toBeLessThanOrEqual(12);
      expect(excluded.map(({ appId }) => appId)).toEqual([`/${bad.split('_')[0]}`]);
      expect(model.services).toHaveLength(499);
    }
  });
});

test('binds are read in all their forms', () => {
  const text = `listen a
  bind *:80
  bind :81 ssl crt /x
  bind 10.0.0.1:82,0.0.0.0:83
  bind [::1]:84
  bind :::85
  bind ipv4@127.0.0.1:86-88
  bind /run/x.sock
  bind abns@y
  bind unix@z accept-proxy
  bind *:90 interface eth0
`;
  expect(readBinds(text).map(({ address, port, line }) => `${address} ${port} ${line}`)).toEqual([
    '* 80 2',
    '* 81 3',
    '10.0.0.1 82 4',
    '* 83 4',
    '::1 84 5',
    ':: 85 6',
    '127.0.0.1 86 7',
    '127.0.0.1 87 7',
    '127.0.0.1 88 7',
  ]);
});

test('connections are lowered to what descriptors allow, in steps that servers do not move', () => {
  expect(fittingConnections(50_000, undefined, 100)).toBe(50_000);
  expect(fittingConnections(50_000, 1_048_576, 100)).toBe(50_000);
  expect(fittingConnections(50_000, 20_000, 100)).toBe(9_744);
  expect(fittingConnections(50_000, 20_000, 101)).toBe(9_744);
  expect(fittingConnections(50_000, 300, 100)).toBe(100);
});

test('a state file is only for configs that load one', () => {
  const loads =
    'global\n  server-state-base /var/state\n  server-state-file global\ndefaults\n  load-server-state-from-file global\n';
  expect(serverStatePath(loads)).toBe('/var/state/global');
  expect(serverStatePath(loads.replace('file global\ndefaults', 'file /x/y\ndefaults'))).toBe('/x/y');
  expect(serverStatePath(loads.replace(/ {2}load.*\n/, ''))).toBeUndefined();
  expect(serverStatePath('global\n')).toBeUndefined();
});

test('changes are counted by backends and servers', () => {
  const one = 'backend a\n  server s1 1.1.1.1:1\n  server s2 1.1.1.1:2\nbackend b\n  server s1 1.1.1.1:1\n';
  const two = 'backend a\n  server s2 1.1.1.1:2\n  server s3 1.1.1.1:3\nbackend c\n  server s1 1.1.1.1:1\n';
  expect(changesBetween(one, two)).toEqual({
    backendsAdded: 1,
    backendsRemoved: 1,
    serversAdded: 2,
    serversRemoved: 2,
  });
  expect(countsOnDisk(`${one}backend mctl_https_redirect\n  mode http\n`)).toEqual({ services: 2, servers: 3 });
});

describe('last good labels', () => {
  const good = madeApp('/web', 80, [1], { HAPROXY_0_MODE: 'http', other: 'x' });
  const bad = madeApp('/web', 80, [1, 2], { HAPROXY_0_MODE: 'nonsense', other: 'y' });
  const memory = goodLabels(
    madeAnswer([good]).discovery,
    { services: [{ appId: '/web', portIndex: 0 } as never] },
    new Set(),
    {},
  );
  const now = madeAnswer([bad]).discovery;
  const place = { appId: '/web', portIndex: 0 };

  test('go back into the app of now, tasks and other labels stay', () => {
    expect(hasLastGood(now, memory, place)).toBe(true);
    const [app] = withLastGood(now, memory, [place]).apps;
    expect(app?.labels).toMatchObject({ HAPROXY_0_MODE: 'http', other: 'y', HAPROXY_GROUP: 'test' });
    expect(app?.tasks).toHaveLength(2);
  });

  test('are kept while it is bad, and nothing is kept of what never was good', () => {
    const after = goodLabels(now, { services: [] }, new Set(['/web#0']), memory);
    expect(after).toEqual(memory);
    expect(goodLabels(now, { services: [] }, new Set(['/web#0']), {})).toEqual({ '/web': {} });
    expect(hasLastGood(now, goodLabels(now, { services: [] }, new Set(['/web#0']), {}), place)).toBe(false);
    expect(hasLastGood(madeAnswer([good]).discovery, memory, place)).toBe(false);
  });
});

test('every failure has its exit', () => {
  const of = (code: ApplyError['code']) => exitMeaning({ outcome: 'failed', failure: new ApplyError(code, '') });
  expect(exitMeaning({ outcome: 'nothing' })).toBe('ok');
  expect([of('locked'), of('source'), of('reload-failed'), of('held-back'), of('guard'), of('disk')]).toEqual([
    'locked',
    'unreachable',
    'rolled-back',
    'rolled-back',
    'failed',
    'failed',
  ]);
});
