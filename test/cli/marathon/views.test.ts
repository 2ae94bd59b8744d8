// What people see of apps, plans and reasons.
import { describe, expect, test } from 'vitest';
import { marathonAmong, placeOfMarathon } from '../../../src/cli/context/marathon.ts';
import { differences } from '../../../src/cli/marathon/diff/diff.ts';
import { planText, wouldChange } from '../../../src/cli/marathon/diff/plan-text.ts';
import { endsOf } from '../../../src/cli/marathon/ids.ts';
import { PrefixedLines } from '../../../src/cli/marathon/logs.ts';
import { shortNames } from '../../../src/cli/marathon/short-names.ts';
import { appListView, appStatus } from '../../../src/cli/marathon/views/apps.ts';
import { eventLine } from '../../../src/cli/marathon/views/system.ts';
import { type Answer, fromQueue } from '../../../src/cli/marathon/why/ask.ts';
import { whyExit, whyView } from '../../../src/cli/marathon/why/view.ts';
import { changeCommand, changeText, failureMessage, shortfallText } from '../../../src/cli/marathon/why/words.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { COLOURED, PLAIN } from '../../../src/cli/output/style.ts';
import type { AppInfo, PlanPreview, QueueItem } from '../../../src/client/marathon.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

function app(more: Partial<AppInfo> = {}): AppInfo {
  return {
    id: '/shop/web',
    instances: 3,
    cpus: 0.5,
    mem: 64,
    disk: 0,
    gpus: 0,
    labels: {},
    healthChecks: [{}],
    version: '2026-01-01T00:00:00.000Z',
    tasksStaged: 0,
    tasksRunning: 3,
    tasksHealthy: 2,
    tasksUnhealthy: 0,
    deployments: [],
    tasks: [],
    ...more,
  };
}

function queued(overdue: boolean, more: Partial<QueueItem> = {}): QueueItem {
  return {
    app: app(),
    count: 2,
    delay: { timeLeftSeconds: overdue ? 0 : 30, overdue },
    processedOffersSummary: {
      processedOffersCount: 0,
      unusedOffersCount: 0,
      rejectSummaryLastOffers: [],
      rejectSummaryLaunchAttempt: [],
    },
    lastUnusedOffers: [],
    ...more,
  };
}

describe('the status of an app', () => {
  test.each<[string, Partial<AppInfo>, QueueItem | undefined]>([
    ['Running', {}, undefined],
    ['Deploying', { deployments: [{ id: 'd' }] }, undefined],
    ['Suspended', { instances: 0, tasksRunning: 0 }, undefined],
    ['Starting', { tasksRunning: 0, tasksStaged: 3 }, undefined],
    ['Waiting', { deployments: [{ id: 'd' }] }, queued(true)],
    ['Delayed', {}, queued(false)],
  ])('is %s', (status, more, item) => {
    expect(appStatus(app(more), item)).toBe(status);
  });

  test('stands in the list, sorted by id, with health and age', async () => {
    const view = appListView(
      [app(), app({ id: '/a', healthChecks: [], tasksRunning: 0, deployments: [{ id: 'abcdefghij' }] })],
      [queued(true)],
      NOW,
    );
    expect(await renderView(view, 'table', PLAIN, 0)).toBe(
      [
        'ID         STATUS     INSTANCES  HEALTH           CPUS    MEM  CHANGED  DEPLOYMENT',
        '/a         Deploying        0/3  -                 0.5  64 MB       1h  abcdefgh',
        '/shop/web  Waiting          3/3  2 ok, 1 unknown   0.5  64 MB       1h',
      ].join('\n'),
    );
  });
});

function failed(secondsAgo: number): NonNullable<AppInfo['lastTaskFailure']> {
  const timestamp = new Date(NOW - secondsAgo * 1000).toISOString();
  return { taskId: 't1', state: 'TASK_FAILED', message: 'exit 1', host: 'h1', timestamp };
}

