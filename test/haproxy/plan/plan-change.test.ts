// Nothing, a few commands, or a reload.
import { describe, expect, test } from 'vitest';
import { doAhead } from '../../../src/haproxy/plan/drain-ahead.ts';
import { type Plan, planChange } from '../../../src/haproxy/plan/plan-change.ts';
import type { RunningServer } from '../../../src/haproxy/runtime/servers-state.ts';

const HEAD = 'global\n  maxconn 100\n\ndefaults\n  timeout connect 3s\n';

interface Backend {
  readonly lines?: readonly string[];
  readonly servers: readonly string[];
}

function config(backends: Readonly<Record<string, Backend>>, head = HEAD): string {
  const parts = Object.entries(backends).map(([name, { lines = ['balance roundrobin'], servers }]) => {
    const all = [`backend ${name}`, ...lines.map((line) => `  ${line}`), ...servers.map((one) => `  server ${one}`)];
    return `\n${all.join('\n')}\n`;
  });
  return head + parts.join('');
}

const files = (text: string, maps: Record<string, string> = {}) => ({ config: text, maps });

function running(backend: string, name: string, port: number, given: Partial<RunningServer> = {}): RunningServer {
  const usual = { id: 1, address: '10.0.0.1', isInMaintenance: false, isDrained: false, isUp: true, weight: 1 };
  return { backend, name, port, ...usual, initialWeight: 1, line: '', ...given };
}

const ONE = 's1 10.0.0.1:1001 id 1 check inter 5s fall 3';
const TWO = 's2 10.0.0.1:1002 id 2 check inter 5s fall 3';

function plan(
  before: readonly string[],
  after: readonly string[],
  now: readonly RunningServer[],
  lines?: readonly string[],
): Plan {
  const backend = (servers: readonly string[]) => files(config({ be: { servers, ...(lines && { lines }) } }));
  return planChange(backend(before), backend(after), now);
}

const NOW = [running('be', 's1', 1001)];

