// GET_STATE, GET_TASKS, GET_EXECUTORS, GET_FRAMEWORKS, GET_AGENTS, and the state that opens an event stream: large answers, put
// together from encoded parts. Field numbers are those of mesos.v1.master.Response (mesos-api.md 6).

import { encode, stringify } from '../../../../mesos/codec.ts';
import { Response_GetExecutors_Executor } from '../../../../mesos/generated/master.ts';
import { type ExecutorInfo, Task } from '../../../../mesos/generated/v1.ts';
import { executorWithoutSecretValues } from '../../../../mesos/secrets.ts';
import { bytesAsText, type DocumentField, type Encoded } from '../../../serving/calls/document.ts';
import { remembering } from '../../../serving/remembering.ts';
import { flat } from '../../../serving/slices/sliced.ts';
import type { MasterState } from '../../state/master-state.ts';
import { agentsNow, completedNow, executorsNow, tasksNow } from '../moment.ts';
import { encodedAgent, encodedRecoveredAgent } from './agent.ts';
import { encodedCompletedFramework, encodedFrameworks, shownFrameworkNow } from './framework.ts';

/** The calls that are answered here. */
export type StateCall = 'GET_STATE' | 'GET_TASKS' | 'GET_EXECUTORS' | 'GET_FRAMEWORKS' | 'GET_AGENTS';

/** A whole Response, of the state as it is now: its parts may be encoded later. */
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

/** The SUBSCRIBED event with the whole state as it is now. */
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
  const frameworks = Array.from(state.frameworks.values(), tasksNow);
  const completed = [
    ...frameworks.map((tasks) => tasks.completed),
    ...Array.from(state.completedFrameworks.values(), completedNow),
  ];
  const live = frameworks.map((tasks) => tasks.live);
  const unreachable = frameworks.map((tasks) => tasks.unreachable);
  return [
    { kind: 'list', name: 'tasks', number: 2, items: encodedTasks(live) },
    { kind: 'list', name: 'unreachable_tasks', number: 5, items: encodedTasks(unreachable) },
    { kind: 'list', name: 'completed_tasks', number: 3, items: encodedTasks(completed) },
  ];
}

function executorFields(state: MasterState): readonly DocumentField[] {
  const executors = Array.from(state.frameworks.values(), executorsNow).flat();
  return [{ kind: 'list', name: 'executors', number: 1, items: map(executors, encodedExecutor) }];
}

function frameworkFields(state: MasterState): readonly DocumentField[] {
  const live = Array.from(state.frameworks.values(), (framework) => shownFrameworkNow(state, framework));
  const completed = [...state.completedFrameworks.values()];
  return [
    { kind: 'list', name: 'frameworks', number: 1, items: encodedFrameworks(live) },
    { kind: 'list', name: 'completed_frameworks', number: 2, items: map(completed, encodedCompletedFramework) },
  ];
}

function agentFields(state: MasterState): readonly DocumentField[] {
  const registered = agentsNow(state.agents.registered.values());
  const recovered = [...state.agents.recovered.values()];
  return [
    { kind: 'list', name: 'agents', number: 1, items: map(registered, encodedAgent) },
    { kind: 'list', name: 'recovered_agents', number: 2, items: map(recovered, encodedRecoveredAgent) },
  ];
}

const taskText = remembering((message: Task) => stringify(Task, message));
const taskBytes = remembering((message: Task) => bytesAsText(encode(Task, message)));

/** Task messages are replaced, never changed: each is encoded once. */
function* encodedTasks(lists: readonly Iterable<Task>[]): Iterable<Encoded> {
  for (const message of flat(lists)) {
    yield { json: () => taskText(message), protobuf: () => taskBytes(message) };
  }
}

function encodedExecutor([agentId, info]: readonly [string, ExecutorInfo]): Encoded {
  const shown = executorWithoutSecretValues(info);
  const message: Response_GetExecutors_Executor = { executor_info: shown, agent_id: { value: agentId } };
  return {
    json: () => stringify(Response_GetExecutors_Executor, message),
    protobuf: () => encode(Response_GetExecutors_Executor, message),
  };
}

function* map<T, U>(items: Iterable<T>, change: (item: T) => U): Iterable<U> {
  for (const item of items) yield change(item);
}
