import { beforeEach, describe, expect, test } from 'vitest';
import type { ViewStore } from '../../../src/tui/view/store.ts';
import { Person, someApp, someCluster } from '../ui/person.ts';
import { amounts, NOW, task } from '../view/rows.ts';

const UUID = 'a72fc000-e60c-11f1-a9c0-ffcf113bd7cc';
let view: ViewStore;

beforeEach(() => {
  view = someCluster(0);
  view.setFeed({ name: 'marathon', state: 'live', address: 'm:8080', why: undefined });
  view.putApp(someApp('/shop/web', { hasHealthChecks: true, healthy: 1, unhealthy: 1 }));
  view.putApp(
    someApp('/shop/db', { instances: 3, running: 1, staged: 1, waitsFor: 'too few cpus', waitsSinceMs: NOW - 5000 }),
  );
  view.putApp(someApp('/alone', { labels: { team: 'blue' }, amounts: amounts(1, 64) }));
});

describe('apps', () => {
  test('are a tree of their groups, with sums', () => {
    const person = new Person(view, 'apps');
    expect(person.lines.slice(1).map((line) => line.trimEnd())).toEqual([
      expect.stringMatching(/^▸ shop\/ +look in +3\/5 2 apps/),
      expect.stringMatching(/^ {2}├─db +waiting +1\/3 ◉◌○ .*too few cpus \(5s\)$/),
      expect.stringMatching(/^ {2}└─web +unhealthy +2\/2 ●▲/),
      expect.stringMatching(/^ {2}alone +running +2\/2 ◉◉/),
    ]);
    expect(person.drawing.heading).toBe('apps 3');
  });

  test('are a list of whole ids where they are filtered, sorted or only faults', () => {
    const person = new Person(view, 'apps').press('/').type('team=blue').press('enter');
    expect(person.drawing.rowIds).toEqual(['/alone']);
    person.press('esc').press('ctrl-z');
    expect(person.drawing.rowIds).toEqual(['/shop/db', '/shop/web']);
    person.press('esc').press('s', 's', 's');
    expect(person.place.sort?.column).toBe('missing');
    expect(person.drawing.rowIds[0]).toBe('/shop/db');
  });

  test('of a group are not changed by one key', () => {
    const person = new Person(view, 'apps').press('k');
    expect(person.ui.message?.text).toContain('group');
    person.press('S');
    expect(person.ui.prompt).toBeUndefined();
    expect(person.press('enter').place.screen).toBe('apps');
    expect(person.ui.message?.text).toBe('This row has no page of its own.');
  });
});

describe('an app', () => {
  beforeEach(() => {
    view.setMarathonFramework('f1');
    for (const index of [1, 2])
      view.putTask(task('f1', `shop_web.instance-${UUID.replace('a72fc', `a72f${index}`)}._app.1`, 'a1'));
  });

  test('shows its instances as rows that can be entered and killed, and the rest below', () => {
    const person = new Person(view, 'apps').press(':').type('app /shop/web').press('enter');
    expect(person.lines.join('\n')).toMatch(/instances +2 of 2 run, 1 healthy, 1 unhealthy[\s\S]*marks +●▲/);
    expect(person.drawing.rowIds).toHaveLength(2);
    person.press('space', 'space', 'k');
    expect(person.ui.prompt).toMatchObject({ question: 'Kill 2 instances? Others are started in their place.' });
    person.press('n', 'esc', 'l');
    expect(person.place.screen).toBe('logs');
  });

  test('that is gone says so', () => {
    const person = new Person(view, 'apps').press(':').type('app /alone').press('enter');
    view.removeApp('/alone');
    person.look();
    expect(person.lines[0]).toContain('is not there, or not any more');
  });
});

describe('deployments', () => {
  beforeEach(() => {
    view.putDeployment({
      id: 'd1',
      apps: ['/shop/web'],
      step: 1,
      steps: 2,
      startedMs: NOW - 3000,
      actions: [
        {
          action: 'RestartApplication',
          appId: '/shop/web',
          target: 2,
          marks: ['old', 'staged'],
          waitsFor: '1 instance waits for an offer',
        },
      ],
    });
  });

  test('show how far they are and what they wait for', () => {
    const person = new Person(view, 'deployments');
    expect(person.lines[1]).toMatch(/^▸ \/shop\/web +1\/2 .*3s Restart\S+ +◇◌ +1 instance waits for an offer/);
    person.press('enter');
    expect(person.lines.join('\n')).toMatch(
      /RestartApplication \/shop\/web to 2 {2}◇◌\n.*1 instance waits for an offer/,
    );
    view.removeDeployment('d1');
    person.look();
    expect(person.lines[0]).toContain('it has ended');
  });

  test('are taken back by k, one at a time', () => {
    const person = new Person(view, 'deployments').press('k', 'y');
    expect(person.effects).toEqual([{ kind: 'cancel-deployment', deploymentId: 'd1' }]);
  });
});

describe('jobs and the balancer', () => {
  test('say what is missing, and how it would be there', () => {
    expect(new Person(view, 'jobs').lines.join('\n')).toMatch(/no Chronos[\s\S]*mctl chronos --master=m:5050/);
  });

  test('the last sync, errors that are not over, servers that are down or draining', () => {
    const server = { backend: 'web_10000', sessions: 3, requestsPerSecond: 7, errors: 0 };
    view.replaceBackends([
      { ...server, id: 'a', server: 's1', state: 'UP', isDraining: false },
      { ...server, id: 'b', server: 's2', state: 'DOWN', isDraining: false },
      { ...server, id: 'c', server: 's3', state: 'MAINT', isDraining: true },
    ]);
    view.setHaproxy({
      lastSuccessMs: NOW - 4000,
      lastOutcome: 'reloaded',
      lastErrorMs: NOW - 1000,
      lastError: 'haproxy -c said no',
    });
    const person = new Person(view, 'haproxy');
    expect(person.lines.join('\n')).toMatch(/4s ago: reloaded +draining +1 server\n[\s\S]*haproxy -c said no 1s ago/);
    expect(person.press('ctrl-z').drawing.rowIds).toEqual(['b']);
  });
});
