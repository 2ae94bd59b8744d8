import { describe, expect, it } from 'vitest';
import type { MasterAgent } from '../../../../src/daemon/master/state/agent.ts';
import { RegisteredAgents } from '../../../../src/daemon/master/state/registered-agents.ts';
import type { ScalarSums } from '../../../../src/daemon/master/state/scalar-sums.ts';
import { MasterTask } from '../../../../src/daemon/master/state/task.ts';
import { BoundedTaskMap, TaskMap, UnreachableTasks } from '../../../../src/daemon/master/state/task-maps.ts';
import type { TaskStates } from '../../../../src/daemon/master/state/task-states.ts';
import { Usage } from '../../../../src/daemon/master/state/usage.ts';
import type { Resource, TaskState } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import fc from '../../../fast-check.ts';

const STATES: readonly TaskState[] = ['TASK_STAGING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_FINISHED'];

const newTask = (id: string, frameworkId = 'f', agentId = 'a'): MasterTask =>
  new MasterTask(
    {
      name: id,
      task_id: { value: id },
      framework_id: { value: frameworkId },
      agent_id: { value: agentId },
      state: 'TASK_STAGING',
      resources: [],
    },
    Resources.EMPTY,
  );

const byState = (states: TaskStates) => Object.fromEntries(states.entries());

function counted(tasks: Iterable<MasterTask>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { message } of tasks) counts[message.state] = (counts[message.state] ?? 0) + 1;
  return counts;
}

/** Which task, which of the maps, what is done, and the state that it gets. */
const taskStep = fc.record({
  task: fc.nat(7),
  map: fc.constantFrom('live', 'unreachable'),
  what: fc.constantFrom('set', 'set', 'state', 'state', 'delete', 'replace', 'clear'),
  state: fc.constantFrom(...STATES),
});

