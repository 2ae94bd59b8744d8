// The whole state that opens an operator event stream, or answers GET_STATE, piece by piece as its bytes arrive: of tens of thousands of tasks only one at
// a time is there as a message. Numbers are those of mesos.v1.master.Event and Response (mesos-api.md 6).
import { narrowed } from '../../mesos/codec/descriptor.ts';
import { PieceReader, type TakePiece, type Wanted } from '../../mesos/codec/pieces.ts';
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

/** Hears a whole state, in the order of its bytes: mctl's masters send the tasks first and the agents last. */
export interface WholeStateListener {
  /** It begins: what follows until `complete` is all there is. Once more when a later event brings another. */
  begin(): void;
  /** How much of it has been read, 0–1; after every chunk. */
  progress?(share: number): void;
  /** `isCompleted`: over and acknowledged. */
  task(task: TaskGlance, isCompleted: boolean): void;
  framework(framework: Response_GetFrameworks_Framework, isCompleted: boolean): void;
  agent(agent: Response_GetAgents_Agent): void;
  /** Known from the registry only: it has not come back to this master yet. */
  recoveredAgent(info: AgentInfo): void;
  complete(): void;
}

/** The numbers of `subscribed` in an event and of `get_state` in an answer. */
const SUBSCRIBED = 2;
const GET_STATE = 9;

/** Reads one event that may be a whole state. All throw CodecError for what cannot be read. */
export class WholeStateReader {
  readonly #reader: PieceReader;
  readonly #listener: WholeStateListener;
  readonly #length: number;
  #read = 0;
  /** As the event names it, once it has. */
  heartbeatSeconds: number | undefined;

  /** `length`: of the event in bytes, or of the answer to GET_STATE; infinite where that is not known. */
  constructor(length: number, listener: WholeStateListener, what: 'event' | 'answer' = 'event') {
    const getState = wantedOf(listener);
    this.#reader = new PieceReader(
      length,
      what === 'answer'
        ? { [GET_STATE]: getState }
        : { [SUBSCRIBED]: { 1: getState, 2: (bytes: Uint8Array) => this.#heartbeat(bytes) } },
    );
    this.#listener = listener;
    this.#length = length;
    listener.begin();
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    this.#read += bytes.length;
    this.#listener.progress?.(this.#read / this.#length);
  }

  end(): void {
    this.#reader.end();
    this.#listener.complete();
  }

  #heartbeat(bytes: Uint8Array): void {
    if (bytes.length === 8) this.heartbeatSeconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }
}

/** What is wanted of a GetState. */
function wantedOf(listener: WholeStateListener): Wanted {
  const task =
    (isCompleted: boolean): TakePiece =>
    (bytes) =>
      listener.task(decode(TASK, bytes), isCompleted);
  const framework =
    (isCompleted: boolean): TakePiece =>
    (bytes) =>
      listener.framework(decode(Response_GetFrameworks_Framework, bytes), isCompleted);
  const getTasks = { 2: task(false), 3: task(true), 5: task(false) };
  const getFrameworks = { 1: framework(false), 2: framework(true) };
  const getAgents = {
    1: (bytes: Uint8Array) => listener.agent(decode(Response_GetAgents_Agent, bytes)),
    2: (bytes: Uint8Array) => listener.recoveredAgent(decode(AgentInfo, bytes)),
  };
  return { 1: getTasks, 3: getFrameworks, 4: getAgents };
}
