// GET_STATE, GET_TASKS, GET_EXECUTORS, GET_FRAMEWORKS, GET_AGENTS, and the state that opens an event stream: large answers, put
// together from encoded parts. Field numbers are those of mesos.v1.master.Response (mesos-api.md 6).
import { encode, stringify } from '../../../../mesos/codec.ts';
import { Response_GetExecutors_Executor } from '../../../../mesos/generated/master.ts';
import { Task } from '../../../../mesos/generated/v1.ts';
import { executorWithoutSecretValues } from '../../../../mesos/secrets.ts';
import { bytesAsText, type DocumentField, type Encoded } from '../../../serving/calls/document.ts';
import type { MasterFramework } from '../../state/framework.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { MasterTask } from '../../state/task.ts';
import { remembered } from '../remembered.ts';
import { encodedAgent, encodedRecoveredAgent } from './agent.ts';
import { completedFrameworkMessage, encodedFramework, frameworkMessage } from './framework.ts';

/** The calls that are answered here. */
export type StateCall = 'GET_STATE' | 'GET_TASKS' | 'GET_EXECUTORS' | 'GET_FRAMEWORKS' | 'GET_AGENTS';

/** A whole Response. */
export function stateResponse(state: MasterState, call: StateCall): readonly DocumentField[] {
  switch (call) {
    case 'GET_STATE':
      return response('GET_STATE', 8, { name: 'get_state', number: 9, fields: stateFields(state) });
    case 'GET_AGENTS':
      return response('GET_AGENTS', 9, { name: 'get_agents', number: 10, fields: agentFields(state) });
    case 'GET_FRAMEWORKS':
      return response('GET_FRAMEWORKS', 10, { name: 'get_frameworks', number: 11, fields: frameworkFields(state) });
    case 'GET_EXECUTORS':
      return response('GET_EXECUTORS', 11, { name: 'get_executors', number: 12, fields: executorFields(state) });
    case 'GET_TASKS':
      return response('GET_TASKS', 12, { name: 'get_tasks', number: 13, fields: taskFields(state) });
  }
}

/** The SUBSCRIBED event with the whole state. */
export function subscribedEvent(state: MasterState, heartbeatIntervalMs: number): readonly DocumentField[] {
  const getState: DocumentField = { kind: 'message', name: 'get_state', number: 1, fields: stateFields(state) };
  const interval = heartbeatIntervalMs / 1000;
  return response('SUBSCRIBED', 1, {
    name: 'subscribed',
    number: 2,
    fields: [getState, { kind: 'double', name: 'heartbeat_interval_seconds', number: 2, value: interval }],
  });
}

function response(
  type: string,
  typeNumber: number,
  body: { readonly name: string; readonly number: number; readonly fields: readonly DocumentField[] },
): readonly DocumentField[] {
  return [
    { kind: 'enum', name: 'type', number: 1, text: type, value: typeNumber },
    { kind: 'message', ...body },
  ];
}

function stateFields(state: MasterState): readonly DocumentField[] {
  return [
    { kind: 'message', name: 'get_tasks', number: 1, fields: taskFields(state) },
    { kind: 'message', name: 'get_executors', number: 2, fields: executorFields(state) },
    { kind: 'message', name: 'get_frameworks', number: 3, fields: frameworkFields(state) },
    { kind: 'message', name: 'get_agents', number: 4, fields: agentFields(state) },
  ];
}

function taskFields(state: MasterState): readonly DocumentField[] {
  return [
    { kind: 'list', name: 'tasks', number: 2, items: encodedTasks(liveTasks(state)) },
    { kind: 'list', name: 'unreachable_tasks', number: 5, items: encodedTasks(unreachableTasks(state)) },
    { kind: 'list', name: 'completed_tasks', number: 3, items: encodedTasks(completedTasks(state)) },
  ];
}

function executorFields(state: MasterState): readonly DocumentField[] {
  return [{ kind: 'list', name: 'executors', number: 1, items: executors(state) }];
}

function frameworkFields(state: MasterState): readonly DocumentField[] {
  const live = map(state.frameworks.values(), (framework) =>
    encodedFramework(() => frameworkMessage(state, framework)),
  );
  const completed = map(state.completedFrameworks.values(), (framework) =>
    encodedFramework(() => completedFrameworkMessage(framework)),
  );
  return [
    { kind: 'list', name: 'frameworks', number: 1, items: live },
    { kind: 'list', name: 'completed_frameworks', number: 2, items: completed },
  ];
}

function agentFields(state: MasterState): readonly DocumentField[] {
  return [
    { kind: 'list', name: 'agents', number: 1, items: map(state.agents.registered.values(), encodedAgent) },
    {
      kind: 'list',
      name: 'recovered_agents',
      number: 2,
      items: map(state.agents.recovered.values(), encodedRecoveredAgent),
    },
  ];
}

function* liveTasks(state: MasterState): Iterable<MasterTask> {
  for (const framework of state.frameworks.values()) yield* framework.tasks.values();
}

function* unreachableTasks(state: MasterState): Iterable<MasterTask> {
  for (const framework of state.frameworks.values()) yield* framework.unreachableTasks.values();
}

function* completedTasks(state: MasterState): Iterable<MasterTask> {
  for (const framework of state.frameworks.values()) yield* framework.completedTasks;
  for (const framework of state.completedFrameworks.values()) yield* framework.completedTasks;
}

const taskTexts = new WeakMap<Task, string>();
const taskBytes = new WeakMap<Task, string>();

/** Task messages are replaced, never changed: each is encoded once. */
function* encodedTasks(tasks: Iterable<MasterTask>): Iterable<Encoded> {
  for (const { message } of tasks) {
    yield {
      json: () => remembered(taskTexts, message, () => stringify(Task, message)),
      protobuf: () => remembered(taskBytes, message, () => bytesAsText(encode(Task, message))),
    };
  }
}

function* executors(state: MasterState): Iterable<Encoded> {
  for (const framework of state.frameworks.values()) yield* executorsOf(framework);
}

function* executorsOf(framework: MasterFramework): Iterable<Encoded> {
  for (const [agentId, byId] of framework.executors) {
    for (const info of byId.values()) {
      const shown = executorWithoutSecretValues(info);
      const message: Response_GetExecutors_Executor = { executor_info: shown, agent_id: { value: agentId } };
      yield {
        json: () => stringify(Response_GetExecutors_Executor, message),
        protobuf: () => encode(Response_GetExecutors_Executor, message),
      };
    }
  }
}

function* map<T, U>(items: Iterable<T>, change: (item: T) => U): Iterable<U> {
  for (const item of items) yield change(item);
}
