import { describe, expect, it } from 'vitest';
import { MasterTask } from '../../../../src/daemon/master/state/task.ts';
import { BoundedTaskMap, TaskMap, UnreachableTasks } from '../../../../src/daemon/master/state/task-maps.ts';
import type { TaskMessages } from '../../../../src/daemon/master/state/task-messages.ts';
import type { Task, TaskState } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import fc from '../../../fast-check.ts';

const STATES: readonly TaskState[] = ['TASK_STAGING', 'TASK_RUNNING', 'TASK_FINISHED'];

/** Counts how often somebody asks for its message. */
class WatchedTask extends MasterTask {
  static looks = 0;

  override get message(): Task {
    WatchedTask.looks += 1;
    return super.message;
  }

  override set message(message: Task) {
    super.message = message;
  }
}

function newTask(id: string): WatchedTask {
  const ids = { task_id: { value: id }, framework_id: { value: 'f' }, agent_id: { value: 'a' } };
  return new WatchedTask({ name: id, ...ids, state: 'TASK_STAGING', resources: [] }, Resources.EMPTY);
}

function mapOf(count: number): TaskMap {
  const map = new TaskMap();
  for (let index = 0; index < count; index++) map.set(`t${index}`, newTask(`t${index}`));
  return map;
}

/** How many messages were looked at meanwhile. */
function looks(work: () => unknown): number {
  WatchedTask.looks = 0;
  work();
  return WatchedTask.looks;
}

const step = fc.record({
  task: fc.nat(5),
  what: fc.constantFrom('moment', 'moment', 'look', 'set', 'set', 'state', 'state', 'delete', 'replace', 'clear'),
  state: fc.constantFrom(...STATES),
});

describe('a moment of tasks', () => {
  it.each([
    ['live', () => new TaskMap()],
    ['unreachable', () => new BoundedTaskMap(3, new UnreachableTasks())],
  ])('shows the %s ones as they were, in their order, whatever becomes of them', (_name, create) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const map = create();
        const tasks = Array.from({ length: 6 }, (_, index) => newTask(`t${index}`));
        const moments: { readonly moment: TaskMessages; readonly were: readonly Task[] }[] = [];
        const look = (): void => {
          for (const { moment, were } of moments) expect([...moment]).toEqual(were);
        };
        for (const { task: index, what, state } of steps) {
          const task = tasks[index] ?? newTask('none');
          if (what === 'moment') {
            moments.push({ moment: map.messagesNow(), were: Array.from(map.values(), ({ message }) => message) });
          } else if (what === 'look') look();
          else if (what === 'set') map.set(task.taskId, task);
          else if (what === 'state') task.message = { ...task.message, state };
          else if (what === 'delete') map.delete(task.taskId);
          else if (what === 'clear') {
            if (map instanceof TaskMap) map.clear();
            else for (const taskId of [...map.keys()]) map.delete(taskId);
          } else {
            tasks[index] = newTask(task.taskId);
            map.set(task.taskId, tasks[index]);
          }
        }
        look();
      }),
      { numRuns: 200 },
    );
  });

  it('looks at no task until it is looked at', () => {
    const map = mapOf(1000);
    expect(looks(() => map.messagesNow())).toBe(0);
    const moment = map.messagesNow();
    expect(looks(() => [...moment])).toBe(1000);
  });

  it('looks at each once, however many want it, as long as none of them changes', () => {
    const map = mapOf(100);
    expect(looks(() => [...map.messagesNow()])).toBe(100);
    expect(looks(() => [...map.messagesNow(), ...map.messagesNow()])).toBe(0);
  });

  it('is looked at once more by the first change, and not by those that follow', () => {
    const map = mapOf(100);
    const [first, second] = [...map.values()];
    if (first === undefined || second === undefined) throw new Error('no tasks');
    const message: Task = { ...first.message, state: 'TASK_RUNNING' };
    const alone = looks(() => {
      first.message = message;
    });
    map.messagesNow();
    expect(
      looks(() => {
        first.message = message;
      }),
    ).toBe(alone + 100);
    expect(
      looks(() => {
        first.message = message;
        map.delete(second.taskId);
      }),
    ).toBeLessThan(10);
  });
});