describe('why', () => {
  const explanation: Answer['explanation'] = {
    missing: 2,
    places: 0,
    state: 'none',
    agentCount: 2,
    funnel: [
      { reason: 'UnfulfilledConstraint', declined: 1, processed: 2 },
      { reason: 'InsufficientCpus', declined: 1, processed: 1 },
    ],
    agents: [
      {
        agentId: 'S1',
        hostname: 'h1',
        places: 0,
        reason: 'InsufficientCpus',
        shortfalls: [{ reason: 'InsufficientCpus', resource: 'cpus', needed: 4, available: 1.5 }],
      },
    ],
    agentsLeftOut: 1,
    suggestions: [{ changes: [{ kind: 'resource', resource: 'cpus', from: 4, to: 1.5 }], places: 1, placesAll: false }],
  };
  const answer = (more: Partial<Answer> = {}): Answer => ({
    app: app({ tasksRunning: 1 }),
    missing: 2,
    delayedUntil: undefined,
    explanation,
    ...more,
  });

  test('is a funnel over the agents, the numbers of each, and the smallest change that helps', async () => {
    const text = await renderView(whyView(answer(), NOW), 'table', PLAIN, 0);
    expect(text).toContain(
      'It cannot be placed: no agent fits: constraint not met on 1 of 2 agents, not enough cpus on 1 (h1: 4 cpus wanted, 1.5 free).',
    );
    expect(text).toMatch(/constraint not met\s+1\s+2/);
    expect(text).toMatch(/h1\s+0\s+not enough cpus\s+4 cpus wanted, 1.5 free/);
    expect(text).toContain('and 1 more');
    expect(text).toContain('cpus 4 → 1.5 (1 of 2 would fit)');
    expect(text).toContain('mctl app update /shop/web cpus=1.5');
  });

  test.each<[keyof typeof EXITS, Partial<Answer>]>([
    ['cannotPlace', {}],
    ['cannotPlace', { explanation: { ...explanation, state: 'no-agents' } }],
    ['failed', { explanation: { ...explanation, state: 'delayed' }, delayedUntil: '2026-01-01T01:00:30Z' }],
    ['failed', { explanation: { ...explanation, state: 'complete' }, app: app({ tasksUnhealthy: 1 }) }],
    ['failed', { explanation: { ...explanation, state: 'fits' }, app: app({ lastTaskFailure: failed(5) }) }],
    ['ok', { explanation: { ...explanation, state: 'fits' }, app: app({ lastTaskFailure: failed(120) }) }],
    ['ok', { explanation: { ...explanation, state: 'complete' } }],
    ['ok', { explanation: { ...explanation, state: 'fits' } }],
  ])('has the exit code %s', (exit, more) => {
    expect(whyExit(answer(more), NOW)).toBe(exit);
  });
  const EXITS = { cannotPlace: 5, failed: 1, ok: 0 };

  test('tells back-off, health and the last failure too', async () => {
    const failing = app({
      tasksUnhealthy: 1,
      lastTaskFailure: {
        taskId: 't1',
        state: 'TASK_FAILED',
        message: 'exit 1',
        host: 'h1',
        timestamp: '2026-01-01T00:59:00Z',
      },
      tasks: [
        {
          id: 't',
          appId: '/shop/web',
          state: 'TASK_RUNNING',
          ports: [],
          version: '',
          healthCheckResults: [{ alive: false, consecutiveFailures: 3, lastFailureCause: 'refused' }],
        },
      ],
    });
    const view = whyView(
      answer({ app: failing, delayedUntil: '2026-01-01T01:00:30Z', explanation: { ...explanation, state: 'delayed' } }),
      NOW,
    );
    const text = await renderView(view, 'table', PLAIN, 0);
    expect(text).toContain('It does not stay up: its tasks end too soon. It is launched again in 30s.');
    expect(text).toContain('2 healthy, 1 unhealthy (refused)');
    expect(text).toContain('TASK_FAILED on h1, 1m ago: exit 1');
  });

  test('of tasks that end at once names the log, also between the back-off and the next launch', async () => {
    const view = whyView(
      answer({
        app: app({ lastTaskFailure: failed(5) }),
        explanation: { ...explanation, state: 'fits', suggestions: [] },
      }),
      NOW,
    );
    const text = await renderView(view, 'table', PLAIN, 0);
    expect(text).toContain('It does not stay up: its tasks end too soon. It is launched again now.');
    expect(text).toContain('mctl app logs /shop/web');
    // Where it would fit is no news then.
    expect(text).not.toContain('Agent by agent');
  });

  test('of tasks that are never launched names no log, for there is none', async () => {
    const message = 'Failed to launch container: there is no such image';
    const never = app({ lastTaskFailure: { ...failed(5), message } });
    const view = whyView(answer({ app: never, explanation: { ...explanation, state: 'fits', suggestions: [] } }), NOW);
    const text = await renderView(view, 'table', PLAIN, 0);
    expect(text).toContain(message);
    expect(text).not.toContain('mctl app logs');
  });

  test('tells of a failure what is worth a line', () => {
    expect(failureMessage({ message: 'Memory limit exceeded\n\nMEMORY STATISTICS:\ncache 0\n' })).toBe(
      'Memory limit exceeded',
    );
    expect(failureMessage({ message: 'Command exited with status 127' })).toBe(
      'Command exited with status 127 (the command was not found)',
    );
    expect(failureMessage({ message: '' })).toBe('without a message');
    expect(failureMessage({ message: 'x'.repeat(1000) })).toHaveLength(201);
  });

  test('comes from the queue where Marathon has no better answer', () => {
    const item = queued(true, {
      processedOffersSummary: { ...queued(true).processedOffersSummary, rejectSummaryLastOffers: explanation.funnel },
      lastUnusedOffers: [{ offer: { hostname: 'h1', agentId: 'S1' }, reason: ['InsufficientCpus'] }],
    });
    expect(fromQueue(item)).toMatchObject({ state: 'none', missing: 2, agentCount: 2, funnel: explanation.funnel });
    expect(fromQueue(queued(false)).state).toBe('delayed');
    expect(fromQueue(queued(true)).state).toBe('fits');
    expect(fromQueue(undefined).state).toBe('complete');
  });

  test.each<[string, Parameters<typeof shortfallText>[0]]>([
    [
      'hostname UNIQUE: hostname is h1, where 1 runs already',
      {
        reason: 'UnfulfilledConstraint',
        kind: 'constraint',
        constraint: { field: 'hostname', operator: 'UNIQUE' },
        value: 'h1',
        placed: 1,
      },
    ],
    [
      'rack IS a: it has no rack',
      {
        reason: 'UnfulfilledConstraint',
        kind: 'constraint',
        constraint: { field: 'rack', operator: 'IS', value: 'a' },
      },
    ],
    ['port 80 is not among its free ports', { reason: 'InsufficientPorts', needed: 1, available: 3, missing: [80] }],
    ['in maintenance', { reason: 'AgentMaintenance' }],
    ['SomethingNew', { reason: 'SomethingNew' }],
  ])('says %s', (text, shortfall) => {
    expect(shortfallText(shortfall)).toBe(text);
  });

  test('names a command only where one line can make the change', () => {
    const cpus = { kind: 'resource', resource: 'cpus', from: 4, to: 1 };
    const constraint = { kind: 'constraint', from: { field: 'hostname', operator: 'UNIQUE' }, to: undefined };
    expect(changeCommand({ id: '/a' }, [cpus])).toBe('mctl app update /a cpus=1');
    expect(changeCommand({ id: '/a' }, [cpus, constraint])).toBeUndefined();
    const anyPorts = { kind: 'any-ports', ports: [80] };
    expect(changeCommand({ id: '/a' }, [anyPorts])).toBe('mctl app update /a requirePorts=false');
    const mapped = { id: '/a', container: { portMappings: [{ containerPort: 1, hostPort: 0 }, { hostPort: 80 }] } };
    expect(changeCommand(mapped, [anyPorts])).toBe('mctl app update /a container.portMappings.1.hostPort=0');
    expect(changeText(constraint)).toBe('without the constraint hostname UNIQUE');
  });
});

