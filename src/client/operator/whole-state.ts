// The whole state that opens an operator event stream, piece by piece: of tens of thousands of tasks only one at a time is
// there as a message. Numbers are those of mesos.v1.master.Event and Response (mesos-api.md 6).
import { narrowed } from '../../mesos/codec/descriptor.ts';
import { encodedFields } from '../../mesos/codec/fields.ts';
import { decode, type MessageType } from '../../mesos/codec.ts';
import { Response_GetAgents_Agent, Response_GetFrameworks_Framework } from '../../mesos/generated/master.ts';
import { AgentInfo, Resource, Task, TaskStatus } from '../../mesos/generated/v1.ts';

type ResourceGlance = Pick<Resource, 'name' | 'scalar' | 'allocation_info'>;
type StatusGlance = Pick<TaskStatus, 'message' | 'timestamp' | 'healthy' | 'reason'>;

/** What views show of a task among thousands; scalar resources only. The rest is asked for when somebody looks at it. */
export interface TaskGlance
  extends Pick<Task, 'name' | 'task_id' | 'framework_id' | 'executor_id' | 'agent_id' | 'state'> {
  readonly resources?: readonly ResourceGlance[];
  readonly statuses?: readonly StatusGlance[];
}

const RESOURCE = narrowed(Resource, ['name', 'scalar', 'allocation_info']);
const STATUS = narrowed(TaskStatus, ['message', 'timestamp', 'healthy', 'reason']);
/** A third of the time that the whole message takes. */
const TASK: MessageType<TaskGlance> = narrowed(
  Task,
  ['name', 'task_id', 'framework_id', 'executor_id', 'agent_id', 'state', 'resources', 'statuses'],
  { resources: RESOURCE, statuses: STATUS },
);

/** A piece is decoded when it is come to, every time anew. All throw CodecError for what cannot be read. */
export interface WholeState {
  /** Everything that is not both over and acknowledged, and what is out of sight. */
  readonly tasks: Iterable<TaskGlance>;
  readonly completedTasks: Iterable<TaskGlance>;
  readonly frameworks: Iterable<Response_GetFrameworks_Framework>;
  readonly completedFrameworks: Iterable<Response_GetFrameworks_Framework>;
  readonly agents: Iterable<Response_GetAgents_Agent>;
  /** Known from the registry only: they have not come back to this master yet. */
  readonly recoveredAgents: Iterable<AgentInfo>;
}

const SUBSCRIBED = 2;
const GET_STATE = 1;
const HEARTBEAT_INTERVAL_SECONDS = 2;
const GET_TASKS = 1;
const GET_FRAMEWORKS = 3;
const GET_AGENTS = 4;
const NOTHING = new Uint8Array();

/** Of an event in protobuf; undefined when it is another event than SUBSCRIBED. Throws CodecError. */
export function wholeState(event: Uint8Array): WholeState | undefined {
  const subscribed = member(event, SUBSCRIBED);
  if (subscribed === undefined) return undefined;
  const state = member(subscribed, GET_STATE) ?? NOTHING;
  const tasks = member(state, GET_TASKS) ?? NOTHING;
  const frameworks = member(state, GET_FRAMEWORKS) ?? NOTHING;
  const agents = member(state, GET_AGENTS) ?? NOTHING;
  return {
    tasks: pieces(tasks, TASK, [2, 5]),
    completedTasks: pieces(tasks, TASK, [3]),
    frameworks: pieces(frameworks, Response_GetFrameworks_Framework, [1]),
    completedFrameworks: pieces(frameworks, Response_GetFrameworks_Framework, [2]),
    agents: pieces(agents, Response_GetAgents_Agent, [1]),
    recoveredAgents: pieces(agents, AgentInfo, [2]),
  };
}

/** The heartbeat interval that the event names. Throws CodecError. */
export function heartbeatSeconds(event: Uint8Array): number | undefined {
  const subscribed = member(event, SUBSCRIBED);
  if (subscribed === undefined) return undefined;
  const double = member(subscribed, HEARTBEAT_INTERVAL_SECONDS);
  if (double?.length !== 8) return undefined;
  return new DataView(double.buffer, double.byteOffset, 8).getFloat64(0, true);
}

function pieces<T>(message: Uint8Array, type: MessageType<T>, numbers: readonly number[]): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const { number, bytes } of encodedFields(message)) if (numbers.includes(number)) yield decode(type, bytes);
    },
  };
}

/** The last one counts, as with every field that comes twice. */
function member(message: Uint8Array, wanted: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const { number, bytes } of encodedFields(message)) if (number === wanted) found = bytes;
  return found;
}
