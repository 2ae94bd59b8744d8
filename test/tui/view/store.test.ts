import { describe, expect, it } from 'vitest';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import { appOfTaskId, hasEnded } from '../../../src/tui/view/task-ids.ts';
import fc from '../../fast-check.ts';
import { agent, amounts, framework, job, NOW, offer, offerEvent, task } from './rows.ts';

const UUID = '0b1d3a40-1b2c-11ef-8000-0242ac110002';

function store(nowMs: () => number = () => NOW): ViewStore {
  return createViewStore(nowMs);
}

describe("an app's tasks", () => {
  it('are known by their ids, in every form that Marathon has used', () => {
    expect(appOfTaskId(`a_b.instance-${UUID}._app.3`)).toBe('/a/b');
    expect(appOfTaskId(`a_b.${UUID}`)).toBe('/a/b');
    expect(appOfTaskId(`web.marathon-${UUID}`)).toBe('/web');
    expect(appOfTaskId(`web-1.x.instance-${UUID}.$anon`)).toBe('/web-1.x');
    expect(appOfTaskId('just-a-task')).toBeUndefined();
    expect(appOfTaskId(`instance-${UUID}`)).toBeUndefined();
  });

  it('are those of the Marathon framework only, also when that is known later', () => {
    const view = store();
    view.putTask(task('F1', `a_b.instance-${UUID}._app.1`, 'A1'));
    view.putTask(task('F2', `a_b.instance-${UUID}._app.2`, 'A1'));
    expect([...view.tasksOfApp('/a/b')]).toEqual([]);
    view.setMarathonFramework('F1');
    expect([...view.tasksOfApp('/a/b')].map(({ frameworkId }) => frameworkId)).toEqual(['F1']);
    view.removeTask(`F1/a_b.instance-${UUID}._app.1`);
    expect([...view.tasksOfApp('/a/b')]).toEqual([]);
  });
});

describe('what the store keeps by itself', () => {
  it('counts tasks that go on of agents and frameworks that come before or after them', () => {
    const view = store();
    view.putAgent(agent('A1'));
    view.putTask(task('F1', 't1', 'A1'));
    view.putTask(task('F1', 't2', 'A2'));
    view.putAgent(agent('A2', { taskCount: 77 }));
    view.putFramework(framework('F1'));
    expect(view.agents.get('A1')?.taskCount).toBe(1);
    expect(view.agents.get('A2')?.taskCount).toBe(1);
    expect(view.frameworks.get('F1')?.taskCount).toBe(2);
    view.changeTask('F1/t2', { state: 'TASK_FINISHED', changedMs: NOW });
    expect(view.agents.get('A2')?.taskCount).toBe(0);
    expect(Object.fromEntries(view.taskCounts)).toEqual({ TASK_RUNNING: 1, TASK_FINISHED: 1 });
  });

  it('adds up offers, and nothing is left of those that are gone', () => {
    const view = store();
    view.putAgent(agent('A1'));
    view.putFramework(framework('F1'));
    view.putOffer(offer('O1', 'F1', 'A1', { amounts: amounts(0.1, 10) }));
    view.putOffer(offer('O2', 'F1', 'A1', { amounts: amounts(0.2, 10) }));
    expect(view.agents.get('A1')?.offered.memMb).toBe(20);
    expect(view.frameworks.get('F1')?.offered.cpus).toBeCloseTo(0.3);
    view.removeOffer('O1');
    view.removeOffer('O2');
    expect(view.agents.get('A1')?.offered).toEqual(amounts());
    expect(view.totals.offered).toEqual(amounts());
    view.addOfferEvent(offerEvent('offered', 'O3', 'F1', 'A1'));
    expect(view.frameworks.get('F1')?.offersSent).toBe(1);
    view.replaceOffers([offer('O4', 'F1', 'A1')], 500);
    expect(view.offerTotal).toBe(500);
  });

  it('leaves what nobody can reach out of the totals', () => {
    const view = store();
    view.replaceAgents([agent('A1'), agent('A2', { allocated: amounts(2) })]);
    expect(view.totals.total.cpus).toBe(16);
    view.changeAgent('A2', { state: 'unreachable' });
    expect(view.totals).toMatchObject({ total: { cpus: 8 }, allocated: { cpus: 0 } });
    view.addAllocated('A2', 'F1', amounts(1), 1);
    expect(view.totals.allocated.cpus).toBe(0);
    view.removeAgent('A2');
    view.addAllocated('A1', 'F1', amounts(1), 1);
    expect(view.totals).toMatchObject({ total: { cpus: 8 }, allocated: { cpus: 1 } });
  });

  it('keeps the latest thousand of the tasks that have ended', () => {
    const view = store();
    view.replaceTasks(
      Array.from({ length: 1500 }, (_, at) =>
        task('F1', `t${at}`, 'A1', { state: 'TASK_FAILED', changedMs: NOW - ((at * 7919) % 1500) }),
      ),
    );
    expect(view.tasks.size).toBe(1000);
    expect(Math.min(...[...view.tasks.values()].map(({ changedMs }) => changedMs ?? 0))).toBe(NOW - 999);
    view.putTask(task('F1', 'new', 'A1', { state: 'TASK_KILLED', changedMs: NOW + 1 }));
    expect(view.tasks.size).toBe(1000);
    expect(view.tasks.has('F1/new')).toBe(true);
  });

  it('samples what is used, the last 120 times', () => {
    const view = store();
    view.putAgent(agent('A1', { allocated: amounts(4, 0) }));
    for (let count = 0; count < 130; count += 1) view.sample();
    expect(view.history.cpus).toHaveLength(120);
    expect(view.history.cpus.at(-1)).toBe(0.5);
    expect(view.history.gpus.at(-1)).toBe(0);
  });

  it('tells which tasks changed since a version, until there are too many', () => {
    const view = store();
    view.putTask(task('F1', 't1', 'A1'));
    const version = view.version('tasks');
    view.changeTask('F1/t1', { healthy: true });
    view.changeTask('F1/unknown', { healthy: true });
    view.putTask(task('F1', 't2', 'A1'));
    expect(view.tasksChangedSince?.(version)).toEqual(['F1/t1', 'F1/t2']);
    for (let at = 0; at < 10_000; at += 1) view.changeTask('F1/t1', { healthy: at % 2 === 0 });
    expect(view.tasksChangedSince?.(version)).toBeUndefined();
    const later = view.version('tasks');
    view.replaceTasks([]);
    expect(view.tasksChangedSince?.(later)).toBeUndefined();
  });

  it('is the same after any changes as if everything had been put in at once', () => {
    const id = fc.constantFrom('t1', 't2', 't3', 't4');
    const on = fc.constantFrom('A1', 'A2');
    const state = fc.constantFrom('TASK_RUNNING', 'TASK_STAGING', 'TASK_FAILED', 'TASK_UNREACHABLE');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), id, on, state }),
      fc.record({ kind: fc.constant('change' as const), id, on, state }),
      fc.record({ kind: fc.constant('remove' as const), id, on, state }),
      fc.record({ kind: fc.constant('agent' as const), id, on, state }),
      fc.record({ kind: fc.constant('replace' as const), id, on, state }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const view = store();
        view.putFramework(framework('F1'));
        for (const { kind, id, on, state } of steps) {
          if (kind === 'put') view.putTask(task('F1', id, on, { state }));
          else if (kind === 'change') view.changeTask(`F1/${id}`, { state });
          else if (kind === 'remove') view.removeTask(`F1/${id}`);
          else if (kind === 'replace')
            view.replaceTasks([task('F1', id, on, { state }), ...[...view.tasks.values()].slice(1)]);
          else view.putAgent(agent(on));
        }
        const tasks = [...view.tasks.values()];
        const isLive = (row: { state: string }): boolean => !hasEnded(row.state);
        for (const { id, taskCount } of view.agents.values()) {
          expect(taskCount).toBe(tasks.filter((row) => isLive(row) && row.agentId === id).length);
          expect(new Set(view.tasksOfAgent(id))).toEqual(new Set(tasks.filter(({ agentId }) => agentId === id)));
        }
        expect(view.frameworks.get('F1')?.taskCount).toBe(tasks.filter(isLive).length);
        for (const [name, known] of view.taskCounts) {
          expect(known).toBe(tasks.filter(({ state }) => state === name).length);
        }
        expect([...view.taskCounts.values()].reduce((sum, known) => sum + known, 0)).toBe(tasks.length);
      }),
    );
  });
});