describe('a plan', () => {
  const plan: PlanPreview = {
    steps: [
      { actions: [{ action: 'StartApplication', app: '/new' }] },
      { actions: [{ action: 'RestartApplication', app: '/web' }] },
    ],
    changes: [
      {
        id: '/web',
        before: { id: '/web', cpus: 1, env: { A: '1', B: '2' }, version: 'x' },
        after: { id: '/web', cpus: 2, env: { B: '2', C: '3' }, version: 'y' },
      },
      { id: '/new', before: null, after: { id: '/new', cmd: 'run', labels: {} } },
      { id: '/old', before: { id: '/old', cmd: 'z' }, after: null },
    ],
    placement: [
      {
        app: '/web',
        count: 3,
        agents: [{ hostname: 'h1', instances: 2 }],
        unplaced: 1,
        why: {
          missing: 3,
          places: 2,
          state: 'partly',
          agentCount: 1,
          funnel: [{ reason: 'InsufficientCpus', declined: 1, processed: 1 }],
          agents: [
            {
              agentId: 'S1',
              hostname: 'h1',
              places: 2,
              shortfalls: [{ reason: 'InsufficientCpus', resource: 'cpus', needed: 4, available: 1.5 }],
            },
          ],
          agentsLeftOut: 0,
          suggestions: [
            { changes: [{ kind: 'resource', resource: 'cpus', from: 4, to: 1.5 }], places: 3, placesAll: true },
          ],
        },
      },
    ],
  };

  test('shows what differs, the steps, and where instances would go', () => {
    expect(planText(plan, PLAIN)).toBe(
      `~ /web
  ~ cpus: 1 → 2
  - env.A: "1"
  + env.C: "3"

+ /new  new
  + cmd: "run"

- /old  removed

Steps
  1. start /new
  2. restart /web

Where new instances would go now
  /web: 2 on h1
  /web: 1 would fit nowhere now: not enough cpus on 1 of 1 agent (h1: 4 cpus wanted, 1.5 free)
    would help: cpus 4 → 1.5`,
    );
  });
  test('is coloured where colours are wanted', () => {
    expect(planText(plan, COLOURED)).toContain('\u001b[32m  + env.C: "3"\u001b[39m');
  });
  test('changes nothing when only what Marathon sets itself differs', () => {
    const nothing = {
      steps: [],
      changes: [{ id: '/a', before: { version: '1', cpus: 1 }, after: { version: '2', cpus: 1 } }],
      placement: [],
    };
    expect(wouldChange(nothing)).toBe(false);
    expect(planText(nothing, PLAIN)).toBe('');
    expect(wouldChange(plan)).toBe(true);
  });
  test('looks into lists of objects, and takes other lists as a whole', () => {
    expect(
      differences({ a: [{ x: 1, y: 1 }], b: [['c', 'd']] }, { a: [{ x: 1, y: 2 }, { x: 3 }], b: [['c', 'e']] }),
    ).toEqual([
      { path: 'a[0].y', before: 1, after: 2 },
      { path: 'a[1].x', before: undefined, after: 3 },
      { path: 'b', before: [['c', 'd']], after: [['c', 'e']] },
    ]);
  });
});