describe('a plan', () => {
  test('is nothing when file and process are as wanted', () => {
    expect(plan([ONE], [ONE], NOW)).toEqual({ kind: 'nothing', leftovers: [] });
    expect(planChange(files(config({})), files(config({})), undefined)).toEqual({ kind: 'nothing', leftovers: [] });
  });

  test('says the worked example in commands: what comes before what goes', () => {
    expect(plan([ONE], [TWO], NOW)).toEqual({
      kind: 'runtime',
      commands: [
        { kind: 'add', backend: 'be', server: 's2', words: TWO.split(' ').slice(1), isDisabled: false },
        { kind: 'remove', backend: 'be', server: 's1' },
      ],
      leftovers: [],
    });
  });

  test('toggles `disabled` both ways', () => {
    expect(plan([ONE], [`${ONE} disabled`], NOW)).toMatchObject({ kind: 'runtime', commands: [{ kind: 'maint' }] });
    const down = [running('be', 's1', 1001, { isInMaintenance: true })];
    expect(plan([`${ONE} disabled`], [ONE], down)).toMatchObject({ kind: 'runtime', commands: [{ kind: 'ready' }] });
  });

  test('undoes what others did: maintenance, drain, weight, missing and unknown servers', () => {
    const kinds = (now: readonly RunningServer[]) => {
      const made = plan([ONE], [ONE], now);
      return made.kind === 'runtime' ? made.commands.map(({ kind }) => kind) : made.kind;
    };
    expect(kinds([running('be', 's1', 1001, { isInMaintenance: true })])).toEqual(['ready']);
    expect(kinds([running('be', 's1', 1001, { isDrained: true })])).toEqual(['ready']);
    expect(kinds([running('be', 's1', 1001, { weight: 7 })])).toEqual(['weight']);
    expect(kinds([])).toEqual(['add']);
    expect(kinds([...NOW, running('be', 'stranger', 1009)])).toEqual(['remove']);
  });

  test('a server that is in no file and in maintenance is a leftover, and replaced when it is wanted again', () => {
    const leftover = running('be', 's2', 1002, { isInMaintenance: true });
    expect(plan([ONE], [ONE], [...NOW, leftover])).toEqual({
      kind: 'nothing',
      leftovers: [{ backend: 'be', server: 's2' }],
    });
    const made = plan([ONE], [ONE, TWO], [...NOW, leftover]);
    expect(made.kind === 'runtime' && made.commands.map(({ kind, server }) => `${kind} ${server}`)).toEqual([
      'remove s2',
      'add s2',
    ]);
  });

  test.for([
    ['it is sticky', ['cookie c insert'], ONE, `${TWO} cookie abc`, 'it has a cookie'],
    ['the balance is static', ['balance source'], ONE, TWO, 'not a dynamic one'],
    ['servers have defaults', ['balance roundrobin', 'default-server inter 3s'], ONE, TWO, 'options for servers'],
    ['its address is a name', ['balance roundrobin'], ONE, 's2 host.example:1002 id 2', 'no IP address'],
    ['a word is quoted', ['balance roundrobin'], ONE, `${TWO} ca-file "a b"`, 'cannot be said'],
    ['its name is a command', ['balance roundrobin'], ONE, 's2;quit 10.0.0.1:1002 id 2', 'cannot be named'],
  ] as const)('adding takes a reload when %s', ([, lines, one, two, why]) => {
    const made = plan([one], [one, two], NOW, lines);
    expect(made).toMatchObject({ kind: 'reload', why: expect.stringContaining(why) });
  });

  test('a consistent hash is dynamic, and sticky servers may go without a reload', () => {
    expect(plan([ONE], [ONE, TWO], NOW, ['balance source', 'hash-type consistent']).kind).toBe('runtime');
    const sticky = [`${ONE} cookie a`, `${TWO} cookie b`];
    const now = [...NOW, running('be', 's2', 1002)];
    expect(plan(sticky, sticky.slice(0, 1), now, ['cookie c insert']).kind).toBe('runtime');
  });

  test('everything else is a reload that says why', () => {
    const why = (before: string, after: string, now: readonly RunningServer[] | undefined = NOW) => {
      const made = planChange(files(before), files(after), now);
      return made.kind === 'reload' ? made.why : made.kind;
    };
    const base = config({ be: { servers: [ONE] } });
    expect(why(base, config({ be: { servers: [ONE] }, more: { servers: [] } }))).toBe('backend more is new');
    expect(why(config({ be: { servers: [ONE] }, more: { servers: [] } }), base)).toBe('backend more is gone');
    expect(why(base, config({ be: { servers: [ONE], lines: ['balance first'] } }))).toBe('backend be has changed');
    expect(why(base, base.replace('maxconn 100', 'maxconn 200'))).toBe('global has changed');
    expect(why(base, base.replace('fall 3', 'fall 4'))).toBe('server s1 of backend be has other options');
    expect(why(base, base, [running('be', 's1', 9999)])).toContain('runs with another address');
    expect(why(base, base, [...NOW, running('other', 's1', 1)])).toContain('has a backend other, the file has not');
    expect(planChange(files(base), files(config({ be: { servers: [ONE, TWO] } })), undefined).kind).toBe('reload');
    expect(planChange(undefined, files(base), NOW)).toMatchObject({ kind: 'reload' });
    const maps = planChange(files(base, { 'a.map': 'x y\n' }), files(base, { 'a.map': '' }), NOW);
    expect(maps).toEqual({ kind: 'reload', why: 'a.map has changed' });
  });

  test('comments and blank lines are no difference; more than 500 commands are a reload', () => {
    const base = config({ be: { servers: [ONE] } });
    expect(planChange(files(base), files(`# new\n\n${base}`), NOW).kind).toBe('nothing');
    const many = Array.from({ length: 502 }, (_, index) => `t${index} 10.0.0.1:${2000 + index} id ${index + 2}`);
    expect(plan([ONE], [ONE, ...many], NOW)).toMatchObject({ kind: 'reload', why: '502 servers differ' });
  });
});

test('drained ahead of a reload is what goes, where somebody stays', () => {
  const next = config({ be: { servers: [ONE] }, gone: { servers: [TWO] } });
  const now = [
    running('be', 's1', 1001),
    running('be', 's9', 1009),
    running('gone', 's1', 1001),
    running('unknown', 's1', 1001),
  ];
  expect(doAhead(undefined, next, now)).toEqual([{ kind: 'maint', backend: 'be', server: 's9' }]);
});

test('ahead of a reload new servers come in before those that go, in backends that are else the same', () => {
  const cookie = 's3 10.0.0.1:1003 id 3 check cookie s3';
  const before = config({ be: { servers: [ONE] }, other: { servers: [ONE] }, sticky: { servers: [ONE] } });
  const next = config({
    be: { servers: [TWO] },
    other: { lines: ['balance leastconn'], servers: [TWO] },
    sticky: { servers: [cookie] },
  });
  const now = ['be', 'other', 'sticky'].map((backend) => running(backend, 's1', 1001));
  const words = ['10.0.0.1:1002', 'id', '2', 'check', 'inter', '5s', 'fall', '3'];
  expect(doAhead(before, next, now)).toEqual([
    { kind: 'add', backend: 'be', server: 's2', words, isDisabled: false },
    { kind: 'maint', backend: 'be', server: 's1' },
  ]);
  // Once there, it is not added again.
  const later = [running('be', 's1', 1001, { isInMaintenance: true }), running('be', 's2', 1002)];
  expect(doAhead(before, next, later)).toEqual([]);
  expect(
    doAhead(`${before}\ndefaults\n  default-server inter 1s\n`, `${next}\ndefaults\n  default-server inter 1s\n`, now),
  ).toEqual([]);
});
