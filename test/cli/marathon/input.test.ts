// Apps as people write them: files, key=value, numbers of instances.
import { describe, expect, test } from 'vitest';
import { groupOf } from '../../../src/cli/marathon/changes/groups.ts';
import { appsOf, placeInApps } from '../../../src/cli/marathon/input/apps.ts';
import { readAssignments } from '../../../src/cli/marathon/input/assignments.ts';
import { readDocuments } from '../../../src/cli/marathon/input/documents.ts';
import { APP_MEMBERS, unknownMemberLines, warningsOf } from '../../../src/cli/marathon/input/members.ts';
import { quickApp } from '../../../src/cli/marathon/input/quick-app.ts';
import { parseScale, scaled } from '../../../src/cli/marathon/input/scale.ts';
import { violationPath } from '../../../src/cli/marathon/input/violation-path.ts';
import { violationLines } from '../../../src/cli/marathon/problems.ts';
import { Problem } from '../../../src/cli/problem.ts';
import { appShape } from '../../../src/daemon/marathon/apps/input/app-shape.ts';

function problemOf(fn: () => unknown): Problem {
  try {
    fn();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

const YAML = `# comment
id: web
cmd: x
env:
  A: "1"
  "B C": y
healthChecks:
  - path: /
  - protocol: TCP
    portIndex: 7
---
- id: /b
  cmd: y
- id: /c
  cmd: z
  constraints:
    - [hostname, UNIQUE]
    - [rack, FOO]
`;

describe('a file', () => {
  test('may hold several documents, each an app or a list', () => {
    expect(appsOf(readDocuments('f.yaml', YAML)).map(({ id }) => id)).toEqual(['/web', '/b', '/c']);
  });
  test('is JSON or YAML alike, tabs in JSON too', () => {
    const [document] = readDocuments('f.json', '{\n\t"id": "/a",\n\t"cpus": 0.5\n}');
    expect(document?.value).toEqual({ id: '/a', cpus: 0.5 });
    expect(document?.place(['cpus'])).toBe('f.json:3');
  });
  test('may use anchors, merges, and an object of apps', () => {
    const text = 'apps:\n- &a {id: /a, cpus: 1}\n- {<<: *a, id: /b}\n';
    expect(appsOf(readDocuments('f', text)).map(({ definition }) => definition)).toEqual([
      { id: '/a', cpus: 1 },
      { id: '/b', cpus: 1 },
    ]);
  });
  test.each<[string, string, RegExp]>([
    ['that is empty', '# nothing\n', /empty/],
    ['with a syntax error', 'id: /a\ncmd: [1\n', /f:3:1/],
    ['with a number that JSON cannot hold', '{"id": "/a", "cpus": 1e400}', /value of cpus/],
    ['with a key twice', 'id: /a\nid: /b\n', /f:2:1 .*unique/],
    [
      'that grows without end',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefg'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`)
        .join('\n')}`,
      /alias/i,
    ],
  ])('%s is refused with its place', (_, text, why) => {
    const problem = problemOf(() => readDocuments('f', text));
    expect(problem.exitCode).toBe(2);
    expect(problem.message).toMatch(why);
  });
  test.each<[string, string, RegExp]>([
    ['no app', '- 5\n', /f:1 is no app/],
    ['an app without id', 'apps:\n  - cmd: x\n', /f:2 has no id/],
    ['one id twice', '- id: /a\n- id: a\n', /\/a is there twice.*f:1 and f:2/],
    ['a group', 'id: /g\ngroups: []\n', /is a group/],
  ])('with %s is refused', (_, text, what) => {
    expect(problemOf(() => appsOf(readDocuments('f', text))).message).toMatch(what);
  });
});

describe('the place of a violation', () => {
  const apps = appsOf(readDocuments('f.yaml', YAML));
  test.each<[string, string]>([
    ['/(0)/env/A', 'f.yaml:5'],
    ['(0)/env/B C', 'f.yaml:6'],
    ['/apps(0)/healthChecks(1)/portIndex', 'f.yaml:10'],
    ['(0)/healthChecks(1)/missing', 'f.yaml:9'],
    ['(2)/constraints(1)', 'f.yaml:18'],
    ['(2)/upgradeStrategy/minimumHealthCapacity', 'f.yaml:14'],
    ['(1)', 'f.yaml:12'],
  ])('%s is %s', (path, place) => {
    expect(placeInApps(apps, true)(path)).toBe(place);
  });
  test('of a single app needs no number', () => {
    expect(placeInApps(apps.slice(0, 1), false)('/healthChecks(0)/path')).toBe('f.yaml:8');
    expect(placeInApps(apps.slice(0, 1), false)('/')).toBe('f.yaml:2');
  });
  test('is unknown for apps that were not sent', () => {
    expect(placeInApps(apps, true)('(9)/cmd')).toBeUndefined();
  });
  test('is read from paths with indices', () => {
    expect(violationPath('/a(0)(1)/b/FOO')).toEqual(['a', 0, 1, 'b', 'FOO']);
    expect(violationPath('/')).toEqual([]);
  });
});

describe('key=value', () => {
  const present = { env: { A: '1', B: '2' }, upgradeStrategy: { minimumHealthCapacity: 1 }, fetch: [{ uri: 'u' }] };
  test('is JSON where it reads as JSON, and text where texts belong', () => {
    expect(readAssignments(['cpus=0.5', 'requirePorts=true', 'cmd=5', 'args=["a"]', 'user=x'], {})).toEqual({
      cpus: 0.5,
      requirePorts: true,
      cmd: '5',
      args: ['a'],
      user: 'x',
    });
  });
  test('keeps the rest of an object that Marathon replaces as a whole', () => {
    expect(readAssignments(['env.C=3', 'env.A='], present)).toEqual({ env: { B: '2', C: '3' } });
    expect(readAssignments(['upgradeStrategy.maximumOverCapacity=0.5'], present)).toEqual({
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0.5 },
    });
    expect(readAssignments(['fetch.0.uri=v'], present)).toEqual({ fetch: [{ uri: 'v' }] });
  });
  test('takes names with dots for variables and labels', () => {
    expect(readAssignments(['labels.a.b/c=d=e'], {})).toEqual({ labels: { 'a.b/c': 'd=e' } });
  });
  test.each(['cpus', '=5', 'a..b=1', 'cmd.x=1', 'fetch.7.uri=v'])('%s is refused', (text) => {
    expect(problemOf(() => readAssignments([text], { ...present, cmd: 'x' })).exitCode).toBe(2);
  });
});

describe('a number of instances', () => {
  test.each<[string, number, number]>([
    ['5', 2, 5],
    ['+2', 3, 5],
    ['-1', 3, 2],
    ['x1.5', 3, 5],
    ['x1.1', 10, 11],
    ['x0', 3, 0],
  ])('%s of %i is %i', (text, present, target) => {
    expect(scaled(parseScale(text), present)).toBe(target);
  });
  test.each(['', 'a', '1.5', '--1', 'x', '*2', '99999999999'])("'%s' is none", (text) => {
    expect(problemOf(() => parseScale(text)).exitCode).toBe(2);
  });
  test('is never below 0', () => {
    expect(problemOf(() => scaled(parseScale('-4'), 3)).exitCode).toBe(2);
  });
});

describe('an app from flags', () => {
  test('has what was said, and a health check for its first port', () => {
    expect(
      quickApp({
        id: 'web',
        cmd: 'run',
        instances: 3,
        'health-path': 'ok',
        env: ['A=b=c'],
        constraint: ['hostname:UNIQUE'],
      }),
    ).toEqual({
      id: '/web',
      cmd: 'run',
      cpus: 0.1,
      mem: 64,
      instances: 3,
      env: { A: 'b=c' },
      constraints: [['hostname', 'UNIQUE']],
      healthChecks: [expect.objectContaining({ protocol: 'HTTP', path: '/ok', portIndex: 0 })],
    });
  });
  test('needs an id and something to run', () => {
    expect(problemOf(() => quickApp({ cmd: 'x' })).exitCode).toBe(2);
    expect(problemOf(() => quickApp({ id: 'x' })).exitCode).toBe(2);
    expect(problemOf(() => quickApp({ id: 'x', cmd: 'y', env: ['A'] })).exitCode).toBe(2);
  });
});

describe('members', () => {
  test('are those that Marathon reads', () => {
    expect([...APP_MEMBERS].sort()).toEqual(Object.keys(appShape.shape).sort());
  });
  test('that no app has are told with their line, and with what may be meant', () => {
    const apps = appsOf(readDocuments('f.yaml', 'id: /a\ncmd: x\ninstnces: 3\nzzzzzzzzzz: 1\nx-note: ours\n'));
    expect(warningsOf(apps)).toEqual([
      'f.yaml:3  instnces is no member of an app, and is left out; is it instances?',
      'f.yaml:4  zzzzzzzzzz is no member of an app, and is left out.',
    ]);
  });
  test('that GET shows besides are no slips', () => {
    const shown = {
      id: '/a',
      versionInfo: {},
      tasks: [],
      tasksRunning: 1,
      taskStats: {},
      deployments: [],
      status: 'x',
    };
    expect(unknownMemberLines(shown, () => undefined)).toEqual([]);
  });
});

describe('a group of a file', () => {
  const read = (text: string) => groupOf(readDocuments('g.yaml', text));
  test('is told apart from an app, which would be taken for a group without apps', () => {
    expect(problemOf(() => read('id: /web\ncmd: run\n')).text).toEqual({
      what: 'g.yaml:1 is an app.',
      next: 'mctl app apply -f <file>',
    });
  });
  test('may be what group show told: versions are left out, but for the wish to go back to one', () => {
    expect(read('{id: /g, version: v, apps: [], groups: [{id: /g/h, version: w, apps: []}]}').definition).toEqual({
      id: '/g',
      apps: [],
      groups: [{ id: '/g/h', apps: [] }],
    });
    expect(read('{id: /g, version: v}').definition).toEqual({ id: '/g', version: 'v' });
  });
  test('tells slips in its apps, those of groups in it too', () => {
    expect(read('id: /g\ngroups:\n- id: h\n  apps:\n  - id: a\n    memm: 3\n').warnings).toEqual([
      'g.yaml:6  memm is no member of an app, and is left out; is it mem?',
    ]);
  });
});

describe('faults', () => {
  test('are told in the order of the lines', () => {
    const violations = [
      { path: '/b', errors: ['error.min'] },
      { path: '/a', errors: ['odd'] },
    ];
    const lines = violationLines('', violations, (path) => (path === '/a' ? 'f:2' : 'f:10'));
    expect(lines).toBe('f:2  /a  odd\nf:10  /b  is too small (error.min)');
  });
});
