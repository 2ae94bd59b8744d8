// A master and its agents played by a script, for tests of a whole Marathon: it takes every call at once and does what it
// was told to do about it. Requests to other ports are probes of tasks.
import { parseJson } from '../../../../src/mesos/codec.ts';
import { Call, type Event } from '../../../../src/mesos/generated/scheduler.ts';
import type { TaskInfo, TaskState, TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type ClientStream,
  type Net,
  NetError,
} from '../../../../src/world/net.ts';
import { FakeStream } from '../../../client/support/fake-master.ts';

const MASTER = 'http://m:5050';

interface PlayedTask {
  readonly info: TaskInfo;
  state: TaskState;
}

export class ScriptedMaster implements Net {
  /** Calls since the test began, but for acknowledgements. */
  readonly calls: Call[] = [];
  acknowledged = 0;
  /** Tasks that may run, by id, whether Marathon knows of them or not. */
  readonly tasks = new Map<string, PlayedTask>();
  /** Ids of all tasks that were ever launched, in order. */
  readonly launched: string[] = [];
  /** Whether launched tasks run, and killed tasks end, at once. */
  doTasksStart = true;
  doKillsEnd = true;
  /** Whether calls are acted on at all. */
  doCallsCome = true;
  /** What probes of tasks are answered with. */
  probeStatus = 200;
  /** What a call of the type is answered with; used up one a call. Refused ones are not acted on. */
  readonly faults = new Map<string, (ClientResponse | NetError)[]>();
  #stream: FakeStream | undefined;
  #frameworkId = 0;
  #offers = 0;
  #statuses = 0;
  readonly #open = new Map<string, string>();

  get isSubscribed(): boolean {
    return this.#stream !== undefined && !this.#stream.closed;
  }

  listen(): never {
    throw new Error('not expected');
  }

  openUpload(): never {
    throw new Error('not expected');
  }

  connect(): never {
    throw new Error('not expected');
  }

  exchange(): never {
    throw new Error('not expected');
  }

  async openStream({ url, body = '' }: ClientRequest): Promise<ClientStream> {
    if (!url.startsWith(MASTER)) {
      const answer = new FakeStream(this.probeStatus, {});
      answer.finish();
      return answer;
    }
    const call = parseJson(Call, body);
    const stream = new FakeStream(200, { 'mesos-stream-id': `s${this.#frameworkId}` });
    if (call.framework_id === undefined) this.#frameworkId += 1;
    const value = call.framework_id?.value ?? `F-${this.#frameworkId}`;
    this.#stream = stream;
    this.#open.clear();
    // A day, so that nobody has to send heartbeats.
    stream.send({ type: 'SUBSCRIBED', subscribed: { framework_id: { value }, heartbeat_interval_seconds: 86_400 } });
    return stream;
  }

  async request({ url, body = '' }: ClientRequest): Promise<ClientResponse> {
    const ok = (status: number): ClientResponse => ({ status, headers: {}, body: new Uint8Array() });
    if (!url.startsWith(MASTER)) return ok(this.probeStatus);
    const call = parseJson(Call, body);
    if (call.type === 'ACKNOWLEDGE') this.acknowledged += 1;
    else this.calls.push(call);
    const fault = this.faults.get(call.type ?? '')?.shift();
    if (fault !== undefined && !(fault instanceof NetError)) return fault;
    if (this.doCallsCome) this.#take(call);
    if (fault !== undefined) throw fault;
    return ok(202);
  }

  of(type: string): Call[] {
    return this.calls.filter((call) => call.type === type);
  }

  /** Offers of one machine each; `each` is what is on it. */
  offer(count = 1, each = 'cpus:100;mem:100000;ports:[31000-31999]', host?: string): string[] {
    const resources = Resources.parse(each).toMessages();
    const offers = Array.from({ length: count }, () => {
      this.#offers += 1;
      const id = `o${this.#offers}`;
      const hostname = host ?? `h${this.#offers}`;
      this.#open.set(id, `agent-${hostname}`);
      return {
        id: { value: id },
        framework_id: { value: 'F' },
        agent_id: { value: `agent-${hostname}` },
        hostname,
        allocation_info: { role: '*' },
        resources: resources.map((one) => ({ ...one, allocation_info: { role: '*' } })),
      };
    });
    this.send({ type: 'OFFERS', offers: { offers } });
    return offers.map(({ id }) => id.value);
  }

