import { describe, expect, test } from 'vitest';
import type { ExecutorInfo, Resource, TaskInfo } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import type { LaunchContext } from '../../../src/mesos/validation/launch/launch-context.ts';
import { validateOffers } from '../../../src/mesos/validation/launch/offers.ts';
import { validateTask } from '../../../src/mesos/validation/launch/task.ts';
import { validateTaskGroup } from '../../../src/mesos/validation/launch/task-group.ts';

const allocated = (text: string): Resource[] => Resources.parse(text).allocatedTo('web').toMessages();

const context = (more: Partial<LaunchContext> = {}): LaunchContext => ({
  frameworkId: 'f',
  agentId: 'a',
  agentCapabilities: new Set(['TASK_RESOURCE_LIMITS']),
  liveTasks: new Set(['live']),
  unreachableTasks: new Set(['unreachable']),
  executors: new Map(),
  containersUnder: () => [],
  offered: Resources.of(allocated('cpus:4;mem:1024;disk:1000;ports:[31000-31100]')),
  ...more,
});

const task = (more: Partial<TaskInfo> = {}): TaskInfo => ({
  name: 't',
  task_id: { value: 't' },
  agent_id: { value: 'a' },
  resources: allocated('cpus:1;mem:64'),
  command: { value: 'true' },
  ...more,
});

const executor = (more: Partial<ExecutorInfo> = {}): ExecutorInfo => ({
  executor_id: { value: 'e' },
  framework_id: { value: 'f' },
  command: { value: 'run' },
  resources: allocated('cpus:0.1;mem:32;disk:1'),
  ...more,
});

