import { describe, expect, test } from 'vitest';
import type { Call as AgentCall, Call_Type as AgentCallType } from '../../../src/mesos/generated/agent.ts';
import type { Call as ExecutorCall } from '../../../src/mesos/generated/executor.ts';
import { Call_Type as MasterCallType } from '../../../src/mesos/generated/master.ts';
import { type Call as SchedulerCall, Call_Type as SchedulerCallType } from '../../../src/mesos/generated/scheduler.ts';
import { validateAgentCall } from '../../../src/mesos/validation/calls/agent-call.ts';
import { validateExecutorCall } from '../../../src/mesos/validation/calls/executor-call.ts';
import { validateMasterCall } from '../../../src/mesos/validation/calls/master-call.ts';
import { validateSchedulerCall } from '../../../src/mesos/validation/calls/scheduler-call.ts';

const UUID = Buffer.from('00112233445546778899aabbccddeeff', 'hex').toString('base64');
const framework_id = { value: 'f' };

describe('scheduler calls', () => {
  test('need a type, then a framework id, then the member of their name', () => {
    expect(validateSchedulerCall({})).toBe("Expecting 'type' to be present");
    expect(validateSchedulerCall({ type: 'ACCEPT' })).toBe("Expecting 'framework_id' to be present");
    const optional = ['UNKNOWN', 'TEARDOWN', 'REVIVE', 'SUPPRESS', 'SUBSCRIBE'];
    for (const type of SchedulerCallType.names.filter((name) => !optional.includes(name))) {
      expect(validateSchedulerCall({ type, framework_id })).toBe(`Expecting '${type.toLowerCase()}' to be present`);
    }
  });

  test.each(['REVIVE', 'SUPPRESS', 'TEARDOWN'] as const)('%s needs no details', (type) => {
    expect(validateSchedulerCall({ type, framework_id })).toBeUndefined();
  });

  const subscribe = (id?: string, principal?: string): SchedulerCall => ({
    type: 'SUBSCRIBE',
    subscribe: {
      framework_info: { user: 'u', name: 'n', ...(id === undefined ? {} : { id: { value: id } }), principal },
    },
  });

  test('SUBSCRIBE needs both ids to be the same, absent and empty being one', () => {
    expect(validateSchedulerCall(subscribe())).toBeUndefined();
    expect(validateSchedulerCall({ ...subscribe(''), framework_id: { value: '' } })).toBeUndefined();
    expect(validateSchedulerCall({ ...subscribe('f'), framework_id })).toBeUndefined();
    const differs = "'framework_id' differs from 'subscribe.framework_info.id'";
    expect(validateSchedulerCall(subscribe('f'))).toBe(differs);
    expect(validateSchedulerCall({ ...subscribe(), framework_id })).toBe(differs);
  });

  test('SUBSCRIBE is refused for somebody else’s principal', () => {
    expect(validateSchedulerCall(subscribe(undefined, 'bob'), 'alice')).toBe(
      "Authenticated principal 'alice' does not match principal 'bob' set in `FrameworkInfo`",
    );
    expect(validateSchedulerCall(subscribe(undefined, 'alice'), 'alice')).toBeUndefined();
    expect(validateSchedulerCall(subscribe(), 'alice')).toBeUndefined();
  });

  test('ACKNOWLEDGE needs a uuid with a version', () => {
    const call = (uuid: string): SchedulerCall => ({
      type: 'ACKNOWLEDGE',
      framework_id,
      acknowledge: { agent_id: { value: 'a' }, task_id: { value: 't' }, uuid },
    });
    expect(validateSchedulerCall(call(UUID))).toBeUndefined();
    expect(validateSchedulerCall(call('AAAA'))).toBe('Not a valid UUID');
    expect(validateSchedulerCall(call(Buffer.alloc(16).toString('base64')))).toBe('Not a valid UUID');
  });

  test('UPDATE_FRAMEWORK needs the same id inside', () => {
    const framework_info = { user: 'u', name: 'n', id: { value: 'other' } };
    expect(
      validateSchedulerCall({ type: 'UPDATE_FRAMEWORK', framework_id, update_framework: { framework_info } }),
    ).toBe("'framework_id' differs from 'update_framework.framework_info.id'");
  });

  test('ACKNOWLEDGE_OPERATION_STATUS needs an agent', () => {
    const acknowledge_operation_status = { uuid: UUID, operation_id: { value: 'o' } };
    expect(
      validateSchedulerCall({ type: 'ACKNOWLEDGE_OPERATION_STATUS', framework_id, acknowledge_operation_status }),
    ).toBe("Expecting 'agent_id' to be present");
  });
});

