import { expect, test } from 'vitest';
import { pausable } from '../../../src/tui/view/pause.ts';
import type { ViewSink } from '../../../src/tui/view/sink.ts';
import { createViewStore } from '../../../src/tui/view/store.ts';
import { agent, NOW, share, task } from './rows.ts';

test('what is held is done in its order, with rows and times as they were when they came', () => {
  let nowMs = NOW;
  const view = createViewStore(() => nowMs);
  const { sink, hold, release } = pausable(
    view,
    () => nowMs,
    () => undefined,
  );
  let made = 0;
  function* rows() {
    made += 1;
    yield task('f1', 't1', 'a1');
  }
  hold();
  sink.putAgent(agent('a1'));
  sink.replaceTasks(rows());
  sink.changeTask('f1/t1', { state: 'TASK_FAILED' });
  sink.addEvent({ source: 'master', kind: 'x', text: 'y', tone: 'plain' });
  expect(made).toBe(1);
  expect([view.agents.size, view.tasks.size, view.events.length]).toEqual([0, 0, 0]);
  nowMs += 60_000;
  release();
  expect(view.agents.size).toBe(1);
  expect(view.tasks.get('f1/t1')?.state).toBe('TASK_FAILED');
  expect(view.events.at(-1)?.atMs).toBe(NOW);
  sink.removeTask('f1/t1');
  expect(view.tasks.size).toBe(0);
});

test('how the sources are and who leads is known also while it holds', () => {
  const view = createViewStore(() => NOW);
  const { sink, hold } = pausable(
    view,
    () => NOW,
    () => undefined,
  );
  hold();
  sink.setFeed({ name: 'master', state: 'broken', address: 'm:5050', why: 'gone' });
  sink.setLeader({ address: 'n:5050' });
  expect(view.feeds.get('master')?.state).toBe('broken');
  expect(view.leader.address).toBe('n:5050');
});

test('more than it may hold makes it go on by itself, and it says so once', () => {
  const view = createViewStore(() => NOW);
  let overflows = 0;
  const { sink, hold } = pausable(
    view,
    () => NOW,
    () => {
      overflows += 1;
    },
    3,
  );
  hold();
  for (const id of ['t1', 't2', 't3', 't4', 't5', 't6', 't7']) sink.putTask(task('f1', id, 'a1'));
  expect(view.tasks.size).toBe(7);
  expect(overflows).toBe(1);
});

test('lists that come again and again take the room of one: a pause may last a night', () => {
  const view = createViewStore(() => NOW);
  const done: string[] = [];
  let overflows = 0;
  const told: ViewSink = Object.assign(Object.create(view), {
    replaceShares: (rows: readonly unknown[]) => done.push(`shares ${rows.length}`),
    replaceTasks: (rows: Iterable<unknown>) => done.push(`tasks ${[...rows].length}`),
    changeTask: (key: string) => done.push(`task ${key}`),
  });
  const { sink, hold, release } = pausable(
    told,
    () => NOW,
    () => {
      overflows += 1;
    },
    10,
  );
  hold();
  for (let times = 0; times < 100; times += 1) {
    sink.replaceShares(
      ['a', 'b', 'c'].map((role) => share(role, undefined)),
      3,
    );
    sink.changeTask('f1/t1', { state: 'TASK_FAILED' });
    sink.replaceTasks([task('f1', 't1', 'a1'), task('f1', 't2', 'a1')]);
  }
  sink.changeTask('f1/t2', { state: 'TASK_FAILED' });
  expect(overflows).toBe(0);
  release();
  expect(done).toEqual(['shares 3', 'tasks 2', 'task f1/t2']);
  hold();
  // What is one list counts all its rows.
  sink.replaceTasks(Array.from({ length: 10 }, (_, index) => task('f1', `t${index}`, 'a1')));
  expect(overflows).toBe(1);
});

test('a state that is read while it holds takes the place of what waits about tasks, and is there whole after it', () => {
  const view = createViewStore(() => NOW);
  const { sink, hold, release } = pausable(
    view,
    () => NOW,
    () => undefined,
  );
  sink.putTask(task('f1', 'old', 'a1'));
  hold();
  sink.putTask(task('f1', 'forgotten', 'a1'));
  sink.beginTasks();
  sink.putTask(task('f1', 't1', 'a1'));
  sink.endTasks(true);
  sink.changeTask('f1/t1', { state: 'TASK_FAILED' });
  expect([...view.tasks.keys()]).toEqual(['f1/old']);
  release();
  expect([...view.tasks.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(['t1 TASK_FAILED']);
});