describe('ids', () => {
  test('of apps may be given by any end of their path', () => {
    expect(endsOf('/shop/eu/web')).toEqual(['shop/eu/web', 'eu/web', 'web']);
  });
  test('of tasks are shortened to what tells them apart', () => {
    const ids = [
      'a_b.instance-11111111-e5d9-11f1-b498-5950b6b99279._app.1',
      'a_b.instance-22222222-e5d9-11f1-b498-5950b6b99279._app.1',
      'other',
    ];
    expect([...shortNames(ids).values()]).toEqual(['11111111', '22222222', 'other']);
    const again = [
      'a.instance-11111111-e5d9-11f1-b498-5950b6b99279._app.1',
      'a.instance-11111111-e5d9-11f1-b498-5950b6b99279._app.2',
    ];
    expect([...shortNames(again).values()]).toEqual(['11111111.1', '11111111.2']);
  });
});

describe('lines of several instances', () => {
  test('are written whole, each with its instance', async () => {
    let written = '';
    const lines = new PrefixedLines('a | ', async (chunk) => {
      written += new TextDecoder().decode(chunk);
    });
    const write = (text: string) => lines.write(new TextEncoder().encode(text));
    await write('one\ntw');
    expect(written).toBe('a | one\n');
    await write('o\n\nthree');
    await lines.end();
    expect(written).toBe('a | one\na | two\na | \na | three\n');
  });
  test('that never end are cut', async () => {
    let bytes = 0;
    const lines = new PrefixedLines('', async (chunk) => {
      bytes += chunk.length;
    });
    for (let i = 0; i < 100; i++) await lines.write(new Uint8Array(10_000).fill(65));
    expect(bytes).toBeGreaterThan(900_000);
  });
});