describe('master calls', () => {
  test('that read need nothing, except GET_METRICS', () => {
    for (const type of MasterCallType.names.filter((name) => name.startsWith('GET_'))) {
      const expected = type === 'GET_METRICS' ? "Expecting 'get_metrics' to be present" : undefined;
      expect(validateMasterCall({ type }), type).toBe(expected);
    }
  });

  test('that change something need the member of their name', () => {
    for (const type of ['TEARDOWN', 'MARK_AGENT_GONE', 'UPDATE_WEIGHTS', 'SET_LOGGING_LEVEL', 'READ_FILE'] as const) {
      expect(validateMasterCall({ type })).toBe(`Expecting '${type.toLowerCase()}' to be present`);
    }
  });

  test('check the resources they reserve', () => {
    const reserve_resources = { agent_id: { value: 'a' }, resources: [{ name: '', type: 'SCALAR' as const }] };
    expect(validateMasterCall({ type: 'RESERVE_RESOURCES', reserve_resources })).toBe(
      "Resource ':0' is invalid: Empty resource name",
    );
  });
});

describe('agent calls', () => {
  test('about nested containers need a parent', () => {
    for (const type of ['WAIT_NESTED_CONTAINER', 'KILL_NESTED_CONTAINER', 'LAUNCH_NESTED_CONTAINER'] as const) {
      const field = type.toLowerCase();
      const call = { type, [field]: { container_id: { value: 'c' } } } as AgentCall;
      expect(validateAgentCall(call)).toBe(`Expecting '${field}.container_id.parent' to be present`);
    }
  });

  test('need a good container id', () => {
    const call: AgentCall = { type: 'WAIT_CONTAINER', wait_container: { container_id: { value: 'a.b' } } };
    expect(validateAgentCall(call)).toBe(
      "'wait_container.container_id' is invalid: 'ContainerID.value' 'a.b' contains invalid characters",
    );
  });

  test('launching nested containers brings resources only with cgroups of their own, and only at the first level', () => {
    const parent = { value: 'p' };
    const launch = (container_id: object, more: object): string | undefined =>
      validateAgentCall({ type: 'LAUNCH_CONTAINER', launch_container: { container_id, ...more } } as AgentCall);
    const resources = [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }];
    const container = { type: 'MESOS', linux_info: { share_cgroups: false } };
    const nested = { value: 'c', parent };
    expect(launch(nested, {})).toBeUndefined();
    expect(launch(nested, { resources })).toContain('cannot specify resources');
    expect(launch(nested, { limits: { mem: { value: 64 } } })).toContain('cannot specify resource limits');
    expect(launch(nested, { resources, container })).toBeUndefined();
    expect(launch({ value: 'd', parent: nested }, { resources })).toContain('second level or greater cannot');
    expect(launch({ value: 'd', parent: nested }, { container })).toContain('second level or greater cannot');
  });

  test('launching standalone containers may not use what is reserved, revocable or a volume', () => {
    const launch = (more: object): AgentCall => ({
      type: 'LAUNCH_CONTAINER',
      launch_container: {
        container_id: { value: 'c' },
        resources: [{ name: 'disk', type: 'SCALAR', scalar: { value: 1 }, ...more }],
      },
    });
    expect(validateAgentCall(launch({}))).toBeUndefined();
    expect(validateAgentCall(launch({ role: 'web' }))).toBe("'launch_container.resources' must be unreserved");
    expect(validateAgentCall(launch({ revocable: {} }))).toBe("'launch_container.resources' must be non-revocable");
    expect(validateAgentCall(launch({ disk: { persistence: { id: 'p' } } }))).toBe(
      "'launch_container.resources' may not use persistent volumes",
    );
  });

  test('that read need nothing, and UNKNOWN is nobody’s error here', () => {
    for (const type of ['GET_CONTAINERS', 'GET_STATE', 'PRUNE_IMAGES', 'UNKNOWN'] as readonly AgentCallType[]) {
      expect(validateAgentCall({ type })).toBeUndefined();
    }
  });
});

describe('executor calls', () => {
  const update = (status: object): ExecutorCall => ({
    type: 'UPDATE',
    executor_id: { value: 'e' },
    framework_id,
    update: {
      status: { task_id: { value: 't' }, state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR', uuid: UUID, ...status },
    },
  });

  test('a good update passes', () => {
    expect(validateExecutorCall(update({}))).toBeUndefined();
  });

  test.each([
    [{ uuid: undefined }, "Expecting 'uuid' to be present"],
    [{ uuid: 'AAAA' }, 'Not a valid UUID'],
    [{ executor_id: { value: 'x' } }, 'ExecutorID in Call: e does not match ExecutorID in TaskStatus: x'],
    [
      { source: 'SOURCE_AGENT' },
      "Received Call from executor e of framework f with invalid source, expecting 'SOURCE_EXECUTOR'",
    ],
    [{ state: 'TASK_STAGING' }, 'Received TASK_STAGING from executor e of framework f which is not allowed'],
    [{ check_status: { type: 'HTTP' } }, "Expecting 'http' to be set for HTTP check's status"],
  ])('an update with %j is refused', (status, reason) => {
    expect(validateExecutorCall(update(status))).toBe(reason);
  });
});