describe('the tasks of a framework', () => {
  it('are counted by state, whatever becomes of them', () => {
    fc.assert(
      fc.property(fc.array(taskStep, { maxLength: 60 }), (steps) => {
        const maps = { live: new TaskMap(), unreachable: new BoundedTaskMap(3, new UnreachableTasks()) };
        const tasks = Array.from({ length: 8 }, (_, index) => newTask(`t${index}`));
        for (const { task: index, map, what, state } of steps) {
          const task = tasks[index] ?? newTask('none');
          if (what === 'set') {
            // A task leaves one history before it comes into the other.
            maps[map === 'live' ? 'unreachable' : 'live'].delete(task.taskId);
            maps[map].set(task.taskId, task);
          } else if (what === 'state') task.message = { ...task.message, state };
          else if (what === 'delete') maps[map].delete(task.taskId);
          else if (what === 'clear') maps.live.clear();
          else {
            tasks[index] = newTask(task.taskId);
            maps.unreachable.delete(task.taskId);
            maps.live.set(task.taskId, tasks[index]);
          }
          expect(byState(maps.live.states)).toEqual(counted(maps.live.values()));
          expect(byState(maps.unreachable.states)).toEqual(counted(maps.unreachable.values()));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are counted where they came last', () => {
    const [one, other, task] = [new TaskMap(), new TaskMap(), newTask('t')];
    one.set('t', task);
    other.set('t', task);
    one.delete('t');
    expect([byState(one.states), byState(other.states)]).toEqual([{}, { TASK_STAGING: 1 }]);
  });
});

const lostStep = fc.record({
  task: fc.nat(4),
  framework: fc.constantFrom('f', 'g'),
  agent: fc.constantFrom('a', 'b', 'c'),
  what: fc.constantFrom('set', 'set', 'set', 'delete'),
});

describe('the unreachable tasks of an agent', () => {
  it('are those of all frameworks that are not forgotten, the oldest of each framework first', () => {
    fc.assert(
      fc.property(fc.array(lostStep, { maxLength: 60 }), (steps) => {
        const index = new UnreachableTasks();
        const ofFrameworks = { f: new BoundedTaskMap(3, index), g: new BoundedTaskMap(3, index) };
        for (const { task, framework, agent, what } of steps) {
          const taskId = `t${task}`;
          if (what === 'set') ofFrameworks[framework].set(taskId, newTask(taskId, framework, agent));
          else ofFrameworks[framework].delete(taskId);
          for (const agentId of ['a', 'b', 'c']) {
            const found = index.ofAgent(agentId);
            for (const [frameworkId, tasks] of Object.entries(ofFrameworks)) {
              const there = [...tasks.values()].filter((lost) => lost.agentId === agentId);
              expect(found.filter((lost) => lost.frameworkId === frameworkId)).toEqual(there);
              expect(index.of(agentId, frameworkId)).toEqual(there);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

const scalar = (name: string, value: number, more: Partial<Resource> = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});
const PORTS: Resource = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 9 }] } };
const volume = (shared: boolean): Resource =>
  scalar('disk', 7, {
    reservations: [{ type: 'DYNAMIC', role: 'eng', principal: 'p' }],
    disk: { persistence: { id: `v${shared}`, principal: 'p' }, volume: { container_path: 'd', mode: 'RW' } },
    ...(shared && { shared: {} }),
  });

const parts = fc.subarray(
  [
    scalar('cpus', 0.1),
    scalar('mem', 32.001),
    scalar('cpus', 2, { revocable: {} }),
    scalar('cpus', 1, { reservations: [{ type: 'STATIC', role: 'eng' }] }),
    volume(false),
    volume(true),
    PORTS,
  ],
  { minLength: 0 },
);

const agentStep = fc.record({
  agent: fc.constantFrom('a', 'b', 'c'),
  framework: fc.constantFrom('f', 'g', 'h'),
  role: fc.constantFrom('eng', 'dev'),
  what: fc.constantFrom('register', 'register', 'use', 'use', 'use', 'free', 'total', 'remove', 'clear'),
  parts,
});

const agentOf = (agentId: string, totalResources: Resources): MasterAgent =>
  ({ agentId, totalResources, usedResources: new Usage() }) as unknown as MasterAgent;

/** Thousandths of what is in it, a shared volume once. */
function scalarsOf(all: Iterable<Resources>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { items } of all) {
    for (const { identity, millis } of items) {
      if (identity.kind === 'SCALAR') sums[identity.key] = (sums[identity.key] ?? 0) + millis;
    }
  }
  return sums;
}

const kept = (sums: ScalarSums) =>
  Object.fromEntries([...sums.values()].map(({ identity, millis }) => [identity.key, millis]));

describe('what registered agents have and what is used of them', () => {
  it('is the sum of all of them, whatever becomes of them', () => {
    fc.assert(
      fc.property(fc.array(agentStep, { maxLength: 60 }), (steps) => {
        const agents = new RegisteredAgents();
        // Those that were removed are changed too.
        const known = new Map<string, MasterAgent>();
        for (const { agent: agentId, framework, role, what, parts: messages } of steps) {
          const resources = Resources.of(messages);
          const agent = known.get(agentId);
          if (what === 'register') {
            const added = agent ?? agentOf(agentId, resources);
            known.set(agentId, added);
            agents.set(agentId, added);
          } else if (what === 'remove') agents.delete(agentId);
          else if (agent === undefined) continue;
          else if (what === 'use') agent.usedResources.set(framework, resources.allocatedTo(role));
          else if (what === 'free') agent.usedResources.delete(framework);
          else if (what === 'total') agents.changeTotal(agent, resources);
          else agent.usedResources.clear();
          const present = [...agents.values()];
          expect(kept(agents.total)).toEqual(scalarsOf(present.map(({ totalResources }) => totalResources)));
          expect(kept(agents.used)).toEqual(
            scalarsOf(present.map(({ usedResources }) => Resources.sum(usedResources.values()))),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