  /** The offer is void, and the news of it on their way. */
  rescindSilently(offerId: string): void {
    this.#open.delete(offerId);
  }

  rescind(offerId: string): void {
    this.rescindSilently(offerId);
    this.send({ type: 'RESCIND', rescind: { offer_id: { value: offerId } } });
  }

  /** The agent of the task says so. A task that ends is forgotten. */
  tell(taskId: string, state: TaskState, more: Partial<TaskStatus> = {}): void {
    this.#statuses += 1;
    const task = this.tasks.get(taskId);
    if (task !== undefined) task.state = state;
    const agent_id = task?.info.agent_id ?? { value: 'agent-x' };
    const uuid = Buffer.from(String(this.#statuses).padStart(16, '0')).toString('base64');
    if (!['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_UNREACHABLE', 'TASK_KILLING'].includes(state))
      this.tasks.delete(taskId);
    this.send({
      type: 'UPDATE',
      update: { status: { task_id: { value: taskId }, state, agent_id, uuid, source: 'SOURCE_EXECUTOR', ...more } },
    });
  }

  /** All agents on which tasks of these run are lost for now, or are back with their tasks. */
  tellAll(state: TaskState, taskIds: Iterable<string> = [...this.tasks.keys()]): void {
    for (const taskId of taskIds) this.tell(taskId, state);
  }

  /** The connection breaks; Marathon subscribes again by itself. */
  cut(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.finish(new NetError('broken', 'cut'));
  }

  /** The process at the other end is gone. */
  forget(): void {
    this.#stream = undefined;
  }

  send(event: Event): void {
    this.#stream?.send(event);
  }

  #take({ type, accept, decline, kill, reconcile }: Call): void {
    if (type === 'DECLINE') for (const { value } of decline?.offer_ids ?? []) this.#open.delete(value);
    if (type === 'ACCEPT') {
      const isOpen = (accept?.offer_ids ?? []).every(({ value }) => this.#open.delete(value));
      for (const { launch } of accept?.operations ?? [])
        for (const info of launch?.task_infos ?? []) this.#launch(info, isOpen);
    }
    if (type === 'KILL' && kill !== undefined) this.#kill(kill.task_id.value);
    if (type === 'RECONCILE') {
      const asked = reconcile?.tasks?.map(({ task_id }) => task_id.value) ?? [];
      for (const taskId of asked.length > 0 ? asked : this.tasks.keys()) this.#reconcile(taskId);
    }
  }

  #launch(info: TaskInfo, isOpen: boolean): void {
    const taskId = info.task_id.value;
    if (!isOpen) {
      this.#made(taskId, 'TASK_DROPPED', 'REASON_INVALID_OFFERS');
      return;
    }
    this.tasks.set(taskId, { info, state: 'TASK_STAGING' });
    this.launched.push(taskId);
    if (this.doTasksStart) this.tell(taskId, 'TASK_RUNNING');
  }

  #kill(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (task === undefined) this.#made(taskId, 'TASK_UNKNOWN', 'REASON_RECONCILIATION');
    else if (this.doKillsEnd && task.state !== 'TASK_UNREACHABLE') this.tell(taskId, 'TASK_KILLED');
  }

  /** Tasks that were killed while `doKillsEnd` was false end now. */
  endKilled(): void {
    const killed = new Set(this.of('KILL').map(({ kill }) => kill?.task_id.value));
    for (const taskId of [...this.tasks.keys()]) if (killed.has(taskId)) this.tell(taskId, 'TASK_KILLED');
  }

  #reconcile(taskId: string): void {
    this.#made(taskId, this.tasks.get(taskId)?.state ?? 'TASK_UNKNOWN', 'REASON_RECONCILIATION');
  }

  /** A status that the master makes up. */
  #made(taskId: string, state: TaskState, reason: NonNullable<TaskStatus['reason']>): void {
    this.send({
      type: 'UPDATE',
      update: { status: { task_id: { value: taskId }, state, source: 'SOURCE_MASTER', reason } },
    });
  }
}
