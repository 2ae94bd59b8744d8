// The master's end of the agent protocol, scripted by tests: takes subscriptions, collects calls, sends events.
import { parseJson, stringify } from '../../../../src/mesos/codec.ts';
import {
  Call,
  type Call_Subscribe,
  Event,
  type Event_Subscribed,
} from '../../../../src/mesos/generated/agent_protocol.ts';
import type { ExecutorInfo, FrameworkInfo, TaskInfo, TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import { encodeRecord, RecordDecoder } from '../../../../src/mesos/recordio.ts';
import type { HttpRequest, HttpResponse, StreamWriter } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';

export const MASTER_PORT = 5050;

export class FakeMaster {
  readonly subscriptions: Call_Subscribe[] = [];
  readonly calls: Call[] = [];
  /** Answers instead of taking calls and subscriptions. */
  refusal: HttpResponse | undefined;
  /** What a subscription is answered with beside the ids. */
  subscribed: Partial<Event_Subscribed> = {};
  /** Acknowledges every update at once. */
  acknowledges = true;
  pingTimeoutSeconds = 75;
  #writer: StreamWriter | undefined;
  #streamId = '';
  #streams = 0;
  #acknowledged = new Set<string>();

  #port = 0;

  static async start(world: World, host = '10.0.0.1', port = MASTER_PORT): Promise<FakeMaster> {
    const master = new FakeMaster();
    const listener = await world.net.listen({ host, port, handler: (request) => master.#handle(request) });
    master.#port = listener.port;
    return master;
  }

  get port(): number {
    return this.#port;
  }

  get isConnected(): boolean {
    return this.#writer?.isOpen ?? false;
  }

  /** Every update, repeated ones too. */
  updates(taskId?: string): TaskStatus[] {
    return this.calls.flatMap(({ update }) =>
      update !== undefined && (taskId === undefined || update.status.task_id.value === taskId) ? [update.status] : [],
    );
  }

  /** States of a task as they were first told. */
  states(taskId: string): string[] {
    const seen = new Set<string>();
    return this.updates(taskId).flatMap((status) => {
      if (seen.has(status.uuid ?? '')) return [];
      seen.add(status.uuid ?? '');
      return [status.state];
    });
  }

  send(event: Event): void {
    this.#writer?.write(encodeRecord(stringify(Event, event)));
  }

  run(framework: FrameworkInfo, task: TaskInfo): void {
    this.send({ type: 'RUN_TASK', run_task: { framework_info: framework, task } });
  }

  runGroup(framework: FrameworkInfo, executor: ExecutorInfo, tasks: TaskInfo[], launchExecutor = true): void {
    const run_task_group = {
      framework_info: framework,
      executor,
      task_group: { tasks },
      launch_executor: launchExecutor,
    };
    this.send({ type: 'RUN_TASK_GROUP', run_task_group });
  }

  /** Raw wait statuses of the executors of this id that were told to be gone. */
  exits(executorId: string): number[] {
    return this.calls.flatMap(({ exited_executor: exited }) =>
      exited?.executor_id.value === executorId ? [exited.status] : [],
    );
  }

  kill(framework: FrameworkInfo, taskId: string, graceMs?: number): void {
    const ids = { framework_id: framework.id ?? { value: '' }, task_id: { value: taskId } };
    const policy = graceMs === undefined ? {} : { kill_policy: { grace_period: { nanoseconds: graceMs * 1e6 } } };
    this.send({ type: 'KILL', kill: { ...ids, ...policy } });
  }

  acknowledge(framework: FrameworkInfo, status: TaskStatus): void {
    const ids = { framework_id: framework.id ?? { value: '' }, task_id: status.task_id };
    this.send({ type: 'ACKNOWLEDGE', acknowledge: { ...ids, uuid: status.uuid ?? '' } });
  }

  /** The connection breaks. */
  hangUp(): void {
    this.#writer?.abort();
  }

  #handle(request: HttpRequest): HttpResponse {
    if (this.refusal !== undefined) return this.refusal;
    const calls = new RecordDecoder({ maxRecordBytes: 1 << 26 })
      .push(request.body)
      .map((body) => parseJson(Call, body));
    const [first] = calls;
    if (first?.subscribe !== undefined) return this.#subscribe(first.subscribe);
    if (request.headers['mesos-stream-id'] !== this.#streamId) return { status: 400 };
    this.calls.push(...calls);
    if (this.acknowledges) for (const { update } of calls) if (update !== undefined) this.#acknowledge(update);
    return { status: 202 };
  }

  #acknowledge({ framework_id, status }: { framework_id: { value: string }; status: TaskStatus }): void {
    this.#acknowledged.add(status.uuid ?? '');
    const { task_id, uuid = '' } = status;
    this.send({ type: 'ACKNOWLEDGE', acknowledge: { framework_id, task_id, uuid } });
  }

  #subscribe(subscribe: Call_Subscribe): HttpResponse {
    this.subscriptions.push(subscribe);
    this.#streams += 1;
    this.#streamId = `stream-${this.#streams}`;
    const start = (writer: StreamWriter) => {
      this.#writer = writer;
      this.send({
        type: 'SUBSCRIBED',
        subscribed: {
          agent_id: subscribe.agent_info.id ?? { value: 'M-S0' },
          total_ping_timeout_seconds: this.pingTimeoutSeconds,
          master_info: { id: 'M', ip: 1, port: MASTER_PORT, hostname: 'master' },
          ...this.subscribed,
        },
      });
    };
    return {
      status: 200,
      headers: { 'mesos-stream-id': this.#streamId, 'content-type': 'application/json' },
      body: { start },
    };
  }
}