describe('a task', () => {
  test.each([
    ['a plain one', task()],
    ['no cpus', task({ resources: allocated('mem:1') })],
    ['a blank in its id', task({ task_id: { value: 'a b' } })],
    ['an executor of its own', task({ command: undefined, executor: executor() })],
    ['a limit', task({ limits: { cpus: { value: 2 }, mem: { value: Number.POSITIVE_INFINITY } } })],
  ])('is fine: %s', (_what, given) => {
    expect(validateTask(given, context())).toBeUndefined();
  });

  test.each([
    [{ task_id: { value: 'a/b' } }, "'a/b' contains invalid characters"],
    [{ task_id: { value: 'live' } }, 'Task has duplicate ID: live'],
    [{ task_id: { value: 'unreachable' } }, 'Task reuses the ID of an unreachable task: unreachable'],
    [{ agent_id: { value: 'b' } }, 'Task uses invalid agent b while agent a is expected'],
    [{ kill_policy: { grace_period: { nanoseconds: -1 } } }, "Task's 'kill_policy.grace_period' must be non-negative"],
    [{ max_completion_time: { nanoseconds: -1 } }, "Task's `max_completion_time` must be non-negative"],
    [{ check: {} }, "Task uses invalid check: CheckInfo must specify 'type'"],
    [
      { health_check: { type: 'HTTP', http: { port: 1, path: 'x' } } },
      "Task uses invalid health check: The path 'x' of HTTP health check must start with '/'",
    ],
    [{ resources: [] }, 'Task uses no resources'],
    [
      { resources: allocated('cpus:1;gpus:0.5') },
      "Task uses invalid resources: Invalid 'gpus' resource: The 'gpus' resource must be an unsigned integer",
    ],
    [
      { resources: Resources.parse('cpus:1').toMessages() },
      'Invalid task resources: The resources are not allocated to a role',
    ],
    [
      { command: { environment: { variables: [{ name: 'A' }] } } },
      "Task's `CommandInfo` is invalid: Environment variable 'A' of type 'VALUE' must have a value set",
    ],
    [
      { container: { type: 'DOCKER' } },
      "Task's `ContainerInfo` is invalid: DockerInfo 'docker' is not set for DOCKER typed ContainerInfo",
    ],
    [{ limits: { disk: { value: 1 } } }, "Only cpus and mem may be included in a task's resource limits"],
    [{ limits: { cpus: { value: 0.5 } } }, 'The cpu limit must be greater than or equal to the cpu request'],
    [{ limits: { mem: { value: 1 } } }, 'The memory limit must be greater than or equal to the memory request'],
    [{ command: undefined }, 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present'],
    [
      { resources: allocated('cpus:100') },
      'Total resources cpus(allocated: web):100 required by task and its executor is more than available cpus(allocated: web):4; mem(allocated: web):1024; disk(allocated: web):1000; ports(allocated: web):[31000-31100]',
    ],
    [
      { container: { type: 'MESOS', linux_info: { share_cgroups: false } } },
      "Only tasks in a task group may have 'share_cgroups' set to 'false'",
    ],
  ] satisfies [Partial<TaskInfo>, string][])('is refused: %j', (more, reason) => {
    expect(validateTask(task(more), context())).toBe(reason);
  });

  test('cannot have limits on an agent that does not know them', () => {
    expect(validateTask(task({ limits: { cpus: { value: 2 } } }), context({ agentCapabilities: new Set() }))).toBe(
      'Agent is not capable of handling task resource limits',
    );
  });

  test.each([
    [{ framework_id: undefined }, "'ExecutorInfo.framework_id' must be set"],
    [{ framework_id: { value: 'x' } }, 'ExecutorInfo has an invalid FrameworkID (Actual: x vs Expected: f)'],
    [{ type: 'DEFAULT', command: undefined }, "'ExecutorInfo.type' must be 'CUSTOM'"],
    [{ type: 'CUSTOM', command: undefined }, "'ExecutorInfo.command' must be set for 'CUSTOM' executor"],
    [{ shutdown_grace_period: { nanoseconds: -1 } }, "ExecutorInfo's 'shutdown_grace_period' must be non-negative"],
  ] satisfies [Partial<ExecutorInfo>, string][])('is refused with an executor with %j', (more, reason) => {
    expect(validateTask(task({ command: undefined, executor: executor(more) }), context())).toBe(reason);
  });

  test('may not share ports with its executor', () => {
    const ports = allocated('ports:[31000-31001]');
    const given = task({ command: undefined, resources: ports, executor: executor({ resources: ports }) });
    expect(validateTask(given, context())).toContain('There are overlapping resources in the task resources');
  });

  test('joins an executor that runs only when it is the same', () => {
    const running = context({
      executors: new Map([['e', executor()]]),
      offered: Resources.of(allocated('cpus:1;mem:64')),
    });
    expect(validateTask(task({ command: undefined, executor: executor() }), running)).toBeUndefined();
    const other = task({ command: undefined, executor: executor({ name: 'other' }) });
    expect(validateTask(other, running)).toMatch(
      /^ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID\.\n-{60}\nExisting ExecutorInfo:\nexecutor_id \{\n {2}value: "e"\n\}\n/,
    );
  });
});

describe('a task group', () => {
  const group = (tasks: TaskInfo[], given: ExecutorInfo, more: Partial<LaunchContext> = {}): string | undefined =>
    validateTaskGroup(
      { tasks: tasks.map((one) => ({ ...one, executor: one.executor ?? given })) },
      given,
      context(more),
    );
  const byDefault = (more: Partial<ExecutorInfo> = {}): ExecutorInfo =>
    executor({ type: 'DEFAULT', command: undefined, ...more });

  test('is fine with a default executor', () => {
    expect(group([task()], byDefault())).toBeUndefined();
  });

  test.each([
    [{ command: { value: 'x' } }, "'ExecutorInfo.command' must not be set for 'DEFAULT' executor"],
    [{ type: undefined }, "'ExecutorInfo.type' must be set"],
    [{ resources: allocated('cpus:0.1;mem:32') }, "Executor 'e' uses no disk"],
    [{ resources: allocated('mem:32;disk:1') }, "Executor 'e' uses less CPUs (None) than the minimum required (0.01)"],
    [
      { resources: allocated('cpus:0.1;mem:16;disk:1') },
      "Executor 'e' uses less memory (16MB) than the minimum required (32MB)",
    ],
    [
      { container: { type: 'MESOS', linux_info: { share_cgroups: true } } },
      "The 'share_cgroups' field cannot be set to 'true' on executor containers",
    ],
  ] satisfies [Partial<ExecutorInfo>, string][])('is refused with an executor with %j', (more, reason) => {
    expect(group([task()], byDefault(more))).toBe(reason);
  });

  test('names the task that is wrong', () => {
    expect(group([task({ resources: [] })], byDefault())).toBe("Task 't' is invalid: Task uses no resources");
  });

  test('has one executor', () => {
    expect(group([task({ executor: byDefault({ name: 'x' }) })], byDefault())).toBe(
      "The `ExecutorInfo` of task 't' is different from executor 'e'",
    );
  });

  test('agrees on share_cgroups, also with what runs already', () => {
    const own = { type: 'MESOS', linux_info: { share_cgroups: false } } as const;
    const reason =
      "If set, the value of 'share_cgroups' must be the same for all tasks in each task group and under a single executor";
    expect(group([task({ container: own })], byDefault())).toBeUndefined();
    expect(group([task({ container: own }), task({ task_id: { value: 't2' } })], byDefault())).toBe(reason);
    expect(group([task({ container: own })], byDefault(), { containersUnder: () => [undefined] })).toBe(reason);
  });

  test('does not fit into less than all of it needs', () => {
    const three = [task(), task({ task_id: { value: 't2' } }), task({ task_id: { value: 't3' } })];
    expect(group(three, byDefault(), { offered: Resources.of(allocated('cpus:3;mem:1024;disk:10')) })).toMatch(
      /^Total resources .* required by task group and its executor are more than available /,
    );
  });
});

describe('offers', () => {
  const offers = new Map([
    ['o1', { frameworkId: 'f', agentId: 'a', role: 'web' }],
    ['o2', { frameworkId: 'f', agentId: 'b', role: 'web' }],
    ['o3', { frameworkId: 'g', agentId: 'a', role: 'web' }],
    ['o4', { frameworkId: 'f', agentId: 'a', role: 'db' }],
    ['o5', { frameworkId: 'f', agentId: 'a', role: 'web' }],
  ]);

  test.each([
    [['o1', 'o5'], undefined],
    [['o1', 'o1'], 'Duplicate offer o1 in offer list'],
    [['o9'], 'Offer o9 is no longer valid'],
    [['o3'], 'Offer o3 has invalid framework g while framework f is expected'],
    [
      ['o1', 'o4'],
      "Aggregated offers must be allocated to the same role. Offer o4 uses role 'db but another is using role 'web",
    ],
    [['o1', 'o2'], 'Aggregated offers must belong to one single agent. Offer o2 uses agent b and agent a'],
  ])('%j: %s', (ids, reason) => {
    expect(validateOffers(ids, 'f', offers)).toBe(reason);
  });
});