describe('alarms', () => {
  it('name agents that are away and since when, and take it back when they come again', () => {
    let nowMs = NOW;
    const view = store(() => nowMs);
    view.putAgent(agent('A1'));
    view.changeAgent('A1', { state: 'unreachable' });
    nowMs += 5000;
    view.changeAgent('A1', { version: '2' });
    expect(view.alarms()).toEqual([
      { tone: 'bad', text: 'agent A1.example is unreachable', sinceMs: NOW, about: { screen: 'agent', subject: 'A1' } },
    ]);
    view.changeAgent('A1', { state: 'active' });
    expect(view.alarms()).toEqual([]);
  });

  it('say what fails again and again, and why', () => {
    const view = store();
    for (const at of [1, 2, 3]) {
      const id = `web.instance-0b1d3a40-1b2c-11ef-8000-0242ac11000${at}._app.1`;
      view.putTask(task('F1', id, 'A1', { state: 'TASK_FAILED', changedMs: NOW - at, message: 'exit 1' }));
    }
    expect(view.alarms().map(({ text }) => text)).toEqual(['/web failed 3 times within 10m: exit 1']);
  });

  it('say which jobs have failed and which can run nowhere, but not of those that are disabled', () => {
    const view = store();
    view.replaceJobs([
      job('well'),
      job('report', { status: 'failure' }),
      job('off', { status: 'failure', isDisabled: true }),
      job('huge', { unplaceable: 'no agent has 900 cpus' }),
    ]);
    expect(view.alarms()).toEqual([
      { tone: 'bad', text: 'job report failed', sinceMs: undefined, about: { screen: 'job', subject: 'report' } },
      {
        tone: 'warn',
        text: 'job huge: no agent has 900 cpus',
        sinceMs: undefined,
        about: { screen: 'job', subject: 'huge' },
      },
    ]);
    view.replaceJobs(Array.from({ length: 30 }, (_, at) => job(`j${at}`, { status: 'failure' })));
    expect(view.alarms().map(({ text }) => text)).toEqual(['30 jobs failed last time']);
  });

  it('make one line of many, worst first', () => {
    const view = store();
    view.replaceAgents(Array.from({ length: 30 }, (_, at) => agent(`A${at}`, { state: 'draining' })));
    view.setFeed({ name: 'marathon', state: 'broken', address: 'http://m', why: 'connection\u001b[31m refused' });
    expect(view.alarms().map(({ text }) => text)).toEqual([
      'marathon: connection\\u{1b}[31m refused',
      '30 agents are draining',
    ]);
  });
});