describe('an event', () => {
  test('is one line, whatever is in it', () => {
    const line = eventLine(
      {
        type: 'status_update_event',
        data: { appId: '/a\n\u001b[2J', taskStatus: 'TASK_RUNNING', ports: [1], plan: { id: 'd1' } },
      },
      NOW,
      PLAIN,
    );
    expect(line).not.toContain('\n');
    expect(line).not.toContain('\u001b');
    expect(line).toContain('taskStatus=TASK_RUNNING deployment=d1');
  });
});

describe('which Marathon is meant', () => {
  const target = { masters: ['m:5050'], marathons: ['c:8080'], chronoses: [], name: 'local', source: 'x' };
  const ask = (more: Partial<Parameters<typeof placeOfMarathon>[0]>) =>
    placeOfMarathon({ marathonFlag: undefined, isClusterGiven: false, env: {}, target: () => target, ...more });

  test('says --marathon first, then MCTL_MARATHON, then the cluster', () => {
    const env = { MCTL_MARATHON: 'e:1,e:2' };
    expect(ask({ marathonFlag: 'f:1', env })).toEqual({ kind: 'known', marathons: ['f:1'] });
    expect(ask({ env })).toEqual({ kind: 'known', marathons: ['e:1', 'e:2'] });
    expect(ask({ env, isClusterGiven: true })).toEqual({ kind: 'known', marathons: ['c:8080'] });
    expect(ask({})).toEqual({ kind: 'known', marathons: ['c:8080'] });
  });
  test('says the master when the cluster does not', () => {
    const unknown = { ...target, marathons: [] };
    expect(ask({ target: () => unknown })).toEqual({ kind: 'ask', target: unknown });
  });
  test('is refused when it is no address', () => {
    expect(() => ask({ marathonFlag: 'no address' })).toThrow(/not an address/);
  });
  test('is the framework of that name, where its page is', () => {
    const one = { name: 'marathon', webuiUrl: 'http://h:8080/ui/' };
    expect(marathonAmong([one, { name: 'chronos', webuiUrl: 'http://x:1' }], 'http://m:5050')).toBe('http://h:8080');
    expect(marathonAmong([{ name: 'marathon-user', webuiUrl: 'http://u:1' }], 'http://m:5050')).toBe('http://u:1');
    expect(marathonAmong([one, { name: 'marathon-user', webuiUrl: 'http://u:1' }], 'http://m:5050')).toBe(
      'http://h:8080',
    );
  });
  test.each<[string, Parameters<typeof marathonAmong>[0], RegExp]>([
    ['there is none', [], /no Marathon in this cluster/],
    [
      'there are several',
      [
        { name: 'marathon', webuiUrl: 'http://a' },
        { name: 'marathon', webuiUrl: 'http://b' },
      ],
      /which one/,
    ],
    ['it does not say where it is', [{ name: 'marathon', webuiUrl: undefined }], /does not say where/],
    ['what it says is no address', [{ name: 'marathon', webuiUrl: 'javascript:x' }], /does not say where/],
  ])('is a clear problem when %s', (_, frameworks, what) => {
    expect(() => marathonAmong(frameworks, 'http://m:5050')).toThrow(what);
  });
});
