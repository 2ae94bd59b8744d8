// GET_STATE, GET_TASKS, GET_EXECUTORS and GET_FRAMEWORKS: written by hand as in the original, whose lists are there even when
// empty (mesos-observed.md 10). Field numbers are those of mesos.v1.agent.Response.
import { encode, type MessageType, stringify } from '../../../mesos/codec.ts';
import { Response_GetExecutors_Executor, Response_GetFrameworks_Framework } from '../../../mesos/generated/agent.ts';
import { Task } from '../../../mesos/generated/v1.ts';
import { executorWithoutSecretValues } from '../../../mesos/secrets.ts';
import type { DocumentField, Encoded } from '../../serving/calls/document.ts';
import type { Books, CompletedRun, FrameworkRecord } from '../tasks/books.ts';
import type { TaskRun } from '../tasks/task-run.ts';

/** The calls that are answered from the books. */
export type StateCall = 'GET_STATE' | 'GET_TASKS' | 'GET_EXECUTORS' | 'GET_FRAMEWORKS';

/** A whole Response. */
export function stateResponse(books: Books, call: StateCall): readonly DocumentField[] {
  switch (call) {
    case 'GET_STATE':
      return response(call, 8, {
        name: 'get_state',
        number: 9,
        fields: [
          { kind: 'message', name: 'get_tasks', number: 1, fields: taskFields(books) },
          { kind: 'message', name: 'get_executors', number: 2, fields: executorFields(books) },
          { kind: 'message', name: 'get_frameworks', number: 3, fields: frameworkFields(books) },
        ],
      });
    case 'GET_FRAMEWORKS':
      return response(call, 10, { name: 'get_frameworks', number: 11, fields: frameworkFields(books) });
    case 'GET_EXECUTORS':
      return response(call, 11, { name: 'get_executors', number: 12, fields: executorFields(books) });
    case 'GET_TASKS':
      return response(call, 12, { name: 'get_tasks', number: 13, fields: taskFields(books) });
  }
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

function taskFields(books: Books): readonly DocumentField[] {
  const isQueued = (run: TaskRun) => !run.isTerminal && (run.phase === 'queued' || run.phase === 'launching');
  const runs = [...books.runs()];
  const messages = (keep: (run: TaskRun) => boolean) => runs.filter(keep).map((run) => encoded(Task, run.message()));
  const completed = everyFramework(books).flatMap((framework) =>
    [...framework.completed, ...executorHistories(framework)].map((run) => encoded(Task, run.task)),
  );
  return [
    list('pending_tasks', 1, []),
    list('queued_tasks', 2, messages(isQueued)),
    list(
      'launched_tasks',
      3,
      messages((run) => !run.isTerminal && !isQueued(run)),
    ),
    list(
      'terminated_tasks',
      4,
      messages((run) => run.isTerminal),
    ),
    list('completed_tasks', 5, completed),
  ];
}

function executorFields(books: Books): readonly DocumentField[] {
  const executor = (run: Pick<TaskRun, 'executor'>) =>
    encoded(Response_GetExecutors_Executor, { executor_info: executorWithoutSecretValues(run.executor) });
  const commandRuns = [...books.runs()].filter(({ host }) => host === undefined);
  const hosts = [...books.executors()].map(({ info }) => ({ executor: info }));
  return [
    list('executors', 1, [...commandRuns, ...hosts].map(executor)),
    list(
      'completed_executors',
      2,
      everyFramework(books).flatMap(({ completed, completedExecutors }) =>
        [...completed, ...completedExecutors].map(executor),
      ),
    ),
  ];
}

function frameworkFields(books: Books): readonly DocumentField[] {
  const message = (framework: FrameworkRecord) =>
    encoded(Response_GetFrameworks_Framework, { framework_info: framework.info });
  return [
    list('frameworks', 1, [...books.frameworks.values()].map(message)),
    list('completed_frameworks', 2, books.completedFrameworks.map(message)),
  ];
}

/** Tasks that are over, of executors that are and of those that are not. */
function executorHistories({ executors, completedExecutors }: FrameworkRecord): CompletedRun[] {
  return [
    ...[...executors.values()].flatMap(({ completed }) => completed),
    ...completedExecutors.flatMap(({ tasks }) => tasks),
  ];
}

function everyFramework(books: Books): FrameworkRecord[] {
  return [...books.frameworks.values(), ...books.completedFrameworks];
}

function list(name: string, number: number, items: readonly Encoded[]): DocumentField {
  return { kind: 'list', name, number, items };
}

function encoded<M>(type: MessageType<M>, message: M): Encoded {
  return { json: () => stringify(type, message), protobuf: () => encode(type, message) };
}
